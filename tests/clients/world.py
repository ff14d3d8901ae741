"""A world with everything in it that readers of the vendors' APIs have been seen to lose."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

Changes = list[dict[str, Any]]
DAYS = 10
ORGANIZATIONS, USERS, TICKETS, CONTACTS = 1030, 1100, 380, 2600
FIRST_ORGANIZATION, FIRST_USER = 5_000, 100_000
AGENT, GROUP = 900, 800
TAGGER, TEXT = 360_000_000_001, 360_000_000_002
PURGED_TICKETS = (50, 51)
ODD = ('a "quoted", text\nof two lines', "NA", "N/A", "null", "007", "ünï; 日本")


def world(now: datetime, certificate: str) -> Changes:
    """Changes of the ten days before `now`, in time order; nothing is younger than an hour.

    `certificate` is the public key of the Salesforce client `app`.
    """
    return sorted([*_zendesk(now), *_salesforce(now, certificate)], key=lambda change: change["at"])


def stamp(now: datetime, minutes: float) -> str:
    """The time `minutes` after the world's begin."""
    return (now - timedelta(days=DAYS) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _zendesk(now: datetime) -> Iterator[dict[str, Any]]:
    def change(minutes: float, kind: str, row_id: int, given: dict[str, Any] | None = None, **more: Any) -> Any:
        return {
            "at": stamp(now, minutes), "system": "zendesk", "instance": "global", "object": kind, "id": row_id,
            "set": given or {}, **more,
        }  # fmt: skip

    yield change(0, "group", GROUP, {"name": "Support"})
    yield change(0, "user", AGENT, {"name": "Agent", "role": "agent", "email": "agent@desk.example"})
    yield change(0, "ticket_field", TAGGER, {"type": "tagger", "title": "Area", "custom_field_options": [
        {"id": 1, "name": "CI", "value": "area_ci"}, {"id": 2, "name": "Git", "value": "area_git"}]})  # fmt: skip
    yield change(0, "ticket_field", TEXT, {"type": "text", "title": "Version"})
    yield from _organizations_and_users(change)
    yield from _tickets(change)


def _organizations_and_users(change: Any) -> Iterator[dict[str, Any]]:
    # Hundreds share a second, the thousandth of a page among them.
    for number in range(ORGANIZATIONS):
        row_id = FIRST_ORGANIZATION + number
        yield change(1 + number // 300, "organization", row_id, {"name": f"Customer {number}"})
    for number in range(USERS):
        values: dict[str, Any] = {"name": f"User {number}", "email": f"user{number}@x.example"}
        if number % 3 == 0:
            values["organization_id"] = FIRST_ORGANIZATION + number % 200
        yield change(10 + number // 250, "user", FIRST_USER + number, values)
    for number in range(0, 30, 3):
        user, organization = FIRST_USER + number, FIRST_ORGANIZATION + 300 + number
        more = {"user_id": user, "organization_id": organization, "default": number % 6 == 0 or None}
        yield change(20, "organization_membership", 70_000 + number, more)
    yield change(30, "organization_membership", 70_003, delete=True)
    yield change(900, "organization", FIRST_ORGANIZATION + 3, delete=True)
    yield change(900, "organization", FIRST_ORGANIZATION + 700, delete=True)
    yield change(910, "organization", FIRST_ORGANIZATION + 700, restore=True)
    yield change(920, "organization", FIRST_ORGANIZATION + 6, merge_into=FIRST_ORGANIZATION + 9)
    for number in (40, 41, 42):
        yield change(930, "user", FIRST_USER + number, {"suspended": True})
    yield change(940, "user", FIRST_USER + 43, delete=True)
    yield change(940, "user", FIRST_USER + 44, purge=True)
    yield change(950, "user", FIRST_USER + 45, merge_into=FIRST_USER + 46)


def _tickets(change: Any) -> Iterator[dict[str, Any]]:
    for number in range(1, TICKETS + 1):
        minutes = 60 + number // 20
        requester = FIRST_USER + number % 40
        values: dict[str, Any] = {
            "subject": f"Ticket {number}", "requester_id": requester, "group_id": GROUP,
            "custom_fields": [{"id": TAGGER, "value": "area_ci"}, {"id": TEXT, "value": ODD[number % len(ODD)]}],
        }  # fmt: skip
        if number % 30 == 7:
            values["support_type"] = "ai_agent"
        comment = {"author_id": requester, "body": f"Help with {number}: {ODD[number % len(ODD)]}"}
        yield change(minutes, "ticket", number, values, by=requester, comment=comment)
        if number % 2:
            answer = {"author_id": AGENT, "body": "Try this.", "public": number % 4 == 1}
            more = {"status": "pending", "assignee_id": AGENT, "tags": ["answered", f"t{number % 5}"]}
            yield change(300 + number // 40, "ticket", number, more, by=AGENT, comment=answer)
        if number % 4 == 0:
            yield change(400, "ticket", number, {"status": "solved"}, by=AGENT)
        if number % 8 == 0:
            yield change(405, "ticket", number, {"satisfaction_rating": {"score": "offered"}})
        if number % 16 == 0:
            rating = {"score": "bad", "comment": "Slow"}
            yield change(500 + number, "ticket", number, {"satisfaction_rating": rating})
        if number % 64 == 0:
            yield change(5000, "ticket", number, {"satisfaction_rating": {"score": "good"}})
    # Nobody did anything: only the export's stamp moves.
    for number in range(10, 20):
        yield change(1000, "ticket", number)
    for number in range(40, 52):
        yield change(1100, "ticket", number, delete=True, by=AGENT)
    for number in range(40, 45):
        yield change(1110, "ticket", number, restore=True, by=AGENT)
    for number in PURGED_TICKETS:
        yield change(1200, "ticket", number, purge=True)
    yield change(1250, "ticket", 100, redact={"comment": 1, "text": "Help with 100"}, by=AGENT)
    for number in range(60, 66):
        yield change(1300, "ticket", number, merge_into=number + 10, by=AGENT)


def _salesforce(now: datetime, certificate: str) -> Iterator[dict[str, Any]]:
    def change(minutes: float, kind: str, row_id: str, given: dict[str, Any] | None = None, **more: Any) -> Any:
        return {
            "at": stamp(now, minutes),
            "system": "salesforce",
            "object": kind,
            "id": row_id,
            "set": given or {},
            **more,
        }

    for number in range(3):
        yield change(0, "User", f"005{number:012d}", {"Name": f"Person {number}", "Username": f"p{number}@x.example"})
    for number in range(60):
        values = {"Name": f"Account {number}", "Industry": ODD[number % len(ODD)], "OwnerId": "005000000000001"}
        yield change(1 + number // 30, "Account", f"001{number:012d}", values)
    # More than one page of a query shares one second.
    for number in range(CONTACTS):
        values = {"LastName": f"Contact {number}", "AccountId": f"001{number % 60:012d}"}
        yield change(5, "Contact", f"003{number:012d}", values)
    for number in range(40):
        yield change(6, "Case", f"500{number:012d}", {"Subject": f"Case {number}", "Status": "New"})
    yield change(6, "ExternalClientApp", "app", {"certificate": certificate})
    yield change(100, "User", "005000000000002", {"IsActive": False})
    for number in range(10):
        yield change(200, "Contact", f"003{number:012d}", delete=True)
    for number in range(4):
        yield change(210, "Contact", f"003{number:012d}", restore=True)
    yield change(220, "Contact", "003000000000009", purge=True)
    yield change(300, "Account", "001000000000050", merge_into="001000000000051")
    yield change(310, "Account", "001000000000052", delete=True)
    yield change(320, "Account", "001000000000053", {"Name": "Renamed"})
