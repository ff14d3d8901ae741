"""The ordinary life of a ticket: opened, answered, solved, sometimes reopened, surveyed, closed."""

from typing import Any

from sandbox import world_text
from sandbox.world_desk import Desk, Ticket
from sandbox.world_issues import issues_about
from sandbox.world_plan import Contact, Opening, Organization
from sandbox.world_support import GROUPS, PUBLIC_FORMS, REGION_OPTIONS, api_url, human_url
from sandbox.world_surveys import survey
from sandbox.world_time import DAY, HOUR, MINUTE

CLOSES_AFTER = 7 * DAY
CASES_AFTER = 182 * DAY  # the case integration went live so long before the end of the world
DOUBLE_CASE_RATE = 0.004
FOLLOW_UP_RATE = 0.012


def open_ticket(
    desk: Desk,
    at: int,
    requester: Contact,
    organization: Organization | None,
    *,
    submitter: Contact | None = None,
    form_id: int | None = None,
    has_organization: bool = True,
    body: str | None = None,
    **values: Any,
) -> Ticket:
    """Writes the creation. `has_organization=False`: opened without one, `organization` is attached later.

    `values` override what the creation sets (`created_at` of an import, `subject`, `tags`, `via`).
    """
    rng = desk.world.rng
    support = desk.supports[requester.source]
    ticket = Ticket(
        source=requester.source,
        id=support.ticket_ids.next(),
        opened_at=at,
        written_at=at,
        subject=values.get("subject") or world_text.subject(rng),
        requester=requester,
        submitter=submitter or requester,
        organization=organization,
        account=organization.account if organization else None,
        associated_at=at if organization and has_organization else None,
        form_id=form_id or rng.choice(PUBLIC_FORMS),
        agent=rng.choice(support.agents),
        region=rng.choice((*REGION_OPTIONS, "all_regions", "all_regions", None)),
        tags=values.get("tags") or ["sub_dotcom_premium"],
    )
    first = desk.first_values(ticket, organization if has_organization else None) | values
    comment: dict[str, Any] = {
        "author_id": ticket.submitter.id,
        "body": body or world_text.first_comment(rng, ticket.subject),
        "public": True,
    }
    if files := world_text.attachments(rng):
        comment["attachments"] = files
    desk.ticket(ticket, at, first, by=ticket.submitter.id, comment=comment)
    if ticket.associated_at is not None:
        add_cases(desk, ticket, at + rng.randrange(30, 300))
    return ticket


def add_cases(desk: Desk, ticket: Ticket, at: int) -> None:
    """The Salesforce case, linked by either form of the ticket's address; sometimes a race makes a second (E-25)."""
    rng = desk.world.rng
    if ticket.account is None or at < desk.world.now - CASES_AFTER or at > ticket.account.deleted_at:
        return
    urls = [api_url(ticket.source, ticket.id), human_url(ticket.source, ticket.id)]
    rng.shuffle(urls)
    desk.salesforce_case(ticket, at, urls[0])
    if rng.random() < DOUBLE_CASE_RATE:
        desk.salesforce_case(ticket, at + 7, urls[1])
        desk.world.occurred["case_doubled"] += 1


def live(desk: Desk, ticket: Ticket, start: int, *, is_surveyed: bool = True) -> None:
    """Everything after the creation. `start` is when support begins to look at it."""
    rng, agent, requester = desk.world.rng, ticket.agent, ticket.requester
    at = ticket.first_reply_at = start + int(rng.uniform(0.3, 9) * HOUR)
    assigned = {"assignee_id": agent.id, "group_id": rng.choice(tuple(GROUPS))}
    if rng.random() < 0.6:
        desk.say(ticket, at, agent, world_text.agent_line(rng), {"status": "pending", **assigned})
        at += int(rng.uniform(2, 40) * HOUR)
        if rng.random() < 0.75:
            desk.say(ticket, at, requester, world_text.customer_line(rng), {"status": "open"})
            at += int(rng.uniform(1, 20) * HOUR)
        assigned = {}
    _solve(desk, ticket, at, assigned)
    if rng.random() < 0.04:
        at += int(rng.uniform(2, 20) * HOUR)
        desk.say(ticket, at, requester, world_text.customer_line(rng), {"status": "open"})
        at += int(rng.uniform(1, 10) * HOUR)
        _solve(desk, ticket, at, {})
    ticket.closed_at = at + CLOSES_AFTER
    if is_surveyed and (ticket.account is None or not desk.happens(ticket.account.deleted_at)):
        survey(desk, ticket)
        issues_about(desk, ticket)
    desk.ticket(ticket, ticket.closed_at, {"status": "closed"})
    if (
        is_surveyed
        and rng.random() < FOLLOW_UP_RATE
        and ticket.organization
        and desk.happens(ticket.closed_at + 5 * DAY)
    ):
        reply_at = ticket.closed_at + int(rng.uniform(1, 4 * DAY))
        facts = {"of": ticket.id, "subject": ticket.subject, "tags": ticket.tags}
        desk.queue(Opening(reply_at, "follow_up", ticket.organization, requester, facts))


def _solve(desk: Desk, ticket: Ticket, at: int, assigned: dict[str, Any]) -> None:
    ticket.solved_at.append(at)
    desk.say(ticket, at, ticket.agent, world_text.solution(desk.world.rng), {"status": "solved", **assigned})


def shortly(desk: Desk, low: int = 5, high: int = 90) -> int:
    """So many minutes, as seconds."""
    return desk.world.rng.randrange(low * MINUTE, high * MINUTE)
