"""GET /incremental/tickets/cursor and /incremental/users/cursor: pages strictly after the pair (stamp, id)."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.zendesk import exports, moves, shapes, sideloads, ticket_shape
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.streams import ChangedSince

TOO_RECENT = Refused(400, settings.START_TIME_TOO_RECENT_CURSOR)


def tickets(instance: Instance, call: Call) -> Response:
    """Tickets by `generated_timestamp`; AI-agent tickets only when `support_type_scope` asks for them."""
    path = call.path.rstrip("/").removesuffix(".json") + ".json"
    ids, envelope = _page(call, "tickets", instance.ticket_stream, exports.ticket_filter(instance, call), path)
    rows = [ticket_shape.ticket(instance, instance.tickets[row_id], exported=True) for row_id in ids]
    answer = reply({"tickets": rows, **sideloads.of_tickets(instance, call, rows), **envelope})
    moves.play(instance, call, "tickets", ids)
    return answer


def users(instance: Instance, call: Call) -> Response:
    """Users by `updated_at`, on request with their identities. The next address has `.json` only when this one has."""
    ids, envelope = _page(call, "users", instance.user_stream, None, call.path)
    found = [instance.users[row_id] for row_id in ids]
    rows = [shapes.user(instance, row) for row in found]
    answer = reply({"users": rows, **sideloads.of_users(instance, call, found), **envelope})
    moves.play(instance, call, "users", ids)
    return answer


def _page(
    call: Call, name: str, stream: ChangedSince, shown: Callable[[int], bool] | None, path: str
) -> tuple[list[int], dict[str, Any]]:
    until = exports.visible_until(name, call)
    walk: Iterator[tuple[int, int]]
    if call.query.get("cursor"):
        last = exports.decode_cursor(call.query["cursor"])
        walk = stream.after(last, until)
    else:
        start = exports.start_time(call, TOO_RECENT)
        last = (start, 0) if settings.EMPTY_EXPORT_HAS_CURSOR else None
        walk = stream.since(start, until)
    if shown is not None:
        walk = (key for key in walk if shown(key[1]))
    keys = [] if call.suffers("empty_page") else list(islice(walk, exports.page_rows(call)))
    is_end = next(walk, None) is None and not call.suffers("empty_page")
    ids = [row_id for _, row_id in keys]
    if call.suffers("repeated_row") and last is not None and stream.stamps.get(last[1]) == last[0]:
        ids.insert(0, last[1])
    last = keys[-1] if keys else last
    after = exports.encode_cursor(last) if last is not None else None
    return ids, {
        "after_url": exports.link(call, path, {"cursor": after, "start_time": None}) if after else None,
        "after_cursor": after,
        "before_url": None,
        "before_cursor": None,
        "end_of_stream": is_end,
    }
