"""Gaps of the account: sold-to, CSM, hold, collaboration project, and people who asked without being a contact."""

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import BEGIN, account_id, complete, contact, customer, home, people, team
from tests.warehouse.gaps import built_from, gaps
from tests.warehouse.log import Event
from tests.warehouse.records import audit, change, create, csm_change, membership, ticket, user, user_id

MAY, JUNE, JULY, AUGUST = (f"2025-0{month}-01T09:00:00Z" for month in (5, 6, 7, 8))
SOLD_TO = "Latest_Sold_To_Contact__r"
PROJECT_URL = "Collaboration_Project_URL__c"


def project(number: int, path: str, at: str = BEGIN) -> Event:
    payload = {"id": number, "path_with_namespace": path, "last_activity_at": at}
    return Event(stream="gitlab__project", entity_id=number, occurred_at=at, payload=payload)


def asks(number: int, requester: int, at: str, email: str, **fields) -> list[Event]:
    """A ticket without organization by a user without membership."""
    return [
        user(requester, "2025-02-01T00:00:00Z", created="2025-02-01T00:00:00Z", email=email, **fields),
        ticket(number, at, requester=requester),
        audit(number, number, at, create(requester_id=str(requester)), create(status="new"), by=requester),
    ]


def events() -> list[Event]:
    return [
        *people(),
        # sold-to: none; no address; free mail; nobody's until June; in other letters; joined and suspended
        *(customer(1, **{SOLD_TO: None}), home(1), *team(1)),
        *(customer(2, **{SOLD_TO: {"Email": "billing(at)company2", "Name": "B"}}), home(2), *team(2)),
        *(customer(3, **{SOLD_TO: {"Email": "Company3@GMail.com", "Name": "B"}}), home(3), *team(3)),
        *(customer(4, **{SOLD_TO: {"Email": "ap@company4.example", "Name": "B"}}), home(4), *team(4)),
        *contact(4900, 4, JUNE, email="ap@company4.example"),
        *(customer(5, **{SOLD_TO: {"Email": " 5.BUYER@Company5.example ", "Name": "B"}}), home(5), *team(5)),
        *complete(6),
        user(6000, MAY, email="6.buyer@company6.example", suspended=True),
        # CSM: none until May; a placeholder; left in July; a name that drifts for an hour, then for good
        *(customer(7, Technical_Account_Manager_LU__c=None), home(7), *team(7)),
        csm_change(7, 7, MAY, None, 1),
        *(customer(8, Technical_Account_Manager_LU__c=user_id(2)), home(8, technical_account_manager=""), *team(8)),
        *(customer(9, Technical_Account_Manager_LU__c=user_id(3)), home(9, technical_account_manager=None), *team(9)),
        *complete(10),
        home(10, at=MAY, technical_account_manager="Someone Else"),
        home(10, at="2025-05-01T10:00:00Z", technical_account_manager=" Carla Sanchez "),
        home(10, at=JUNE, technical_account_manager="Someone Else"),
        # hold
        *complete(11),
        customer(11, at=MAY, Support_Hold__c=True),
        customer(11, at=JUNE, Support_Hold__c=False),
        *(*complete(81, people=1), customer(81, at=JUNE, Support_Hold__c=True)),
        # project id: missing; no number; another project until it is renamed; shared, and shared with the parent
        *(customer(12), home(12, am_project_id=None), *team(12)),
        *(customer(13), home(13, am_project_id="none yet"), *team(13)),
        *(customer(14, **{PROJECT_URL: "https://gitlab.com/Group/Fourteen/-/tree/main"}), home(14), *team(14)),
        *(project(14, "group/old-name"), project(14, "group/fourteen", MAY)),
        *(customer(15), home(15, am_project_id="77"), *team(15)),
        *(customer(16), home(16, am_project_id="77", at=MAY, created=BEGIN), *team(16)),
        *(customer(17), home(17, am_project_id="88"), *team(17)),
        *(customer(18, ParentId=account_id(17)), home(18, am_project_id="88"), *team(18)),
        # requesters: of account 19, a contact since June; free mail; of a domain that two accounts use
        *complete(19),
        *asks(501, 501, MAY, "new@company19.example"),
        membership(501, 501, 19, JUNE, created=JUNE),
        *asks(502, 502, MAY, "company19@gmail.com"),
        *(*complete(20), *complete(21)),
        *contact(21900, 21, email="x@company20.example"),
        *asks(503, 503, MAY, "y@company20.example"),
        # an agent, an employee, and one whose ticket got its organization later without a membership
        *asks(504, 504, MAY, "agent@company19.example", role="agent"),
        *asks(505, 505, MAY, "someone@gitlab.com"),
        *complete(22),
        *asks(506, 506, MAY, "New@Company22.example"),
        ticket(506, JUNE, created=MAY, requester=506, organization=22),
        audit(9506, 506, JUNE, change(organization_id="22")),
        # two CSMs, one account that is deleted
        *complete(23),
        *(customer(24, **{SOLD_TO: None}), customer(24, at=JULY, deleted=True, **{SOLD_TO: None}), home(24), *team(24)),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    return built_from(events(), tmp_path_factory.mktemp("coverage"), parsed)


@pytest.mark.parametrize(("account", "code"), [(1, "SOLD_TO_MISSING"), (2, "SOLD_TO_INVALID"), (3, "SOLD_TO_INVALID")])
def test_a_sold_to_that_cannot_be_written_to_at_the_company_is_a_gap(built, account, code):
    """R-EST-8."""
    assert gaps(built, account) == [(code, None, BEGIN, None)]


def test_a_sold_to_is_associated_when_an_eligible_contact_has_the_address(built):
    """R-EST-10, E-45: that the buyer is no contact is a hint."""
    assert gaps(built, 4) == [("SOLD_TO_NOT_ASSOCIATED", None, BEGIN, JUNE)]
    assert gaps(built, 6, "SOLD_TO_NOT_ASSOCIATED") == [("SOLD_TO_NOT_ASSOCIATED", None, MAY, None)]


def test_capitals_and_spaces_make_no_other_address(built):
    """E-50."""
    assert gaps(built, 5) == []


def test_a_missing_csm_closes_when_one_is_assigned_and_the_row_names_them(built):
    assert gaps(built, 7, "CSM_MISSING") == [("CSM_MISSING", None, BEGIN, MAY)]
    who = built.value(
        "select csm_name from marts.fct_contact_coverage_gaps where gap_code = 'CSM_MISSING' and account_id = ?",
        account_id(7),
    )
    assert who == "Carla Sanchez"


def test_a_placeholder_and_a_csm_who_left_are_gaps(built):
    """E-16."""
    assert gaps(built, 8) == [("CSM_PLACEHOLDER", None, BEGIN, None)]
    assert gaps(built, 9) == [("CSM_INACTIVE_USER", None, "2025-07-01T00:00:00Z", None)]


def test_a_csm_name_drifts_once_it_differs_for_longer_than_the_sync_takes(built):
    """R-EST-4, E-7: a name is compared and never joined by."""
    assert gaps(built, 10) == [("CSM_NAME_DRIFT", None, "2025-06-01T11:00:00Z", None)]


def test_the_work_list_names_recipient_codes_and_the_most_urgent_step(built):
    """R-EST-9: one row per account with an open gap."""
    listed = built.rows(
        "select account_source, account_id, gap_codes, open_gaps from marts.fct_coverage_work_list order by all"
    )
    open_gaps = built.rows(
        """select account_source, account_id, list_sort(list_distinct(list(gap_code))), count(*)
        from marts.fct_contact_coverage_gaps where is_open group by all order by all"""
    )
    assert listed == open_gaps != []
    assert (
        built.value(
            """select count(*) from marts.fct_coverage_work_list as work
        join marts.fct_contact_coverage_gaps as gap using (account_source, account_id)
        where gap.is_open and gap.severity = 'critical' and work.severity <> 'critical'"""
        )
        == 0
    )


def test_a_text_is_ready_to_send_where_the_customer_can_help_and_nobody_is_written_to_on_hold(built):
    """R-EST-9, E-42."""
    texts = built.rows(
        "select gap_code, message_text, is_open from marts.fct_contact_coverage_gaps where message_text is not null"
    )
    assert texts
    assert all(is_open and "{" not in text for _, text, is_open in texts)
    assert {code for code, *_ in texts}.isdisjoint({"CSM_MISSING", "ORG_MISSING", "SUPPORT_HOLD"})
    held = "select account_id from marts.fct_contact_coverage_gaps where gap_code = 'SUPPORT_HOLD' and is_open"
    assert built.rows(held) != []
    assert (
        built.value(f"select count(message_text) from marts.fct_contact_coverage_gaps where account_id in ({held})")
        == 0
    )
    assert (
        built.value(f"select count(message_text) from marts.fct_coverage_work_list where account_id in ({held})") == 0
    )


def test_a_hold_is_a_gap_while_it_lasts(built):
    """E-42."""
    assert gaps(built, 11, "SUPPORT_HOLD") == [("SUPPORT_HOLD", None, MAY, JUNE)]


def test_the_project_id_must_be_there_a_number_and_the_project_that_salesforce_names(built):
    """R-CP-1, R-CP-2, R-CP-4: once it is right the gap is closed and stays in the mart."""
    assert gaps(built, 12) == [("AM_PROJECT_ID_MISSING", None, BEGIN, None)]
    assert gaps(built, 13) == [("AM_PROJECT_ID_INVALID", None, BEGIN, None)]
    assert gaps(built, 14) == [("AM_PROJECT_ID_MISMATCH", None, BEGIN, MAY)]


def test_a_project_id_may_be_shared_by_parent_and_child_only(built):
    """R-CP-2."""
    assert gaps(built, 15) == gaps(built, 16) == [("AM_PROJECT_ID_SHARED", None, BEGIN, None)]
    assert gaps(built, 17) == gaps(built, 18) == []


def test_a_requester_outside_every_organization_is_suggested_to_the_one_account_of_the_domain(built):
    """R-EST-6, E-49."""
    assert gaps(built, 19) == [("UNASSOCIATED_REQUESTER_SEEN", 501, MAY, JUNE)]
    assert gaps(built, 22) == [("UNASSOCIATED_REQUESTER_SEEN", 506, MAY, None)]


def test_free_mail_shared_domains_agents_and_employees_are_suggested_to_nobody(built):
    """E-8."""
    suggested = built.rows(
        "select distinct subject_id from marts.fct_contact_coverage_gaps where gap_code = 'UNASSOCIATED_REQUESTER_SEEN'"
    )
    assert sorted(suggested) == [(501,), (506,)]


def test_gaps_close_when_the_account_is_deleted(built):
    assert gaps(built, 24, "SOLD_TO_MISSING") == [("SOLD_TO_MISSING", None, BEGIN, JULY)]
    assert built.rows("select * from marts.fct_account_coverage where account_id = ?", account_id(24)) == []


def test_evidence_holds_ids_only(built):
    assert built.value("select count(*) from marts.fct_contact_coverage_gaps where evidence like '%@%'") == 0
    assert built.value("select count(*) from marts.fct_contact_coverage_gaps where not json_valid(evidence)") == 0
