"""Merging a user into another: addresses and organizations at once, tickets a moment later."""

from sandbox import settings
from sandbox.changes import Change
from sandbox.zendesk import identities
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Record


def merge(instance: Instance, user: Record, change: Change) -> list[Change]:
    """Gives what is the user's to the one it is merged into; who calls deletes the user. Answers with the tickets'
    changes. Raises ValueError when there is nobody to merge into.
    """
    heir = instance.users.get(int(change.merge_into))
    if heir is None or heir is user:
        raise ValueError(f"user {user.id} cannot be merged into {change.merge_into}, which does not exist")
    at = change.at // 1000
    for row in identities.of(instance, user):
        identities.add(instance, row.id, heir.id, row.fields | {"primary": False}, row.created)
    instance.identities_of.pop(user.id, None)
    known = instance.memberships_of.setdefault(heir.id, {})
    for organization_id, row_id in list(instance.memberships_of.get(user.id, {}).items()):
        if organization_id in known:
            continue
        del instance.memberships_of[user.id][organization_id]
        row = instance.memberships[row_id]
        row.fields |= {"user_id": heir.id, "default": None}
        known[organization_id] = row_id
    heir.updated = max(heir.updated, at)
    instance.user_stream.touch(heir.id, heir.updated)
    later = change.at + settings.USER_MERGE_REACHES_TICKETS_SECONDS * 1000
    visible_at = max(later, change.visible_at)
    return [
        Change(later, visible_at, "zendesk", instance.name, "ticket", ticket.id, by=change.by,
               set={"requester_id": heir.id}, is_consequence=True)
        for ticket in instance.tickets.values()
        if ticket.fields.get("requester_id") == user.id
    ]  # fmt: skip
