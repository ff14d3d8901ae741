"""Who is told about a ticket, and why nobody is (rules A.4, E-14 to E-27, B.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.log import Event
from tests.warehouse.records import (
    GLOBAL,
    account,
    account_id,
    audit,
    case,
    change,
    comment,
    create,
    csm_change,
    organization,
    salesforce_user,
    ticket,
    user,
    user_id,
)

SELECT = ("--select", "+fct_notification_events")
US = "zendesk/us_government"
CSM_FIELD = "Technical_Account_Manager_LU__c"
GLOBAL_URL = "https://gitlab.zendesk.com"
ANNA, BERT, CLEO, LEFT, BOSS, POOL, ALONE = 1, 2, 3, 4, 5, 6, 7
CUSTOMER, AGENT, SPAMMER, COLLEAGUE = 55, 56, 57, 58
LARGE = 4_414_917_877_650
# accounts, each with the organization of the same number: F-8, left CSM, pool CSM, nobody, no CSM, deleted, replaced
HANDED_OVER, CSM_LEFT, POOLED, NOBODY, NO_CSM, DELETED, REPLACED = 1, 2, 3, 4, 5, 6, 7


@dataclass(frozen=True)
class Notices:
    """Rows of fct_notification_events by (source, ticket)."""

    rows: dict[tuple[str, int], dict[str, Any]]

    def __call__(self, number: int, source: str = GLOBAL) -> dict[str, Any]:
        return self.rows[source, number]

    def reason(self, number: int) -> str | None:
        return self(number)["suppression_reason"]


def notices(warehouse: Warehouse) -> Notices:
    names = [name for (name,) in warehouse.rows("select column_name from (describe marts.fct_notification_events)")]
    rows = [dict(zip(names, row, strict=True)) for row in warehouse.rows("from marts.fct_notification_events")]
    return Notices({(row["source"], row["ticket_id"]): row for row in rows})


def people() -> list[Event]:
    began = "2022-01-01T00:00:00Z"
    return [
        *(salesforce_user(number, began, manager=BOSS) for number in (ANNA, BERT, CLEO)),
        salesforce_user(LEFT, began, manager=BOSS),
        salesforce_user(LEFT, "2024-02-01T00:00:00Z", manager=BOSS, active=False),
        salesforce_user(BOSS, began),
        salesforce_user(POOL, began, name="TAM Scale", manager=BOSS),
        salesforce_user(ALONE, began, active=False),
        user(CUSTOMER, "2023-06-03T00:00:00Z"),
        user(AGENT, "2023-06-03T00:00:00Z", role="agent", email="agent@support.example"),
        user(SPAMMER, "2023-06-03T00:00:00Z", suspended=True),
        user(COLLEAGUE, "2023-06-03T00:00:00Z", email="Someone@GitLab.com"),
        user(CUSTOMER, "2023-06-03T00:00:00Z", source=US, name="Other person"),
    ]


def csm_is(number: int) -> dict[str, Any]:
    return {CSM_FIELD: user_id(number)}


def accounts() -> list[Event]:
    created = "2024-01-01T00:00:00Z"
    csms = {CSM_LEFT: LEFT, POOLED: POOL, NOBODY: ALONE, DELETED: ANNA, REPLACED: LEFT}
    return [
        account(HANDED_OVER, "2024-04-01T00:00:00Z", created=created, **csm_is(CLEO)),
        csm_change(1, HANDED_OVER, "2024-03-10T12:00:00Z", ANNA, BERT),
        csm_change(2, HANDED_OVER, "2024-04-01T00:00:00Z", BERT, CLEO),
        *(account(number, created, created=created, **csm_is(csm)) for number, csm in csms.items()),
        account(NO_CSM, created, created=created),
        account(DELETED, "2024-03-01T00:00:00Z", created=created, deleted=True, **csm_is(ANNA)),
        csm_change(3, REPLACED, "2024-04-01T00:00:00Z", LEFT, BERT),
        *(organization(number, "2023-06-02T00:00:00Z", account=number) for number in range(1, 8)),
        organization(1, "2023-06-02T00:00:00Z", account=CSM_LEFT, source=US),
        organization(8, "2023-06-02T00:00:00Z", account=account_id(99)),
    ]


def tickets() -> list[Event]:
    march = "2024-03-11T08:00:00Z"
    return [
        ticket(101, "2023-12-31T10:00:00Z", requester=CUSTOMER, organization=HANDED_OVER),
        ticket(102, "2024-03-10T11:59:59Z", requester=CUSTOMER, organization=HANDED_OVER),
        ticket(103, "2024-03-10T12:00:00Z", requester=CUSTOMER, organization=HANDED_OVER),
        ticket(104, march, requester=CUSTOMER, organization=CSM_LEFT),
        ticket(105, march, requester=CUSTOMER, organization=POOLED),
        ticket(106, march, requester=CUSTOMER, organization=NOBODY),
        ticket(107, march, requester=CUSTOMER, organization=NO_CSM),
        ticket(108, march, requester=CUSTOMER, organization=DELETED),
        ticket(109, march, requester=CUSTOMER, organization=8),
        ticket(110, march, requester=CUSTOMER, organization=REPLACED),
        ticket(111, "2024-01-15T08:00:00Z", requester=CUSTOMER, organization=CSM_LEFT),
        ticket(120, march, requester=SPAMMER, organization=HANDED_OVER, status="deleted"),
        ticket(121, march, requester=CUSTOMER, organization=HANDED_OVER, status="deleted"),
        ticket(122, march, requester=CUSTOMER, organization=HANDED_OVER, status="closed", tags=["closed_by_merge"]),
        audit(
            *(1220, 122, march),
            comment(AGENT, via={"channel": "web", "source": {"from": {"ticket_id": 103}, "to": {}, "rel": "merge"}}),
        ),
        ticket(123, march, requester=AGENT, organization=HANDED_OVER),
        ticket(124, march, requester=COLLEAGUE, organization=HANDED_OVER),
        ticket(125, march, requester=CUSTOMER, organization=HANDED_OVER, ticket_form_id=360000000102),
        ticket(126, march, requester=CUSTOMER),
        ticket(127, march, requester=CUSTOMER, organization=HANDED_OVER, submitter_id=AGENT),
        # handed to another requester and another organization after it opened
        ticket(128, "2024-03-12T08:00:00Z", requester=COLLEAGUE, organization=NO_CSM, created=march),
        audit(
            *(1280, 128, "2024-03-11T08:00:01Z"),
            *(create(requester_id=CUSTOMER), create(organization_id=str(HANDED_OVER))),
        ),
        audit(1281, 128, "2024-03-12T08:00:00Z", change(str(CUSTOMER), requester_id=COLLEAGUE)),
        audit(1282, 128, "2024-03-12T08:00:00Z", change(str(HANDED_OVER), organization_id=str(NO_CSM))),
        ticket(129, march, requester=CUSTOMER),
        audit(1290, 129, march, create(requester_id=CUSTOMER)),
        ticket(LARGE, march, requester=CUSTOMER, organization=HANDED_OVER),
        ticket(
            *(130, march),
            requester=CUSTOMER,
            organization=HANDED_OVER,
            tags=["closed_by_merge", "csat_survey_sent"],
            via={"channel": "web", "source": {"from": {"ticket_id": LARGE}, "to": {}, "rel": "follow_up"}},
        ),
        ticket(101, march, requester=CUSTOMER, organization=1, source=US),
        case(1, "2024-03-10T12:10:00Z", url=f"{GLOBAL_URL}/api/v2/tickets/103.json"),
        case(2, "2024-03-10T12:09:00Z", url=f"{GLOBAL_URL}/agent/tickets/103"),
        case(3, "2024-03-10T12:08:00Z", url=f"{GLOBAL_URL}/tickets/103", deleted=True),
        case(4, "2024-03-10T12:00:00Z", url="https://gitlab-federal-support.zendesk.com/agent/tickets/101"),
        case(5, "2024-03-11T12:00:00Z", ticket="104.0"),
    ]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("opened"))
    warehouse.log.append([*people(), *accounts(), *tickets()])
    warehouse.build(*SELECT)
    return warehouse


@pytest.fixture(scope="module")
def told(opened: Warehouse) -> Notices:
    return notices(opened)


@pytest.mark.parametrize(("number", "csm", "is_inferred"), [(101, ANNA, True), (102, ANNA, False), (103, BERT, False)])
def test_the_csm_of_the_opening_is_told(told: Notices, number: int, csm: int, is_inferred: bool) -> None:
    """R-NT-1, R-NT-8, E-14, E-15, F-8: at the instant of a hand-over it is the new one."""
    notice = told(number)
    assert (notice["csm_user_id"], notice["csm_source"]) == (user_id(csm), "account")
    assert notice["is_csm_inferred"] is is_inferred


@pytest.mark.parametrize(
    ("number", "csm", "step"),
    [(111, LEFT, "account"), (104, BOSS, "manager"), (105, BOSS, "manager"), (110, BERT, "current")],
)
def test_somebody_stands_in_for_a_csm_who_cannot_be_reached(told: Notices, number: int, csm: int, step: str) -> None:
    """E-16: each step of the chain is named."""
    notice = told(number)
    assert (notice["disposition"], notice["csm_user_id"], notice["csm_source"]) == ("notify", user_id(csm), step)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        *((number, "no_csm") for number in (106, 107, 108, 109)),
        (120, "spam_or_suspended"),
        (121, "deleted"),
        (122, "merged_child"),
        (123, "internal_requester"),
        (124, "internal_requester"),
        (125, "internal_form"),
        (126, "no_org"),
        (101, "before_go_live"),
        (103, None),
        (127, None),
    ],
)
def test_the_first_reason_that_holds_suppresses(told: Notices, number: int, reason: str | None) -> None:
    """R-NT-2, E-18, E-20, E-22, E-23, E-27, E-74: every ticket has one disposition."""
    assert told.reason(number) == reason
    assert told(number)["disposition"] == ("suppressed" if reason else "notify")


def test_a_suppressed_ticket_keeps_what_is_known(told: Notices) -> None:
    """R-NT-2, E-20: a merged ticket keeps its own account."""
    merged = told(122)
    assert (merged["account_id"], merged["csm_user_id"]) == (account_id(HANDED_OVER), user_id(BERT))
    assert (merged["contact_email"], merged["merged_into_ticket_id"]) == ("user55@example.com", 103)
    assert told(106)["csm_user_id_as_of"] == user_id(ALONE)


def test_the_notice_keeps_requester_and_organization_of_the_opening(told: Notices) -> None:
    """E-11, E-12, E-24."""
    notice = told(128)
    assert (notice["contact_id"], notice["organization_id"]) == (CUSTOMER, HANDED_OVER)
    assert (notice["kind"], notice["suppression_reason"]) == ("ticket_opened", None)


def test_a_ticket_opened_by_an_agent_is_on_behalf(told: Notices) -> None:
    """E-18, E-19: one that an agent opens while logged out is the customer's, as far as anybody can tell."""
    assert told(127)["is_on_behalf"]
    assert not told(103)["is_on_behalf"]


def test_large_numbers_come_whole_through_pandas(opened: Warehouse) -> None:
    """E-2: also where some are missing."""
    with duckdb.connect(str(opened.path), read_only=True) as connection:
        frame = connection.sql("select ticket_id, predecessor_ticket_id from marts.fct_notification_events").df()
    assert LARGE in set(frame["ticket_id"])
    assert frame["ticket_id"].dtype == "int64"
    assert LARGE in {int(number) for number in frame["predecessor_ticket_id"].dropna()}


def test_a_follow_up_is_a_ticket_of_its_own_whatever_tags_it_inherits(told: Notices) -> None:
    """E-21: its predecessor was merged, and it was not."""
    notice = told(130)
    assert (notice["disposition"], notice["predecessor_ticket_id"]) == ("notify", LARGE)
    assert notice["merged_into_ticket_id"] is None
    assert told(122)["predecessor_ticket_id"] is None


def test_a_notice_has_everything_that_a_mail_must_say(told: Notices) -> None:
    """R-NT-3, R-NT-7: the case may be missing, nothing else; ticket number and requester lead there, too."""
    always = ("ticket_url", "account_name", "contact_name", "contact_email", "opened_at", "csm_email", "ticket_id")
    incomplete = {
        key: [name for name in always if row[name] is None]
        for key, row in told.rows.items()
        if row["disposition"] == "notify" and any(row[name] is None for name in always)
    }
    assert incomplete == {}
    assert told(103)["salesforce_case_url"].endswith(told(103)["salesforce_case_id"])


def test_the_earliest_case_is_linked_and_duplicates_are_flagged(told: Notices) -> None:
    """E-25: by either form of the address, or by the number."""
    notice = told(103)
    assert notice["salesforce_case_url"] == "https://gitlab.my.salesforce.com/5004M0000000002QAA"
    assert notice["has_duplicate_cases"]
    assert told(104)["salesforce_case_id"] == "5004M0000000005QAA"
    assert told(102)["salesforce_case_id"] is None


def test_two_instances_with_one_ticket_number_stay_apart(told: Notices) -> None:
    """E-3, E-26, R-EST-2."""
    here, there = told(101), told(101, US)
    assert here["notification_id"] != there["notification_id"]
    assert (here["contact_name"], there["contact_name"]) == ("User 55", "Other person")
    assert (here["salesforce_case_id"], there["salesforce_case_id"]) == (None, "5004M0000000004QAA")
    assert there["ticket_url"] == "https://gitlab-federal-support.zendesk.com/tickets/101"


def test_what_comes_later_changes_only_what_it_should(opened: Warehouse, told: Notices) -> None:
    """R-NT-9, E-14, E-17, E-30, E-71: an association, a case, a rename, and what was learned late."""
    learned = opened.log.append(
        [
            audit(1291, 129, "2024-03-13T09:00:00Z", change(None, organization_id=str(HANDED_OVER))),
            ticket(
                *(129, "2024-03-13T09:00:00Z"),
                requester=CUSTOMER,
                organization=HANDED_OVER,
                created="2024-03-11T08:00:00Z",
            ),
            case(6, "2024-03-13T09:00:00Z", url=f"{GLOBAL_URL}/agent/tickets/102"),
            user(CUSTOMER, "2024-05-01T00:00:00Z", name="Renamed"),
            csm_change(4, NO_CSM, "2024-03-11T07:00:00Z", None, ANNA),
            account(99, "2024-01-01T00:00:00Z", created="2024-01-01T00:00:00Z", **csm_is(ANNA)),
        ],
        at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    opened.build(*SELECT)
    after = notices(opened)

    associated = after(129)
    assert (told.reason(129), associated["suppression_reason"]) == ("no_org", None)
    assert (associated["kind"], associated["csm_user_id"]) == ("late_association", user_id(BERT))
    assert associated["associated_at"] == datetime(2024, 3, 13, 9, tzinfo=UTC)

    assert after(102)["salesforce_case_id"] == "5004M0000000006QAA"
    assert {row["contact_name"] for row in after.rows.values() if row["contact_id"] == CUSTOMER} == {
        "Renamed",
        "Other person",
    }
    assert (told.reason(107), after.reason(107)) == ("no_csm", None)
    assert after(107)["assignment_known_at"] == learned
    assert (told.reason(109), after.reason(109)) == ("no_csm", None)

    ids = {key: row["notification_id"] for key, row in told.rows.items()}
    assert {key: after.rows[key]["notification_id"] for key in ids} == ids
    assert after(103)["csm_user_id"] == told(103)["csm_user_id"]
