"""A record that could not be read is kept, and stays in sight for a week."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion import event_log
from ingestion.envelope import Rejected
from ingestion.settings import Settings
from ingestion.streams import STREAMS
from orchestration.rejections import rejections

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
TICKETS, USERS = STREAMS["zendesk__ticket"], STREAMS["zendesk__user"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data_dir=tmp_path)
    with event_log.connected(made) as connection:
        event_log.create(connection)
    return made


def refused(settings: Settings, stream: str, at: datetime, reason: str) -> None:
    poll = event_log.Poll("zendesk/global", stream, at, "", 0, True)
    with event_log.connected(settings) as connection:
        event_log.mark_committed(connection, at, [poll], [("zendesk/global", Rejected(stream, reason, f"raw {at}"))])


def test_a_stream_tells_how_many_records_it_refused_and_why_last(settings: Settings) -> None:
    refused(settings, TICKETS.name, NOW - timedelta(days=1), "no id")
    refused(settings, TICKETS.name, NOW, "not an object but str")

    tickets, users = rejections(settings, [TICKETS, USERS])

    assert (tickets.refused, users.refused) == (2, 0)
    assert "event_log.rejected_records; newest: zendesk/global: not an object but str" in tickets.finding


def test_after_a_week_without_another_one_the_stream_is_clean(settings: Settings) -> None:
    refused(settings, TICKETS.name, NOW - timedelta(days=8), "no id")
    refused(settings, USERS.name, NOW, "no id")

    tickets, users = rejections(settings, [TICKETS, USERS])

    assert (tickets.refused, users.refused) == (0, 1)


def test_a_log_without_any_poll_has_nothing_refused(settings: Settings) -> None:
    assert [found.refused for found in rejections(settings, [TICKETS])] == [0]
