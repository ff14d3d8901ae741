"""GET /incremental/ticket_events, /organizations and the time based forms of tickets and users.

A page is extended to hold every row of its last second.
"""

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.zendesk import exports, histories, shapes, ticket_shape
from sandbox.zendesk.cursor_exports import SCOPES
from sandbox.zendesk.errors import bad_parameter
from sandbox.zendesk.instance import Instance

TOO_RECENT = Refused(422, settings.START_TIME_TOO_RECENT_TIME)


def ticket_events(instance: Instance, call: Call) -> Response:
    """Audits in the order of their seconds; comment texts and metadata with `include=comment_events`."""
    scope = call.query.get("support_type_scope", "agent")
    if scope not in SCOPES:
        raise bad_parameter("support_type_scope", scope)
    start, until = exports.start_time(call, TOO_RECENT), exports.visible_until("ticket_events", call)
    walk: Iterator[tuple[int, Any]] = instance.events.since(start, until)
    if scope != "all":
        allowed, found = SCOPES[scope], instance.tickets
        walk = (
            (at, audit) for at, audit in walk if found[audit.ticket_id].fields.get("support_type", "agent") in allowed
        )
    page, envelope = _page(call, walk, "/api/v2/incremental/ticket_events.json")
    with_comments = "comment_events" in exports.includes(call)
    rows = [histories.ticket_event(audit, with_comments=with_comments) for audit in page]
    return reply({"ticket_events": rows, **envelope})


def organizations(instance: Instance, call: Call) -> Response:
    """Organizations by `updated_at`, deleted ones among them."""
    start, until = exports.start_time(call, TOO_RECENT), exports.visible_until("organizations", call)
    walk = instance.organization_stream.since(start, until)
    page, envelope = _page(call, walk, "/api/v2/incremental/organizations.json")
    rows = [shapes.organization(instance, instance.organizations[row_id]) for row_id in page]
    return reply({"organizations": rows, **envelope})


def tickets(instance: Instance, call: Call) -> Response:
    """Tickets by `generated_timestamp`, time based."""
    start, until = exports.start_time(call, TOO_RECENT), exports.visible_until("tickets", call)
    walk = instance.ticket_stream.since(start, until)
    page, envelope = _page(call, walk, "/api/v2/incremental/tickets.json")
    rows = [ticket_shape.ticket(instance, instance.tickets[row_id], exported=True) for row_id in page]
    return reply({"tickets": rows, **envelope})


def users(instance: Instance, call: Call) -> Response:
    """Users by `updated_at`, time based."""
    start, until = exports.start_time(call, TOO_RECENT), exports.visible_until("users", call)
    walk = instance.user_stream.since(start, until)
    page, envelope = _page(call, walk, "/api/v2/incremental/users.json")
    return reply({"users": [shapes.user(instance, instance.users[row_id]) for row_id in page], **envelope})


def metric_events(_instance: Instance, call: Call) -> Response:
    """The sandbox derives no metric events: an empty export, in either paging."""
    if "page[size]" in call.query:
        meta = {"has_more": False, "after_cursor": None, "before_cursor": None}
        return reply({"ticket_metric_events": [], "meta": meta, "links": {"prev": None, "next": None}})
    return reply({"ticket_metric_events": [], "count": 0, "end_time": None, "next_page": None, "end_of_stream": True})


def _page(call: Call, walk: Iterator[tuple[int, Any]], path: str) -> tuple[list[Any], dict[str, Any]]:
    most = exports.page_rows(call)
    page: list[Any] = []
    last, is_end = 0, True
    for at, row in walk:
        if len(page) >= most and at != last:
            is_end = False
            break
        page.append(row)
        last = at
    end_time = _end_time(last, is_end) if page else None
    envelope = {
        "count": len(page),
        "end_of_stream": is_end,
        "end_time": end_time,
        "next_page": exports.link(call, path, {"start_time": end_time}) if page else None,
    }
    return page, envelope


def _end_time(last: int, is_end: bool) -> int:
    if settings.END_TIME_MODE == "recorded":
        return last if is_end else last + 1
    return last + 1 if settings.END_TIME_MODE == "last_plus_one" else last
