"""Takes the text out: old readings get what the source shows in its place now."""

from collections.abc import Iterator
from typing import Any

import duckdb

from ingestion.envelope import canonical
from ingestion.erasures.causes import LOG, SCRUBBED, Cause, Reading, comments, is_about, is_old, readings

ERASED = "[erased]"
COMMENT = ("body", "html_body", "plain_body", "attachments")
TICKET = ("subject", "raw_subject", "description", "recipient", "custom_fields", "fields")
USER = (
    "alias",
    "details",
    "email",
    "external_id",
    "identities",
    "name",
    "notes",
    "phone",
    "photo",
    "shared_phone_number",
    "signature",
    "user_fields",
)

# Stream, its entities, the fields.
Done = tuple[str, list[str], list[str]]


def erase(connection: duckdb.DuckDBPyConnection, cause: Cause) -> Iterator[Done]:
    """In one transaction. Gives nothing where the log never held the old text."""
    if cause.kind == "private":
        return
    connection.begin()
    done = [
        (stream, entities, sorted(fields))
        for stream, changed in _changed(connection, cause)
        if (fields := {name for _, names in changed for name in names})
        and (entities := sorted({reading.entity_id for reading, _ in changed}))
    ]
    if done:
        _erase_rejected(connection, cause)
    connection.commit()
    yield from done


def _changed(
    connection: duckdb.DuckDBPyConnection, cause: Cause
) -> Iterator[tuple[str, list[tuple[Reading, set[str]]]]]:
    audits = [] if cause.kind == "user" else readings(connection, cause, "zendesk__ticket_audit")
    if cause.kind in ("comment", "attachment"):
        old = [reading for reading in audits if is_old(cause, reading)]
        lost = {text for reading in old for text in _texts(cause, reading.payload)}
        now = _as_it_is(cause, audits)
        yield _written(connection, "zendesk__ticket_audit", old, lambda payload: _redact(cause, payload, now))
        if cause.kind == "comment" and lost:
            words = str(now.get("plain_body") or now.get("body") or ERASED)
            tickets = readings(connection, cause, "zendesk__ticket")
            yield _written(connection, "zendesk__ticket", tickets, lambda payload: _describe(payload, lost, words))
    elif cause.kind == "ticket":
        yield _written(connection, "zendesk__ticket_audit", audits, _scrub_audit)
        for stream, scrub in (
            ("zendesk__ticket", lambda payload: _take(payload, cause.payload, TICKET) | _unrate(payload)),
            ("zendesk__satisfaction_rating", lambda payload: _take(payload, {}, ("comment",))),
            ("zendesk__survey_response", _scrub_survey),
        ):
            yield _written(connection, stream, readings(connection, cause, stream), scrub)
    else:
        users = readings(connection, cause, "zendesk__user")
        yield _written(connection, "zendesk__user", users, lambda payload: _take(payload, cause.payload, USER))


def _written(
    connection: duckdb.DuckDBPyConnection, stream: str, found: list[Reading], change: Any
) -> tuple[str, list[tuple[Reading, set[str]]]]:
    """Changes each payload by `change`, which says which fields it touched, whether or not they were clean before."""
    changed = []
    for reading in found:
        before = canonical(reading.payload)
        fields = change(reading.payload)
        after = canonical(reading.payload)
        if fields:
            changed.append((reading, fields))
        if after != before:
            connection.execute(
                f"update {LOG}.{stream}_events set payload = ? where event_id = ? and recorded_at = ?",
                [after.decode(), reading.event_id, reading.recorded_at],
            )
    return stream, changed


def _texts(cause: Cause, payload: dict[str, Any]) -> Iterator[str]:
    for child in comments(payload):
        if is_about(cause, child):
            yield from (str(child[key]).strip() for key in ("body", "plain_body") if child.get(key))


def _as_it_is(cause: Cause, audits: list[Reading]) -> dict[str, Any]:
    """The comment as it was read after the redaction, nothing when it was not."""
    read_after = [reading.payload for reading in audits if reading.recorded_at >= cause.recorded_at]
    found = [child for payload in read_after for child in comments(payload) if is_about(cause, child)]
    return found[-1] if found else {}


def _redact(cause: Cause, payload: dict[str, Any], now: dict[str, Any]) -> set[str]:
    touched: set[str] = set()
    for child in comments(payload):
        if is_about(cause, child):
            touched |= _take(child, now or {"attachments": []}, COMMENT, ERASED)
    return touched


def _describe(payload: dict[str, Any], old: set[str], words: str) -> set[str]:
    """A ticket's description is its first comment."""
    if str(payload.get("description") or "").strip() not in {*old, words.strip()}:
        return set()
    return _take(payload, {"description": words}, ("description",))


def _take(payload: dict[str, Any], now: dict[str, Any], names: tuple[str, ...], default: Any = None) -> set[str]:
    present = {name for name in names if name in payload}
    for name in present:
        payload[name] = now.get(name, default)
    return present


def _unrate(payload: dict[str, Any]) -> set[str]:
    rating = payload.get("satisfaction_rating")
    if isinstance(rating, dict) and "comment" in rating:
        rating["comment"] = None
        return {"satisfaction_rating.comment"}
    return set()


def _scrub_audit(payload: dict[str, Any]) -> set[str]:
    touched: set[str] = set()
    for child in comments(payload):
        clean = dict.fromkeys(COMMENT, SCRUBBED) | {"attachments": [], "via": {"channel": None, "source": {}}}
        touched |= _take(child, clean, (*COMMENT, "via"))
    for child in payload.get("child_events") or ():
        if isinstance(child, dict) and child.keys() & {"subject", "custom_ticket_fields"}:
            names = [name for name in ("subject", "previous_value") if name in child]
            child |= dict.fromkeys(names, SCRUBBED)
            if isinstance(child.get("custom_ticket_fields"), dict):
                child["custom_ticket_fields"] = dict.fromkeys(child["custom_ticket_fields"])
                names.append("custom_ticket_fields")
            touched.update(names)
    if isinstance(payload.get("metadata"), dict) and payload["metadata"].get("system"):
        payload["metadata"]["system"] = {}
        touched.add("metadata.system")
    return touched


def _scrub_survey(payload: dict[str, Any]) -> set[str]:
    touched: set[str] = set()
    for answer in payload.get("answers") or ():
        if isinstance(answer, dict) and "value" in answer:
            answer["value"] = SCRUBBED
            touched.add("answers.value")
    return touched


def _erase_rejected(connection: duckdb.DuckDBPyConnection, cause: Cause) -> None:
    """Records that could not be read are kept as text: the ones that name the ticket or user go whole."""
    is_user = cause.kind == "user"
    streams = ["zendesk__user"] if is_user else ["zendesk__ticket", "zendesk__ticket_audit"]
    name = "id" if is_user else "(ticket_)?id"
    connection.execute(
        f"""
        update {LOG}.rejected_records set raw = $erased || ' because of event ' || $cause
        where source = $source and list_contains($streams, stream) and regexp_matches(raw, $pattern)
        """,
        {
            "erased": ERASED,
            "cause": cause.event_id,
            "source": cause.source,
            "streams": streams,
            "pattern": f"""["']{name}["']: ?["']?{cause.target if is_user else cause.ticket_id}\\b""",
        },
    )
