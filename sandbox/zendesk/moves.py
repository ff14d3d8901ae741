"""The fault `row_moves`: a row that was just answered is changed by the system, and comes again later."""

from sandbox.http import Call
from sandbox.zendesk import audits
from sandbox.zendesk.instance import Instance


def play(instance: Instance, call: Call, name: str, ids: list[int]) -> None:
    """Moves the page's first row to the present second of its export; without the fault nothing happens."""
    if not call.suffers("row_moves") or not ids:
        return
    if name == "tickets":
        audits.touch(instance, instance.tickets[ids[0]], call.seconds)
        return
    rows, stream = {
        "users": (instance.users, instance.user_stream),
        "organizations": (instance.organizations, instance.organization_stream),
    }[name]
    row = rows[ids[0]]
    row.updated = max(row.updated, call.seconds)
    stream.touch(row.id, row.updated)
