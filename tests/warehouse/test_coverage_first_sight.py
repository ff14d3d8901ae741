"""What is believed of the time before the first observation, and what late arrivals change."""

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import BEGIN, complete, contact, customer, home, people, team
from tests.warehouse.gaps import SELECT, built_from, copy_of, gaps
from tests.warehouse.log import Event
from tests.warehouse.records import account, membership, salesforce_user, user

MAY, JUNE, JULY = (f"2025-0{month}-01T09:00:00Z" for month in (5, 6, 7))


def seen_first_in_may(number: int, **fields) -> Event:
    """An organization made at BEGIN whose first observation is of May."""
    return home(number, at=MAY, created=BEGIN, **fields)


def events() -> list[Event]:
    return [
        *people(),
        # suspended, on hold, expired, deleted, and with another CSM's name when first seen
        *complete(1),
        *(user(1900, MAY, created=BEGIN, suspended=True), membership(1900, 1900, 1, BEGIN, created=BEGIN)),
        *(customer(2, at=MAY, Support_Hold__c=True), home(2), *team(2)),
        *(customer(3), seen_first_in_may(3, support_level="expired"), *team(3)),
        *(customer(4), home(4, at=MAY, created=BEGIN, deleted=True)),
        *(customer(5), seen_first_in_may(5, technical_account_manager="Someone Else"), *team(5)),
        # ordinary values held all along: no sold-to, no project id
        *(customer(6, at=MAY, Latest_Sold_To_Contact__r=None), seen_first_in_may(6, am_project_id=None), *team(6)),
        # for the late arrivals
        *complete(7),
        user(7001, MAY, suspended=True),
        *complete(8, people=1),
    ]


def late_events() -> list[Event]:
    """In the log after the first build, though they happened before it; and a CSM who left meanwhile."""
    return [
        user(7001, JUNE, suspended=False),
        user(7001, JULY, suspended=True),
        *contact(8900, 8, MAY),
        salesforce_user(1, JULY, name="Carla Sanchez", active=False),
        account(9, JUNE, created=JUNE),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    return built_from(events(), tmp_path_factory.mktemp("coverage"), parsed)


@pytest.fixture(scope="module")
def lived(built: Warehouse, tmp_path_factory) -> Warehouse:
    """The same warehouse after a second load."""
    warehouse = copy_of(built, tmp_path_factory.mktemp("lived"))
    warehouse.log.append(late_events())
    warehouse.build(*SELECT)
    return warehouse


@pytest.mark.parametrize(
    ("account", "gap"),
    [
        (1, ("CONTACT_SUSPENDED", 1900, MAY, None)),
        (2, ("SUPPORT_HOLD", None, MAY, None)),
        (3, ("EXPIRED_WITH_CONTACTS", None, MAY, None)),
        (4, ("ORG_MISSING", None, MAY, None)),
        (5, ("CSM_NAME_DRIFT", None, "2025-05-01T11:00:00Z", None)),
    ],
)
def test_what_takes_support_away_is_not_believed_of_the_time_before_it_was_seen(built, account, gap):
    assert gaps(built, account, gap[0]) == [gap]


def test_other_values_are_taken_to_have_held_all_along(built):
    assert gaps(built, 6) == [("AM_PROJECT_ID_MISSING", None, BEGIN, None), ("SOLD_TO_MISSING", None, BEGIN, None)]


def test_late_events_move_gaps_to_when_things_happened(built, lived):
    assert gaps(built, 7, "CONTACT_SUSPENDED") == [("CONTACT_SUSPENDED", 7001, MAY, None)]
    assert gaps(lived, 7, "CONTACT_SUSPENDED") == [
        ("CONTACT_SUSPENDED", 7001, MAY, JUNE),
        ("CONTACT_SUSPENDED", 7001, JULY, None),
    ]
    assert gaps(lived, 8, "SINGLE_CONTACT") == [("SINGLE_CONTACT", None, "2025-01-02T00:00:00Z", MAY)]


def test_a_csm_who_left_is_a_gap_of_every_account(lived):
    assert gaps(lived, 1, "CSM_INACTIVE_USER") == [("CSM_INACTIVE_USER", None, JULY, None)]


def test_a_rebuild_gives_the_rows_that_the_builds_gave(lived):
    marts = ("fct_contact_coverage_gaps", "fct_account_coverage")
    before = [lived.rows(f"from marts.{mart} order by all") for mart in marts]
    lived.build("--full-refresh", *SELECT)
    assert [lived.rows(f"from marts.{mart} order by all") for mart in marts] == before
