"""What a new CSM takes over, where the two systems disagree, and where a ticket's link leads."""

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import account_id, complete, customer, home, people, team
from tests.warehouse.gaps import built_from, iso
from tests.warehouse.log import Event
from tests.warehouse.records import csm_change, project, ticket, user_id

MARCH, MAY, JUNE, JULY = (f"2025-0{month}-01T09:00:00Z" for month in (3, 5, 6, 7))
SELECT = ("--select", "+path:models/marts/coverage", "+fct_csm_handoffs")
US = "zendesk/us_government"
GITLAB = "https://gitlab.com/"
BAD, GOOD = {"satisfaction_rating": {"score": "bad"}}, {"satisfaction_rating": {"score": "good"}}


def linked(number: int, organization: int, url: str | None, project_id: str | None) -> list[Event]:
    return [
        customer(number, Collaboration_Project_URL__c=url),
        home(organization, account=number, am_project_id=project_id),
        *team(organization),
    ]


def links() -> list[Event]:
    return [
        *linked(1, 1, f"{GITLAB}accounts/one/-/issues", "501"),
        # the seed's own example: the organization's page, the id, and where that leads
        *linked(2, 11111111, f"{GITLAB}accounts/two", None),
        *linked(3, 3, None, "n/a"),
        *linked(4, 4, f"{GITLAB}Accounts/Four", "501"),
        *linked(5, 5, f"{GITLAB}accounts/five", "505"),
        *linked(6, 6, None, "17735787"),
        project(501, MARCH, "accounts/one"),
        project(17735787, MARCH, "accounts/two"),
        project(504, MARCH, "accounts/four"),
    ]


def mirrored(number: int, *steps: tuple[str, str, str], source: str = "zendesk/global") -> list[Event]:
    """Account and organization `number`, equal but for the region, which they hold from each step on."""
    return [
        event
        for at, salesforce, zendesk in steps
        for event in (
            customer(number, at=at, Account_Demographics_Geo__c=salesforce),
            home(number, at=at, org_region=zendesk, source=source),
        )
    ]


def drifts() -> list[Event]:
    return [
        # capitals are no difference; an hour is none either; a difference of a month that comes back
        *mirrored(20, (MARCH, "EMEA", "emea")),
        *mirrored(21, (MARCH, "EMEA", "EMEA"), (MAY, "AMER", "EMEA"), ("2025-05-01T10:00:00Z", "AMER", "AMER")),
        *mirrored(22, (MARCH, "EMEA", "AMER"), (MAY, "EMEA", "EMEA"), (JULY, "APJ", "EMEA")),
        *mirrored(23, (MARCH, "EMEA", "")),
        # in one instance nothing is carried over any more, once it was; in the other a value still is, at once
        *(event for number in (28, 29) for event in mirrored(number, (JULY, "EMEA", "AMER"))),
        *mirrored(30, (MARCH, "EMEA", "EMEA"), ("2025-08-01T09:00:00Z", "AMER", "AMER")),
        *mirrored(24, (MARCH, "EMEA", "AMER"), (MAY, "EMEA", "EMEA"), source=US),
        *(event for number in (25, 26, 27) for event in mirrored(number, (JULY, "EMEA", "AMER"), source=US)),
    ]


def handoffs() -> list[Event]:
    def asked(number: int, organization: int, *states: tuple[str, dict]) -> list[Event]:
        created = states[0][0]
        return [
            ticket(number, at, requester=organization * 1000, organization=organization, created=created, **fields)
            for at, fields in states
        ]

    return [
        *complete(40),
        *(customer(41, ParentId=account_id(40)), home(41), *team(41, people=1)),
        # a child only since July, and a customer of nobody's
        *(customer(42), customer(42, at=JULY, ParentId=account_id(40)), home(42), *team(42)),
        csm_change(40, 40, JUNE, 1, 3),
        *asked(1, 40, (MAY, {"status": "open"}), (JULY, {"status": "solved"})),
        *asked(2, 41, (MAY, {"status": "pending"})),
        *asked(
            3, 40, (MARCH, {"status": "open"}), (MAY, {"status": "solved", **BAD}), (JULY, {"status": "closed", **GOOD})
        ),
        *asked(4, 40, (MARCH, {"status": "solved"})),
        *asked(5, 40, (JULY, {"status": "open"})),
        *asked(6, 42, (MAY, {"status": "open"})),
        # rated bad before the last ninety days
        *asked(7, 40, ("2025-02-01T09:00:00Z", {"status": "solved", **BAD}), (MAY, {"status": "closed", **BAD})),
        # opened in the very instant
        *asked(8, 40, (JUNE, {"status": "new"})),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    events = [*people(), *links(), *drifts(), *handoffs()]
    return built_from(events, tmp_path_factory.mktemp("handoffs"), parsed, SELECT)


def test_a_link_is_judged_by_the_project_that_salesforce_names(built):
    """R-CP-1, R-CP-2."""
    found = built.rows("select account_id, link_state from marts.fct_collaboration_links")
    states = {account_id(number): state for number, state in enumerate(STATES, start=1)}
    assert {account: state for account, state in found if account in states} == states


STATES = ("correct", "missing", "invalid", "mismatch", "unresolved", "unconfirmed")


def test_a_request_names_the_page_the_id_and_the_project(built):
    """R-CP-3: exactly these three."""
    texts = dict(built.rows("select account_id, request_text from marts.fct_collaboration_links"))
    assert texts[account_id(2)].splitlines()[1:] == [
        "Org: https://gitlab.zendesk.com/agent/organizations/11111111/tickets",
        "The AM project id should be: 17735787",
        "It should lead to: https://gitlab.com/accounts/two",
    ]
    assert "should be: 504\n" in texts[account_id(4)]
    assert "(the id on the page of the project)" in texts[account_id(5)]
    assert [texts[account_id(number)] for number in (1, 3, 6)] == [None, None, None]


def drifted(built: Warehouse, number: int) -> list[tuple]:
    return [
        (*values, iso(since), iso(until))
        for *values, since, until in built.rows(
            """select salesforce_value, zendesk_value, drifted_at, closed_at from marts.fct_field_drift
            where account_id = ? and field = 'region' order by drifted_at""",
            account_id(number),
        )
    ]


def test_a_difference_that_outlasts_the_sync_is_drift_until_it_is_gone(built):
    """R-EST-4."""
    assert drifted(built, 22) == [("emea", "amer", MARCH, MAY), ("apj", "emea", JULY, None)]
    assert built.rows(
        "select is_open, first_seen_at - drifted_at = interval 2 hour, hours_open > 4000 from marts.fct_field_drift "
        "where account_id = ? and field = 'region' and is_open",
        account_id(22),
    ) == [(True, True, True)]


def test_capitals_a_difference_on_its_way_and_an_empty_side_are_no_drift(built):
    assert [drifted(built, number) for number in (20, 21, 23)] == [[], [], []]


def test_a_sync_is_stuck_when_three_wait_and_nothing_was_carried_over_since(built):
    """C.2-8; in the other instance three wait as well, and its sync works."""
    stuck = built.rows(
        "select account_id from marts.fct_field_drift where is_sync_stuck and field = 'region' order by all"
    )
    assert stuck == [(account_id(number),) for number in (25, 26, 27)]


def test_a_new_csm_takes_over_what_was_open_at_that_moment_children_included(built):
    """E-13, C.2-3."""
    (row,) = built.rows(
        """select handed_off_at, previous_csm_user_id, csm_user_id, csm_email, child_account_ids, open_tickets,
        pending_tickets, ticket_ids, bad_ratings, bad_ticket_ids, open_gaps, open_gap_codes
        from marts.fct_csm_handoffs where account_id = ?""",
        account_id(40),
    )
    assert (iso(row[0]), *row[1:]) == (
        *(JUNE, user_id(1), user_id(3), "csm3@gitlab.com", [account_id(41)]),
        *(2, 1, ["1", "2", "8"], 1, ["3"], 1, ["SINGLE_CONTACT"]),
    )


def test_a_first_assignment_and_an_unchanged_one_are_no_hand_off(built):
    assert built.rows(
        "select distinct account_id from marts.fct_csm_handoffs where account_id <> ?", account_id(999)
    ) == [(account_id(40),)]
