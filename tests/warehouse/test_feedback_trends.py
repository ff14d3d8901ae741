"""Trends: what is counted, what is compared, and what is called a signal (E-51 to E-67)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import account_id, complete, people
from tests.warehouse.feedback_records import ces_field, issue, survey
from tests.warehouse.gaps import built_from
from tests.warehouse.log import Event
from tests.warehouse.macros import evaluate
from tests.warehouse.records import audit, change
from tests.warehouse.settings_event import settings

FIRST_WEEK = datetime(2025, 9, 1, 9, tzinfo=UTC)  # a Monday
# (good, bad, unanswered) week by week: a steady baseline, a collapse, a recovery, a small sample, silence
WEEKS = [(18, 2, 10), (19, 1, 10), (18, 2, 10), (40, 60, 0), (92, 8, 0), (0, 4, 0), (0, 0, 3)]


def text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def answers() -> Iterator[Event]:
    numbers = count(1)
    for week, outcomes in enumerate(WEEKS):
        opened = text(FIRST_WEEK + timedelta(weeks=week))
        offered = text(FIRST_WEEK + timedelta(weeks=week, days=1))
        for what, how_many in zip(("good", "bad", None), outcomes, strict=True):
            for number in [next(numbers) for _ in range(how_many)]:
                steps = [(offered, "offered"), *([(offered, what)] if what else [])]
                yield from survey(number, opened, *steps, requester=1000, organization=1)


def many(first: int, at: str, *, good: int, bad: int, silent: int = 0, account: int = 1) -> Iterator[Event]:
    """Surveys of one account, all offered and answered at once."""
    for place, what in enumerate(["good"] * good + ["bad"] * bad + ["offered"] * silent):
        yield from survey(first + place, at, (at, what), requester=account * 1000, organization=account)


def events() -> list[Event]:
    lately = "2025-12-30T09:00:00Z"
    of_account: dict[str, Any] = {"requester": 1000, "organization": 1}
    return [
        settings(at="2026-01-01T00:00:00Z", min_baseline_periods=5),
        *people(),
        *complete(1),
        ces_field(),
        *answers(),
        # merged, deleted, of the old instrument, and of the week that is not over
        *survey(2001, text(FIRST_WEEK), (text(FIRST_WEEK), "bad"), **of_account, tags=["closed_by_merge"]),
        *survey(2002, text(FIRST_WEEK), (text(FIRST_WEEK), "bad"), **of_account, status="deleted"),
        *survey(2003, "2025-04-28T09:00:00Z", ("2025-04-29T09:00:00Z", "good"), **of_account),
        *survey(2004, "2025-04-28T09:00:00Z", ("2025-05-01T00:00:00Z", "bad"), **of_account),
        *survey(2005, lately, (lately, "bad"), **of_account),
        # an answer that changes stays in the bucket of the first one
        *survey(
            2006,
            "2025-07-07T09:00:00Z",
            ("2025-07-08T09:00:00Z", "bad"),
            ("2025-08-08T09:00:00Z", "good"),
            **of_account,
        ),
        # three customers side by side, and nineteen of a hundred who say something good
        *(event for number in (2, 3) for event in complete(number)),
        *many(3000, "2025-11-03T09:00:00Z", good=27, bad=3),
        *many(3100, "2025-11-03T09:00:00Z", good=30, bad=0, account=2),
        *many(3200, "2025-11-03T09:00:00Z", good=12, bad=18, account=3),
        *many(3300, "2025-11-17T09:00:00Z", good=19, bad=1, silent=80),
        # solved by an automation, asked and silent
        *survey(3501, "2025-02-03T09:00:00Z", ("2025-02-04T09:00:00Z", "offered"), **of_account),
        audit(350150, 3501, "2025-02-03T10:00:00Z", change("solved", status="open"), by=1000),
        audit(350151, 3501, "2025-02-03T11:00:00Z", change("open", status="solved"), by=-1),
        *survey(3502, "2025-02-03T09:00:00Z", ("2025-02-04T09:00:00Z", "good"), **of_account),
        *survey(3503, "2025-02-03T09:00:00Z", requester=2000, organization=2),
        issue(1, "2025-09-02T09:00:00Z", "Negative feedback for ticket 1"),
        issue(2, "2025-09-02T09:00:00Z", "Indirect feedback on ticket 1", "satisfaction::bad"),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    folder = tmp_path_factory.mktemp("trends")
    return built_from(events(), folder, parsed, ("--select", "+path:models/marts/feedback"))


def weeks(warehouse: Warehouse, columns: str, where: str = "dimension = 'all'") -> list[tuple]:
    return warehouse.rows(
        f"""select {columns} from marts.fct_feedback_trends where period_grain = 'week' and instrument = 'ces_7pt'
        and period_start between '2025-09-01' and '2025-10-31' and {where} order by period_start"""
    )


def test_every_survey_counts_as_offered_and_merged_or_deleted_tickets_do_not_count(built):
    """E-51, E-57."""
    assert weeks(built, "positive, negative, offered") == [(good, bad, good + bad + none) for good, bad, none in WEEKS]


def test_shares_of_nothing_are_null(built):
    """E-67."""
    silent = weeks(built, "score, score_low, score_high, response_rate, score_lower_bound, score_upper_bound")[-1]
    assert silent == (None, None, None, 0.0, 0.0, 1.0)


def test_bounds_say_what_the_silent_could_have_meant(built):
    """E-61."""
    first = weeks(built, "score, response_rate, score_lower_bound, score_upper_bound")[0]
    assert first == pytest.approx((0.9, 20 / 30, 18 / 30, 28 / 30))


def test_the_baseline_holds_earlier_periods_only_and_needs_enough_of_them(built):
    """E-62."""
    centers = [center for (center,) in weeks(built, "center")]
    assert centers[:3] == [None, None, None]
    assert centers[3:5] == pytest.approx([56 / 62, 96 / 162])


def test_a_collapse_is_a_special_cause_and_a_small_sample_asks_for_an_exact_test(built):
    """E-62."""
    signals = [signal for (signal,) in weeks(built, "signal")]
    assert signals == ["none", "none", "none", "special_cause_low", "special_cause_high", "confirm_exact", "none"]


def test_a_change_is_detectable_only_when_its_interval_leaves_zero_out(built):
    """E-63."""
    changes = weeks(built, "change_vs_previous, change_low, change_high, has_detectable_change")
    assert changes[0] == (None, None, None, None)
    assert changes[1][0] == pytest.approx(0.05)
    assert [detectable for *_, detectable in changes] == [None, False, False, True, True, True, None]


def test_a_period_that_can_still_get_answers_is_immature_and_raises_no_signal(built):
    """E-53."""
    rows = built.rows(
        """select is_mature, signal, change_vs_previous from marts.fct_feedback_trends
        where period_grain = 'week' and dimension = 'all' and period_start = '2025-12-29'"""
    )
    assert rows == [(False, "none", None)]
    assert {mature for (mature,) in weeks(built, "is_mature")} == {True}


def test_the_instruments_keep_apart_at_the_break_within_one_week(built):
    """E-4, E-54."""
    rows = built.rows(
        """select instrument, positive, negative from marts.fct_feedback_trends
        where period_grain = 'week' and dimension = 'all' and period_start = '2025-04-28' order by instrument"""
    )
    assert rows == [("ces_7pt", 0, 1), ("ssat_2pt", 1, 0)]


def test_an_answer_that_changes_restates_the_period_of_the_first_one(built):
    """E-52."""
    rows = built.rows(
        """select period_start::text, positive, negative from marts.fct_feedback_trends where period_grain = 'month'
        and dimension = 'all' and instrument = 'ces_7pt' and period_start in ('2025-07-01', '2025-08-01')"""
    )
    assert rows == [("2025-07-01", 1, 0)]


def test_volunteered_feedback_is_counted_and_never_a_rate(built):
    rows = built.rows(
        """select distinct instrument, negative, score, score_low, response_rate, score_upper_bound, center, signal
        from marts.fct_feedback_trends where instrument in ('mid_ticket_3pt', 'indirect') order by instrument"""
    )
    assert rows == [
        ("indirect", 1, None, None, None, None, None, "none"),
        ("mid_ticket_3pt", 1, None, None, None, None, None, "none"),
    ]


def test_accounts_add_up_to_all(built):
    of_account = weeks(
        built, "positive, negative, offered", f"dimension = 'account' and dimension_value = '{account_id(1)}'"
    )
    assert of_account == weeks(built, "positive, negative, offered")


def test_an_account_is_outside_the_funnel_only_by_more_than_chance(built):
    """E-64: among three, chance alone puts 0.006 outside; the others' share leaves the account itself out."""
    found = built.rows(
        """select dimension_value, funnel_center, is_outside_funnel, funnel_expected_false_alarms
        from marts.fct_feedback_trends where period_grain = 'week' and period_start = '2025-11-03'
        and dimension = 'account' and instrument = 'ces_7pt' order by 1"""
    )
    assert [(value, outside) for value, _, outside, _ in found] == [
        (account_id(1), False),
        (account_id(2), True),
        (account_id(3), True),
    ]
    assert [center for _, center, _, _ in found] == pytest.approx([42 / 60, 39 / 60, 57 / 60])
    assert [expected for *_, expected in found] == pytest.approx([0.006] * 3)
    of_all = "select count(*) from marts.fct_feedback_trends where dimension = 'all' and is_outside_funnel"
    assert built.value(of_all) == 0


def test_a_good_score_of_few_answers_can_hide_anything(built):
    """F-6, E-61: 19 good and 1 bad of 100 asked."""
    rows = built.rows(
        """select score, response_rate, score_lower_bound, score_upper_bound from marts.fct_feedback_trends
        where period_grain = 'week' and period_start = '2025-11-17' and dimension = 'all'"""
    )
    assert rows == [pytest.approx((0.95, 0.2, 0.19, 0.99))]


def test_who_is_asked_and_who_answers_is_counted_of_the_solved(built):
    """E-55, E-57, R-FB-6: the automatically solved are told apart, and a customer without a word is marked."""
    of_february = """select dimension_value, solved, auto_solved, offered, answered, auto_offered, auto_answered,
        offer_rate, has_no_responses from marts.fct_survey_reach
        where period_grain = 'month' and period_start = '2025-02-01' order by 1"""
    assert built.rows(of_february) == [
        (account_id(1), 2, 1, 2, 1, 1, 0, 1.0, False),
        (account_id(2), 1, 0, 0, 0, 0, 0, 0.0, True),
        ("all", 3, 1, 2, 1, 1, 0, pytest.approx(2 / 3), False),
    ]


@pytest.mark.parametrize(
    ("asked_at", "due_at"),
    [
        ("2025-05-05 09:00", "2025-05-07 09:00"),  # Monday
        ("2025-05-08 00:00", "2025-05-10 00:00"),  # Thursday midnight: all of Thursday and Friday
        ("2025-05-08 09:00", "2025-05-12 09:00"),
        ("2025-05-09 17:00", "2025-05-13 17:00"),  # Friday
        ("2025-05-10 12:00", "2025-05-14 00:00"),  # Saturday
        ("2025-05-11 23:00", "2025-05-14 00:00"),
    ],
)
def test_48_hours_for_the_manager_leave_the_weekend_out(asked_at, due_at):
    """R-FB-4."""
    due = "cast({{ manager_contact_due(asked_at) }} as varchar)"
    assert evaluate("feedback", due, asked_at=f"timestamp '{asked_at}:00'") == [(f"{due_at}:00",)]
