"""Metric sets and metric events, both derived from what happened to tickets."""

from typing import Any

import pytest

from sandbox import settings
from sandbox.changes import to_change
from sandbox.zendesk.apply import apply
from sandbox.zendesk.histories import ticket_event
from sandbox.zendesk.instance import Instance
from tests.sandbox.calls import Zendesk, call, line, zendesk
from tests.sandbox_process import sandbox

EVENTS = "incremental/ticket_metric_events"
WORLD = [
    line("09:00:00", "ticket", 1, {"subject": "Broken", "requester_id": 50, "sla_policy": "Fast"}),
    line("09:10:00", "ticket", 1, {"status": "open", "assignee_id": 60, "group_id": 30}, by=60),
    line("09:20:00", "ticket", 1, {"status": "pending"}, by=60, comment={"author_id": 60, "body": "Try this"}),
    line("09:50:00", "ticket", 1, {"status": "open"}, by=50, comment={"author_id": 50, "body": "No"}),
    line("10:00:00", "ticket", 1, {"status": "hold"}, by=60, comment={"author_id": 60, "body": "x", "public": False}),
    line("10:05:00", "ticket", 1, {"status": "solved"}, by=60),
    line("10:06:00", "ticket", 1, {"satisfaction_rating": {"score": "offered"}}),
    line("10:20:00", "ticket", 1, {"status": "open"}, by=50, comment={"author_id": 50, "body": "Again"}),
    line("10:30:00", "ticket", 1, {"status": "solved"}, by=60, comment={"author_id": 60, "body": "Now"}),
    line("10:40:00", "ticket", 2, {"subject": "New", "requester_id": 50}),
    line("10:41:00", "ticket", 3, {"subject": "Spam", "requester_id": 50}),
    line("10:42:00", "ticket", 3, by=60, delete=True),
]


@pytest.fixture(scope="module")
def account():
    with sandbox(WORLD, now="2026-03-01T12:00:00Z") as running:
        yield zendesk(running)


@pytest.fixture(scope="module")
def metrics(account: Zendesk) -> dict[int, dict[str, Any]]:
    rows = account.walk("incremental/tickets/cursor", "metric_sets", start_time=0, include="metric_sets")
    return {row["ticket_id"]: row for row in rows}


def minutes(metric: dict[str, Any], name: str) -> int | None:
    return metric[f"{name}_time_in_minutes"]["calendar"]


def test_a_metric_set_counts_what_happened(metrics: dict[int, dict[str, Any]]):
    metric = metrics[1]
    names = ("group_stations", "assignee_stations", "reopens", "replies")
    assert [metric[name] for name in names] == [1, 1, 1, 2]
    assert (metric["initially_assigned_at"], metric["solved_at"]) == ("2026-03-01T09:10:00Z", "2026-03-01T10:30:00Z")
    assert (minutes(metric, "reply"), minutes(metric, "first_resolution"), minutes(metric, "full_resolution")) == (
        20,
        65,
        90,
    )


def test_waiting_is_counted_by_status_and_a_solved_ticket_waits_for_nobody(metrics: dict[int, dict[str, Any]]):
    # New and open 20 minutes, pending 30, open 10, on hold 5, solved 15, open 10.
    assert [minutes(metrics[1], name) for name in ("requester_wait", "agent_wait", "on_hold")] == [45, 30, 5]


def test_an_unsolved_ticket_has_no_minutes_but_those_on_hold(metrics: dict[int, dict[str, Any]]):
    found = {
        name: minutes(metrics[2], name.removesuffix("_time_in_minutes")) for name in metrics[2] if "minutes" in name
    }
    assert {name for name, value in found.items() if value is not None} == {"on_hold_time_in_minutes"}


def test_deleting_moves_two_stamps_and_neither_the_version_nor_the_custom_status(metrics: dict[int, dict[str, Any]]):
    metric = metrics[3]
    assert metric["status_updated_at"] == metric["assignee_updated_at"] == "2026-03-01T10:42:00Z"
    assert metric["updated_at"] == metric["custom_status_updated_at"] == "2026-03-01T10:41:00Z"


def test_the_same_metric_stands_on_the_ticket_in_lists_and_by_itself(
    account: Zendesk, metrics: dict[int, dict[str, Any]]
):
    rows = account.walk("incremental/tickets/cursor", "tickets", start_time=0, include="metric_sets")
    assert {row["id"]: row["metric_set"] for row in rows} == metrics
    assert account.get("tickets/1/metrics").body["ticket_metric"] == metrics[1]
    assert account.get("ticket_metrics", **{"page[size]": 100}).body["ticket_metrics"] == [metrics[1], metrics[2]]


def happenings(rows: list[dict[str, Any]], metric: str) -> list[tuple[int, str, str]]:
    return [
        (row["instance_id"], row["type"], row["time"][11:16])
        for row in rows
        if row["ticket_id"] == 1 and row["metric"] == metric and row["type"] != "update_status"
    ]


def test_metric_events_start_pause_and_fulfil_the_clocks_of_a_ticket(account: Zendesk):
    rows = account.walk(EVENTS, "ticket_metric_events", start_time=0)
    assert happenings(rows, "agent_work_time") == [
        (1, "activate", "09:00"), (1, "pause", "09:20"), (1, "activate", "09:50"), (1, "pause", "10:00"),
        (1, "fulfill", "10:05"), (2, "activate", "10:20"), (2, "fulfill", "10:30"),
    ]  # fmt: skip
    assert happenings(rows, "reply_time") == [
        (1, "activate", "09:00"), (1, "apply_sla", "09:00"), (1, "fulfill", "09:20"),
        (2, "activate", "09:50"), (2, "apply_sla", "09:50"), (2, "fulfill", "10:30"),
    ]  # fmt: skip
    taken = [row["status"]["calendar"] for row in rows if row["metric"] == "requester_wait_time" and "status" in row]
    assert taken == [20, 35, 10]
    assert len({row["id"] for row in rows}) == len(rows)


def test_both_pagings_show_the_same_metric_events(account: Zendesk):
    by_time = account.walk(EVENTS, "ticket_metric_events", start_time=0, per_page=3)
    answer, by_cursor = account.get(EVENTS, start_time=0, **{"page[size]": 4}).body, []
    while True:
        by_cursor += answer["ticket_metric_events"]
        if not answer["meta"]["has_more"]:
            break
        answer = call(answer["links"]["next"], account.headers).body
    assert by_cursor == by_time
    assert [row["time"] for row in by_time] == sorted(row["time"] for row in by_time)


def test_metric_events_of_deleted_tickets_can_be_left_out(account: Zendesk):
    every = {row["ticket_id"] for row in account.walk(EVENTS, "ticket_metric_events", start_time=0)}
    shown = account.walk(EVENTS, "ticket_metric_events", start_time=0, exclude_deleted="true")
    assert (every, {row["ticket_id"] for row in shown}) == ({1, 2, 3}, {1, 2})


def test_asking_for_metric_events_from_now_is_no_error(account: Zendesk):
    answer = account.get(EVENTS, start_time=1_772_366_400)
    assert (answer.status, answer.body["ticket_metric_events"], answer.body["end_of_stream"]) == (200, [], True)


def test_metric_events_keep_their_ids_when_the_ticket_goes_on():
    with sandbox(WORLD, now="2026-03-01T10:05:00Z") as running:
        before = zendesk(running).walk(EVENTS, "ticket_metric_events", start_time=0)
        running.post("/_sandbox/clock", {"now": "2026-03-01T12:00:00Z"})
        after = zendesk(running).walk(EVENTS, "ticket_metric_events", start_time=0)
        assert after[: len(before)] == before
        assert len(after) > len(before)


def test_a_policy_is_followed_by_an_empty_audit_only_where_the_setting_says(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings, "SLA_FOLLOW_ON_SECONDS", 2)
    instance = Instance("global")
    apply(instance, to_change(WORLD[0]))
    created, follow_on = (ticket_event(audit, with_comments=True) for audit in instance.events.rows)
    assert (follow_on["child_events"], follow_on["updater_id"], follow_on["via"]) == ([], -1, "SLA")
    assert follow_on["timestamp"] == created["timestamp"] + 2
    assert follow_on["metadata"]["parent_audit_id"] == str(created["id"])
