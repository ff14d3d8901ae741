"""What in the log calls for an erasure, and which entries must be read again because of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import duckdb
import orjson

LOG = "event_log"
# An entry that was committed this long after the redaction was read after it, and shows no old text.
READ_BEFORE = timedelta(hours=1)
SCRUBBED = "SCRUBBED"
PURGED_USER = "Permanently Deleted User"

Kind = Literal["comment", "attachment", "private", "ticket", "user"]


class Cause(NamedTuple):
    """`target` is the comment, attachment, ticket or user; `payload` the event's own."""

    event_id: str
    source: str
    kind: Kind
    target: str
    ticket_id: int
    occurred_at: datetime
    recorded_at: datetime
    payload: dict[str, Any]


def after(connection: duckdb.DuckDBPyConnection, recorded_until: str | None) -> list[Cause]:
    """Causes recorded after a time."""
    answered = f"""(
        select 1 from {LOG}.pipeline__erasure_events as erasures
        where (erasures.payload ->> 'caused_by') = events.event_id or (
            -- a purged ticket or user comes again and again
            (erasures.payload ->> 'source') = events.source and (erasures.payload ->> 'stream') = $stream
            and contains(erasures.payload ->> 'entity_ids', '"' || events.entity_id || '"')
            and regexp_matches(erasures.payload ->> 'fields', '"(subject|name)"')
        )
    )"""
    found: list[Cause] = []
    for table, signs in (
        ("zendesk__ticket_audit", ("RedactionEvent", '"child_events":[]')),
        ("zendesk__ticket", (f'"subject":"{SCRUBBED}"',)),
        ("zendesk__user", ('"permanently_deleted":true', f'"name":"{PURGED_USER}"')),
    ):
        rows = connection.execute(
            f"""
            select event_id, source, entity_id, occurred_at, recorded_at, payload from {LOG}.{table}_events as events
            where ($until::timestamptz is null or recorded_at > $until::timestamptz)
                and ({" or ".join(f"contains(payload, $sign{i})" for i in range(len(signs)))})
                and not exists {answered}
            """,
            {"until": recorded_until, "stream": table} | {f"sign{i}": sign for i, sign in enumerate(signs)},
        ).fetchall()
        for event_id, source, entity_id, occurred_at, recorded_at, text in rows:
            payload = orjson.loads(text)
            for kind, target, ticket_id in _kinds(table, entity_id, payload):
                found.append(Cause(event_id, source, kind, target, ticket_id, occurred_at, recorded_at, payload))
    return sorted(found, key=lambda cause: (cause.recorded_at, cause.event_id, cause.kind, cause.target))


def _kinds(table: str, entity_id: str, payload: dict[str, Any]) -> Iterator[tuple[Kind, str, int]]:
    if table == "zendesk__user":
        yield "user", entity_id, 0
    elif table == "zendesk__ticket":
        if payload.get("status") == "deleted":
            yield "ticket", entity_id, int(entity_id)
    else:
        ticket_id, children = payload.get("ticket_id"), payload.get("child_events")
        if not isinstance(ticket_id, int) or not isinstance(children, list):
            return
        if not children and payload.get("updater_id") not in (-1, None):
            yield "private", str(ticket_id), ticket_id
        for child in children:
            if not isinstance(child, dict):
                continue
            if child.get("event_type") == "CommentRedactionEvent":
                yield "comment", str(child.get("comment_id")), ticket_id
            elif child.get("event_type") == "AttachmentRedactionEvent":
                yield "attachment", str(child.get("attachment_id")), ticket_id


class Reading(NamedTuple):
    """An event that is about the cause's ticket or user."""

    event_id: str
    entity_id: str
    recorded_at: datetime
    payload: dict[str, Any]


def readings(connection: duckdb.DuckDBPyConnection, cause: Cause, stream: str) -> list[Reading]:
    """In the order of arrival, without the cause itself."""
    about = {
        "zendesk__ticket": "entity_id = $target",
        "zendesk__user": "entity_id = $target",
        "zendesk__survey_response": "contains(payload, '\"zen:ticket:' || $target || '\"')",
    }.get(stream, "(payload ->> 'ticket_id') = $target")
    rows = connection.execute(
        f"""
        select event_id, entity_id, recorded_at, payload from {LOG}.{stream}_events
        where source = $source and {about} and event_id <> $cause
        order by recorded_at, position
        """,
        {
            "source": cause.source,
            "target": cause.target if cause.kind == "user" else str(cause.ticket_id),
            "cause": cause.event_id,
        },
    ).fetchall()
    return [
        Reading(event_id, entity_id, recorded_at, orjson.loads(text)) for event_id, entity_id, recorded_at, text in rows
    ]


def is_old(cause: Cause, reading: Reading) -> bool:
    """Whether it was read before the redaction, and so may hold the text. What was read later never did."""
    return reading.recorded_at < min(cause.recorded_at, cause.occurred_at + READ_BEFORE)


def audits_to_read(
    connection: duckdb.DuckDBPyConnection, cause: Cause, private: set[str] | None
) -> Iterator[tuple[int, str]]:
    """(second, audit id) of the entries that read differently now; `private` are the comments not public any more."""
    if cause.kind in ("ticket", "user"):
        return
    for reading in readings(connection, cause, "zendesk__ticket_audit"):
        second = reading.payload.get("timestamp")
        if not is_old(cause, reading) or not isinstance(second, int):
            continue
        for child in comments(reading.payload):
            comment_id = str(child.get("id"))
            is_meant = (
                child.get("public") is True and (private is None or comment_id in private)
                if cause.kind == "private"
                else is_about(cause, child)
            )
            if is_meant:
                yield second, reading.entity_id


def is_about(cause: Cause, child: dict[str, Any]) -> bool:
    """Whether a comment is the redacted one, or has the redacted attachment."""
    if cause.kind == "comment":
        return str(child.get("id")) == cause.target
    attachments = child.get("attachments")
    return isinstance(attachments, list) and any(
        isinstance(attachment, dict) and str(attachment.get("id")) == cause.target for attachment in attachments
    )


def comments(payload: dict[str, Any]) -> list[dict[str, Any]]:
    children = payload.get("child_events")
    return [
        child
        for child in (children if isinstance(children, list) else [])
        if isinstance(child, dict) and child.get("event_type") == "Comment"
    ]
