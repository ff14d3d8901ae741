"""Reconcile: only differences become events, what vanished is a tombstone, and live cursors stay where they are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ingestion.__main__ import summary
from ingestion.pipelines import states
from ingestion.settings import Settings
from ingestion.sources.zendesk import api
from tests.ingestion.log import load, result, rows, value
from tests.ingestion.worlds import BEGIN, gitlab, ground, ticket, zendesk
from tests.sandbox_process import RunningSandbox

ORGANIZATIONS, USERS, TICKETS, ISSUES = "zendesk__organization", "zendesk__user", "zendesk__ticket", "gitlab__issue"
NOW, LATER = "2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z"
EXPORTED = "/api/v2/incremental/users/cursor"


def people(count: int) -> list[dict[str, Any]]:
    return [zendesk(BEGIN, "user", 100 + n, set={"name": f"Person {n}"}) for n in range(count)]


def loaded(served: Callable, *more: dict[str, Any], **variables: str) -> tuple[RunningSandbox, Settings]:
    running, settings = served([*ground(), *people(8), *more], NOW, **variables)
    load(settings, ORGANIZATIONS, USERS, TICKETS, ISSUES, until_complete=True)
    return running, settings


def later(running: RunningSandbox, *changes: dict[str, Any]) -> None:
    if changes:
        running.post("/_sandbox/changes", list(changes))
    running.post("/_sandbox/clock", {"now": LATER})


def cursors(settings: Settings) -> list[Any]:
    return [
        {k: v for k, v in state.items() if k != "reconcile"} for state in states(settings, "zendesk/global").values()
    ]


def without(running: RunningSandbox, *ids: int) -> None:
    """The next walk over all users does not meet these, and Zendesk knows them no more."""
    kept = [{"id": 100 + n, "name": f"Person {n}", "updated_at": BEGIN} for n in range(8) if 100 + n not in ids]
    body = {"users": kept, "after_cursor": "MQ==", "end_of_stream": True}
    running.post("/_sandbox/faults", {"route": EXPORTED, "kind": "status", "status": 200, "body": body, "calls": [1]})


def gone(running: RunningSandbox, *ids: int) -> None:
    for identity in ids:
        fault = {"route": f"/api/v2/users/{identity}", "kind": "status", "status": 404, "body": {}}
        running.post("/_sandbox/faults", fault)


def test_a_field_that_moved_in_silence_is_one_event_dated_when_it_was_noticed(served: Callable) -> None:
    """E-70, R14, R17: what no stamp tells is found by a walk over the whole stream, once."""
    running, settings = loaded(served)
    before = cursors(settings)
    silent = zendesk("2026-03-01T10:30:00Z", "organization", 9, set={"name": "Alpine AG"}, silent=True)
    later(running, silent)
    assert result(load(settings, ORGANIZATIONS), ORGANIZATIONS).rows == 0
    found = result(load(settings, ORGANIZATIONS, phase="reconcile"), ORGANIZATIONS)
    assert (found.rows, found.error, found.finding) == (1, None, "1 records compared, 1 differed, 0 had vanished")
    assert "1 differed" in summary(found)
    assert result(load(settings, ORGANIZATIONS, phase="reconcile"), ORGANIZATIONS).rows == 0
    states_of = rows(
        settings,
        f"select payload ->> 'name', occurred_at::varchar from event_log.{ORGANIZATIONS}_events order by occurred_at",
    )
    assert [name for name, _ in states_of] == ["Alpine", "Alpine AG"]
    assert states_of[-1][1].startswith("2026-03-01 12:00")
    assert cursors(settings) == before


def test_a_missed_record_is_found_and_known_ones_make_nothing(served: Callable) -> None:
    """R16: a reconcile appends differences only."""
    running, settings = loaded(served)
    later(running)
    polls = value(settings, "select count(*) from event_log.polls")
    found = result(load(settings, USERS, phase="reconcile"), USERS)
    assert (found.rows, found.finding) == (0, "9 records compared, 0 differed, 0 had vanished")
    assert value(settings, "select count(*) from event_log.polls") > polls
    last = rows(settings, f"select reached_end from event_log.polls where stream = '{USERS}' order by polled_at")[-1]
    assert last == (False,)


def test_what_really_vanished_is_a_tombstone_and_what_was_withheld_is_not(served: Callable) -> None:
    """R17: hard deletes are found by a reconcile; a record that the export withholds for a minute is asked for."""
    running, settings = loaded(served)
    later(running)
    without(running, 101, 102, 55)
    gone(running, 101)
    found = result(load(settings, USERS, phase="reconcile"), USERS)
    assert found.error is None
    dead = rows(settings, f"select entity_id from event_log.{USERS}_events where event_type like '%.deleted'")
    assert dead == [("101",)]


def test_a_walk_that_lost_too_many_deletes_nothing_and_begins_again(served: Callable) -> None:
    """R17, E-73: a share that vanished at once is a fault of the way, until somebody accepts it."""
    running, settings = loaded(served, MASS_REMOVAL_SHARE="0.6")
    later(running)
    without(running, *range(101, 108))
    gone(running, *range(101, 108))
    found = result(load(settings, USERS, phase="reconcile"), USERS)
    assert found.error is not None
    assert "8 of 9 records vanished" in found.error
    assert value(settings, f"select count(*) from event_log.{USERS}_events where event_type like '%.deleted'") == 0
    again = result(load(settings, USERS, phase="reconcile"), USERS)
    assert (again.error, again.finding) == (None, "9 records compared, 0 differed, 0 had vanished")


def test_a_walk_out_of_time_goes_on_where_it_was(served: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """R11, R13: quota and time bound a run, not the walk; what it met is remembered between runs."""
    running, settings = loaded(served)
    later(running)
    monkeypatch.setattr(api, "EXPORT_PAGE", 2)
    monkeypatch.setattr("ingestion.reading.CHUNK_ROWS", 1)
    findings, runs = [], 0
    while not any(findings):
        findings.append(result(load(settings, USERS, phase="reconcile", time_budget=timedelta(0)), USERS).finding)
        runs += 1
    assert runs > 3
    asked = [str(r) for r in running.get("/_sandbox/requests")["requests"] if EXPORTED in str(r)]
    assert sum("start_time=0" in text or "'start_time': '0'" in text for text in asked) == 2  # history, and this walk
    assert value(settings, f"select count(*) from event_log.{USERS}_events where event_type like '%.deleted'") == 0


def test_nothing_is_compared_before_history_is_read(served: Callable) -> None:
    """R15: a reconcile does not read a history twice."""
    _, settings = served([*ground(), *people(2)], NOW)
    found = result(load(settings, USERS, phase="reconcile"), USERS)
    assert (found.rows, found.pages) == (0, 0)
    assert found.finding is not None
    assert "history is not complete" in found.finding


def test_tickets_are_counted_and_a_walk_finds_the_missing_one(served: Callable) -> None:
    """R6: counts are reconciled; a ticket that the log lacks is a warning that names what to run."""
    running, settings = loaded(served, ticket("2026-03-01T09:00:00Z", 1), ticket("2026-03-01T09:01:00Z", 2))
    later(running)
    counted = result(load(settings, phase="reconcile"), TICKETS)
    assert counted.warning is None
    assert "counts 2 created since 2026-03-01, and the log holds 2" in (counted.finding or "")
    rows(settings, f"delete from event_log.{TICKETS}_events where entity_id = '2'")
    counted = result(load(settings, phase="reconcile"), TICKETS)
    assert "--reconcile zendesk__ticket" in (counted.warning or "")
    assert result(load(settings, TICKETS, phase="reconcile"), TICKETS).rows == 1
    assert result(load(settings, phase="reconcile"), TICKETS).warning is None


def test_a_deleted_issue_is_a_tombstone_and_a_moved_one_lives_on(served: Callable) -> None:
    """R17: GitLab's deleted issues vanish without a word; a moved one is closed and stays."""
    issues = [
        gitlab(BEGIN, "issue", n, set={"project_id": 1, "title": f"Positive feedback for ticket {n}"}) for n in (1, 2)
    ]
    running, settings = loaded(served, *issues)
    at = "2026-03-01T11:00:00Z"
    later(
        running, gitlab(at, "issue", 1, delete=True), gitlab(at, "issue", 2, set={"state": "closed", "moved_to_id": 99})
    )
    load(settings, ISSUES)
    found = result(load(settings, ISSUES, phase="reconcile"), ISSUES)
    assert (found.error, found.rows) == (None, 1)
    events = rows(
        settings, f"select entity_id, event_type from event_log.{ISSUES}_events where event_type like '%deleted'"
    )
    assert events == [("1", "gitlab.issue.deleted")]
