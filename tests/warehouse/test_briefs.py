"""What a CSM needs before the next cadence call (R-FB-5, R-FB-6, C.2-15)."""

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import account_id, complete, customer, home, people, team
from tests.warehouse.gaps import built_from, iso
from tests.warehouse.log import Event
from tests.warehouse.records import audit, change, comment, create, issue, rating, ticket

# The log ends with 2025: without a call on record, a brief begins 35 days earlier.
SUMMER, EARLY, MIDDLE, LATE, LATER = (f"2025-{day}T09:00:00Z" for day in ("06-02", "12-03", "12-15", "12-28", "12-29"))


def asked(number: int, account: int, at: str, *states: tuple[str, dict]) -> list[Event]:
    requester = account * 1000
    first = audit(number * 10, number, at, create(status="new"), create(requester_id=requester), comment(requester))
    return [
        first,
        ticket(number, at, requester=requester, organization=account),
        *(
            ticket(number, changed, requester=requester, organization=account, created=at, **fields)
            for changed, fields in states
        ),
    ]


def events() -> list[Event]:
    solved = {"status": "solved"}
    offered, bad = ({**solved, "satisfaction_rating": {"score": score}} for score in ("offered", "bad"))
    return [
        *people(),
        *complete(1),
        *asked(11, 1, LATE),
        *asked(12, 1, MIDDLE, (LATE, {"status": "pending"})),
        audit(121, 12, LATE, change("new", status="pending"), comment(7), by=7),
        *asked(13, 1, SUMMER),
        *asked(14, 1, EARLY, (MIDDLE, offered), (LATE, bad)),
        audit(141, 14, MIDDLE, change("new", status="solved")),
        audit(142, 14, MIDDLE, change("unoffered", satisfaction_score="offered")),
        audit(143, 14, LATE, change("offered", satisfaction_score="bad")),
        rating(14, 14, LATE, "bad", created=LATE, requester=1000),
        issue(15, LATER, "Positive feedback for ticket 14", created=LATER),
        # neither of these happened for a CSM
        *asked(16, 1, LATE, (LATER, {"status": "deleted"})),
        *asked(17, 1, LATE, (LATER, {"status": "closed", "tags": ["closed_by_merge"]})),
        # solved, asked, and not a word
        *complete(2, people=1),
        *asked(21, 2, EARLY, (MIDDLE, offered)),
        audit(211, 21, MIDDLE, change("new", status="solved")),
        audit(212, 21, MIDDLE, change("unoffered", satisfaction_score="offered")),
        *(customer(3, Technical_Account_Manager_LU__c=None), home(3), *team(3)),
        *asked(31, 3, LATE),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    return built_from(events(), tmp_path_factory.mktemp("briefs"), parsed, ("--select", "+fct_account_briefs"))


def brief(built: Warehouse, account: int, columns: str) -> tuple:
    (row,) = built.rows(f"select {columns} from marts.fct_account_briefs where account_id = ?", account_id(account))
    return row


def test_a_brief_tells_what_is_new_what_is_open_and_for_how_long(built):
    """C.2-15; deleted and merged tickets do not count."""
    assert brief(
        *(built, 1),
        """new_tickets, solved_tickets, open_tickets, pending_tickets, open_under_7_days, open_7_to_30_days,
        open_over_30_days""",
    ) == (3, 1, 2, 1, 1, 1, 1)
    (oldest,) = brief(built, 1, "oldest_open_at")
    assert iso(oldest) == SUMMER


def test_feedback_of_all_channels_since_the_call_is_counted_and_never_a_rate(built):
    """R-FB-5, E-65."""
    assert brief(
        built,
        1,
        "feedback_received, feedback_positive, feedback_negative, feedback_channels, has_no_feedback_responses",
    ) == (2, 1, 1, ["mid_ticket", "survey"], False)


def test_solved_tickets_without_a_word_are_worth_a_reminder(built):
    """R-FB-6: NO_FEEDBACK_RESPONSES, with the number of surveys offered."""
    assert brief(built, 2, "solved_tickets, surveys_offered, surveys_rated, has_no_feedback_responses") == (
        1,
        1,
        0,
        True,
    )


def test_a_brief_names_the_gaps_and_the_next_step(built):
    assert brief(built, 2, "is_established, open_gaps, open_gap_codes, next_action is not null") == (
        *(True, 1),
        ["SINGLE_CONTACT"],
        True,
    )
    assert brief(built, 1, "follow_ups_waiting, open_gaps, open_gap_codes") == (0, 0, [])


def test_only_accounts_of_a_csm_have_a_brief(built):
    assert built.rows("select account_id from marts.fct_account_briefs order by all") == [
        (account_id(1),),
        (account_id(2),),
    ]
