"""A new installation hears of today's tickets at once, and reads its years of history as fast as the quota allows.

Zendesk's quotas are real and its clock is virtual: whenever ingestion waits, the clock moves on by that much.
"""

import json
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.settings import Settings
from sandbox.timestamps import parse_ms
from tests.ingestion.log import SandboxTime, load, rows, settings_for, value
from tests.ingestion.worlds import ground, ticket, zendesk
from tests.sandbox_process import RunningSandbox, sandbox
from tests.soak.world import text

TICKETS, ORGANIZATIONS, USERS = 30_000, 1_500, 3_000
NOW = datetime(2026, 3, 1, 9, 0, 17, tzinfo=UTC)
BEGIN = NOW - timedelta(days=730)
# It was opened a minute ago, and Zendesk has withheld it for a minute.
OPENED = NOW - timedelta(minutes=2)
NEW = 900_001
ROWS_A_PAGE = 1000
# What ingestion may spend in a minute of the virtual clock, of what Zendesk grants (API section 1.3).
ALLOWED = {"account": 400 * 0.5, "exports": 10 * 0.8, "users": 20 * 0.8, "ticket_fields": 20 * 0.8, "guide": 400 * 0.5}
TICK = 60.0
BUDGET = timedelta(seconds=20)
MOST_TICKS = 40
BEST = 0.9


def history() -> Iterator[dict[str, Any]]:
    """Two years: every ticket is opened, and solved an hour later."""
    at = text(BEGIN)
    yield from ground()
    for n in range(ORGANIZATIONS):
        yield zendesk(at, "organization", 1_000 + n, set={"name": f"Org {n}"})
    for n in range(USERS):
        yield zendesk(at, "user", 10_000 + n, set={"name": f"User {n}", "organization_id": 1_000 + n % ORGANIZATIONS})
    step = (NOW - BEGIN - timedelta(hours=3)) / TICKETS
    for n in range(TICKETS):
        opened = BEGIN + n * step
        yield ticket(text(opened), 1 + n)
        yield zendesk(text(opened + timedelta(hours=1)), "ticket", 1 + n, by=55, set={"status": "solved"})
    yield ticket(text(OPENED), NEW)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backfill") / "world.jsonl"
    with path.open("w") as file:
        file.writelines(json.dumps(line) + "\n" for line in history())
    return path


@pytest.fixture
def account(world: Path, tmp_path: Path) -> Iterator[tuple[RunningSandbox, Settings]]:
    """Zendesk alone, its quotas in force, and settings that read it for the first time."""
    others = {"SALESFORCE_URL": "", "GITLAB_URL": ""}
    with sandbox(world, text(NOW), quota="real") as running:
        yield running, settings_for(running, tmp_path / "data", START_DATE=text(BEGIN), **others)


def test_the_first_run_sees_the_new_ticket_first_and_wastes_no_minute(
    account: tuple[RunningSandbox, Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    running, settings = account
    timer = SandboxTime(running)
    results = load(settings, until_complete=True, timer=timer)
    assert [found.error for found in results if found.error] == []
    assert all(found.history_complete for found in results)
    assert _is_whole(settings)
    first_of_history = value(
        settings, f"select min(recorded_at) from event_log.zendesk__ticket_events where entity_id::bigint <= {TICKETS}"
    )
    assert _recorded(settings, NEW) < first_of_history
    assert _overspent(running) == {}
    ratio = _minutes_needed(running) / (timer.slept / 60)
    _say(capsys, "one run", ratio, timer.slept / 60)
    assert ratio >= BEST


def test_ticks_hear_of_new_tickets_while_history_takes_what_is_left(
    account: tuple[RunningSandbox, Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    running, settings = account
    timer, tick = SandboxTime(running), 0
    while tick < MOST_TICKS:
        tick += 1
        began = timer.slept
        opened = text(NOW + timedelta(seconds=began))
        running.post("/_sandbox/changes", [ticket(opened, NEW + tick)])
        results = load(settings, time_budget=BUDGET, timer=timer)
        assert [found.error for found in results if found.error] == []
        if tick == 1:
            assert _recorded(settings, NEW) is not None
        if tick > 2:
            # It came while the tick before last began.
            assert _recorded(settings, NEW + tick - 2) is not None
        if _is_whole(settings) and all(found.history_complete for found in results):
            break
        timer.sleep(max(began + TICK - timer.slept, 0.0))
    assert _is_whole(settings)
    assert _overspent(running) == {}
    ratio = _minutes_needed(running) / tick
    _say(capsys, f"{tick} ticks", ratio, tick)
    assert ratio >= BEST


def _recorded(settings: Settings, ticket_id: int) -> datetime | None:
    sql = "select min(recorded_at) from event_log.zendesk__ticket_events where entity_id = ?"
    return rows(settings, sql, [str(ticket_id)])[0][0]


def _is_whole(settings: Settings) -> bool:
    """All of the two years is there."""
    counted = rows(
        settings,
        f"""
        select
            (select count(distinct entity_id) from event_log.zendesk__ticket_events
                where entity_id::bigint <= {TICKETS}),
            (select count(*) from event_log.zendesk__ticket_audit_events
                where (payload ->> 'ticket_id')::bigint <= {TICKETS}),
            (select count(*) from event_log.zendesk__organization_events),
            (select count(*) from event_log.zendesk__user_events)
        """,
    )
    return counted == [(TICKETS, 2 * TICKETS, ORGANIZATIONS + 1, USERS + 1)]


def _bucket(path: str) -> str | None:
    if "/oauth/" in path:
        return None
    for part, name in (("/guide/", "guide"), ("/incremental/users/", "users"), ("/ticket_fields", "ticket_fields")):
        if part in path:
            return name
    return "exports" if "/incremental/" in path else "account"


def _overspent(running: RunningSandbox) -> dict[tuple[str, int], int]:
    """(bucket, minute) -> calls, where they are more than ingestion may make."""
    spent: Counter[tuple[str, int]] = Counter()
    for request in running.get("/_sandbox/requests")["requests"]:
        minute, bucket = parse_ms(request["at"]) // 60_000, _bucket(request["path"])
        if bucket is not None:
            spent[bucket, minute] += 1
            if bucket not in ("account", "guide"):
                spent["account", minute] += 1
    return {key: calls for key, calls in spent.items() if calls > ALLOWED[key[0]]}


def _minutes_needed(running: RunningSandbox) -> float:
    """For full pages of history, and the calls of live reading, at the allowed share of the export bucket."""
    pages = [-(-count // ROWS_A_PAGE) for count in (TICKETS, 2 * TICKETS, ORGANIZATIONS)]
    live = [r for r in running.get("/_sandbox/requests")["requests"] if _is_live(r)]
    return (sum(pages) + len(live)) / ALLOWED["exports"]


def _is_live(request: dict[str, Any]) -> bool:
    """An export call for what happened since the first run began, less the minutes that are read twice."""
    if _bucket(request["path"]) != "exports":
        return False
    query = request["query"]
    start = query["start_time"] if "start_time" in query else b64decode(query["cursor"]).split(b".")[0]
    return int(start) >= (OPENED - timedelta(minutes=1)).timestamp()


def _say(capsys: pytest.CaptureFixture[str], how: str, ratio: float, minutes: float) -> None:
    with capsys.disabled():
        # The standard error of a worker of xdist reaches the terminal, its output does not.
        sys.stderr.write(f"\n{how}: {ratio:.3f} of the pace that the quota allows, whole after {minutes:.1f} minutes\n")
