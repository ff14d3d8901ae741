"""A few customers' year: every kind of event that a projection or mart has to replay."""

from __future__ import annotations

from typing import Any

from tests.warehouse.log import Event
from tests.warehouse.records import (
    account,
    attempt,
    audit,
    case,
    change,
    comment,
    create,
    csm_change,
    feedback_line,
    issue,
    membership,
    organization,
    outcome,
    project,
    rating,
    salesforce_user,
    subscription,
    survey_response,
    ticket,
    ticket_field,
    user,
    user_id,
)
from tests.warehouse.settings_event import settings

US = "zendesk/us_government"
CSM = "Technical_Account_Manager_LU__c"


def customers() -> list[Event]:
    """Account 1 changes hands twice, 2 is its child without a CSM, 3 has no history rows and is deleted."""
    sold_to = {"Email": "user55@example.com", "Name": "User 55"}
    csm_is: dict[str, Any] = {CSM: user_id(3)}
    return [
        account(1, "2023-06-01T00:00:00Z", **{CSM: user_id(1), "Latest_Sold_To_Contact__r": sold_to}),
        account(1, "2024-03-10T12:00:00Z", **{CSM: user_id(2), "Latest_Sold_To_Contact__r": sold_to}),
        account(1, "2024-04-01T00:00:00Z", Name="Renamed", **{CSM: user_id(3), "Latest_Sold_To_Contact__r": sold_to}),
        account(2, "2023-06-01T00:00:00Z", ParentId=account(1, "").entity_id),
        account(3, "2024-02-01T00:00:00Z", **csm_is),
        account(3, "2024-05-01T00:00:00Z", deleted=True, **csm_is),
        csm_change(1, 1, "2024-03-10T12:00:00Z", 1, 2),
        csm_change(2, 1, "2024-04-01T00:00:00Z", 2, 3),
        salesforce_user(1, "2022-01-01T00:00:00Z", manager=4),
        salesforce_user(1, "2024-02-20T00:00:00Z", manager=4, active=False),
        salesforce_user(2, "2022-01-01T00:00:00Z", manager=4),
        salesforce_user(3, "2022-01-01T00:00:00Z", name="TAM Scale"),
        salesforce_user(4, "2022-01-01T00:00:00Z"),
        salesforce_user(4, "2024-06-01T00:00:00Z", active=False),
        subscription(1, 1, "user55@example.com", "2023-06-01T00:00:00Z", starts="2023-06-01"),
        subscription(1, 1, "user57@example.com", "2024-03-20T00:00:00Z", starts="2023-06-01"),
        subscription(2, 1, None, "2024-03-02T00:00:00Z", starts="2024-04-01", ends="2024-04-30"),
        subscription(3, 2, "buyer@gmail.com", "2023-06-01T00:00:00Z"),
        subscription(3, 2, "buyer@gmail.com", "2024-03-05T00:00:00Z", status="Cancelled"),
        organization(9, "2023-06-02T00:00:00Z", account=1, technical_account_manager="CSM 1"),
        organization(9, "2024-03-11T00:00:00Z", account=1, technical_account_manager="CSM 2", am_project_id="77"),
        organization(10, "2023-06-02T00:00:00Z", account=2),
        organization(10, "2024-03-01T00:00:00Z", account=1),
        organization(11, "2024-02-02T00:00:00Z", account=3, created="2024-02-02T00:00:00Z"),
        organization(11, "2024-05-02T00:00:00Z", account=3, created="2024-02-02T00:00:00Z", deleted=True),
        organization(9, "2023-06-02T00:00:00Z", account=2, source=US),
        user(55, "2023-06-03T00:00:00Z", organization_id=9),
        user(55, "2024-04-05T00:00:00Z", organization_id=9, name="Renamed", suspended=True),
        user(56, "2023-06-03T00:00:00Z", role="agent", email="agent@gitlab.com"),
        user(57, "2023-06-03T00:00:00Z"),
        user(57, "2024-03-20T00:00:00Z", organization_id=10),
        user(58, "2023-07-03T00:00:00Z", organization_id=11, verified=False),
        user(58, "2024-04-20T00:00:00Z", active=False),
        user(55, "2023-06-03T00:00:00Z", source=US, organization_id=9),
        membership(1, 55, 9, "2023-06-03T00:00:00Z"),
        membership(2, 57, 10, "2024-03-20T00:00:00Z", created="2024-03-20T00:00:00Z"),
        membership(2, 57, 10, "2024-05-20T00:00:00Z", created="2024-03-20T00:00:00Z", deleted=True),
        membership(3, 58, 11, "2024-02-03T00:00:00Z", created="2024-02-03T00:00:00Z"),
        project(77, "2024-03-01T00:00:00Z", "gitlab-com/account-management/one"),
        ticket_field(7, "2023-06-01T00:00:00Z", "CES Score"),
    ]


def tickets() -> list[Event]:
    """Rated twice; associated late; merged; deleted; and the same numbers in a second instance."""
    solved = {"status": "solved", "assignee_id": 56, "satisfaction_rating": {"score": "bad"}}
    return [
        ticket(101, "2024-03-10T12:00:00Z", requester=55, organization=9),
        ticket(101, "2024-03-14T10:00:00Z", requester=55, organization=9, created="2024-03-10T12:00:00Z", **solved),
        audit(
            *(1, 101, "2024-03-10T12:00:01Z"),
            *(comment(55), create(status="new"), create(requester_id=55), create(organization_id="9")),
            by=55,
        ),
        audit(2, 101, "2024-03-11T09:00:00Z", change(None, assignee_id=56), change("new", status="open"), by=56),
        audit(3, 101, "2024-03-12T09:00:00Z", change("open", status="solved"), comment(56), by=56),
        audit(4, 101, "2024-03-13T09:00:00Z", change("unoffered", satisfaction_score="offered")),
        audit(5, 101, "2024-03-13T10:00:00Z", change("offered", satisfaction_score="good")),
        audit(6, 101, "2024-03-14T10:00:00Z", change("good", satisfaction_score="bad")),
        # the first reading of an audit, and the same audit after a redaction
        audit(7, 101, "2024-03-15T10:00:00Z", comment(56, body="secret"), by=56),
        audit(7, 101, "2024-03-15T10:00:00Z", comment(56, body="redacted", public=False), by=56),
        rating(1, 101, "2024-03-14T10:00:00Z", "bad", created="2024-03-13T09:00:00Z", requester=55),
        case(1, "2024-03-10T12:05:00Z", url="https://gitlab.zendesk.com/agent/tickets/101"),
        case(2, "2024-03-10T12:06:00Z", ticket="101"),
        case(1, "2024-04-10T12:05:00Z", url="https://gitlab.zendesk.com/agent/tickets/101", deleted=True),
        ticket(102, "2024-03-21T08:00:00Z", requester=57),
        audit(10, 102, "2024-03-21T08:00:00Z", create(status="new"), create(requester_id=57), by=57),
        audit(11, 102, "2024-03-22T08:00:00Z", change(None, organization_id="10"), by=56),
        ticket(102, "2024-03-22T08:00:00Z", requester=57, organization=10, created="2024-03-21T08:00:00Z"),
        audit(13, 102, "2024-03-23T08:00:00Z", change("new", status="pending"), comment(56), by=56),
        audit(14, 102, "2024-03-24T08:00:00Z", change("pending", status="open"), comment(57), by=57),
        audit(15, 102, "2024-03-25T08:00:00Z", change("open", status="pending"), comment(56), by=56),
        ticket(103, "2024-04-02T08:00:00Z", requester=55, organization=9),
        ticket(
            *(103, "2024-04-02T09:00:00Z"),
            requester=55,
            organization=9,
            created="2024-04-02T08:00:00Z",
            status="closed",
            tags=["closed_by_merge"],
        ),
        audit(12, 103, "2024-04-02T09:00:00Z", comment(56, body="closed and merged into request #101"), by=56),
        ticket(104, "2024-04-03T08:00:00Z", requester=55, organization=9, status="deleted"),
        ticket(105, "2024-04-10T08:00:00Z", requester=58, organization=11, submitter_id=56),
        survey_response("01HV0000000000000000000000", 105, "2024-05-04T00:00:00Z", 5, "good"),
        ticket(101, "2024-02-15T12:00:00Z", requester=55, organization=9, source=US),
        audit(
            1,
            101,
            "2024-02-15T12:00:00Z",
            create(status="new"),
            create(requester_id=55),
            create(organization_id="9"),
            by=55,
            source=US,
        ),
        issue(1, "2024-03-12T08:00:00Z", "Negative feedback for ticket 101", created="2024-03-12T08:00:00Z"),
        issue(
            *(1, "2024-03-13T08:00:00Z", "Negative feedback for ticket 101"),
            created="2024-03-12T08:00:00Z",
            state="closed",
            labels=["SSAT::Contact"],
        ),
        feedback_line("a", "2024-03-16T08:00:00Z", 102, "negative"),
    ]


def deliveries() -> list[Event]:
    """Told at the second attempt; interrupted; given up."""
    return [
        attempt(101, "2024-03-10T12:01:00Z", "old@gitlab.com"),
        outcome(101, "2024-03-10T12:01:02Z", "failed", "450 later"),
        attempt(101, "2024-03-10T12:02:02Z", "old@gitlab.com"),
        outcome(101, "2024-03-10T12:02:03Z", "sent"),
        attempt(102, "2024-03-22T08:01:00Z", "new@gitlab.com"),
        outcome(105, "2024-04-10T08:01:00Z", "dead", "has no address"),
    ]


def everything() -> list[Event]:
    return [*customers(), *tickets(), *deliveries(), settings(at="2026-01-02T00:00:00Z", parent_fallback=True)]
