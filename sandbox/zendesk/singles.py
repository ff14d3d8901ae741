"""Single records of Zendesk, and what hangs on one ticket."""

from typing import Any

from starlette.responses import Response

from sandbox.http import Call, reply
from sandbox.timestamps import http_date
from sandbox.zendesk import histories, metrics, shapes, ticket_shape
from sandbox.zendesk.errors import not_found
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import page
from sandbox.zendesk.records import Ticket


def one_ticket(instance: Instance, call: Call) -> Response:
    """GET /tickets/{id}"""
    return reply({"ticket": ticket_shape.ticket(instance, _live_ticket(instance, call))})


def ticket_comments(instance: Instance, call: Call) -> Response:
    """GET /tickets/{id}/comments"""
    row = _live_ticket(instance, call)
    audits = [audit for audit in row.audits if audit.comment is not None]
    found, envelope = page(call, audits, lambda audit: (audit.at, audit.number), "created_at,id")
    answer = reply({"comments": [histories.comment_row(audit) for audit in found], **envelope})
    answer.headers["last-modified"] = http_date(row.updated * 1000)
    return answer


def ticket_audits(instance: Instance, call: Call) -> Response:
    """GET /tickets/{id}/audits"""
    row = _live_ticket(instance, call)
    found, envelope = page(call, row.audits, lambda audit: (audit.at, audit.number), "created_at,id")
    return reply({"audits": [histories.audit_row(audit) for audit in found], **envelope})


def ticket_metric(instance: Instance, call: Call) -> Response:
    """GET /tickets/{id}/metrics"""
    return reply({"ticket_metric": metrics.metric_set(instance, _live_ticket(instance, call))})


def one_user(instance: Instance, call: Call) -> Response:
    """GET /users/{id}"""
    return reply({"user": shapes.user(instance, _known(instance.users, call.matched["user_id"]))})


def one_rating(instance: Instance, call: Call) -> Response:
    """GET /satisfaction_ratings/{id}"""
    by_id = {row.id: row for row in instance.ratings.values()}
    return reply(
        {"satisfaction_rating": shapes.rating(instance, _known(by_id, call.matched["satisfaction_rating_id"]))}
    )


def one_organization(instance: Instance, call: Call) -> Response:
    """GET /organizations/{id}: a deleted one is not found."""
    row = _known(instance.organizations, call.matched["organization_id"])
    if row.fields.get("deleted_at"):
        raise not_found()
    return reply({"organization": shapes.organization(instance, row)})


def _known(rows: dict[int, Any], key: str) -> Any:
    row = rows.get(int(key)) if key.isdigit() else None
    if row is None:
        raise not_found()
    return row


def _live_ticket(instance: Instance, call: Call) -> Ticket:
    row: Ticket = _known(instance.tickets, call.matched["ticket_id"])
    if row.fields["status"] == "deleted":
        raise not_found()
    return row
