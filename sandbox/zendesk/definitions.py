"""Field definitions and groups: what the world defines, and what every account has from the start."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from sandbox.changes import Change
from sandbox.zendesk.instance import SHIPPED_ORGANIZATION_FIELDS, Instance
from sandbox.zendesk.records import Record

SYSTEM_TICKET_FIELDS = (
    "subject",
    "description",
    "status",
    "tickettype",
    "priority",
    "group",
    "assignee",
    "custom_status",
)
_TITLES = {"tickettype": "Type", "custom_status": "Ticket status"}
SYSTEM_FIELD_IDS_FROM = 24_000_000
SYSTEM_FIELDS_SINCE = 1_420_070_400


def apply_ticket_field(instance: Instance, change: Change) -> Iterable[Change]:
    """Defines, renames or deactivates a ticket field."""
    row = _define(instance.ticket_fields, change)
    if row is None:
        instance.custom_values.pop(change.id, None)
    elif row.fields.get("active", True):
        instance.custom_values[row.id] = False if row.fields.get("type") == "checkbox" else None
    else:
        instance.custom_values.pop(row.id, None)
    return ()


def apply_organization_field(instance: Instance, change: Change) -> Iterable[Change]:
    """Defines an organization field; its `key` is what organizations carry."""
    row = _define(instance.organization_fields, change)
    if row is not None and "key" in row.fields:
        instance.organization_keys.setdefault(row.fields["key"], None)
    return ()


def apply_user_field(instance: Instance, change: Change) -> Iterable[Change]:
    """Defines a user field."""
    row = _define(instance.user_fields, change)
    if row is not None and "key" in row.fields:
        instance.user_keys.setdefault(row.fields["key"], None)
    return ()


def apply_group(instance: Instance, change: Change) -> Iterable[Change]:
    """Defines, renames or deletes a group."""
    _define(instance.groups, change)
    return ()


def ticket_fields(instance: Instance) -> list[Record]:
    """The account's own fields, then the world's, by id."""
    own = [
        Record(
            SYSTEM_FIELD_IDS_FROM + place,
            {"type": kind, "title": _TITLES.get(kind, kind.capitalize()), "position": place, "removable": False},
            SYSTEM_FIELDS_SINCE,
            SYSTEM_FIELDS_SINCE,
        )
        for place, kind in enumerate(SYSTEM_TICKET_FIELDS, start=1)
    ]
    return own + _by_id(instance.ticket_fields)


def keyed_fields(defined: dict[int, Record], keys: Iterable[str]) -> list[Record]:
    """Defined fields, and a definition for each key that is in use without one."""
    known = {row.fields.get("key") for row in defined.values()}
    implied = [_implied(key) for key in keys if key not in known]
    return sorted([*defined.values(), *implied], key=lambda row: row.id)


def _implied(key: str) -> Record:
    kind, title = SHIPPED_ORGANIZATION_FIELDS.get(key, ("text", key.replace("_", " ").capitalize()))
    row_id = SYSTEM_FIELD_IDS_FROM + int.from_bytes(blake2b(key.encode(), digest_size=4).digest())
    return Record(row_id, {"key": key, "type": kind, "title": title}, SYSTEM_FIELDS_SINCE, SYSTEM_FIELDS_SINCE)


def _define(rows: dict[int, Record], change: Change) -> Record | None:
    at = change.at // 1000
    if change.delete or change.purge:
        rows.pop(change.id, None)
        return None
    row = rows.get(change.id)
    if row is None:
        row = rows[change.id] = Record(change.id, {}, at, at)
    values: dict[str, Any] = {name: v for name, v in change.set.items() if name not in ("created_at", "updated_at")}
    row.fields.update(values)
    if not change.silent:
        row.updated = max(row.updated, at)
    return row


def _by_id(rows: dict[int, Record]) -> list[Record]:
    return [rows[row_id] for row_id in sorted(rows)]
