"""Feedback of all channels: rating history, instruments, and who has to act (R-FB-1 to -4, E-51 to E-59)."""

from typing import Any

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import account_id, complete, people
from tests.warehouse.feedback_records import AGENT, ces_field, issue, line, response, survey
from tests.warehouse.gaps import built_from
from tests.warehouse.log import Event
from tests.warehouse.records import csm_change, user, user_id

MARCH, APRIL, MAY = "2025-03-03T09:00:00Z", "2025-04-07T09:00:00Z", "2025-05-05T09:00:00Z"
LATER, LATEST = "2025-05-06T09:00:00Z", "2025-05-07T09:00:00Z"
RECENT = "2025-12-30T09:00:00Z"


def events() -> list[Event]:
    of_account: dict[str, Any] = {"requester": 1000, "organization": 1}
    return [
        *people(),
        *complete(1),
        csm_change(5, 1, "2025-04-01T00:00:00Z", 1, 3),
        ces_field(),
        user(AGENT, "2023-01-01T00:00:00Z", role="agent"),
        # F-7: good to bad; bad to good to bad; good without an offer; only offered; said twice
        *survey(1, MARCH, (APRIL, "offered"), (MAY, "good"), (LATER, "bad"), **of_account, reply=LATEST),
        *survey(2, MARCH, (APRIL, "offered"), (APRIL, "bad"), (MAY, "good"), (LATER, "bad"), **of_account),
        *survey(3, MARCH, (APRIL, "good"), **of_account),
        *survey(4, MARCH, (APRIL, "offered"), **of_account),
        *survey(5, MARCH, (APRIL, "offered"), (APRIL, "good"), (LATER, "good"), **of_account),
        # the effort survey: numbers; 4 and good at once; a number on the ticket only; no number
        *survey(6, MAY, (MAY, "offered"), (LATER, "good"), (LATER, 6), (LATEST, "bad"), (LATEST, 2), **of_account),
        *survey(7, MAY, (MAY, "offered"), (LATER, "bad"), (LATER, 4), **of_account),
        *survey(8, MAY, (MAY, "offered"), (LATER, "good"), **of_account, custom_fields=[{"id": 900, "value": 7}]),
        *survey(9, MAY, (MAY, "offered"), (LATER, "bad"), **of_account),
        # offered before the break, answered after it
        *survey(10, MARCH, ("2025-04-30T23:59:59Z", "offered"), (LATER, "good"), (LATER, 6), **of_account),
        # Zendesk's own survey beside the word that it also writes
        *survey(11, MAY, (MAY, "offered"), (LATER, "good"), **of_account),
        *(response(1, 11, LATER, 3, "neutral"), response(1, 11, LATEST, 1, "bad")),
        # negative and unanswered for long, and lately
        *survey(12, RECENT, (RECENT, "offered"), (RECENT, "bad"), **of_account),
        # said by somebody who was deleted since
        *survey(13, MAY, (MAY, "offered"), (LATER, "bad"), (LATER, 3), requester=1001, organization=1),
        user(1001, LATEST, active=False),
        issue(21, MAY, "Positive feedback for ticket 1"),
        issue(22, MAY, "negative feedback for ticket 2", "SSAT::Contact", assignees=[{"username": "anna"}]),
        issue(
            23,
            MAY,
            "Indirect Feedback: Company on a ticket",
            "satisfaction::good",
            description="see https://gitlab-federal-support.zendesk.com/agent/tickets/77 please",
        ),
        issue(
            24, MAY, "Call them about ticket 3", "SSAT::Contact", "satisfaction::bad", state="closed", closed_at=LATER
        ),
        issue(25, MAY, "Holiday rota"),
        # a ticket 1 that is nobody's here
        issue(26, MAY, "Indirect feedback from a partner", description="https://partner.zendesk.com/agent/tickets/1"),
        line(1, MAY, ticket_id=3, text="they are unhappy"),
        line(2, RECENT, account_id=account_id(1), manager_contact_requested=True),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    folder = tmp_path_factory.mktemp("feedback")
    return built_from(events(), folder, parsed, ("--select", "+path:models/marts/feedback"))


def of_survey(warehouse: Warehouse, ticket: int, columns: str) -> tuple:
    (row,) = warehouse.rows(
        f"select {columns} from marts.fct_feedback where channel = 'survey' and ticket_id = ?", ticket
    )
    return row


def of_others(warehouse: Warehouse, columns: str) -> list[tuple]:
    return warehouse.rows(f"select {columns} from marts.fct_feedback where channel <> 'survey' order by all")


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (1, ("good", "bad", 1, True, False)),
        (2, ("bad", "bad", 2, True, True)),
        (3, ("good", "good", 0, False, False)),
        (5, ("good", "good", 0, False, False)),
        (6, ("6", "2", 1, True, False)),
    ],
)
def test_re_ratings_are_counted_in_their_direction(built, ticket, expected):
    """F-7, E-52."""
    flags = "first_score, last_score, rating_changes, is_good_to_bad, is_bad_to_good"
    assert of_survey(built, ticket, flags) == expected


def test_a_survey_nobody_answered_is_no_feedback_but_stays_a_survey(built):
    """E-51."""
    assert built.rows("select 1 from marts.fct_feedback where ticket_id = 4") == []
    assert built.rows("select instrument, polarity from projections.prj_surveys where ticket_id = 4") == [
        ("ssat_2pt", None)
    ]


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (1, ("ssat_2pt", "negative", None, "bad")),
        (6, ("ces_7pt", "negative", 2.0, "2")),
        (7, ("ces_7pt", "negative", 4.0, "4")),
        (8, ("ces_7pt", "positive", 7.0, "7")),
        (9, ("ces_7pt", "negative", None, "bad")),
        (10, ("ssat_2pt", "positive", None, "good")),
        (11, ("csat_custom", "negative", 1.0, "1")),
    ],
)
def test_the_instrument_is_that_of_the_day_of_the_offer(built, ticket, expected):
    """E-4, E-54: the day is that of UTC."""
    assert of_survey(built, ticket, "instrument, polarity, score, last_score") == expected


def test_an_answer_that_two_instruments_recorded_counts_once(built):
    """E-54, E-56."""
    assert built.rows(
        "select instrument, first_score, rating_changes from marts.fct_feedback where ticket_id = 11"
    ) == [("csat_custom", "3", 0)]
    assert built.value("select count(*) from projections.prj_surveys where ticket_id = 11") == 1


def test_feedback_belongs_to_the_csm_of_the_time_the_ticket_was_solved(built):
    """E-59."""
    assert of_survey(built, 1, "account_id, csm_user_id, owner") == (account_id(1), user_id(1), f"zendesk:{AGENT}")
    assert of_survey(built, 6, "csm_user_id") == (user_id(3),)


def test_a_rating_outlives_its_requester(built):
    """E-58."""
    assert of_survey(built, 13, "requester_id, account_id, polarity, score") == (1001, account_id(1), "negative", 3.0)


def test_both_readings_of_an_effort_score_stand_side_by_side(built):
    """E-54: 4 is bad to the workflow and neutral to the platform; other instruments have no such reading."""
    both = "polarity_workflow_1_4_bad, polarity_platform_4_neutral"
    assert [of_survey(built, number, both) for number in (7, 8, 1)] == [
        ("negative", "neutral"),
        ("positive", "positive"),
        (None, None),
    ]


def test_issues_and_lines_of_files_become_feedback_of_their_channel(built):
    """R-FB-1, R-FB-2, R-FB-3."""
    found = of_others(
        built, "channel, polarity, source, ticket_id, owner, instrument, action_state, manager_contact_requested"
    )
    assert found == [
        ("contact_request", "negative", "zendesk/global", 3, "on_call_manager", "indirect", "answered", True),
        ("indirect", "negative", "zendesk/global", 3, "on_call_manager", "indirect", "waiting", False),
        ("indirect", "negative", "zendesk/global", None, "on_call_manager", "indirect", "waiting", True),
        ("indirect", "neutral", None, 1, "on_call_manager", "indirect", "waiting", False),
        ("indirect", "positive", "zendesk/us_government", 77, "on_call_manager", "indirect", "waiting", False),
        ("mid_ticket", "negative", "zendesk/global", 2, "anna", "mid_ticket_3pt", "waiting", True),
        ("mid_ticket", "positive", "zendesk/global", 1, "on_call_manager", "mid_ticket_3pt", "not_required", False),
    ]


def test_a_ticket_of_a_host_that_no_instance_has_belongs_to_nobody(built):
    of_nobody = "select account_id, csm_user_id, requester_id from marts.fct_feedback where source is null"
    assert built.rows(of_nobody) == [(None, None, None)]


def test_a_negative_answer_waits_for_a_public_reply_and_is_overdue_after_a_week(built):
    """R-FB-4."""
    assert of_survey(built, 1, "action_state, is_overdue") == ("answered", False)
    assert of_survey(built, 2, "action_state, is_overdue") == ("waiting", True)
    assert of_survey(built, 3, "action_state, is_overdue") == ("not_required", False)
    assert of_survey(built, 12, "action_state, is_overdue") == ("waiting", False)


def test_a_wish_for_the_manager_is_due_48_hours_later_without_the_weekend(built):
    """R-FB-4."""
    due = dict(
        built.rows(
            "select received_at::date::text, due_at::text from marts.fct_feedback where manager_contact_requested"
        )
    )
    assert due["2025-05-05"] == "2025-05-07 09:00:00+00"
    assert due["2025-12-30"] == "2026-01-01 09:00:00+00"


def test_no_text_of_a_customer_reaches_the_mart(built):
    """E-66, E-68: a comment is flagged, and never changes what the rating says."""
    assert built.rows("select has_comment from marts.fct_feedback where ticket_id = 3 and channel = 'indirect'") == [
        (True,)
    ]
    columns = built.rows("select column_name from duckdb_columns() where table_name = 'fct_feedback'")
    assert not {"title", "description", "comment", "text"} & {name for (name,) in columns}
