"""Merging, deleting, restoring and purging tickets."""

from typing import Any

from sandbox import settings
from sandbox.changes import Change
from sandbox.zendesk import audits
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import FieldChange, Ticket


def merge(instance: Instance, ticket: Ticket, target_id: int, at: int, change: Change) -> None:
    """Closes the source with the merge tag; both tickets get a comment that names the other, by way of the merge."""
    target = instance.tickets.get(target_id)
    if target is None:
        raise ValueError(f"ticket {ticket.id} cannot be merged into {target_id}, which does not exist")
    by = int(change.by) if change.by is not None else ticket.fields.get("assignee_id") or -1
    closed = {"status": "closed", "tags": sorted({*ticket.fields.get("tags", ()), settings.MERGE_TAG})}
    children = list(audits.changes(ticket.fields, closed, ("status", "tags")))
    ticket.fields.update(closed)
    body = settings.MERGE_SOURCE_COMMENT.format(target=target_id, subject=target.fields.get("subject"))
    via = _merged({"ticket_id": target_id, "subject": target.fields.get("subject")})
    audits.update(instance, ticket, at, by, via, children, {"author_id": by, "public": False, "body": body})
    body = settings.MERGE_TARGET_COMMENT.format(source=ticket.id, subject=ticket.fields.get("subject"))
    via = _merged({"ticket_ids": [ticket.id]})
    audits.update(instance, target, at, by, via, [], {"author_id": by, "public": False, "body": body})


def delete(instance: Instance, ticket: Ticket, at: int, by: Any) -> None:
    """A deleted ticket stays in the export, complete, with status `deleted`."""
    if ticket.status_before_delete is None:
        ticket.status_before_delete = ticket.fields["status"]
        _set_status(instance, ticket, "deleted", at, by)


def restore(instance: Instance, ticket: Ticket, at: int, by: Any) -> None:
    """A restored ticket takes the status that it had."""
    if ticket.status_before_delete is not None and not ticket.is_purged:
        status, ticket.status_before_delete = ticket.status_before_delete, None
        _set_status(instance, ticket, status, at, by)


def purge(instance: Instance, ticket: Ticket, at: int) -> None:
    """A purged ticket keeps its ids and loses its words, also in the events that were shown before."""
    delete(instance, ticket, at, None)
    ticket.is_purged = True
    scrubbed = settings.SCRUBBED_TEXT
    ticket.fields |= {"subject": scrubbed, "raw_subject": scrubbed, "description": scrubbed}
    ticket.custom = dict.fromkeys(ticket.custom)
    for audit in ticket.audits:
        if audit.comment:
            audit.comment.update(body=scrubbed, attachments=[])
            audit.comment.pop("html_body", None)
    audits.touch(instance, ticket, at)


def _set_status(instance: Instance, ticket: Ticket, status: str, at: int, by: Any) -> None:
    change = FieldChange("Change", "status", status, ticket.fields["status"])
    ticket.fields["status"] = status
    via = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}
    system = "transaction" if by is not None else "none"
    audits.update(instance, ticket, at, int(by) if by is not None else -1, via, [change], system=system)


def _merged(origin: dict[str, Any]) -> dict[str, Any]:
    return {"channel": "web", "source": {"from": origin, "to": {}, "rel": "merge"}}
