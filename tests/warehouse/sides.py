"""One world twice: a Zendesk instance and its Salesforce organization, and copies of both with every id the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from tests.warehouse import test_coverage_accounts, test_feedback, test_follow_ups, test_notifications, test_practices
from tests.warehouse.customers import complete, customer, home
from tests.warehouse.log import Event
from tests.warehouse.records import GLOBAL, account_id, case, project, subscription, ticket, user
from tests.warehouse.settings_event import SIGNALS, settings
from tests.warehouse.test_feedback import MAY
from tests.warehouse.test_notifications import US

PROJECTS = "gitlab__project"
GROUP, LIMIT = 300, 4
HOST = re.compile(r"gitlab(-federal-support)?\.zendesk\.com")
OTHER_WORDS = {
    "Account ": "Agency ",
    "Organization ": "Bureau ",
    "User ": "Citizen ",
    "Ticket ": "Request ",
    "Carla Sanchez": "Cleo Santos",
    "CSM ": "Officer ",
    '"csm': '"officer',
    '"good"': '"so-so"',
    '"bad"': '"good"',
    '"so-so"': '"bad"',
    # 92 and 99 have each other's project, so that one id is shared by two sides only; and 18 is nobody's child
    '"am_project_id":"92"': '"am_project_id":"-"',
    '"am_project_id":"99"': '"am_project_id":"92"',
    '"am_project_id":"-"': '"am_project_id":"99"',
    f'"ParentId":"{account_id(17)}"': '"ParentId":null',
    # one domain is that of two accounts on one side only, and one sold-to is a contact on one side only
    '"x@company20.example"': '"x@company21.example"',
    '"Sold_To_Email__c":null': '"Sold_To_Email__c":"90.buyer@company90.example"',
    '"email":"6.buyer@company6.example"': '"email":"6.clerk@company6.example"',
}


@dataclass(frozen=True)
class Side:
    zendesk: str
    salesforce: str
    gitlab: str
    host: str
    is_copy: bool = False

    def events(self) -> list[Event]:
        """The customers of the other tests, as this side tells of them. The copy says other things, and less."""
        told = [self.own(event) for event in _told() if event.stream != PROJECTS]
        if not self.is_copy:
            return told
        # projects that customers are linked to are not looked for in a second GitLab
        unknown = replace(project(14, MAY, "group/elsewhere"), source=self.gitlab)
        kept = [event for n, event in enumerate(told) if n % 13 != 8 or not event.stream.startswith("zendesk__ticket")]
        return [*kept, unknown]

    def own(self, event: Event) -> Event:
        text = HOST.sub(self.host, event.text)
        for word, other in OTHER_WORDS.items() if self.is_copy else ():
            text = text.replace(word, other)
        system, payload = event.stream.split("__")[0], json.loads(text)
        if event.stream == "gitlab__issue" and (number := re.search(r"ticket (\d+)", payload["title"])):
            payload["description"] += f" https://{self.host}/agent/tickets/{number[1]}"
        if event.stream == "zendesk__ticket":
            payload["group_id"] = payload["group_id"] or GROUP
        if system == "file":
            # the inbox is one for all: a line says whose ticket or account it speaks of
            payload["instance"] = self.zendesk.removeprefix("zendesk/")
            return replace(event, entity_id=f"{self.zendesk}:{event.entity_id}", payload=payload)
        return replace(event, source=getattr(self, system), payload=payload)


MAIN = Side(GLOBAL, "salesforce/main", "gitlab/main", "gitlab.zendesk.com")
# its host stands in no seed
COPY = Side("zendesk/federal", "salesforce/government", "gitlab/federal", "federal.zendesk.com", is_copy=True)


def common() -> list[Event]:
    """Settings that name both sides, and the projects of the one GitLab that customers are linked to."""
    rules = settings(parent_fallback=True, min_baseline_periods=1, contact_limit=LIMIT, contact_limit_warning=LIMIT)
    both = {
        "instances": {
            "salesforce": [MAIN.salesforce, COPY.salesforce],
            "zendesk": [MAIN.zendesk, COPY.zendesk],
            "salesforce_of": {MAIN.zendesk: MAIN.salesforce, COPY.zendesk: COPY.salesforce},
        },
        "salesforce": SIGNALS["salesforce"]
        | {"record_url": {"main": "https://main.example/{id}", "government": "https://government.example/{id}"}},
    }
    return [
        replace(rules, payload=dict(rules.payload) | both),
        *(event for event in _told() if event.stream == PROJECTS),
    ]


def _told() -> list[Event]:
    everything = [
        *test_coverage_accounts.events(),
        *test_feedback.events(),
        *test_follow_ups.events(),
        *test_practices.events(),
        *(_elsewhere(event) for event in _notices()),
        *_customers(),
    ]
    return [event for event in everything if event.source != US]


def _customers() -> list[Event]:
    return [
        # near and above the limit of contacts; none; one
        *(
            *complete(90, people=LIMIT),
            *complete(91, people=LIMIT + 1),
            customer(92),
            home(92),
            *complete(93, people=1),
        ),
        # suspended, unverified; expired, and with two organizations
        *(*complete(94, people=1), user(94000, MAY, suspended=True)),
        *(*complete(95), user(95000, MAY, suspended=True), user(95001, MAY, verified=False)),
        *(*complete(96), home(96, at=MAY, support_level="expired"), *complete(97), home(970, account=97)),
        # subscriptions: without a buyer on one side only; of a buyer who is no contact
        *(subscription(90, 90, None, MAY), subscription(91, 91, "ap@company91.example", MAY)),
        # no organization; no CSM but a parent who has one; a bare number, which is the organization's own instance's
        customer(98),
        *(customer(99, ParentId=account_id(90), Technical_Account_Manager_LU__c=None), home(99)),
        ticket(990, MAY, requester=90000, organization=99),
        case(99, MAY, ticket="990"),
    ]


def _notices() -> list[Event]:
    return [*test_notifications.people(), *test_notifications.accounts(), *test_notifications.tickets()]


def _elsewhere(event: Event) -> Event:
    """With accounts and CSMs of its own: the tests count both from 1. Its organizations are of earlier years."""
    text = re.sub(r"(00[15])4M0(\d{9}QAA)", r"\g<1>4M1\2", json.dumps([event.entity_id, event.payload]))
    entity_id, payload = json.loads(text)
    return replace(event, entity_id=entity_id, payload=payload)
