"""What fct_notification_events must say: one disposition for every ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from tests.oracle.people import VENDOR, People
from tests.oracle.world import Record, World, moment, stamp

HOSTS = {"global": "gitlab.zendesk.com", "us_government": "gitlab-federal-support.zendesk.com"}
INTERNAL_FORMS = (360000000101, 360000000102)
ADDRESS = re.compile(r"https://([^/]+)/(?:agent/|api/v2/)?tickets/([0-9]+)(?:\.json)?$")


class Notices:
    def __init__(self, world: World, go_live_at: str) -> None:
        self.world, self.people, self.go_live_at = world, People(world), moment(go_live_at)

    def rows(self) -> Iterator[dict[str, Any]]:
        for ticket in self.world.all("ticket"):
            yield self._row(ticket)

    def _row(self, ticket: Record) -> dict[str, Any]:
        associated_at, organization = self.associated(ticket)
        account_id = self.people.account_id(organization, associated_at) if organization and associated_at else None
        account = self.people.accounts.get(account_id[:15]) if account_id else None
        opened_at = self.opened(ticket)
        csm, step, is_inferred = self.people.told(account, opened_at)
        requester = self.requester(ticket)
        reason = self._reason(ticket, requester, associated_at, csm)
        return {
            "source": f"zendesk/{ticket.instance}",
            "ticket_id": ticket.id,
            "disposition": "suppressed" if reason else "notify",
            "suppression_reason": reason,
            "kind": "ticket_opened" if associated_at in (None, opened_at) else "late_association",
            "account_id": account_id,
            "csm_user_id": csm,
            "csm_source": step,
            "is_csm_inferred": is_inferred,
            "is_on_behalf": self._submitter(ticket) != requester.id,
            "opened_at": stamp(opened_at),
            "associated_at": stamp(associated_at),
            "contact_id": requester.id,
            "ticket_url": f"https://{HOSTS[ticket.instance]}/tickets/{ticket.id}",
            "salesforce_case_id": self._cases.get((ticket.instance, ticket.id)),
            "merged_into_ticket_id": ticket.merged_into,
        }

    def opened(self, ticket: Record) -> datetime:
        """An imported ticket says itself when it was opened (E-27)."""
        told = ticket.lines[0]["set"].get("created_at")
        return moment(told) if told else ticket.born

    def requester(self, ticket: Record) -> Record:
        """The one of the opening (E-24)."""
        found = self.world.get("user", ticket.at(ticket.born, "requester_id"), ticket.instance)
        assert found is not None
        return found

    def _submitter(self, ticket: Record) -> Any:
        first = ticket.lines[0]
        return first["set"].get("submitter_id") or first.get("by") or first["set"].get("requester_id")

    def associated(self, ticket: Record) -> tuple[datetime | None, Record | None]:
        """When the ticket first had an organization, and which (E-17)."""
        values = ticket.lines[0]["set"]
        if "organization_id" in values:
            number = values["organization_id"]
        else:
            number = self.requester(ticket).at(ticket.born, "organization_id")
        since: datetime | None = self.opened(ticket)
        if not number:
            later = [(at, value) for at, value in ticket.history("organization_id") if value]
            since, number = later[0] if later else (None, None)
        return since, self.world.get("organization", number, ticket.instance) if number else None

    def _reason(self, ticket: Record, requester: Record, associated: datetime | None, csm: str | None) -> str | None:
        now = self.world.now
        email = (requester.at(now, "email") or "").strip().lower()
        if ticket.ended:
            return "spam_or_suspended" if requester.at(now, "suspended") else "deleted"
        if ticket.merged_into:
            return "merged_child"
        if email.endswith(VENDOR) or requester.at(now, "role", "end-user") != "end-user":
            return "internal_requester"
        if ticket.at(now, "ticket_form_id") in INTERNAL_FORMS:
            return "internal_form"
        if associated is None:
            return "no_org"
        if csm is None:
            return "no_csm"
        return "before_go_live" if associated < self.go_live_at else None

    @cached_property
    def _cases(self) -> dict[tuple[str, int], str]:
        """The earliest living case that names a ticket (E-25)."""
        found: dict[tuple[str, int], tuple[datetime, str]] = {}
        for case in self.world.all("Case"):
            address = ADDRESS.match(case.at(self.world.now, "Zendesk_Support_Ticket_URL__c") or "")
            number = case.at(self.world.now, "Zendesk_Support_Ticket_ID__c")
            if case.ended or not (address or number):
                continue
            host, ticket = (address[1], int(address[2])) if address else (HOSTS["global"], int(float(number)))
            instance = next((name for name, known in HOSTS.items() if known == host), None)
            if instance:
                key = (instance, ticket)
                found[key] = min(found.get(key, (case.born, case.id)), (case.born, case.id))
        return {key: case for key, (_, case) in found.items()}
