"""Lists of Zendesk, except those of tickets."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.http import Call, reply
from sandbox.zendesk import definitions, shapes
from sandbox.zendesk.errors import bad_parameter
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import page
from sandbox.zendesk.records import Record

WITH_COMMENT = {"with_comment": True, "without_comment": False}


def by_id(row: Record) -> tuple[int]:
    return (row.id,)


def memberships(instance: Instance, call: Call) -> Response:
    """GET /organization_memberships, also below a user or an organization."""
    rows = sorted(instance.memberships.values(), key=by_id)
    for name, field in (("user", "user_id"), ("organization", "organization_id")):
        if name in call.matched:
            rows = [row for row in rows if row.fields[field] == int(call.matched[name])]
    return _list(instance, call, "organization_memberships", rows, shapes.membership)


def satisfaction_ratings(instance: Instance, call: Call) -> Response:
    """GET /satisfaction_ratings; `start_time` and `end_time` look at the time of creation."""
    rows = list(instance.ratings.values())
    for name, keep in (("start_time", 1), ("end_time", -1)):
        if name in call.query:
            if not call.query[name].isdigit():
                raise bad_parameter(name, call.query[name])
            limit = int(call.query[name])
            rows = [row for row in rows if keep * row.created >= keep * limit]
    if "score" in call.query:
        rows = [row for row in rows if _has_score(row, call.query["score"])]
    rows.sort(key=lambda row: (row.created, row.id))
    found, envelope = page(
        call, "/api/v2/satisfaction_ratings", rows, lambda row: (row.created, row.id), "created_at,id"
    )
    return reply({"satisfaction_ratings": [shapes.rating(instance, row) for row in found], **envelope})


def ticket_fields(instance: Instance, call: Call) -> Response:
    """GET /ticket_fields"""
    return _definitions(instance, call, "ticket_fields", definitions.ticket_fields(instance))


def organization_fields(instance: Instance, call: Call) -> Response:
    """GET /organization_fields: defined ones, and one for every key that organizations carry."""
    rows = definitions.keyed_fields(instance.organization_fields, instance.organization_keys)
    return _definitions(instance, call, "organization_fields", rows)


def user_fields(instance: Instance, call: Call) -> Response:
    """GET /user_fields"""
    rows = definitions.keyed_fields(instance.user_fields, instance.user_keys)
    return _definitions(instance, call, "user_fields", rows)


def groups(instance: Instance, call: Call) -> Response:
    """GET /groups"""
    return _list(instance, call, "groups", sorted(instance.groups.values(), key=by_id), shapes.group)


def users(instance: Instance, call: Call) -> Response:
    """GET /users: deleted users are left out."""
    rows = [row for row in sorted(instance.users.values(), key=by_id) if row.fields.get("active", True)]
    return _list(instance, call, "users", rows, shapes.user)


def organizations(instance: Instance, call: Call) -> Response:
    """GET /organizations: deleted ones are left out."""
    rows = [row for row in sorted(instance.organizations.values(), key=by_id) if not row.fields.get("deleted_at")]
    return _list(instance, call, "organizations", rows, shapes.organization)


def _list(
    instance: Instance,
    call: Call,
    name: str,
    rows: list[Record],
    shape: Callable[[Instance, Record], dict[str, Any]],
) -> Response:
    found, envelope = page(call, f"/api/v2/{name}", rows, by_id)
    return reply({name: [shape(instance, row) for row in found], **envelope})


def _definitions(instance: Instance, call: Call, name: str, rows: list[Record]) -> Response:
    found, envelope = page(call, f"/api/v2/{name}", rows, by_id, whole=True)
    return reply({name: [shapes.definition(instance, row, name) for row in found], **envelope})


def _has_score(row: Record, score: str) -> bool:
    word, _, rest = score.partition("_")
    if rest and WITH_COMMENT.get(rest) is not bool(row.fields.get("comment")):
        return False
    return row.fields["score"] in ("good", "bad") if word == "received" else row.fields["score"] == word
