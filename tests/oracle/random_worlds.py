"""Small worlds made at random, many in one file: a company or two in each, and next to nothing in common."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.oracle.world import moment, stamp

BEGIN, NOW, GO_LIVE_AT = "2025-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2025-07-01T00:00:00Z"
DAYS = 340
FORMS = (360000000001, 360000000002, 360000000101)
CES, AGENTS = 360000000201, {"global": 900001, "us_government": 900002}
LABELS: tuple[list[str], ...] = ([], ["SSAT::Contact"], ["satisfaction::bad"], ["satisfaction::good", "SSAT::Contact"])
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def write_worlds(path: Path, worlds: int, seed: int) -> Path:
    lines = [line for number in range(worlds) for line in _World(number, random.Random(seed * 1000 + number)).lines()]
    # what happens in one second happens in the order in which it was made up
    ordered = sorted([*_common(), *lines], key=lambda line: line["at"])
    path.write_text("".join(json.dumps(line) + "\n" for line in ordered))
    return path


def record(at: str, system: str, kind: str, number: Any, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"at": at, "system": system, "object": kind, "id": number, "set": values} | more


def salesforce_id(prefix: str, number: int) -> str:
    """18 characters, the last three of which say where the capitals are."""
    short = f"{prefix}4M{number:010d}"
    chunks = (short[0:5], short[5:10], short[10:15])
    return short + "".join(LETTERS[sum(2**place for place, c in enumerate(chunk) if c.isupper())] for chunk in chunks)


def _common() -> Iterator[dict[str, Any]]:
    for instance, agent in AGENTS.items():
        of = {"instance": instance}
        yield record(
            BEGIN, "zendesk", "user", agent, {"name": "A", "email": f"a{agent}@gitlab.com", "role": "agent"}, **of
        )
        yield record(BEGIN, "zendesk", "ticket_field", CES, {"title": "CES Score", "type": "integer"}, **of)
    for number, path in ((278964, "gitlab-com/support/feedback"), (11, "group/eleven"), (12, "group/twelve")):
        yield record(BEGIN, "gitlab", "project", number, {"path_with_namespace": path})


class _World:
    """Numbers of world n are n·1000 and above, in every system."""

    def __init__(self, number: int, rng: random.Random) -> None:
        self.base, self.rng, self.used = number * 1000 + 1000, rng, 0
        self.csms: list[tuple[str, str]] = []
        self.tickets: list[tuple[str, int, str]] = []

    def id(self) -> int:
        self.used += 1
        return self.base + self.used

    def time(self, after: str = BEGIN, days: float = DAYS) -> str:
        end = moment(BEGIN) + timedelta(days=DAYS)
        since: datetime = moment(after)
        room = min(timedelta(days=days), end - since)
        return stamp(since + timedelta(seconds=int(self.rng.random() * room.total_seconds()))) or BEGIN

    def lately(self) -> str:
        """Salesforce forgets in fifteen days what was deleted; who asks later cannot know."""
        return stamp(moment(NOW) - timedelta(hours=self.rng.randrange(24, 14 * 24))) or NOW

    def often(self, share: float) -> bool:
        return self.rng.random() < share

    def lines(self) -> Iterator[dict[str, Any]]:
        manager = None
        for name in (
            f"Boss {self.base}",
            f"Carla {self.base}",
            f"Dev {self.base}",
            self.rng.choice(["TAM Scale", "Eva"]),
        ):
            user = salesforce_id("005", self.id())
            self.csms.append((user, name))
            is_active = not self.often(0.25)
            values = {"Name": name, "Email": f"{user}@gitlab.com", "Username": user, "IsActive": is_active}
            yield record(BEGIN, "salesforce", "User", user, values | {"ManagerId": manager})
            manager = user if manager is None or self.often(0.3) else manager
        parent = None
        for _ in range(self.rng.choice((1, 1, 2))):
            account = salesforce_id("001", self.id())
            yield from self.account(account, parent)
            parent = account

    def account(self, account: str, parent: str | None) -> Iterator[dict[str, Any]]:
        rng, begun = self.rng, self.time(days=60)
        domain = f"company{self.base}.example" if self.often(0.8) else "gmail.com"
        csm, name = rng.choice([*self.csms, (None, "")])
        contact = salesforce_id("003", self.id())
        email = rng.choice((f"buyer@{domain}", f" Buyer@{domain.title()} ", "not an address", None))
        region = rng.choice(("EMEA", "AMER", None))
        yield record(
            begun, "salesforce", "Account", account,
            {
                "Name": f"Account {account}",
                "Type": rng.choice(("Customer", "Customer", "Customer", None, "Prospect")),
                "ParentId": parent if self.often(0.5) else None, "Technical_Account_Manager_LU__c": csm,
                "Support_Hold__c": self.often(0.1), "Account_Demographics_Geo__c": region,
                "Latest_Sold_To_Contact__c": contact if self.often(0.9) else None,
                "Support_Instance__c": "federal-support" if self.often(0.15) else None,
                "Collaboration_Project_URL__c": rng.choice((None, "https://gitlab.com/Group/Eleven/-/tree/main")),
            },
        )  # fmt: skip
        values = {"AccountId": account, "LastName": "Buyer", "Email": email}
        yield record(begun, "salesforce", "Contact", contact, values)
        if self.often(0.1):
            bounce = {"EmailBouncedDate": self.lately()}
            yield record(bounce["EmailBouncedDate"], "salesforce", "Contact", contact, bounce)
        if self.often(0.2):
            yield record(self.lately(), "salesforce", "Contact", contact, {}, delete=True)
        for _ in range(rng.choice((0, 0, 1, 2))):
            yield from self.subscription(account, begun, email, domain)
        at = self.time(begun)
        for _ in range(rng.choice((0, 0, 1, 2))):
            csm, name = rng.choice([*self.csms, (None, "")])
            yield record(at, "salesforce", "Account", account, {"Technical_Account_Manager_LU__c": csm})
            at = at if self.often(0.3) else self.time(at)
        if self.often(0.06):
            yield record(self.lately(), "salesforce", "Account", account, {}, delete=True)
        for _ in range(rng.choice((0, 1, 1, 1, 1, 2))):
            yield from self.organization(account, begun, name, region, domain, email)

    def subscription(self, account: str, begun: str, email: str | None, domain: str) -> Iterator[dict[str, Any]]:
        rng, number, at = self.rng, salesforce_id("a0S", self.id()), self.time(begun)
        buyers = (email, email, f"orders@{domain}", "someone@gmail.com", None)
        yield record(
            at, "salesforce", "Zuora__Subscription__c", number,
            {
                "Zuora__Account__c": account, "Sold_To_Email__c": rng.choice(buyers),
                "Zuora__Status__c": rng.choice(("Active", "Active", "Draft")),
                "Zuora__SubscriptionStartDate__c": rng.choice((begun, self.lately()))[:10],
                "Zuora__SubscriptionEndDate__c": rng.choice((None, "2030-01-01", self.lately()[:10])),
            },
        )  # fmt: skip
        if self.often(0.3):
            yield record(self.lately(), "salesforce", "Zuora__Subscription__c", number, {"Sold_To_Email__c": email})
        if self.often(0.15):
            yield record(self.lately(), "salesforce", "Zuora__Subscription__c", number, {}, delete=True)

    def organization(
        self, account: str, begun: str, csm: str, region: str | None, domain: str, email: str | None
    ) -> Iterator[dict[str, Any]]:
        rng, number = self.rng, self.id()
        instance = "us_government" if self.often(0.2) else "global"
        since = self.time(begun, days=20)
        is_short = self.often(0.2)
        values = {
            "name": f"Account {account}" if self.often(0.9) else f"Organization {number}",
            "domain_names": [domain] if self.often(0.3) else [],
            "organization_fields": {
                "salesforce_id": None if is_short else account, "sfdc_short_id": account[:15],
                "support_level": rng.choice(("premium", "ultimate", None, "expired")), "support_hold": self.often(0.1),
                "technical_account_manager": rng.choice((csm, csm, f" {csm} ", "Somebody Else", None)),
                "org_region": rng.choice((region, region, "APAC")),
                "am_project_id": rng.choice((str(number), "11", "12", "none yet", None)),
            },
        }  # fmt: skip
        yield record(since, "zendesk", "organization", number, values, instance=instance)
        people = []
        for place in range(rng.choice((0, 1, 2, 2, 3, 3, 28, 31))):
            user, joined = self.id(), self.time(since, days=30)
            address = (email or "").strip().lower() if place == 0 and email and "@" in email else f"{user}@{domain}"
            people.append((user, joined))
            values = {"name": f"User {user}", "email": address, "verified": not self.often(0.1)}
            member = {"organization_id": number}
            yield record(joined, "zendesk", "user", user, values | member, instance=instance)
            if self.often(0.12):
                yield record(self.time(joined), "zendesk", "user", user, {"suspended": True}, instance=instance)
        stranger, arrived = self.id(), self.time(since, days=30)
        values = {"name": "Stranger", "email": rng.choice((f"new{stranger}@{domain}", f"x{stranger}@gitlab.com"))}
        yield record(arrived, "zendesk", "user", stranger, values, instance=instance)
        for _ in range(rng.choice((0, 1, 2, 3, 5))):
            asks, known = rng.choice([*people, *people, (stranger, arrived)])
            yield from self.ticket(instance, number, asks, asks == stranger, self.time(known))
        if self.often(0.4):
            yield record(
                self.time(arrived), "zendesk", "user", stranger, {"organization_id": number}, instance=instance
            )

    def ticket(
        self, instance: str, organization: int, asks: int, is_stranger: bool, at: str
    ) -> Iterator[dict[str, Any]]:
        rng, number, of = self.rng, self.id(), {"instance": instance}
        writes = AGENTS[instance] if self.often(0.1) else asks
        values: dict[str, Any] = {
            "subject": f"Ticket {number}", "requester_id": asks, "submitter_id": writes,
            "organization_id": None if is_stranger or self.often(0.1) else organization,
            "ticket_form_id": rng.choice((*FORMS[:2], *FORMS[:2], *FORMS)),
        }  # fmt: skip
        if self.often(0.05):
            values["created_at"] = "2024-12-01T00:00:00Z"  # imported: older than all that is known of the account
        earlier = [known for (where, known, since) in self.tickets if where == instance and since < at]
        if earlier and self.often(0.1):
            before = rng.choice(earlier)
            values["via"] = {"channel": "web", "source": {"from": {"ticket_id": before}, "to": {}, "rel": "follow_up"}}
            values["tags"] = ["closed_by_merge"]
        said = {"author_id": writes, "body": "The pipeline is stuck.", "public": True}
        yield record(at, "zendesk", "ticket", number, values, comment=said, by=writes, **of)
        if values["organization_id"] is None and self.often(0.5):
            yield record(self.time(at, days=3), "zendesk", "ticket", number, {"organization_id": organization}, **of)
        end = self.time(at, days=10)
        if earlier and self.often(0.15):
            into = rng.choice(earlier)
            merged = {"at": end, "system": "zendesk", "object": "ticket", "id": number, "by": AGENTS[instance]}
            yield merged | of | {"merge_into": into}
        elif self.often(0.08):
            yield record(end, "zendesk", "ticket", number, {}, delete=True, **of)
        else:
            self.tickets.append((instance, number, end))
            yield from self.ending(instance, number, end)

    def ending(self, instance: str, number: int, at: str) -> Iterator[dict[str, Any]]:
        """Solved, rated once or more, a case, an issue: each of them or not."""
        rng, of = self.rng, {"instance": instance}
        if self.often(0.4):
            host = {"global": "gitlab.zendesk.com", "us_government": "gitlab-federal-support.zendesk.com"}[instance]
            for _ in range(rng.choice((1, 1, 2))):
                form = rng.choice(("https://{}/api/v2/tickets/{}.json", "https://{}/agent/tickets/{}"))
                values = {"Subject": "S", "Status": "New", "Zendesk_Support_Ticket_URL__c": form.format(host, number)}
                yield record(self.time(at, days=1), "salesforce", "Case", salesforce_id("500", self.id()), values)
        if self.often(0.6):
            yield record(at, "zendesk", "ticket", number, {"status": "solved"}, by=AGENTS[instance], **of)
            asked = self.time(at, days=2)
            if self.often(0.9):
                yield record(asked, "zendesk", "ticket", number, {"satisfaction_rating": {"score": "offered"}}, **of)
            last = None
            for _ in range(rng.choice((0, 1, 1, 2, 3))):
                asked = self.time(asked, days=4)
                score = rng.choice([word for word in ("good", "bad") if word != last])
                values: dict[str, Any] = {"satisfaction_rating": {"score": score}}
                last = score
                yield record(asked, "zendesk", "ticket", number, values, **of)
        if self.often(0.2):
            title = rng.choice(
                (
                    "Negative feedback for ticket {}",
                    "Positive feedback for ticket {}",
                    "Indirect Feedback: {}",
                    "Please talk to the customer of ticket {}",
                )
            )
            host = "gitlab.zendesk.com" if instance == "global" else "gitlab-federal-support.zendesk.com"
            values = {
                "project_id": 278964, "title": title.format(number),
                "description": f"See https://{host}/agent/tickets/{number}", "assignees": [],
                "author": {"id": 1, "username": "u", "name": "U"},
                "labels": rng.choice(LABELS),
            }  # fmt: skip
            yield record(self.time(at, days=5), "gitlab", "issue", self.id(), values | {"iid": self.used})
