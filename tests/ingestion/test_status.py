"""`status` tells from the log alone how far every stream is, also while somebody else is writing there."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest

from ingestion import __main__ as command
from ingestion import event_log, reading, status
from ingestion.settings import Settings
from ingestion.sources.zendesk import api
from ingestion.status import StreamStatus
from ingestion.status_table import table
from tests.ingestion.log import SandboxTime, environment, load, result, settings_for
from tests.ingestion.worlds import ground, ticket
from tests.sandbox_process import sandbox

TICKETS, AUDITS = "/api/v2/incremental/tickets/cursor", "/api/v2/incremental/ticket_events"
BUSY = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"


def found(settings: Settings, stream: str) -> StreamStatus:
    (only,) = (s for s in status.current(settings, print).streams if s.stream == stream)
    return only


@contextmanager
def written_by_another_program(path: Path) -> Iterator[None]:
    busy = subprocess.Popen([sys.executable, "-c", BUSY, str(path)], stdout=subprocess.PIPE, text=True)
    assert busy.stdout is not None
    try:
        assert busy.stdout.readline() == "open\n"
        yield
    finally:
        busy.kill()
        busy.wait()
        busy.stdout.close()


@pytest.fixture(scope="module")
def backfill(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Counter[str], StreamStatus, StreamStatus, float]]:
    """A backfill of 60 tickets under a real quota, a ticket a call: the export calls of each minute, its status on
    the way and at the end, and how many seconds it took from one to the other."""
    world = ground() + [ticket(f"2026-03-01T{9 + n // 6:02}:{n % 6}0:00Z", 100 + n) for n in range(60)]
    with sandbox(world, quota="real") as running, patch.object(api, "EXPORT_PAGE", 1):
        settings = settings_for(running, tmp_path_factory.mktemp("backfill"), GO_LIVE_AT="2026-03-01T19:00:00Z")
        timer = SandboxTime(running)
        with patch.object(reading, "CHUNK_ROWS", 1):
            load(settings, "zendesk__ticket", timer=timer, time_budget=timedelta(minutes=3))
            halfway, began = found(settings, "zendesk__ticket"), timer.slept
            load(settings, "zendesk__ticket", timer=timer, until_complete=True)
        exports = [r for r in running.get("/_sandbox/requests")["requests"] if TICKETS in r["path"]]
        calls = Counter(r["at"][:16] for r in exports)
        yield calls, halfway, found(settings, "zendesk__ticket"), timer.slept - began


def test_a_backfill_says_how_far_it_is_and_when_it_will_be_done(backfill) -> None:
    _, halfway, _, took = backfill
    assert halfway.history == "reading"
    assert 0.2 < halfway.history_share < 0.7
    assert halfway.history_from < halfway.history_reached < halfway.history_until
    assert halfway.history_seconds_left == pytest.approx(took, rel=0.35)


def test_a_backfill_that_is_done_says_so(backfill) -> None:
    _, _, done, _ = backfill
    assert (done.history, done.history_share, done.history_seconds_left) == ("complete", None, None)
    assert done.rows == 60


def test_a_backfill_spends_what_its_share_of_the_quota_allows(backfill) -> None:
    calls, halfway, done, _ = backfill
    assert (done.bucket, done.calls_per_minute) == ("incremental-exports", 8)
    assert halfway.waited_seconds > 0
    # The first and the last minute are not whole.
    assert {*list(calls.values())[1:-1]} == {8}
    assert max(calls.values()) == 8


def test_a_stream_that_was_read_to_its_end_lags_by_what_the_source_withholds(tiny_log: Settings) -> None:
    by_stream = {s.stream: s for s in status.current(tiny_log, print).streams}
    lags = [by_stream[stream].lag_seconds for stream in ("zendesk__ticket", "zendesk__ticket_audit", "zendesk__user")]
    # All three were committed together; the clock goes on from one poll to the next.
    assert [lag - lags[2] for lag in lags] == pytest.approx([60, 60, 0], abs=20)  # pyright: ignore[reportOperatorIssue, reportOptionalOperand]
    assert by_stream["zendesk__ticket"].newest_occurred_at == datetime(2026, 3, 9, 11, tzinfo=UTC)
    assert by_stream["file__feedback"].lag_seconds is None


def test_a_stream_that_did_not_reach_its_end_lags_by_its_cursor(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ahead = (at - datetime.now(UTC)).total_seconds()
    cursor = json.dumps({"start_time": int((at - timedelta(hours=2)).timestamp())})
    poll = event_log.Poll("zendesk/global", "zendesk__ticket_audit", at, cursor, 5, False, clock_ahead_seconds=ahead)
    with event_log.connected(settings) as connection:
        event_log.create(connection)
        event_log.mark_committed(connection, at, [poll], [])
    assert found(settings, "zendesk__ticket_audit").lag_seconds == pytest.approx(7200, abs=60)


def test_a_failure_is_shown_until_the_stream_is_read_again(served: Callable) -> None:
    running, settings = served([*ground(), ticket("2026-03-01T09:00:00Z", 1)], "2026-03-01T09:10:00Z")
    running.post("/_sandbox/faults", {"route": AUDITS, "kind": "status", "status": 500, "calls": [1, 2, 3, 4, 5]})
    failed = result(load(settings, "zendesk__ticket_audit"), "zendesk__ticket_audit")
    shown = found(settings, "zendesk__ticket_audit")
    assert shown.error == failed.error is not None
    assert (shown.calls, shown.waited_seconds) == (failed.calls, failed.waited_seconds)
    assert failed.calls > 5
    assert failed.waited == {"zendesk/global answered 500": failed.waited_seconds}
    assert "failed: zendesk/global: http://localhost" in table(status.current(settings, print))
    load(settings, "zendesk__ticket_audit")
    assert found(settings, "zendesk__ticket_audit").error is None


def test_while_another_program_writes_the_last_run_is_shown(served: Callable) -> None:
    _, settings = served([*ground(), ticket("2026-03-01T09:00:00Z", 1)], "2026-03-01T09:10:00Z")
    load(settings, "zendesk__ticket", until_complete=True)
    before, said = status.current(settings, print), []
    with written_by_another_program(settings.warehouse_path):
        shown = status.current(settings, said.append)
    assert [s.rows for s in shown.streams] == [s.rows for s in before.streams]
    assert said == [
        f"the warehouse is being written; this is what the last run left at {shown.as_of:%Y-%m-%d %H:%M:%S} UTC"
    ]


def test_a_log_from_before_gets_what_status_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(data_dir=tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema event_log")
        connection.execute(
            """create table event_log.polls (source varchar not null, stream varchar not null, polled_at timestamptz,
            recorded_at timestamptz not null, cursor varchar, rows bigint not null, reached_end boolean not null)"""
        )
        connection.execute(
            "insert into event_log.polls values ('zendesk/global', 'zendesk__user', now(), now(), 'null', 3, true)"
        )
    with patch.dict("os.environ", environment(None, tmp_path), clear=True):
        assert command.main(["status"]) == 1
        assert "run `python -m ingestion` once" in capsys.readouterr().err
        with event_log.connected(settings) as connection:
            event_log.create(connection)
        assert command.main(["status"]) == 0
    assert found(settings, "zendesk__user").lag_seconds == pytest.approx(0, abs=60)
    assert found(settings, "zendesk__user").history == "unknown"


def test_the_command_shows_a_line_for_each_stream_and_the_same_for_programs(
    tiny_log: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with patch.object(command, "load_settings", lambda: tiny_log):
        assert command.main(["status"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert command.main(["status", "--json"]) == 0
        streams = json.loads(capsys.readouterr().out)["streams"]
    assert max(map(len, lines)) <= 120
    assert [line.split()[0] for line in lines if "__" in line] == [s["stream"] for s in streams]
    (line,) = (line for line in lines if line.startswith("  zendesk__ticket "))
    assert line.split()[3:6] == ["5", "2026-03-09", "11:00"]
    assert "complete" in line


def test_before_the_first_run_everything_is_unread(tiny, tmp_path: Path) -> None:
    settings = settings_for(tiny, tmp_path)
    streams = status.current(settings, print).streams
    assert {(s.polled_at, s.rows, s.lag_seconds) for s in streams} == {(None, 0, None)}
    assert not settings.warehouse_path.exists()
