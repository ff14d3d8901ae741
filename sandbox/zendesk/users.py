"""Users, and their memberships of organizations: one default membership follows `organization_id`."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from sandbox import settings
from sandbox.changes import Change
from sandbox.timestamps import parse_ms
from sandbox.zendesk import identities, user_merges
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Record

MEMBERSHIP_IDS_FROM = 400_000_000_000


def apply(instance: Instance, change: Change) -> Iterable[Change]:
    """Creates, changes, merges, deletes or purges a user; answers with what a merge causes."""
    at = change.at // 1000
    user = instance.users.get(change.id)
    is_new = user is None
    if user is None:
        user = instance.users[change.id] = Record(change.id, {}, at, at)
    values = {name: value for name, value in change.set.items() if name not in ("created_at", "updated_at")}
    if "user_fields" in values:
        values["user_fields"] = {**user.fields.get("user_fields", {}), **values["user_fields"]}
    user.fields.update(values)
    if "organization_id" in values:
        _move_default(instance, user, values["organization_id"], at)
    if change.restore:
        user.fields["active"] = True
    consequences = user_merges.merge(instance, user, change) if change.merge_into is not None else []
    if change.delete or change.purge or change.merge_into is not None:
        _delete(instance, user, change.purge)
    stays = change.silent or (change.delete and not settings.DELETED_USER_MOVES_UPDATED_AT)
    _stamp(user, change.set, at, is_new, stays)
    instance.user_stream.touch(user.id, user.updated)
    return consequences


def apply_membership(instance: Instance, change: Change) -> Iterable[Change]:
    """Adds, changes or removes one membership."""
    at = change.at // 1000
    row = instance.memberships.get(change.id)
    if change.delete or change.purge:
        if row is not None:
            _leave(instance, row)
            _after_leaving(instance, row, at)
        return ()
    is_new = row is None
    if row is None:
        row = Record(change.id, {"default": None}, at, at)
    row.fields.update({name: value for name, value in change.set.items() if name not in ("created_at", "updated_at")})
    _stamp(row, change.set, at, is_new, change.silent)
    user_id, organization_id = row.fields["user_id"], row.fields["organization_id"]
    user = instance.users.get(user_id)
    twin = instance.memberships.get(instance.memberships_of.get(user_id, {}).get(organization_id, 0))
    if is_new and twin is not None:
        # The user's line made it a moment ago under an id of its own: the world's id is the one that counts.
        row.fields["default"] = row.fields["default"] or twin.fields["default"]
        _leave(instance, twin)
    if user is not None and (row.fields["default"] or user.fields.get("organization_id") is None):
        _take_default(instance, user, row)
        if settings.MEMBERSHIP_CHANGE_MOVES_USER and not change.silent and twin is None:
            user.updated = max(user.updated, at)
            instance.user_stream.touch(user.id, user.updated)
    _join(instance, row)
    return ()


def leave_organization(instance: Instance, organization_id: int) -> list[int]:
    """Removes every membership of an organization; answers with the users whose default it was."""
    left = [row for row in instance.memberships.values() if row.fields["organization_id"] == organization_id]
    for row in left:
        _leave(instance, row)
    return [row.fields["user_id"] for row in left if row.fields["default"]]


def _move_default(instance: Instance, user: Record, organization_id: int | None, at: int) -> None:
    of_user = instance.memberships_of.get(user.id, {})
    for row in [instance.memberships[row_id] for row_id in of_user.values()]:
        if row.fields["default"] and row.fields["organization_id"] != organization_id:
            _leave(instance, row)
    if organization_id is None:
        return
    row = instance.memberships.get(of_user.get(organization_id, 0))
    if row is None:
        fields = {"user_id": user.id, "organization_id": organization_id, "default": None}
        row = Record(_membership_id(user.id, organization_id, at), fields, at, at)
        _join(instance, row)
    _take_default(instance, user, row)


def _take_default(instance: Instance, user: Record, row: Record) -> None:
    for other in instance.memberships_of.get(user.id, {}).values():
        instance.memberships[other].fields["default"] = None
    row.fields["default"] = True
    user.fields["organization_id"] = row.fields["organization_id"]


def _after_leaving(instance: Instance, row: Record, at: int) -> None:
    user = instance.users.get(row.fields["user_id"])
    if user is None or not row.fields["default"]:
        return
    left = sorted(instance.memberships_of.get(user.id, {}).values())
    user.fields["organization_id"] = None
    if left:
        _take_default(instance, user, instance.memberships[left[0]])
    if settings.MEMBERSHIP_CHANGE_MOVES_USER:
        user.updated = max(user.updated, at)
        instance.user_stream.touch(user.id, user.updated)


def _delete(instance: Instance, user: Record, purged: bool) -> None:
    for row_id in list(instance.memberships_of.get(user.id, {}).values()):
        _leave(instance, instance.memberships[row_id])
    identities.forget(instance, user.id)
    user.fields |= {"active": False, "organization_id": None, "permanently_deleted": purged}
    if purged or not settings.DELETED_USER_HAS_EMAIL:
        user.fields["email"] = None
    if purged:
        user.fields |= {"name": settings.PURGED_USER_NAME, "phone": None, "details": "", "notes": ""}


def _join(instance: Instance, row: Record) -> None:
    instance.memberships[row.id] = row
    instance.memberships_of.setdefault(row.fields["user_id"], {})[row.fields["organization_id"]] = row.id


def _leave(instance: Instance, row: Record) -> None:
    instance.memberships.pop(row.id, None)
    instance.memberships_of.get(row.fields["user_id"], {}).pop(row.fields["organization_id"], None)


def _membership_id(user_id: int, organization_id: int, at: int) -> int:
    digest = blake2b(f"{user_id}/{organization_id}/{at}".encode(), digest_size=5).digest()
    return MEMBERSHIP_IDS_FROM + int.from_bytes(digest)


def _stamp(record: Record, values: dict[str, Any], at: int, is_new: bool, stays: bool) -> None:
    if not stays or is_new:
        record.updated = max(record.updated, at)
    if "created_at" in values:
        record.created = parse_ms(values["created_at"]) // 1000
    if "updated_at" in values:
        record.updated = parse_ms(values["updated_at"]) // 1000
