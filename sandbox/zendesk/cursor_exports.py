"""GET /incremental/tickets/cursor and /incremental/users/cursor: pages strictly after the pair (stamp, id)."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.zendesk import exports, metrics, shapes, ticket_shape
from sandbox.zendesk.errors import bad_parameter
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.streams import ChangedSince

TOO_RECENT = Refused(400, settings.START_TIME_TOO_RECENT_CURSOR)
SCOPES = {"all": ("agent", "ai_agent"), "agent": ("agent",), "ai_agent": ("ai_agent",)}


def tickets(instance: Instance, call: Call) -> Response:
    """Tickets by `generated_timestamp`; AI-agent tickets only when `support_type_scope` asks for them."""
    scope = call.query.get("support_type_scope", "agent")
    if scope not in SCOPES:
        raise bad_parameter("support_type_scope", scope)
    allowed = SCOPES[scope]
    hide_deleted = call.query.get("exclude_deleted") == "true"
    found = instance.tickets

    def shown(row_id: int) -> bool:
        fields = found[row_id].fields
        return fields.get("support_type", "agent") in allowed and not (hide_deleted and fields["status"] == "deleted")

    keys, envelope = _page(call, "tickets", instance.ticket_stream, shown, "/api/v2/incremental/tickets/cursor.json")
    rows = [ticket_shape.ticket(instance, found[row_id], exported=True) for _, row_id in keys]
    included = exports.includes(call)
    sideloads: dict[str, Any] = {}
    if "metric_sets" in included:
        sets = [metrics.metric_set(instance, found[row_id]) for _, row_id in keys]
        for row, metric_set in zip(rows, sets, strict=True):
            row["metric_set"] = metric_set
        sideloads["metric_sets"] = sets
    if "users" in included:
        ids = dict.fromkeys(row[name] for row in rows for name in ("requester_id", "submitter_id", "assignee_id"))
        sideloads["users"] = [shapes.user(instance, instance.users[i]) for i in ids if i in instance.users]
    if "organizations" in included:
        ids = dict.fromkeys(row["organization_id"] for row in rows)
        known = instance.organizations
        sideloads["organizations"] = [shapes.organization(instance, known[i]) for i in ids if i in known]
    if "groups" in included:
        ids = dict.fromkeys(row["group_id"] for row in rows)
        sideloads["groups"] = [shapes.group(instance, instance.groups[i]) for i in ids if i in instance.groups]
    return reply({"tickets": rows, **sideloads, **envelope})


def users(instance: Instance, call: Call) -> Response:
    """Users by `updated_at`, on request with their identities."""
    keys, envelope = _page(call, "users", instance.user_stream, None, "/api/v2/incremental/users/cursor")
    page = [instance.users[row_id] for _, row_id in keys]
    answer: dict[str, Any] = {"users": [shapes.user(instance, row) for row in page]}
    if "identities" in exports.includes(call):
        answer["identities"] = [found for row in page if (found := shapes.identity(instance, row))]
    if "organizations" in exports.includes(call):
        ids = dict.fromkeys(row.fields.get("organization_id") for row in page)
        known = instance.organizations
        answer["organizations"] = [shapes.organization(instance, known[i]) for i in ids if i in known]
    return reply(answer | envelope)


def _page(
    call: Call, name: str, stream: ChangedSince, shown: Any, path: str
) -> tuple[list[tuple[int, int]], dict[str, Any]]:
    until = exports.visible_until(name, call)
    cursor = call.query.get("cursor")
    walk: Iterator[tuple[int, int]]
    if cursor:
        last = exports.decode_cursor(cursor)
        walk = stream.after(last, until)
    else:
        start = exports.start_time(call, TOO_RECENT)
        last = (start, 0) if settings.EMPTY_EXPORT_HAS_CURSOR else None
        walk = stream.since(start, until)
    if shown is not None:
        walk = (key for key in walk if shown(key[1]))
    keys = list(islice(walk, exports.page_rows(call)))
    last = keys[-1] if keys else last
    after = exports.encode_cursor(last) if last else None
    envelope = {
        "after_url": exports.link(call, path, {"cursor": after, "start_time": None}) if after else None,
        "after_cursor": after,
        "before_url": None,
        "before_cursor": None,
        "end_of_stream": next(walk, None) is None,
    }
    return keys, envelope
