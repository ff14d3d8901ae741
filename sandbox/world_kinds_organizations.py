"""Kinds of tickets whose organization comes late, never, or changes."""

from sandbox.world_desk import Desk
from sandbox.world_kinds import kind
from sandbox.world_life import add_cases, live, open_ticket, shortly
from sandbox.world_people import join, new_user
from sandbox.world_plan import Opening
from sandbox.world_time import DAY, HOUR, MINUTE

LATE_JOINERS_PER_ACCOUNT = 3
# Situations that one more contact, or one more requester of the company, leaves as they are.
MAY_GROW = ("plain", "csm_", "project_", "support_hold")


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
    attached_at = ticket.associated_at = added_at + shortly(desk, 1, 20)
    if not desk.happens(attached_at):
        added_at = desk.world.never
    account.joined_late += 1
    if desk.happens(added_at):
        join(desk.world, newcomer, organization, added_at)
    account.unassociated.append((newcomer.source, newcomer.id, opening.at, added_at))
    desk.people(newcomer)
    desk.ticket(ticket, attached_at, {"organization_id": organization.id}, by=ticket.agent.id)
    live(desk, ticket, attached_at)
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
