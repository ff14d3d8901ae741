"""Lists of people, organizations and ratings."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.http import Call, reply
from sandbox.zendesk import identities, shapes
from sandbox.zendesk.errors import bad_parameter, not_found
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import page
from sandbox.zendesk.records import Record
from sandbox.zendesk.ticket_lists import listed

WITH_COMMENT = {"with_comment": True, "without_comment": False}


def by_id(row: Record) -> tuple[int]:
    return (row.id,)


def memberships(instance: Instance, call: Call) -> Response:
    """GET /organization_memberships, also below a user or an organization."""
    rows = sorted(instance.memberships.values(), key=by_id)
    for name in ("user_id", "organization_id"):
        if name in call.matched:
            rows = [row for row in rows if str(row.fields[name]) == call.matched[name]]
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
    found, envelope = page(call, rows, lambda row: (row.created, row.id), "created_at,id")
    return reply({"satisfaction_ratings": [shapes.rating(instance, row) for row in found], **envelope})


def groups(instance: Instance, call: Call) -> Response:
    """GET /groups, by name"""
    rows = sorted(instance.groups.values(), key=_by_name)
    found, envelope = page(call, rows, _by_name, "name,id")
    return reply({"groups": [shapes.group(instance, row) for row in found], **envelope})


def users(instance: Instance, call: Call) -> Response:
    """GET /users: deleted users are left out."""
    rows = [row for row in sorted(instance.users.values(), key=by_id) if row.fields.get("active", True)]
    return _list(instance, call, "users", rows, shapes.user)


def deleted_users(instance: Instance, call: Call) -> Response:
    """GET /deleted_users"""
    rows = [row for row in sorted(instance.users.values(), key=by_id) if not row.fields.get("active", True)]
    return _list(instance, call, "deleted_users", rows, shapes.deleted_user)


def user_identities(instance: Instance, call: Call) -> Response:
    """GET /users/{user_id}/identities"""
    key = call.matched["user_id"]
    user = instance.users.get(int(key)) if key.isdigit() else None
    if user is None:
        raise not_found()
    rows = sorted(identities.of(instance, user), key=by_id)
    return _list(instance, call, "identities", rows, shapes.identity)


def organizations(instance: Instance, call: Call) -> Response:
    """GET /organizations: deleted ones are left out."""
    rows = [row for row in sorted(instance.organizations.values(), key=by_id) if not row.fields.get("deleted_at")]
    return _list(instance, call, "organizations", rows, shapes.organization)


def tags(instance: Instance, call: Call) -> Response:
    """GET /tags: how many listed tickets have each."""
    counted = Counter(tag for row in listed(instance, call) for tag in row.fields.get("tags") or ())
    found, envelope = page(call, sorted(counted.items()), lambda row: row[:1], "name")
    return reply({"tags": [{"name": name, "count": count} for name, count in found], **envelope})


def _by_name(row: Record) -> tuple[str, int]:
    return row.fields.get("name", ""), row.id


def _list(
    instance: Instance,
    call: Call,
    name: str,
    rows: list[Record],
    shape: Callable[[Instance, Record], dict[str, Any]],
) -> Response:
    found, envelope = page(call, rows, by_id)
    return reply({name: [shape(instance, row) for row in found], **envelope})


def _has_score(row: Record, score: str) -> bool:
    word, _, rest = score.partition("_")
    if rest and WITH_COMMENT.get(rest) is not bool(row.fields.get("comment")):
        return False
    return row.fields["score"] in ("good", "bad") if word == "received" else row.fields["score"] == word
