"""Kinds of tickets: what may be special about one. Each is a small function named for what it intends.

A kind opens its ticket, lets it live and hands it to the truth. Rates are relative weights among tickets that
come by chance; kinds without a rate come only when something asks for them (`Desk.queue`). More kinds:
world_kinds_endings, world_kinds_organizations.
"""

from collections.abc import Callable
from typing import Any

from sandbox import world_text
from sandbox.world_desk import Desk, Ticket
from sandbox.world_life import live, open_ticket, shortly
from sandbox.world_plan import Contact, Opening, Organization
from sandbox.world_seats import can_ask
from sandbox.world_support import INTERNAL_FORMS
from sandbox.world_time import iso

Kind = Callable[[Desk, Opening], bool]
KINDS: dict[str, Kind] = {}
RATES: dict[str, float] = {}


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


def plain_ticket(desk: Desk, opening: Opening, **values: Any) -> Ticket:
    ticket = open_ticket(desk, opening.at, opening.requester, opening.organization, **values)
    live(desk, ticket, opening.at)
    desk.truth.ticket(ticket)
    return ticket


@kind(0.9)
def plain(desk: Desk, opening: Opening) -> bool:
    plain_ticket(desk, opening)
    return True


@kind(0.03)
def on_behalf(desk: Desk, opening: Opening) -> bool:
    agent = desk.world.rng.choice(desk.supports[opening.requester.source].agents)
    plain_ticket(desk, opening, submitter=agent)
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
    plain_ticket(desk, opening, subject=subject, tags=tags, via={"channel": "web", "source": {"to": {}, **source}})
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
    ticket = plain_ticket(desk, opening)
    colleagues = _colleagues(opening)
    if colleagues:
        at = opening.at + shortly(desk, 2, 15)
        desk.ticket(ticket, at, {"requester_id": desk.world.rng.choice(colleagues).id}, by=ticket.agent.id)
    return True


@kind(0.0008)
def hostile_text(desk: Desk, opening: Opening) -> bool:
    plain_ticket(desk, opening, subject=world_text.HOSTILE_SUBJECT, body=world_text.HOSTILE_BODY)
    return True


def _colleagues(opening: Opening) -> list[Contact]:
    organization: Organization | None = opening.organization
    members = organization.memberships if organization else []
    return [
        each.contact
        for each in members
        if each.contact is not opening.requester and can_ask(each.contact, organization, opening.at)
    ]
