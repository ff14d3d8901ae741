"""A customer who lacks nothing, to take things away from: account, organization and two contacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.warehouse.log import Event
from tests.warehouse.records import account, account_id, csm_change, membership, organization, salesforce_user, user

BEGIN = "2025-01-01T00:00:00Z"
CSM = 1


def people() -> list[Event]:
    """The CSMs: 1 works here, 2 is a placeholder, 3 left in July. Field history is tracked."""
    return [
        salesforce_user(1, BEGIN, name="Carla Sanchez"),
        salesforce_user(2, BEGIN, name="TAM Scale"),
        salesforce_user(3, BEGIN, name="Gone Soon"),
        salesforce_user(3, "2025-07-01T00:00:00Z", name="Gone Soon", active=False),
        csm_change(1, 999, BEGIN, None, 1),
    ]


def customer(number: int, **fields: Any) -> Event:
    """Account `number` since BEGIN; `fields` are Salesforce's, and `at` or `deleted`."""
    sold_to = {"Email": f"{number}.buyer@company{number}.example", "Name": "The Buyer"}
    defaults = {
        "at": BEGIN,
        "created": BEGIN,
        "Technical_Account_Manager_LU__c": salesforce_user(CSM, BEGIN).entity_id,
        "Latest_Sold_To_Contact__r": sold_to,
    }
    return account(number, **defaults | fields)


def home(number: int, account: int | None = None, **fields: Any) -> Event:
    """Organization `number` of account `number` (or `account`) since BEGIN; `fields` are the organization's."""
    defaults = {
        "at": BEGIN,
        "created": BEGIN,
        "account": number if account is None else account,
        "technical_account_manager": "Carla Sanchez",
        "am_project_id": str(number),
    }
    return organization(number, **defaults | fields)


def contact(number: int, organization: int, since: str = BEGIN, **fields: Any) -> Iterator[Event]:
    """User `number`, member of the organization since then. Membership and user share the number."""
    email = fields.pop("email", f"{number}@company{organization}.example")
    yield user(number, since, created=since, email=email, **fields)
    yield membership(number, number, organization, since, created=since)


def team(number: int, people: int = 2) -> Iterator[Event]:
    """Contacts number*1000, number*1000+1, … of organization `number`; the first is the sold-to."""
    for person in range(people):
        email = {"email": f"{number}.buyer@company{number}.example"} if person == 0 else {}
        yield from contact(number * 1000 + person, number, **email)


def complete(number: int, people: int = 2) -> list[Event]:
    """An account without any gap."""
    return [customer(number), home(number), *team(number, people)]


__all__ = ["BEGIN", "account_id", "complete", "contact", "customer", "home", "people", "team"]
