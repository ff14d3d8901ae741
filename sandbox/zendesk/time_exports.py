"""GET /incremental/ticket_events, /organizations and the time based forms of tickets and users."""

from collections.abc import Callable, Iterator
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.zendesk import exports, histories, moves, shapes, sideloads, ticket_shape
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.streams import ChangedSince

TOO_RECENT = Refused(422, settings.START_TIME_TOO_RECENT_TIME)


def ticket_events(instance: Instance, call: Call) -> Response:
    """Audits in the order of their seconds; comment texts and metadata with `include=comment_events`."""
    start, until = exports.start_time(call, TOO_RECENT), exports.visible_until("ticket_events", call)
    walk: Iterator[tuple[int, Any]] = instance.events.since(start, until)
    shown = exports.ticket_filter(instance, call)
    if shown is not None:
        walk = ((at, audit) for at, audit in walk if shown(audit.ticket_id))
    page, envelope = exports.time_page(call, walk, instance.events.before)
    with_comments = "comment_events" in exports.includes(call)
    rows = [histories.ticket_event(audit, with_comments=with_comments) for audit in page]
    return reply({"ticket_events": rows, **envelope})


def organizations(instance: Instance, call: Call) -> Response:
    """Organizations by `updated_at`, deleted ones among them."""
    ids, envelope = _changed(call, instance.organization_stream, "organizations")
    rows = [shapes.organization(instance, instance.organizations[row_id]) for row_id in ids]
    answer = reply({"organizations": rows, **envelope})
    moves.play(instance, call, "organizations", ids)
    return answer


def tickets(instance: Instance, call: Call) -> Response:
    """Tickets by `generated_timestamp`, time based."""
    ids, envelope = _changed(call, instance.ticket_stream, "tickets", exports.ticket_filter(instance, call))
    rows = [ticket_shape.ticket(instance, instance.tickets[row_id], exported=True) for row_id in ids]
    answer = reply({"tickets": rows, **sideloads.of_tickets(instance, call, rows), **envelope})
    moves.play(instance, call, "tickets", ids)
    return answer


def users(instance: Instance, call: Call) -> Response:
    """Users by `updated_at`, time based."""
    ids, envelope = _changed(call, instance.user_stream, "users")
    found = [instance.users[row_id] for row_id in ids]
    rows = [shapes.user(instance, row) for row in found]
    answer = reply({"users": rows, **sideloads.of_users(instance, call, found), **envelope})
    moves.play(instance, call, "users", ids)
    return answer


def _changed(
    call: Call, stream: ChangedSince, name: str, shown: Callable[[int], bool] | None = None
) -> tuple[list[int], dict[str, Any]]:
    start, until = exports.start_time(call, TOO_RECENT), exports.visible_until(name, call)
    walk = stream.since(start, until)
    if shown is not None:
        walk = (key for key in walk if shown(key[1]))
    return exports.time_page(call, walk, stream.before)
