"""Pages that are odd but whole: what the service has been seen to do, on order."""

from typing import Any

import pytest

from tests.sandbox.calls import Zendesk, call, line, zendesk
from tests.sandbox_process import sandbox

AT_TEN = 1_772_359_200
TICKETS, EVENTS, ORGANIZATIONS = "incremental/tickets/cursor", "incremental/ticket_events", "incremental/organizations"
WORLD = [
    *(line(f"10:00:0{number}", "ticket", number, {"requester_id": 50}) for number in range(1, 7)),
    *(line(f"10:00:0{number}", "organization", number, {"name": f"Number {number}"}) for number in range(1, 7)),
    *(line(f"10:00:0{number}", "user", number, {"name": f"Number {number}"}) for number in range(1, 7)),
]


@pytest.fixture(scope="module")
def running():
    with sandbox(sorted(WORLD, key=lambda change: change["at"]), now="2026-03-01T11:00:00Z") as started:
        yield started


@pytest.fixture
def account(running):
    yield zendesk(running)
    call(f"{running.url}/_sandbox/faults", method="DELETE")


def order(running, path: str, kind: str, **more: Any) -> None:
    running.post("/_sandbox/faults", {"route": f"/api/v2/{path}", "kind": kind, **({"calls": [1]} | more)})


def ids(answer: dict[str, Any], rows: str) -> list[int]:
    return [row.get("ticket_id", row["id"]) for row in answer[rows]]


def test_an_empty_page_of_a_cursor_export_is_not_the_end_and_its_cursor_goes_on(running, account: Zendesk):
    order(running, TICKETS, "empty_page", calls=[1, 3])
    first = account.get(TICKETS, start_time=0, per_page=3).body
    assert (first["tickets"], first["end_of_stream"]) == ([], False)
    second = call(first["after_url"], account.headers).body
    third = call(second["after_url"], account.headers).body
    assert (third["tickets"], third["end_of_stream"], third["after_cursor"]) == ([], False, second["after_cursor"])
    fourth = call(third["after_url"], account.headers).body
    assert ids(second, "tickets") + ids(fourth, "tickets") == [1, 2, 3, 4, 5, 6]


def test_an_empty_page_by_time_begins_again_where_it_was(running, account: Zendesk):
    order(running, EVENTS, "empty_page")
    first = account.get(EVENTS, start_time=AT_TEN).body
    assert (first["ticket_events"], first["count"], first["end_of_stream"]) == ([], 0, False)
    assert first["end_time"] == AT_TEN
    assert ids(call(first["next_page"], account.headers).body, "ticket_events") == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("path", "rows"), [(TICKETS, "tickets"), ("incremental/users/cursor", "users")])
def test_a_page_by_cursor_can_begin_with_the_row_that_ended_the_one_before(
    running, account: Zendesk, path: str, rows: str
):
    first = account.get(path, start_time=0, per_page=3).body
    order(running, path, "repeated_row")
    second = call(first["after_url"], account.headers).body
    assert ids(first, rows) + ids(second, rows) == [1, 2, 3, 3, 4, 5, 6]


@pytest.mark.parametrize(("path", "rows"), [(EVENTS, "ticket_events"), (ORGANIZATIONS, "organizations")])
def test_a_page_by_time_can_begin_with_the_row_that_ended_the_one_before(
    running, account: Zendesk, path: str, rows: str
):
    first = account.get(path, start_time=0, per_page=3).body
    order(running, path, "repeated_row")
    second = call(first["next_page"], account.headers).body
    assert (ids(first, rows), ids(second, rows), second["count"]) == ([1, 2, 3], [3, 4, 5, 6], 4)


def test_a_page_of_a_list_can_be_empty_or_repeat_a_row(running, account: Zendesk):
    order(running, "organizations", "empty_page", calls=[2])
    order(running, "organizations", "repeated_row", calls=[3])
    first = account.get("organizations", **{"page[size]": 3}).body
    second = call(first["links"]["next"], account.headers).body
    assert (second["organizations"], second["meta"]["has_more"]) == ([], True)
    third = call(second["links"]["next"], account.headers).body
    assert ids(first, "organizations") + ids(third, "organizations") == [1, 2, 3, 3, 4, 5, 6]


def test_a_second_can_be_stuck(running, account: Zendesk):
    order(running, EVENTS, "stuck_second")
    answer = account.get(EVENTS, start_time=AT_TEN + 3, per_page=2).body
    assert (answer["end_time"], answer["end_of_stream"]) == (AT_TEN + 3, False)
    assert ids(answer, "ticket_events") == [3, 4]
    assert f"start_time={AT_TEN + 3}" in answer["next_page"]


@pytest.mark.parametrize(
    ("path", "rows", "stamp"),
    [
        (TICKETS, "tickets", "generated_timestamp"),
        ("incremental/users/cursor", "users", "updated_at"),
        (ORGANIZATIONS, "organizations", "updated_at"),
    ],
)
def test_a_row_can_change_right_after_it_was_answered_and_comes_again(path: str, rows: str, stamp: str):
    with sandbox(WORLD, now="2026-03-01T11:00:00Z") as running:
        account = zendesk(running)
        order(running, path, "row_moves", calls=[1])
        first = account.get(path, start_time=0, per_page=2).body
        running.post("/_sandbox/clock", {"advance_seconds": 61})
        following = first.get("after_url") or first["next_page"]
        rest = call(following.replace("per_page=2", "per_page=100"), account.headers).body
        assert ids(first, rows) + ids(rest, rows) == [1, 2, 3, 4, 5, 6, 1]
        assert rest[rows][-1][stamp] > first[rows][0][stamp]
        if rows == "tickets":
            assert rest[rows][-1]["updated_at"] == first[rows][0]["updated_at"]


@pytest.mark.parametrize(
    ("mode", "cut_short", "final"),
    [("recorded", 4, 6), ("last_plus_one", 4, 7), ("last_inclusive", 3, 6)],
)
def test_the_end_of_a_page_by_time_is_as_the_command_line_says(mode: str, cut_short: int, final: int):
    with sandbox(WORLD, now="2026-03-01T11:00:00Z", end_time_mode=mode) as running:
        account = zendesk(running)
        first = account.get(EVENTS, start_time=0, per_page=3).body
        assert (first["end_time"], first["end_of_stream"]) == (AT_TEN + cut_short, False)
        last = account.get(EVENTS, start_time=0).body
        assert (last["end_time"], last["end_of_stream"]) == (AT_TEN + final, True)


def test_the_older_end_never_leaves_a_second_that_is_larger_than_a_page():
    crowd = [line("10:00:05", "organization", number, {"name": "Crowd"}) for number in range(10, 15)]
    with sandbox([*WORLD, *crowd], now="2026-03-01T11:00:00Z", end_time_mode="last_inclusive") as running:
        answer = zendesk(running).get(ORGANIZATIONS, start_time=AT_TEN + 5, per_page=3).body
        assert (answer["count"], answer["end_time"], answer["end_of_stream"]) == (6, AT_TEN + 5, False)
