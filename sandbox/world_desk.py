"""The desk: tickets and the changes that wait for their time, in memory only as long as they are still to come."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from sandbox.truth import Truth
from sandbox.world_ids import Numbers, salesforce_id
from sandbox.world_lines import Line, change, contact_lines
from sandbox.world_plan import Account, Contact, Opening, Organization, World
from sandbox.world_support import Support, custom_fields


@dataclass(slots=True, eq=False)
class Ticket:
    """What a ticket is meant to become; times beyond the world's end have not happened in it.

    `organization` is the first one it ever has, `account` that one's account.
    """

    source: str
    id: int
    opened_at: int
    written_at: int
    subject: str
    requester: Contact
    submitter: Contact
    organization: Organization | None
    account: Account | None
    associated_at: int | None
    form_id: int
    agent: Contact
    region: str | None
    tags: list[str]
    deleted_at: int | None = None
    merged_at: int | None = None
    merged_into: int | None = None
    first_reply_at: int = 0
    solved_at: list[int] = field(default_factory=list)
    closed_at: int = 0
    case_id: str | None = None


@dataclass(slots=True, eq=False)
class Desk:
    """Everything that ticket kinds need: the plan, the two instances, the queue of openings, the truth."""

    world: World
    supports: dict[str, Support]
    truth: Truth
    seat: Callable[[str, int], tuple[Organization, Contact] | None]
    openings: list[tuple[int, int, Opening]] = field(default_factory=list)
    lines: list[tuple[int, int, bytes]] = field(default_factory=list)
    written: int = 0
    issues: Numbers = field(default_factory=lambda: Numbers(1))
    cases: Numbers = field(default_factory=lambda: Numbers(1))

    def happens(self, at: int | None) -> bool:
        return at is not None and at <= self.world.end

    def put(self, line: Line) -> None:
        """Writes a change when its time comes; changes after the world's end are not part of it."""
        at, content = line
        if at <= self.world.end:
            self.written += 1
            heapq.heappush(self.lines, (at, self.written, orjson.dumps(content)))

    def people(self, contact: Contact) -> None:
        """Writes a user who appears with a ticket: created, perhaps added to an organization, perhaps suspended."""
        for line in contact_lines(contact, self.world.never):
            self.put(line)

    def queue(self, opening: Opening) -> None:
        self.written += 1
        heapq.heappush(self.openings, (opening.at, self.written, opening))

    def lines_before(self, at: int) -> Iterator[bytes]:
        while self.lines and self.lines[0][0] < at:
            yield heapq.heappop(self.lines)[2]

    def ticket(self, ticket: Ticket, at: int, values: dict[str, Any] | None = None, **more: Any) -> None:
        if ticket.merged_at is None or at <= ticket.merged_at:
            self.put(change(at, "zendesk", "ticket", ticket.id, values, instance=ticket.source, **more))

    def say(
        self,
        ticket: Ticket,
        at: int,
        by: Contact,
        body: str,
        values: dict[str, Any] | None = None,
        *,
        public: bool = True,
    ) -> None:
        comment = {"author_id": by.id, "body": body, "public": public}
        self.ticket(ticket, at, values, by=by.id, comment=comment)

    def salesforce_case(self, ticket: Ticket, at: int, url: str) -> None:
        """A case of the ticket; the earliest of several is the one that a notification links to (E-25)."""
        assert ticket.account is not None
        case_id = salesforce_id("500", self.cases.next())
        if ticket.case_id is None and self.happens(at):
            ticket.case_id = case_id
        self.put(change(at, "salesforce", "Case", case_id, {
            "Subject": ticket.subject,
            "AccountId": ticket.account.id,
            "Status": "New",
            "Origin": "Zendesk",
            "Zendesk_Support_Ticket_URL__c": url,
            "Zendesk_Support_Ticket_ID__c": str(ticket.id),
        }))  # fmt: skip

    def first_values(self, ticket: Ticket, organization: Organization | None) -> dict[str, Any]:
        return {
            "subject": ticket.subject,
            "requester_id": ticket.requester.id,
            "submitter_id": ticket.submitter.id,
            "organization_id": organization.id if organization else None,
            "ticket_form_id": ticket.form_id,
            "priority": self.world.rng.choice(("low", "normal", "normal", "high", "urgent")),
            "tags": ticket.tags,
            "custom_fields": custom_fields(ticket.region, None),
        }
