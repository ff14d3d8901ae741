"""A ticket's `satisfaction_rating` -> score events in its audits, and the row of the ratings list."""

from typing import Any

from sandbox.zendesk.audits import previous
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import FieldChange, Record, Ticket

RATING_IDS_FROM = 360_000_000_000
REASON_CODE = 1000


def rate(instance: Instance, ticket: Ticket, given: dict[str, Any] | None, at: int) -> list[FieldChange]:
    """Moves the ticket's rating; answers with the audit's children. Id and comment survive a changed score."""
    if not given or "score" not in given:
        return []
    old = ticket.rating or {"score": "unoffered"}
    kept = {name: old[name] for name in ("id", "comment") if old.get(name) is not None}
    new = kept | given
    if new["score"] in ("good", "bad"):
        new.setdefault("id", RATING_IDS_FROM + ticket.id)
    ticket.rating = new
    _list_row(instance, ticket, new, at)
    children = []
    if new["score"] != old["score"]:
        children.append(FieldChange("Change", "satisfaction_score", new["score"], old["score"]))
    if new.get("reason") != old.get("reason"):
        before = previous("satisfaction_reason_code", str(REASON_CODE) if old.get("reason") else None)
        code = str(REASON_CODE) if new.get("reason") else "0"
        children.append(FieldChange("Change", "satisfaction_reason_code", code, before))
    return children


def _list_row(instance: Instance, ticket: Ticket, rating: dict[str, Any], at: int) -> None:
    if rating["score"] == "unoffered":
        return
    row_id = int(rating.get("id") or RATING_IDS_FROM + ticket.id)
    row = instance.ratings.get(ticket.id)
    if row is None:
        row = instance.ratings[ticket.id] = Record(row_id, {}, at, at)
    row.id = row_id
    row.updated = max(row.updated, at)
    row.fields = {
        "ticket_id": ticket.id,
        "requester_id": ticket.fields.get("requester_id"),
        "assignee_id": ticket.fields.get("assignee_id"),
        "group_id": ticket.fields.get("group_id"),
        "score": rating["score"],
        "comment": rating.get("comment"),
        "reason": rating.get("reason"),
        "reason_id": rating.get("reason_id"),
    }
