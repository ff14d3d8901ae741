"""Organizations; deleting one reaches its members and their tickets some seconds later."""

from collections.abc import Iterable
from typing import Any

from sandbox import settings
from sandbox.changes import Change
from sandbox.timestamps import parse_ms
from sandbox.zendesk import users
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Record


def apply(instance: Instance, change: Change) -> Iterable[Change]:
    """Creates, changes, deletes or merges away an organization; answers with what its deletion causes."""
    at = change.at // 1000
    row = instance.organizations.get(change.id)
    if row is None:
        row = instance.organizations[change.id] = Record(change.id, {"name": f"Organization {change.id}"}, at, at)
    values = {name: value for name, value in change.set.items() if name not in ("created_at", "updated_at")}
    if "organization_fields" in values:
        values["organization_fields"] = {
            **row.fields.get("organization_fields", {}),
            **values["organization_fields"],
        }
    row.fields.update(values)
    if not change.silent:
        row.updated = max(row.updated, at)
    if "created_at" in change.set:
        row.created = parse_ms(change.set["created_at"]) // 1000
    if "updated_at" in change.set:
        row.updated = parse_ms(change.set["updated_at"]) // 1000
    instance.organization_stream.touch(row.id, row.updated)
    if change.delete or change.merge_into is not None:
        return _delete(instance, row, change)
    if change.restore:
        row.fields.pop("deleted_at", None)
        row.fields["name"] = row.fields["name"].removeprefix(f"{row.id}_deleted_")
    return ()


def _delete(instance: Instance, row: Record, change: Change) -> list[Change]:
    at, heir = change.at, change.merge_into
    row.fields |= {
        "name": f"{row.id}_deleted_{row.fields['name']}",
        "domain_names": [],
        "tags": [],
        "deleted_at": at // 1000,
    }
    members = [user.id for user in instance.users.values() if user.fields.get("organization_id") == row.id]
    tickets = [ticket.id for ticket in instance.tickets.values() if ticket.fields.get("organization_id") == row.id]
    users.leave_organization(instance, row.id)
    to_users = at + settings.ORGANIZATION_DELETE_REACHES_USERS_SECONDS * 1000
    to_tickets = at + settings.ORGANIZATION_DELETE_REACHES_TICKETS_SECONDS * 1000
    moved = {"organization_id": heir}
    return [
        *(_consequence(instance, "user", user, to_users, change, moved) for user in members),
        *(_consequence(instance, "ticket", ticket, to_tickets, change, moved) for ticket in tickets),
    ]


def _consequence(instance: Instance, kind: str, row_id: int, at: int, cause: Change, values: dict[str, Any]) -> Change:
    visible_at = max(at, cause.visible_at)
    return Change(
        at, visible_at, "zendesk", instance.name, kind, row_id, by=cause.by, set=dict(values), is_consequence=True
    )
