"""Kinds of tickets: what may be special about one. Each is a small function named for what it intends.

A kind opens its ticket, lets it live and hands it to the truth. Rates are relative weights among tickets that
come by chance; kinds without a rate come only when something asks for them (`Desk.queue`).
"""

from collections.abc import Callable
from typing import Any

from sandbox import world_text
from sandbox.world_desk import Desk, Ticket
from sandbox.world_life import add_cases, live, open_ticket, shortly
from sandbox.world_people import join, new_user
from sandbox.world_plan import Contact, Opening, Organization
from sandbox.world_seats import can_ask
from sandbox.world_support import INTERNAL_FORMS
from sandbox.world_time import DAY, HOUR, MINUTE, iso

Kind = Callable[[Desk, Opening], bool]
KINDS: dict[str, Kind] = {}
RATES: dict[str, float] = {}

LATE_JOINERS_PER_ACCOUNT = 3
# Situations that one more contact, or one more requester of the company, leaves as they are.
MAY_GROW = ("plain", "csm_", "project_", "support_hold")


def kind(rate: float = 0.0) -> Callable[[Kind], Kind]:
    def register(function: Kind) -> Kind:
        KINDS[function.__name__], RATES[function.__name__] = function, rate
        return function

    return register


def open_kind(desk: Desk, opening: Opening) -> None:
    """A kind that does not suit this requester or organization says so, and the ticket is a plain one."""
    name = opening.kind if KINDS[opening.kind](desk, opening) else "plain"
    if name != opening.kind:
        KINDS[name](desk, opening)
    desk.world.occurred[f"ticket_{name}"] += 1


def _plain(desk: Desk, opening: Opening, **values: Any) -> Ticket:
    ticket = open_ticket(desk, opening.at, opening.requester, opening.organization, **values)
    live(desk, ticket, opening.at)
    desk.truth.ticket(ticket)
    return ticket


@kind(0.9)
def plain(desk: Desk, opening: Opening) -> bool:
    _plain(desk, opening)
    return True


@kind(0.012)
def late_organization(desk: Desk, opening: Opening) -> bool:
    """Opened by somebody who is no contact yet; support adds them, then the ticket gets its organization (E-17)."""
    organization, facts = opening.organization, opening.facts
    account = organization.account if organization else None
    newcomer = opening.requester
    if "account" not in facts:
        if (
            not organization
            or not account
            or not account.situation.startswith(MAY_GROW)
            or account.joined_late >= LATE_JOINERS_PER_ACCOUNT
        ):
            return False
        newcomer = new_user(desk.world, organization.source, account.domain, opening.at - shortly(desk, 1, 9))
    assert organization
    assert account
    ticket = open_ticket(desk, opening.at, newcomer, organization, has_organization=False)
    added_at = opening.at + facts.get("associated_after", shortly(desk, 30, 3 * 24 * 60))
    ticket.associated_at = added_at + shortly(desk, 1, 20)
    if not desk.happens(ticket.associated_at):
        added_at = desk.world.never
    account.joined_late += 1
    if desk.happens(added_at):
        join(desk.world, newcomer, organization, added_at)
    account.unassociated.append((newcomer.source, newcomer.id, opening.at, added_at))
    desk.people(newcomer)
    desk.ticket(ticket, ticket.associated_at, {"organization_id": organization.id}, by=ticket.agent.id)
    live(desk, ticket, ticket.associated_at)
    add_cases(desk, ticket, ticket.closed_at + 5 * MINUTE)
    desk.truth.ticket(ticket)
    return True


@kind(0.01)
def never_associated(desk: Desk, opening: Opening) -> bool:
    """No organization, ever: entitlement could not be shown. By chance it is somebody with a free-mail address."""
    requester = opening.requester
    if "account" in opening.facts or opening.organization is None:
        account = opening.facts.get("account")
        if account and not any(user_id == requester.id for _, user_id, _, _ in account.unassociated):
            account.unassociated.append((requester.source, requester.id, opening.at, desk.world.never))
    else:
        requester = new_user(desk.world, requester.source, "gmail.com", opening.at - shortly(desk, 1, 9))
        desk.people(requester)
    ticket = open_ticket(desk, opening.at, requester, None)
    at = opening.at + shortly(desk, 10, 600)
    answer = "Please send a proof of entitlement."
    desk.say(ticket, at, ticket.agent, answer, {"status": "solved", "assignee_id": ticket.agent.id})
    desk.ticket(ticket, at + 7 * DAY, {"status": "closed"})
    desk.truth.ticket(ticket)
    return True


@kind(0.01)
def sent_twice(desk: Desk, opening: Opening) -> bool:
    """The first of two tickets about one thing; the second is merged into it."""
    first = _plain(desk, opening)
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


@kind(0.03)
def on_behalf(desk: Desk, opening: Opening) -> bool:
    agent = desk.world.rng.choice(desk.supports[opening.requester.source].agents)
    _plain(desk, opening, submitter=agent)
    return True


@kind(0.006)
def internal_requester(desk: Desk, opening: Opening) -> bool:
    """A colleague asks, an agent or an end user, for the vendor's own or for a customer's organization."""
    support = desk.supports[opening.requester.source]
    colleague = desk.world.rng.choice((*support.colleagues, *support.agents))
    organization = desk.world.rng.choice((support.own_organization, opening.organization))
    ticket = open_ticket(desk, opening.at, colleague, organization)
    live(desk, ticket, opening.at, is_surveyed=False)
    desk.truth.ticket(ticket)
    return True


@kind(0.004)
def internal_form(desk: Desk, opening: Opening) -> bool:
    form_id = desk.world.rng.choice(INTERNAL_FORMS)
    ticket = open_ticket(desk, opening.at, opening.requester, opening.organization, form_id=form_id)
    live(desk, ticket, opening.at, is_surveyed=False)
    desk.truth.ticket(ticket)
    return True


@kind()
def follow_up(desk: Desk, opening: Opening) -> bool:
    """An answer to a closed ticket makes a new one that inherits tags and names its predecessor (E-21)."""
    if not can_ask(opening.requester, opening.organization, opening.at):
        return False
    before = opening.facts["of"]
    source = {"rel": "follow_up", "from": {"ticket_id": before, "subject": opening.facts["subject"], "channel": "web"}}
    subject, tags = f"Re: {opening.facts['subject']}", opening.facts["tags"]
    _plain(desk, opening, subject=subject, tags=tags, via={"channel": "web", "source": {"to": {}, **source}})
    return True


@kind(0.003)
def imported(desk: Desk, opening: Opening) -> bool:
    """A migration writes a ticket older than its account, so the CSM of then is a guess (E-15, E-27)."""
    account = opening.organization.account if opening.organization else None
    if account is None or account.csm.first is None or desk.happens(account.deleted_at):
        return False
    created_at = desk.world.start - desk.world.days(20, 400)
    ticket = open_ticket(
        desk, opening.at, opening.requester, opening.organization, created_at=iso(created_at), status="closed"
    )
    ticket.opened_at = ticket.associated_at = created_at
    desk.truth.ticket(ticket)
    return True


@kind(0.003)
def requester_changed(desk: Desk, opening: Opening) -> bool:
    """Handed to a colleague: the contact in the mail stays the one who opened it (E-24)."""
    ticket = _plain(desk, opening)
    colleagues = _colleagues(opening)
    if colleagues:
        at = opening.at + shortly(desk, 2, 15)
        desk.ticket(ticket, at, {"requester_id": desk.world.rng.choice(colleagues).id}, by=ticket.agent.id)
    return True


@kind(0.003)
def organization_corrected(desk: Desk, opening: Opening) -> bool:
    """An agent moves it to another organization: the account of its first one was told and stays."""
    other = desk.seat(opening.requester.source, opening.at)
    ticket = open_ticket(desk, opening.at, opening.requester, opening.organization)
    if other:
        at = opening.at + shortly(desk, 5, 15)
        desk.ticket(ticket, at, {"organization_id": other[0].id}, by=ticket.agent.id)
    live(desk, ticket, opening.at + HOUR, is_surveyed=False)
    desk.truth.ticket(ticket)
    return True


@kind(0.0008)
def hostile_text(desk: Desk, opening: Opening) -> bool:
    _plain(desk, opening, subject=world_text.HOSTILE_SUBJECT, body=world_text.HOSTILE_BODY)
    return True


def _colleagues(opening: Opening) -> list[Contact]:
    organization: Organization | None = opening.organization
    members = organization.memberships if organization else []
    return [
        each.contact
        for each in members
        if each.contact is not opening.requester and can_ask(each.contact, organization, opening.at)
    ]


def _delete(desk: Desk, ticket: Ticket, at: int) -> None:
    if desk.happens(at):
        ticket.deleted_at = at
    desk.ticket(ticket, at, by=ticket.agent.id, delete=True)
