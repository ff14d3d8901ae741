"""What was known at an earlier time, and nothing of what came after."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import SourceError
from ingestion.settings import Settings
from orchestration.replay import answering, copy_log, forget, published_path
from tests.warehouse.log import EventLog
from tests.warehouse.records import account, ticket
from tests.warehouse.settings_event import settings as settings_event

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def live(tmp_path: Path) -> Settings:
    """An account known in March; another, a ticket and the rules in April."""
    log = EventLog(tmp_path / "warehouse.duckdb")
    log.append([account(1, "2026-02-01T00:00:00Z")], at=MARCH)
    late = [account(2, "2026-02-02T00:00:00Z"), ticket(1, "2026-02-03T00:00:00Z", requester=5)]
    log.append([*late, settings_event(at="2026-04-01T00:00:00Z")], at=APRIL)
    return Settings(data_dir=tmp_path)


def at(live: Settings, time: str) -> Settings:
    return Settings(data_dir=live.data_dir, support_as_of=datetime.fromisoformat(time))  # pyright: ignore[reportCallIssue]


def ids(settings: Settings, stream: str) -> list[str]:
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        found = connection.execute(f"select entity_id from event_log.{stream}_events order by 1").fetchall()
    return [entity_id for (entity_id,) in found]


def test_a_replay_holds_what_was_recorded_by_then_and_the_first_rules(live: Settings) -> None:
    """C.2-17: the moment that counts is when the pipeline knew, not when it happened."""
    asked = at(live, "2026-03-15T00:00:00Z")
    replay = answering(asked)
    copy_log(asked, replay, lambda _: None)
    assert (len(ids(replay, "salesforce__account")), ids(replay, "zendesk__ticket")) == (1, [])
    assert len(ids(replay, "pipeline__settings")) == 1
    assert (len(ids(live, "salesforce__account")), ids(live, "zendesk__ticket")) == (2, ["1"])


def test_a_replay_has_files_of_its_own_and_leaves_no_copy_of_the_log(live: Settings) -> None:
    asked = at(live, "2026-03-15T00:00:00Z")
    replay = answering(asked)
    assert replay.warehouse_path != live.warehouse_path
    assert published_path(asked).name == "support_signals_as_of_20260315T000000Z.duckdb"
    assert answering(live) is live
    assert published_path(live) == live.published_path
    copy_log(asked, replay, lambda _: None)
    copy_log(asked, replay, lambda _: None)
    forget(replay)
    assert not replay.data_dir.exists()


def test_a_time_before_the_log_is_answered_by_when_it_begins(live: Settings, tmp_path: Path) -> None:
    asked = at(live, "2026-02-15T00:00:00Z")
    with pytest.raises(SourceError, match=r"Nothing was known yet.* begins at 2026-03-01 00:00:00 UTC"):
        copy_log(asked, answering(asked), lambda _: None)
    nothing = Settings(data_dir=tmp_path / "empty", support_as_of=MARCH)  # pyright: ignore[reportCallIssue]
    with pytest.raises(SourceError, match="run once without SUPPORT_AS_OF"):
        copy_log(nothing, answering(nothing), lambda _: None)
