"""What is missing now: the open rows of fct_contact_coverage_gaps, and fct_account_coverage."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.oracle.notices import Notices
from tests.oracle.people import CSM, POOLS, VENDOR
from tests.oracle.world import Record

GRACE, SYNC = timedelta(hours=24), timedelta(hours=2)
LIMIT, WARNING = 30, 27
SUBSCRIPTION = "Zuora__Subscription__c"
BLOCKING = {"ORG_MISSING", "ORG_WITHOUT_CONTACTS", "CONTACTS_ALL_INACTIVE"}
FREE_MAIL = Path(__file__).parents[2] / "dbt_project" / "seeds" / "free_mail_domains.csv"
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PATH = re.compile(r"https?://[^/]+/(.+?)(?:\.git)?(?:/-(?:/.*)?)?/*(?:[?#].*)?")

Gap = tuple[str, str, str | None, int | None, int | None]


class Gaps:
    def __init__(self, notices: Notices) -> None:
        self.notices, self.world, self.people = notices, notices.world, notices.people
        self.now = self.world.now
        self.free_mail = {row["domain"] for row in csv.DictReader(FREE_MAIL.open())}

    def rows(self) -> Iterator[dict[str, Any]]:
        """The gaps that are open."""
        names = ("gap_code", "account_id", "source", "organization_id", "subject_id")
        for gap in self.open:
            yield dict(zip(names, gap, strict=True)) | {"is_open": True}

    def accounts(self) -> Iterator[dict[str, Any]]:
        codes = defaultdict(set)
        for code, account, *_ in self.open:
            codes[account].add(code)
        for account in filter(self.in_scope, self.world.all("Account")):
            effective = {
                (user.instance, user.id)
                for organization in self.people.organizations(account)
                for user in self.able(organization)
                if user.at(self.now, "verified", True)
            }
            yield {
                "account_id": account.id,
                "is_established": not BLOCKING & codes[account.id],
                "open_gap_codes": sorted(codes[account.id]),
                "effective_contacts": len(effective),
            }

    @cached_property
    def open(self) -> list[Gap]:
        found = [gap for account in self.world.all("Account") for gap in self._of_account(account)]
        return [*found, *self._requesters()]

    def is_customer(self, account: Record) -> bool:
        return account.lives(self.now) and account.at(self.now, "Type") in (None, "Customer")

    def in_scope(self, account: Record) -> bool:
        return self.is_customer(account) and not self._is_expired(account)

    def _is_expired(self, account: Record) -> bool:
        plans = [self.plan(organization) for organization in self.people.organizations(account)]
        return bool(plans) and all(plan == "expired" for plan in plans)

    def plan(self, organization: Record) -> str:
        return (organization.at(self.now, "organization_fields.support_level") or "").strip().lower()

    def members(self, organization: Record) -> list[Record]:
        return self.people.members.get((organization.instance, organization.id), [])

    def able(self, organization: Record) -> list[Record]:
        return [user for user in self.members(organization) if not user.at(self.now, "suspended")]

    def _of_account(self, account: Record) -> Iterator[Gap]:
        organizations = self.people.organizations(account)
        if not self.in_scope(account):
            if self.is_customer(account):
                for each in organizations:
                    if self.able(each):
                        yield self._gap("EXPIRED_WITH_CONTACTS", account, each)
            return
        if not organizations and self.now >= account.born + GRACE:
            yield self._gap("ORG_MISSING", account)
        if len(organizations) > len({each.instance for each in organizations}):
            yield self._gap("ORG_DUPLICATE", account)
        holds = [each.at(self.now, "organization_fields.support_hold") for each in organizations]
        if account.at(self.now, "Support_Hold__c") or any(holds):
            yield self._gap("SUPPORT_HOLD", account)
        yield from self._sold_to(account, organizations)
        yield from self._csm(account, organizations)
        for each in organizations:
            yield from self._contacts(account, each)
            yield from self._project(account, each)
            yield from self._two_systems(account, each)

    def _gap(self, code: str, account: Record, organization: Record | None = None, subject: int | None = None) -> Gap:
        if organization is None:
            return code, account.id, None, None, subject
        return code, account.id, f"zendesk/{organization.instance}", organization.id, subject

    def sold_tos(self, account: Record) -> set[str]:
        """Whoever bought one of the account's subscriptions, and whom the account itself names."""
        bought = {self._buyer(each) for each in self._subscriptions.get(account.id, ()) if self._runs(each)}
        own = self.sold_to(account)
        # nobody is missing where a subscription says who bought
        return bought | {own} if own or not any(bought) else bought

    @cached_property
    def _subscriptions(self) -> dict[str, list[Record]]:
        found = defaultdict(list)
        for subscription in self.world.all(SUBSCRIPTION):
            found[subscription.at(self.now, "Zuora__Account__c")].append(subscription)
        return found

    def _runs(self, subscription: Record) -> bool:
        today = self.now.date().isoformat()
        begins = subscription.at(self.now, "Zuora__SubscriptionStartDate__c") or ""
        ends = subscription.at(self.now, "Zuora__SubscriptionEndDate__c") or "9999"
        is_active = subscription.at(self.now, "Zuora__Status__c", "Active") == "Active"
        return subscription.lives(self.now) and is_active and begins <= today <= ends

    def _buyer(self, subscription: Record) -> str:
        return (subscription.at(self.now, "Sold_To_Email__c") or "").strip().lower()

    def sold_to(self, account: Record) -> str:
        nested = account.at(self.now, "Latest_Sold_To_Contact__r")
        contact = self.world.get("Contact", account.at(self.now, "Latest_Sold_To_Contact__c"))
        email = nested.get("Email") if nested else contact.at(self.now, "Email") if contact else None
        return (email or "").strip().lower()

    def is_company_address(self, email: str) -> bool:
        return bool(ADDRESS.fullmatch(email)) and email.split("@")[1] not in self.free_mail

    def _sold_to(self, account: Record, organizations: list[Record]) -> Iterator[Gap]:
        contacts = {self.email(user) for each in organizations for user in self.able(each)}
        codes = set()
        for email in self.sold_tos(account):
            is_usable = self.is_company_address(email)
            if not email:
                codes.add("SOLD_TO_MISSING")
            elif not is_usable or email in self._bounced:
                codes.add("SOLD_TO_INVALID")
            if is_usable and organizations and email not in contacts:
                codes.add("SOLD_TO_NOT_ASSOCIATED")
        yield from (self._gap(code, account) for code in codes)

    @cached_property
    def _bounced(self) -> set[str]:
        living = (contact for contact in self.world.all("Contact") if not contact.ended)
        bounced = (each for each in living if each.at(self.now, "EmailBouncedDate"))
        return {(each.at(self.now, "Email") or "").strip().lower() for each in bounced}

    def email(self, user: Record) -> str:
        return (user.at(self.now, "email") or "").strip().lower()

    def _csm(self, account: Record, organizations: list[Record]) -> Iterator[Gap]:
        csm = self.world.get("User", account.at(self.now, CSM))
        if csm is None:
            yield self._gap("CSM_MISSING", account)
            return
        name = csm.at(self.now, "Name")
        if name in POOLS:
            yield self._gap("CSM_PLACEHOLDER", account)
        if not csm.at(self.now, "IsActive", True):
            yield self._gap("CSM_INACTIVE_USER", account)
        for each in organizations:
            shown = (each.at(self.now, "organization_fields.technical_account_manager") or "").strip()
            if shown and shown != name:
                yield self._gap("CSM_NAME_DRIFT", account, each)

    def _contacts(self, account: Record, organization: Record) -> Iterator[Gap]:
        members, able = self.members(organization), self.able(organization)
        if self.now >= organization.born + GRACE and len(able) < 2:
            yield self._gap("SINGLE_CONTACT" if able else "ORG_WITHOUT_CONTACTS", account, organization)
        if members and not able:
            yield self._gap("CONTACTS_ALL_INACTIVE", account, organization)
        if len(members) >= WARNING:
            code = "CONTACT_LIMIT_NEAR" if len(members) <= LIMIT else "CONTACT_LIMIT_EXCEEDED"
            yield self._gap(code, account, organization)
        for user in members:
            if user.at(self.now, "suspended"):
                yield self._gap("CONTACT_SUSPENDED", account, organization, user.id)
            elif not user.at(self.now, "verified", True):
                yield self._gap("CONTACT_UNVERIFIED", account, organization, user.id)

    def _two_systems(self, account: Record, organization: Record) -> Iterator[Gap]:
        """What Salesforce and Zendesk say of one customer; a side that says nothing differs from nothing."""
        pairs = [
            (account.at(self.now, "Name"), organization.at(self.now, "name")),
            (account.at(self.now, "Account_Demographics_Geo__c"), self._field(organization, "org_region")),
        ]
        holds = bool(account.at(self.now, "Support_Hold__c")), bool(self._field(organization, "support_hold"))
        if holds[0] != holds[1] or any(one and other and one.lower() != other.lower() for one, other in pairs):
            yield self._gap("FIELD_DRIFT", account, organization)
        federal = (account.at(self.now, "Support_Instance__c") or "").strip().lower() == "federal-support"
        if federal and "us_government" not in {each.instance for each in self.people.organizations(account)}:
            yield self._gap("WRONG_INSTANCE", account, organization)
        gone = self._left.get(account.id, set())
        for user in self.able(organization):
            if self.email(user) in gone:
                yield self._gap("CONTACT_DELETED_UPSTREAM", account, organization, user.id)

    def _field(self, organization: Record, name: str) -> Any:
        return organization.at(self.now, f"organization_fields.{name}")

    @cached_property
    def _left(self) -> dict[str, set[str]]:
        """Account -> addresses of contacts of whom Salesforce has no living record there any more."""
        found: dict[str, dict[str, bool]] = defaultdict(dict)
        for contact in self.world.all("Contact"):
            email = (contact.at(self.now, "Email") or "").strip().lower()
            known = found[contact.at(self.now, "AccountId") or ""]
            known[email] = known.get(email, True) and contact.ended is not None
        return {account: {email for email, is_gone in known.items() if is_gone} for account, known in found.items()}

    def project_id(self, organization: Record) -> str:
        return str(organization.at(self.now, "organization_fields.am_project_id") or "").strip()

    def _project(self, account: Record, organization: Record) -> Iterator[Gap]:
        number = self.project_id(organization)
        if not number:
            if account.at(self.now, CSM):
                yield self._gap("AM_PROJECT_ID_MISSING", account, organization)
            return
        if not number.isdecimal():
            yield self._gap("AM_PROJECT_ID_INVALID", account, organization)
            return
        project = self.world.get("project", int(number))
        wanted = PATH.fullmatch((account.at(self.now, "Collaboration_Project_URL__c") or "").strip().lower())
        if project and wanted and project.at(self.now, "path_with_namespace").lower() != wanted[1]:
            yield self._gap("AM_PROJECT_ID_MISMATCH", account, organization)
        parent = account.at(self.now, "ParentId")
        for other in self._holders.get(number, ()):
            if other.id != account.id and parent != other.id and other.at(self.now, "ParentId") != account.id:
                yield self._gap("AM_PROJECT_ID_SHARED", account, organization)
                return

    @cached_property
    def _holders(self) -> dict[str, list[Record]]:
        """Project number -> accounts with an organization that has it."""
        found = defaultdict(list)
        for account in self.world.all("Account"):
            for organization in self.people.organizations(account):
                found[self.project_id(organization)].append(account)
        return found

    @cached_property
    def _claims(self) -> dict[str, set[str]]:
        """Company domain -> accounts in scope that use it."""
        found = defaultdict(set)
        for account in filter(self.in_scope, self.world.all("Account")):
            domains = {email.split("@")[1] for email in self.sold_tos(account) if self.is_company_address(email)}
            for organization in self.people.organizations(account):
                domains |= {self.email(user).rpartition("@")[2] for user in self.members(organization)}
                domains |= {name.strip().lower() for name in organization.at(self.now, "domain_names") or ()}
            for domain in domains - self.free_mail - {""}:
                found[domain].add(account.id)
        return found

    def _requesters(self) -> Iterator[Gap]:
        seen = set()
        for ticket in self.world.all("ticket"):
            opened, requester = self.notices.opened(ticket), self.notices.requester(ticket)
            associated, _ = self.notices.associated(ticket)
            email = self.email(requester)
            if (
                not ticket.ended
                and associated != opened
                and requester.lives(self.now)
                and requester.at(self.now, "role", "end-user") == "end-user"
                and not email.endswith(VENDOR)
                and not self.people.belonged(requester, opened)
                and not self.people.joined_after(requester, opened)
                and len(self._claims.get(email.rpartition("@")[2], ())) == 1
            ):
                (account,) = self._claims[email.rpartition("@")[2]]
                seen.add(("UNASSOCIATED_REQUESTER_SEEN", account, f"zendesk/{ticket.instance}", None, requester.id))
        yield from seen
