"""Identities of a user: the own address, which is the user's `email`, and those that the world adds."""

from collections.abc import Iterable
from typing import Any

from sandbox import settings
from sandbox.changes import Change
from sandbox.timestamps import parse_ms
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Record

TYPES = frozenset({
    "email", "twitter", "facebook", "google", "phone_number", "agent_forwarding", "any_channel", "foreign", "sdk",
    "messaging",
})  # fmt: skip
PRIMARY_IDS_FROM = 1_000_000_000


def apply(instance: Instance, change: Change) -> Iterable[Change]:
    """Adds, changes or removes a further identity. Raises ValueError for one that cannot be."""
    at = change.at // 1000
    row = instance.identities.get(change.id)
    if change.delete or change.purge:
        if row is not None:
            _remove(instance, row)
            _tell_user(instance, row.fields["user_id"], at, change.silent)
        return ()
    values = {name: value for name, value in change.set.items() if name not in ("created_at", "updated_at")}
    if values.get("primary"):
        raise ValueError("a primary identity is the user's own 'email': set that")
    if row is None:
        user = instance.users.get(values["user_id"])
        if user is None:
            raise ValueError(f"there is no user {values['user_id']}")
        fields = {"type": "email", **values}
        if fields["type"] not in TYPES:
            raise ValueError(f"an identity's type is one of {', '.join(sorted(TYPES))}")
        if not isinstance(fields.get("value"), str):
            raise ValueError("an identity has a 'value', such as an address")
        row = add(instance, change.id, user.id, fields, at)
    else:
        if values.get("user_id", row.fields["user_id"]) != row.fields["user_id"]:
            raise ValueError("an identity stays with its user")
        row.fields.update(values)
        row.updated = max(row.updated, at)
    for name in ("created_at", "updated_at"):
        if name in change.set:
            setattr(row, name.removesuffix("_at"), parse_ms(change.set[name]) // 1000)
    _tell_user(instance, row.fields["user_id"], at, change.silent)
    return ()


def add(instance: Instance, row_id: int, user_id: int, fields: dict[str, Any], at: int) -> Record:
    """A further identity of a user."""
    row = instance.identities[row_id] = Record(row_id, {**fields, "user_id": user_id}, at, at)
    instance.identities_of.setdefault(user_id, []).append(row_id)
    return row


def of(instance: Instance, user: Record) -> list[Record]:
    """A user's identities, the primary one first; somebody without an address may have none."""
    found = []
    if user.fields.get("email"):
        fields = {
            "user_id": user.id,
            "type": "email",
            "value": user.fields["email"],
            "verified": bool(user.fields.get("verified", True)),
            "primary": True,
        }
        found.append(Record(PRIMARY_IDS_FROM + user.id, fields, user.created, user.updated))
    return found + [instance.identities[row_id] for row_id in instance.identities_of.get(user.id, ())]


def forget(instance: Instance, user_id: int) -> list[Record]:
    """Removes every further identity of a user, and answers with them."""
    return [instance.identities.pop(row_id) for row_id in instance.identities_of.pop(user_id, ())]


def _remove(instance: Instance, row: Record) -> None:
    del instance.identities[row.id]
    instance.identities_of[row.fields["user_id"]].remove(row.id)


def _tell_user(instance: Instance, user_id: int, at: int, silent: bool) -> None:
    user = instance.users[user_id]
    if settings.IDENTITY_CHANGE_MOVES_USER and not silent:
        user.updated = max(user.updated, at)
        instance.user_stream.touch(user.id, user.updated)
