"""The estimate of when history is complete, on walks whose end is known."""

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.backfill import Step, Walk, seconds_left, share_done
from ingestion.cursors import moment_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
START, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 11, tzinfo=UTC)


def walk(*steps: tuple[float, int, float], bucket: str | None = None, allowed: int | None = None) -> Walk:
    """Steps as (seconds after the one before, calls, days reached)."""
    at, found = NOW, []
    for seconds, calls, days in steps:
        at += timedelta(seconds=seconds)
        found.append(Step(at, seconds, calls, START + timedelta(days=days)))
    return Walk(START, UNTIL, found, bucket, allowed)


def test_without_a_quota_the_pace_on_the_clock_counts() -> None:
    found = walk((10, 1, 1), (10, 1, 2))
    assert share_done(found) == pytest.approx(0.2)
    assert seconds_left({"a": found}) == {"a": pytest.approx(80)}


def test_a_burst_at_the_beginning_of_a_window_is_no_pace() -> None:
    found = walk((4, 8, 1), bucket="exports", allowed=8)
    assert seconds_left({"a": found}) == {"a": pytest.approx(9 * 60)}


def test_streams_that_share_a_quota_take_turns() -> None:
    short = walk((4, 4, 8), bucket="exports", allowed=8)
    long = walk((4, 4, 2), bucket="exports", allowed=8)
    alone = walk((4, 4, 2), bucket="users", allowed=8)
    left = seconds_left({"short": short, "long": long, "alone": alone})
    # One call of `short` is left and sixteen of each other.
    assert left == {
        "short": pytest.approx(2 * 60 / 8),
        "long": pytest.approx(17 * 60 / 8),
        "alone": pytest.approx(16 * 60 / 8),
    }


def test_a_quota_that_nobody_enforces_does_not_slow_the_estimate() -> None:
    assert seconds_left({"a": walk((1, 100, 5), bucket="exports", allowed=8)}) == {"a": pytest.approx(1)}


def test_the_time_when_nobody_was_reading_does_not_count() -> None:
    found = walk((10, 1, 1), (10, 1, 2))
    later = [step._replace(at=step.at + timedelta(days=2), seconds=10) for step in walk((20, 1, 3)).steps]
    assert seconds_left({"a": Walk(START, UNTIL, [*found.steps, *later])}) == {"a": pytest.approx(70)}


@pytest.mark.parametrize(
    ("found", "share"),
    [
        (Walk(START, UNTIL, []), 0.0),
        (Walk(None, UNTIL, []), 0.0),
        (walk((10, 1, 0)), 0.0),
        (walk((10, 1, 11)), None),
    ],
)
def test_what_is_not_measured_is_not_estimated(found: Walk, share: float | None) -> None:
    assert (share_done(found), seconds_left({"a": found})) == (share, {})


@pytest.mark.parametrize(
    ("cursor", "moment"),
    [
        ({"cursor": "MTc5MTQ5NDA2MC4wfHwxfA=="}, "2026-10-08T21:14:20+00:00"),
        ({"start_time": 1791494006}, "2026-10-08T21:13:26+00:00"),
        ({"stamp": "2026-03-01T09:00:00.000Z", "id": "001"}, "2026-03-01T09:00:00+00:00"),
        ({"newest": "2026-03-01T09:00:00.000+00:00", "after": None}, "2026-03-01T09:00:00+00:00"),
        ({"a/b": "2026-03-02T00:00:00Z", "c/d": "2026-03-01T00:00:00Z"}, "2026-03-01T00:00:00+00:00"),
        ({"newest": None, "after": "01J"}, None),
        ({"cursor": "something else"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_cursor_tells_its_moment_or_none(cursor: dict[str, object] | None, moment: str | None) -> None:
    assert moment_of(cursor) == (datetime.fromisoformat(moment) if moment else None)
