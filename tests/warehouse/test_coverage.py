"""Gaps of organizations and their contacts: when they open, close and open again (R-EST-1, -5, -10, E-40 to E-49)."""

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import BEGIN, account_id, complete, contact, customer, home, people, team
from tests.warehouse.gaps import built_from, gaps, iso
from tests.warehouse.log import Event
from tests.warehouse.records import membership, organization, user

MAY, JUNE, JULY, AUGUST = (f"2025-0{month}-01T09:00:00Z" for month in (5, 6, 7, 8))
GRACE_END = "2025-01-02T00:00:00Z"


def events() -> list[Event]:
    return [
        *people(),
        *complete(1),
        # no organization; no organization, and a customer only since May; new an hour ago
        customer(2),
        customer(3, Type="Prospect"),
        customer(3, at=MAY),
        customer(4, at="2025-12-31T23:00:00Z", created="2025-12-31T23:00:00Z"),
        # organization without contacts; made an hour ago
        *(customer(5), home(5)),
        *(customer(6), home(6, at="2025-12-31T23:00:00Z", created="2025-12-31T23:00:00Z")),
        # the second contact suspended, reinstated, suspended again; then the first one too
        *complete(7),
        *(user(7001, at, suspended=is_suspended) for at, is_suspended in ((MAY, True), (JUNE, False), (JULY, True))),
        user(7000, AUGUST, email="7.buyer@company7.example", suspended=True),
        # the second contact deleted; unverified; an agent; a second organization of another account
        *complete(8),
        user(8001, MAY, active=False),
        *complete(9),
        user(9001, BEGIN, verified=False),
        user(9001, MAY, verified=True),
        *complete(10, people=1),
        *contact(10900, 10, JUNE, role="agent"),
        *complete(11, people=1),
        membership(11900, 1001, 11, JUNE, created=JUNE),
        # 26, 27, 30 and 31 contacts
        *(event for number in (26, 27, 30, 31) for event in complete(number, people=number)),
        # a second organization of the account in May, deleted in June; two instances
        *complete(12),
        home(112, account=12, at=MAY, created=MAY),
        *(event for number in (1, 2) for event in contact(112000 + number, 112, MAY)),
        organization(112, JUNE, account=12, created=MAY, deleted=True),
        *complete(13),
        home(13, source="zendesk/us_government"),
        # the plan expires in May and is renewed in June
        *(customer(14), *team(14)),
        *(
            home(14, at=at, support_level=level)
            for at, level in ((BEGIN, "premium"), (MAY, "Expired"), (JUNE, "premium"))
        ),
        # the membership of the one contact replaced, noticed an hour late
        *complete(15, people=1),
        membership(15900, 15000, 15, MAY, created=MAY),
        membership(15000, 15000, 15, "2025-05-01T10:00:00Z", created=BEGIN, deleted=True),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    return built_from(events(), tmp_path_factory.mktemp("coverage"), parsed)


def test_a_complete_customer_has_no_gap_and_is_established(built):
    """R-EST-1."""
    assert gaps(built, 1) == []
    (row,) = built.rows(
        """select is_established, open_gap_codes, source, organization_id, effective_contacts, contact_limit,
        sold_to_email, first_covered_at from marts.fct_account_coverage where account_id = ?""",
        account_id(1),
    )
    assert row[:-1] == (True, [], "zendesk/global", 1, 2, 30, "1.buyer@company1.example")
    assert iso(row[-1]) == BEGIN


def test_a_missing_organization_is_a_gap_a_day_after_the_account_or_when_it_becomes_a_customer(built):
    """R-EST-1, E-47."""
    assert gaps(built, 2) == [("ORG_MISSING", None, GRACE_END, None)]
    assert gaps(built, 3) == [("ORG_MISSING", None, MAY, None)]
    assert gaps(built, 4) == []
    assert built.rows(
        "select is_established, open_gap_codes from marts.fct_account_coverage where account_id = ?", account_id(2)
    ) == [(False, ["ORG_MISSING"])]


def test_an_organization_without_contacts_is_a_gap_a_day_after_it_was_created(built):
    """R-EST-5, E-47."""
    codes = ("ORG_WITHOUT_CONTACTS", "CONTACTS_ALL_INACTIVE", "SINGLE_CONTACT")
    assert gaps(built, 5, *codes) == [("ORG_WITHOUT_CONTACTS", None, GRACE_END, None)]
    assert gaps(built, 6, *codes) == []


def test_suspended_contacts_do_not_count_and_a_gap_that_returns_is_a_new_row(built):
    """R-EST-10, E-40."""
    assert gaps(built, 7, "CONTACT_SUSPENDED") == [
        ("CONTACT_SUSPENDED", 7001, MAY, JUNE),
        ("CONTACT_SUSPENDED", 7001, JULY, None),
        ("CONTACT_SUSPENDED", 7000, AUGUST, None),
    ]
    assert gaps(built, 7, "SINGLE_CONTACT", "ORG_WITHOUT_CONTACTS", "CONTACTS_ALL_INACTIVE") == [
        ("SINGLE_CONTACT", None, MAY, JUNE),
        ("SINGLE_CONTACT", None, JULY, AUGUST),
        ("CONTACTS_ALL_INACTIVE", None, AUGUST, None),
        ("ORG_WITHOUT_CONTACTS", None, AUGUST, None),
    ]
    reopened = built.rows(
        """select gap_code, list(reopened_count order by opened_at) from marts.fct_contact_coverage_gaps
        where account_id = ? and coalesce(subject_id, 7001) = 7001 group by gap_code order by gap_code""",
        account_id(7),
    )
    assert ("CONTACT_SUSPENDED", [0, 1]) in reopened
    assert ("SINGLE_CONTACT", [0, 1]) in reopened


def test_deleted_users_and_agents_are_no_contacts(built):
    """E-40, E-41."""
    assert gaps(built, 8, "SINGLE_CONTACT") == [("SINGLE_CONTACT", None, MAY, None)]
    assert gaps(built, 10) == [("SINGLE_CONTACT", None, GRACE_END, None)]


def test_an_unverified_contact_is_eligible_but_not_effective(built):
    assert gaps(built, 9) == [("CONTACT_UNVERIFIED", 9001, BEGIN, MAY)]


def test_a_contact_of_two_organizations_counts_in_both(built):
    """E-10."""
    assert gaps(built, 11, "SINGLE_CONTACT") == [("SINGLE_CONTACT", None, GRACE_END, JUNE)]
    assert gaps(built, 1) == []


@pytest.mark.parametrize(
    ("contacts", "code"),
    [(26, None), (27, "CONTACT_LIMIT_NEAR"), (30, "CONTACT_LIMIT_NEAR"), (31, "CONTACT_LIMIT_EXCEEDED")],
)
def test_the_contact_limit_warns_from_27_to_30_and_is_exceeded_above(built, contacts, code):
    """E-44."""
    assert [gap[0] for gap in gaps(built, contacts)] == ([code] if code else [])


def test_two_organizations_are_duplicates_only_within_one_instance(built):
    """E-46."""
    assert gaps(built, 12, "ORG_DUPLICATE") == [("ORG_DUPLICATE", None, MAY, JUNE)]
    assert gaps(built, 13, "ORG_DUPLICATE") == []


def test_an_expired_plan_takes_the_account_out_of_scope_and_its_contacts_become_the_gap(built):
    """E-42."""
    assert gaps(built, 14) == [("EXPIRED_WITH_CONTACTS", None, MAY, JUNE)]


def test_a_membership_that_vanished_an_hour_late_does_not_count_twice(built):
    assert gaps(built, 15, "SINGLE_CONTACT") == [("SINGLE_CONTACT", None, GRACE_END, None)]
