"""What a complete reader of an account or an org must find, from the sandbox's own records and not from its answers."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.salesforce.ids import widen
from sandbox.timestamps import salesforce_time, zendesk_time
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Audit, Ticket, event_id


def by_agents(account: Instance) -> list[Ticket]:
    """The tickets that an export shows to who does not ask for those of AI agents."""
    return [row for row in account.tickets.values() if row.fields.get("support_type", "agent") == "agent"]


def tickets(account: Instance, keep: Callable[[Ticket], bool] = lambda _: True) -> list[list[int]]:
    """[id, generated_timestamp] in the order of the exports."""
    found = [row for row in by_agents(account) if keep(row)]
    return [[row.id, row.generated] for row in sorted(found, key=lambda row: (row.generated, row.id))]


def stamped(rows: Iterable[Any]) -> list[list[Any]]:
    """[id, updated_at] in the order of the exports."""
    return [[row.id, zendesk_time(row.updated)] for row in sorted(rows, key=lambda row: (row.updated, row.id))]


def listed(rows: Iterable[Any]) -> list[list[Any]]:
    """[id, updated_at] in the order of ids."""
    return [[row.id, zendesk_time(row.updated)] for row in sorted(rows, key=lambda row: row.id)]


def audits(account: Instance) -> list[Audit]:
    """The audits of those tickets, in the order in which they are exported."""
    seen = {row.id for row in by_agents(account)}
    return [audit for _, audit in account.events.since(0, 1 << 40) if audit.ticket_id in seen]


def audit_ids(ticket: Ticket) -> list[int]:
    return [event_id(ticket.id, audit.number) for audit in ticket.audits]


def salesforce_rows(org: Any, name: str, *, deleted: bool) -> list[list[Any]]:
    """[id, SystemModstamp, IsDeleted] of what a query shows, in the order of ids."""
    found = [
        [widen(row.id), salesforce_time(row.stamp), row.deleted_at is not None]
        for row in org.rows[name].values()
        if not row.purged and (deleted or row.deleted_at is None)
    ]
    return sorted(found)
