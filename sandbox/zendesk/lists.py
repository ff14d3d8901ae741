"""Lists and single records of Zendesk."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.http import Call, reply
from sandbox.timestamps import http_date
from sandbox.zendesk import definitions, histories, shapes
from sandbox.zendesk.errors import bad_parameter, not_found
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import page
from sandbox.zendesk.records import Record, Ticket

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


def one_user(instance: Instance, call: Call) -> Response:
    """GET /users/{id}"""
    return reply({"user": shapes.user(instance, _known(instance.users, call))})


def one_organization(instance: Instance, call: Call) -> Response:
    """GET /organizations/{id}: a deleted one is not found."""
    row = _known(instance.organizations, call)
    if row.fields.get("deleted_at"):
        raise not_found()
    return reply({"organization": shapes.organization(instance, row)})


def tickets(instance: Instance, call: Call) -> Response:
    """GET /tickets: deleted ones are left out."""
    live = [row for row in instance.tickets.values() if row.fields["status"] != "deleted"]
    live.sort(key=lambda row: row.id)
    found, envelope = page(call, "/api/v2/tickets", live, lambda row: (row.id,))
    return reply({"tickets": [shapes.ticket(instance, row) for row in found], **envelope})


def one_ticket(instance: Instance, call: Call) -> Response:
    """GET /tickets/{id}"""
    return reply({"ticket": shapes.ticket(instance, _live_ticket(instance, call))})


def ticket_comments(instance: Instance, call: Call) -> Response:
    """GET /tickets/{id}/comments"""
    row = _live_ticket(instance, call)
    audits = [audit for audit in row.audits if audit.comment is not None]
    path = f"/api/v2/tickets/{row.id}/comments"
    found, envelope = page(call, path, audits, lambda audit: (audit.at, audit.number), "created_at,id")
    answer = reply({"comments": [histories.comment_row(audit) for audit in found], **envelope})
    answer.headers["last-modified"] = http_date(row.updated * 1000)
    return answer


def ticket_audits(instance: Instance, call: Call) -> Response:
    """GET /tickets/{id}/audits"""
    row = _live_ticket(instance, call)
    path = f"/api/v2/tickets/{row.id}/audits"
    found, envelope = page(call, path, row.audits, lambda audit: (audit.at, audit.number), "created_at,id")
    return reply({"audits": [histories.audit_row(audit) for audit in found], **envelope})


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


def _known(rows: dict[int, Any], call: Call) -> Any:
    key = call.matched["id"]
    row = rows.get(int(key)) if key.isdigit() else None
    if row is None:
        raise not_found()
    return row


def _live_ticket(instance: Instance, call: Call) -> Ticket:
    row: Ticket = _known(instance.tickets, call)
    if row.fields["status"] == "deleted":
        raise not_found()
    return row


def _has_score(row: Record, score: str) -> bool:
    word, _, rest = score.partition("_")
    if rest and WITH_COMMENT.get(rest) is not bool(row.fields.get("comment")):
        return False
    return row.fields["score"] in ("good", "bad") if word == "received" else row.fields["score"] == word
