"""Tickets, their metrics and their audits as lists, which leave out deleted and archived tickets."""

import base64
import binascii
from collections.abc import Iterator
from itertools import islice
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.timestamps import zendesk_time
from sandbox.zendesk import histories, metrics, ticket_shape
from sandbox.zendesk.exports import link
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import number, page
from sandbox.zendesk.records import Audit, Ticket, event_id

DAY = 86_400


def listed(instance: Instance, call: Call) -> list[Ticket]:
    """The tickets that lists show, by id."""
    return sorted((row for row in instance.tickets.values() if _is_listed(row, call.seconds)), key=lambda row: row.id)


def tickets(instance: Instance, call: Call) -> Response:
    """GET /tickets"""
    found, envelope = page(call, listed(instance, call), lambda row: (row.id,))
    return reply({"tickets": [ticket_shape.ticket(instance, row) for row in found], **envelope})


def ticket_metrics(instance: Instance, call: Call) -> Response:
    """GET /ticket_metrics"""
    found, envelope = page(call, listed(instance, call), lambda row: (row.id,))
    return reply({"ticket_metrics": [metrics.metric_set(instance, row) for row in found], **envelope})


def deleted_tickets(instance: Instance, call: Call) -> Response:
    """GET /deleted_tickets: those of the last 30 days that are not gone for good."""
    since = call.seconds - settings.DELETED_TICKETS_LIST_DAYS * DAY
    rows = [(audit, row) for row in instance.tickets.values() if (audit := _deletion(row)) and audit.at >= since]
    rows.sort(key=lambda pair: pair[1].id)
    found, envelope = page(call, rows, lambda pair: (pair[1].id,))
    return reply({"deleted_tickets": [_deleted(instance, *pair) for pair in found], **envelope})


def ticket_audits(instance: Instance, call: Call) -> Response:
    """GET /ticket_audits: with `page[…]` oldest first, else by the older paging, from the newest page backwards."""
    shown = {row.id for row in listed(instance, call)}
    if any(name.startswith("page[") for name in call.query):
        rows = sorted((audit for audit in instance.events.rows if audit.ticket_id in shown), key=_place)
        found, envelope = page(call, rows, _place, "created_at,id")
        return reply({"audits": [histories.audit_row(audit) for audit in found], **envelope})
    found, has_older = _legacy_page(instance, call, shown)
    before = _cursor("before", found[0]) if found and has_older else None
    after = _cursor("after", found[-1]) if found else call.query.get("cursor")
    path = call.path.rstrip("/").removesuffix(".json") + ".json"
    if call.query.get("sort_order") == "desc":
        found.reverse()
    return reply({
        "audits": [histories.audit_row(audit) for audit in found],
        "before_url": link(call, path, {"cursor": before}) if before else None,
        "after_url": link(call, path, {"cursor": after}) if after else None,
        "before_cursor": before,
        "after_cursor": after,
    })  # fmt: skip


def _legacy_page(instance: Instance, call: Call, shown: set[int]) -> tuple[list[Audit], bool]:
    """The page's audits, oldest first, and whether there are older ones."""
    limit = number(call, "limit", settings.LIST_PAGE_ROWS, settings.AUDITS_LEGACY_PAGE_ROWS)
    direction, at, audit_id = _read_cursor(call.query["cursor"]) if "cursor" in call.query else ("before", None, 0)
    feed = instance.events
    if direction == "after":
        newer = (audit for _, audit in feed.since(at or 0, call.seconds) if audit.ticket_id in shown)
        following = _past(newer, audit_id) if at is not None else newer
        return list(islice(following, limit)), True
    older = (audit for audit in feed.backwards(call.seconds if at is None else at) if audit.ticket_id in shown)
    walk = _past(older, audit_id) if at is not None else older
    found = list(islice(walk, limit))
    return found[::-1], next(walk, None) is not None


def _past(walk: Iterator[Audit], audit_id: int) -> Iterator[Audit]:
    """What comes after an audit in a walk that begins in its second."""
    for audit in walk:
        if _id(audit) == audit_id:
            break
    return walk


def _cursor(direction: str, audit: Audit) -> str:
    return base64.b64encode(f"{direction}|{audit.at}|{_id(audit)}".encode()).decode()


def _read_cursor(text: str) -> tuple[str, int, int]:
    try:
        direction, at, audit_id = base64.b64decode(text, validate=True).decode().split("|")
        return direction, int(at), int(audit_id)
    except (binascii.Error, ValueError):
        raise Refused(400, settings.INVALID_CURSOR) from None


def _is_listed(row: Ticket, now: int) -> bool:
    status = row.fields["status"]
    is_archived = status == "closed" and row.updated < now - settings.ARCHIVED_AFTER_DAYS * DAY
    return status != "deleted" and not is_archived


def _deletion(row: Ticket) -> Audit | None:
    if row.status_before_delete is None or row.is_purged:
        return None
    is_deletion = (audit for audit in reversed(row.audits) if any(c.value == "deleted" for c in audit.changes))
    return next(is_deletion, None)


def _deleted(instance: Instance, audit: Audit, row: Ticket) -> dict[str, Any]:
    actor = instance.users.get(audit.updater_id)
    return {
        "id": row.id,
        "subject": row.fields.get("subject"),
        "actor": {"id": audit.updater_id, "name": actor.fields.get("name") if actor else None},
        "deleted_at": zendesk_time(audit.at),
        "previous_state": row.status_before_delete,
    }


def _place(audit: Audit) -> tuple[int, int]:
    return audit.at, _id(audit)


def _id(audit: Audit) -> int:
    return event_id(audit.ticket_id, audit.number)
