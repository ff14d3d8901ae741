"""Old values and new values -> the child events that Zendesk writes into an audit."""

from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.settings import CREATE_EVENT_WITH_NULL_ORGANIZATION
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Audit, FieldChange, System, Ticket

TRACKED = (
    "subject", "requester_id", "organization_id", "assignee_id", "group_id", "priority", "type", "status",
    "ticket_form_id", "brand_id", "problem_id", "due_at",
)  # fmt: skip
_AS_TEXT = frozenset({"organization_id", "ticket_form_id", "brand_id", "custom_status_id", "problem_id"})
_ALWAYS_CREATED = frozenset({"subject", "priority", "type", "status", "requester_id"}) | (
    {"organization_id"} if CREATE_EVENT_WITH_NULL_ORGANIZATION else frozenset()
)
_UNSET_PREVIOUS = {"priority": "0", "satisfaction_reason_code": "0"}
# Audits of a channel carry its label in the export.
_LABELS = {
    "web": "Web form", "email": "Mail", "api": "Web service", "rule": "Rule", "system": "System",
    "chat": "Chat", "voice": "Phone call", "mobile": "Mobile", "native_messaging": "Native messaging",
    "sla": "SLA",
}  # fmt: skip


def creations(ticket: Ticket) -> Iterator[FieldChange]:
    """The `Create` children of a new ticket."""
    for name in TRACKED:
        value = ticket.fields.get(name)
        if value is not None or name in _ALWAYS_CREATED:
            yield FieldChange("Create", name, form(name, value))
    tags = ticket.fields.get("tags")
    if tags:
        yield FieldChange("Create", "tags", (tags, tags, []))
    for field_id, value in ticket.custom.items():
        if value is not None:
            yield FieldChange("Create", "custom_ticket_fields", (field_id, value))
    if ticket.fields.get("sla_policy") is not None:
        yield FieldChange("Create", "sla_policy", ticket.fields["sla_policy"])


def changes(before: dict[str, Any], after: dict[str, Any], names: Iterable[str]) -> Iterator[FieldChange]:
    """The `Change` children between two states, for the given field names; equal values make none."""
    for name in names:
        old, new = before.get(name), after.get(name)
        if name == "tags":
            old, new = old or [], new or []
            if old != new:
                added = [tag for tag in new if tag not in old]
                removed = [tag for tag in old if tag not in new]
                yield FieldChange("Change", "tags", (new, added, removed))
        elif old != new:
            yield FieldChange("Change", name, form(name, new), previous(name, old))


def custom_changes(before: dict[int, Any], values: dict[int, Any]) -> Iterator[FieldChange]:
    """One child for each custom field that moves."""
    for field_id, new in values.items():
        old = before.get(field_id)
        if old != new:
            yield FieldChange("Change", "custom_ticket_fields", (field_id, new), None if old is None else _text(old))


def form(name: str, value: Any) -> Any:
    """A field's value as the export writes it: some ids are text there, others numbers."""
    return str(value) if value is not None and name in _AS_TEXT else value


def previous(name: str, value: Any) -> str | None:
    """`previous_value` is always text; what was never set is null, or "0" where Zendesk keeps a number inside."""
    return _UNSET_PREVIOUS.get(name) if value is None else _text(value)


def via_label(via: dict[str, Any]) -> str:
    """The export's one-word form of a `via` object."""
    if (via.get("source") or {}).get("rel") == "merge":
        return "Merge"
    channel = via.get("channel")
    return _LABELS.get(channel, "Web form") if isinstance(channel, str) else "Web service"


def record(
    instance: Instance,
    ticket: Ticket,
    at: int,
    updater_id: int,
    via: dict[str, Any],
    children: Iterable[FieldChange],
    comment: dict[str, Any] | None = None,
    system: System | None = None,
    parent: int | None = None,
) -> Audit:
    """Appends an audit to the ticket and to the account's feed of events; what makes itself (-1) has no `system`."""
    kept = tuple(children)
    said = system or ("none" if updater_id == -1 else "full")
    audit = Audit(ticket.id, ticket.next_number, at, updater_id, via, kept, comment, said, parent)
    # A status child brings its custom status as a second one: room for both.
    ticket.next_number += 2 + 2 * len(kept)
    ticket.audits.append(audit)
    instance.events.add(at, audit)
    instance.unmeasured.add(ticket.id)
    return audit


def update(
    instance: Instance,
    ticket: Ticket,
    at: int,
    updater_id: int,
    via: dict[str, Any],
    children: Iterable[FieldChange],
    comment: dict[str, Any] | None = None,
    system: System | None = None,
) -> None:
    """Records an audit of a ticket that exists: its stamps and its place in the export follow."""
    record(instance, ticket, at, updater_id, via, children, comment, system)
    ticket.updated = max(ticket.updated, at)
    touch(instance, ticket, at)


def touch(instance: Instance, ticket: Ticket, at: int) -> None:
    """Moves the ticket to its new place in the export, which is all that a change of the system's own shows."""
    ticket.generated = max(ticket.generated, at)
    instance.ticket_stream.touch(ticket.id, ticket.generated)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
