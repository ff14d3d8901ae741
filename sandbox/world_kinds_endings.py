"""Kinds of tickets that do not end as tickets should: merged, deleted, spam."""

from sandbox.world_desk import Desk, Ticket
from sandbox.world_kinds import kind, plain_ticket
from sandbox.world_life import live, open_ticket, shortly
from sandbox.world_people import new_user
from sandbox.world_plan import Opening


@kind(0.01)
def sent_twice(desk: Desk, opening: Opening) -> bool:
    """The first of two tickets about one thing; the second is merged into it."""
    first = plain_ticket(desk, opening)
    later = opening.at + shortly(desk, 5, 180)
    other = desk.seat(first.source, later) if desk.world.rng.random() < 0.3 else None
    organization, requester = other or (opening.organization, opening.requester)
    facts = {"target": first.id, "subject": first.subject}
    desk.queue(Opening(later, "merged", organization, requester, facts))
    return True


@kind()
def merged(desk: Desk, opening: Opening) -> bool:
    """Closed into another ticket within hours, sometimes into one of another organization (E-20)."""
    subject, at = opening.facts["subject"], opening.at + shortly(desk, 20, 240)
    ticket = open_ticket(desk, opening.at, opening.requester, opening.organization, subject=subject)
    if desk.happens(at):
        ticket.merged_at, ticket.merged_into = at, opening.facts["target"]
        desk.ticket(ticket, at, by=ticket.agent.id, merge_into=ticket.merged_into)
    desk.truth.ticket(ticket)
    return True


@kind(0.006)
def deleted(desk: Desk, opening: Opening) -> bool:
    ticket = open_ticket(desk, opening.at, opening.requester, opening.organization)
    _delete(desk, ticket, opening.at + shortly(desk, 20, 3000))
    desk.truth.ticket(ticket)
    return True


@kind(0.004)
def deleted_and_restored(desk: Desk, opening: Opening) -> bool:
    ticket = open_ticket(desk, opening.at, opening.requester, opening.organization)
    at = opening.at + shortly(desk, 20, 600)
    _delete(desk, ticket, at)
    back = at + shortly(desk, 20, 600)
    if desk.happens(back):
        ticket.deleted_at = None
        desk.ticket(ticket, back, by=ticket.agent.id, restore=True)
        live(desk, ticket, back)
    desk.truth.ticket(ticket)
    return True


@kind(0.004)
def spam(desk: Desk, opening: Opening) -> bool:
    """From an address nobody knows; deleted, and its author suspended."""
    author = new_user(desk.world, opening.requester.source, "win-prizes.example", opening.at - 5)
    at = opening.at + shortly(desk, 5, 60)
    author.suspended.set(at - 30, True)
    desk.people(author)
    ticket = open_ticket(desk, opening.at, author, None, subject="You have won", body="Click here: http://win.example")
    _delete(desk, ticket, at)
    desk.truth.ticket(ticket)
    return True


def _delete(desk: Desk, ticket: Ticket, at: int) -> None:
    if desk.happens(at):
        ticket.deleted_at = at
    desk.ticket(ticket, at, by=ticket.agent.id, delete=True)
