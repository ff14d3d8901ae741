"""What a ticket's change does: the record, its audit, its stamps, its rating."""

from collections.abc import Iterable
from typing import Any

from sandbox import settings
from sandbox.changes import Change
from sandbox.timestamps import parse_ms
from sandbox.zendesk import audits, endings, ratings, redactions
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Ticket

WEB = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}
SERVICE = {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}}
SLA = {"channel": "sla", "source": {"from": {}, "to": {}, "rel": None}}
_STAMPS = ("created_at", "updated_at", "generated_timestamp")
_APART = frozenset({"custom_fields", "fields", "satisfaction_rating", *_STAMPS})


def apply(instance: Instance, change: Change) -> Iterable[Change]:
    """Creates, changes, merges, deletes, restores or purges one ticket."""
    at = change.at // 1000
    ticket = instance.tickets.get(change.id)
    if ticket is None:
        ticket = _create(instance, change, at)
    elif change.set or change.comment or not _does_more(change):
        _update(instance, ticket, change, at)
    if change.redact is not None:
        redactions.redact(instance, ticket, change.redact, at, change.by)
    if change.make_private is not None:
        redactions.make_private(instance, ticket, change.make_private, at, change.by)
    if change.merge_into is not None:
        endings.merge(instance, ticket, int(change.merge_into), at, change)
    if change.delete:
        endings.delete(instance, ticket, at, change.by)
    if change.restore:
        endings.restore(instance, ticket, at, change.by)
    if change.purge:
        endings.purge(instance, ticket, at)
    return ()


def _does_more(change: Change) -> bool:
    marks = (change.merge_into, change.redact, change.make_private)
    return change.delete or change.restore or change.purge or any(mark is not None for mark in marks)


def _create(instance: Instance, change: Change, at: int) -> Ticket:
    values = change.set
    ticket = Ticket(change.id, {}, at, at, at)
    if change.id >= 1 << 31:
        raise ValueError(f"ticket id {change.id} is too big for the sandbox (31 bits)")
    fields = {name: value for name, value in values.items() if name not in _APART}
    requester = fields.get("requester_id") or change.by or (change.comment or {}).get("author_id")
    fields["requester_id"] = requester
    fields.setdefault("submitter_id", change.by or requester)
    fields.setdefault("status", "new")
    if "organization_id" not in fields:
        user = instance.users.get(int(requester)) if requester else None
        fields["organization_id"] = user.fields.get("organization_id") if user else None
    comment = change.comment or {"body": fields.get("description") or fields.get("subject") or ""}
    comment = {"author_id": fields["submitter_id"], "public": True} | comment
    fields.setdefault("description", comment.get("body", ""))
    fields.setdefault("is_public", comment["public"])
    fields.setdefault("via", WEB)
    if "tags" in fields:
        fields["tags"] = sorted(set(fields["tags"]))
    ticket.fields = fields
    ticket.custom = _custom(instance, values)
    instance.tickets[change.id] = ticket
    children = list(audits.creations(ticket))
    children += ratings.rate(instance, ticket, values.get("satisfaction_rating"), at)
    created = audits.record(instance, ticket, at, fields["submitter_id"] or -1, fields["via"], children, comment)
    if fields.get("sla_policy") is not None and settings.SLA_FOLLOW_ON_SECONDS is not None:
        later = at + settings.SLA_FOLLOW_ON_SECONDS
        audits.record(instance, ticket, later, -1, SLA, (), parent=created.number)
    _given_stamps(ticket, values)
    instance.ticket_stream.touch(ticket.id, ticket.generated)
    return ticket


def _update(instance: Instance, ticket: Ticket, change: Change, at: int) -> None:
    values = change.set
    new = {name: value for name, value in values.items() if name not in _APART}
    if "tags" in new:
        new["tags"] = sorted(set(new["tags"] or ()))
    custom = _custom(instance, values)
    children = list(
        audits.changes(ticket.fields, new, [name for name in (*audits.TRACKED, "sla_policy", "tags") if name in new])
    )
    children += audits.custom_changes(ticket.custom, custom)
    scores = ratings.rate(instance, ticket, values.get("satisfaction_rating"), at)
    ticket.fields.update(new)
    ticket.custom.update(custom)
    if not change.silent:
        by, via = change.by, WEB
        if by is None and change.comment:
            by = change.comment.get("author_id")
        if by is None:
            by, via = -1, SERVICE
        if children or scores or change.comment:
            comment = {"author_id": by, "public": True} | change.comment if change.comment else None
            system = "none" if change.is_consequence else None
            via = values.get("via") or via
            audits.update(instance, ticket, at, int(by), via, [*children, *scores], comment, system)
        # A change that no audit tells of is the system's own: only the export's stamp moves.
        audits.touch(instance, ticket, at)
    _given_stamps(ticket, values)
    instance.ticket_stream.touch(ticket.id, ticket.generated)


def _custom(instance: Instance, values: dict[str, Any]) -> dict[int, Any]:
    given = values.get("custom_fields") or values.get("fields") or []
    if isinstance(given, dict):
        given = [{"id": field_id, "value": value} for field_id, value in given.items()]
    found = {int(entry["id"]): entry.get("value") for entry in given}
    for field_id in found:
        instance.custom_values.setdefault(field_id, None)
    return found


def _given_stamps(ticket: Ticket, values: dict[str, Any]) -> None:
    if "created_at" in values:
        ticket.created = parse_ms(values["created_at"]) // 1000
    if "updated_at" in values:
        ticket.updated = parse_ms(values["updated_at"]) // 1000
    if "generated_timestamp" in values:
        ticket.generated = int(values["generated_timestamp"])
