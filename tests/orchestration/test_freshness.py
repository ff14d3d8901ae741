"""A stream that is left behind is seen, also when nothing failed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion import event_log
from ingestion.settings import Connection, Settings
from ingestion.streams import STREAMS
from orchestration.freshness import Freshness, freshness

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICKETS, MEMBERSHIPS = STREAMS["zendesk__ticket"], STREAMS["zendesk__organization_membership"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data_dir=tmp_path)
    address = Connection(url="https://example.zendesk.com")
    made.connections = {"zendesk/global": address, "zendesk/us_government": address}
    with event_log.connected(made) as connection:
        event_log.create(connection)
    return made


def polled(settings: Settings, source: str, stream: str, ago: timedelta, reached_end: bool = True) -> None:
    poll = event_log.Poll(source, stream, NOW - ago, "", 0, reached_end)
    with event_log.connected(settings) as connection:
        event_log.mark_committed(connection, NOW - ago, [poll], [])


def found(settings: Settings, stream: str) -> Freshness:
    (only,) = freshness(settings, [STREAMS[stream]])
    return only


def test_streams_are_fresh_for_three_of_their_turns(settings: Settings) -> None:
    """R-PL-5."""
    for source in settings.connections:
        polled(settings, source, TICKETS.name, timedelta(0))
        polled(settings, source, MEMBERSHIPS.name, timedelta(hours=2))

    assert found(settings, TICKETS.name).is_fresh
    assert found(settings, MEMBERSHIPS.name).is_fresh


def test_one_instance_that_is_behind_is_named(settings: Settings) -> None:
    polled(settings, "zendesk/global", TICKETS.name, timedelta(0))
    polled(settings, "zendesk/us_government", TICKETS.name, timedelta(minutes=11))

    late = found(settings, TICKETS.name)
    assert not late.is_fresh
    assert "zendesk/us_government was last read to its end at 2026-03-01 11:49:00 UTC" in late.finding


def test_reading_without_reaching_the_end_is_not_enough(settings: Settings) -> None:
    polled(settings, "zendesk/global", TICKETS.name, timedelta(0))
    polled(settings, "zendesk/us_government", TICKETS.name, timedelta(0), reached_end=False)

    late = found(settings, TICKETS.name)
    assert not late.is_fresh
    assert late.finding == "never read to its end: zendesk/us_government"


def test_a_system_that_is_not_configured_cannot_be_late(settings: Settings) -> None:
    assert found(settings, "gitlab__issue").is_fresh
