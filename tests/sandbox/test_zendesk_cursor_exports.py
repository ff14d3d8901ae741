"""The exports of tickets and users by cursor."""

import base64

import pytest

from tests.sandbox.calls import Zendesk, line, zendesk
from tests.sandbox_process import sandbox

TICKETS = "incremental/tickets/cursor"
WORLD = [
    *(line("09:00:00", "user", 50 + number, {"name": f"User {number}"}) for number in range(7)),
    *(
        line("10:00:00", "ticket", number, {"subject": f"Ticket {number}", "requester_id": 50})
        for number in range(1, 26)
    ),
    line("10:00:30", "ticket", 7, {"priority": "high"}, by=51),
    line("10:00:30", "ticket", 3, {"priority": "high"}, by=51),
    line("10:00:40", "ticket", 26, {"requester_id": 50, "support_type": "ai_agent"}),
]


@pytest.fixture(scope="module")
def account():
    with sandbox(WORLD, now="2026-03-01T11:00:00Z") as running:
        yield zendesk(running)


def test_a_walk_shows_every_ticket_once_although_all_share_a_second(account: Zendesk):
    rows = account.walk(TICKETS, "tickets", start_time=0, per_page=10)
    keys = [(row["generated_timestamp"], row["id"]) for row in rows]
    assert keys == sorted(set(keys))
    assert [row["id"] for row in rows] == [*(n for n in range(1, 26) if n not in (3, 7)), 3, 7]


def test_the_cursor_is_the_last_row_and_stays_on_the_last_page(account: Zendesk):
    answer = account.get(TICKETS, start_time=0).body
    assert answer["end_of_stream"] is True
    assert answer["before_cursor"] is None
    stamp = answer["tickets"][-1]["generated_timestamp"]
    assert base64.b64decode(answer["after_cursor"]).decode() == f"{stamp}.0||7|"
    again = account.get(TICKETS, cursor=answer["after_cursor"]).body
    assert (again["tickets"], again["end_of_stream"], again["after_cursor"]) == ([], True, answer["after_cursor"])


def test_the_next_address_repeats_what_was_asked_in_alphabetical_order(account: Zendesk):
    url = account.get(TICKETS, start_time=0, per_page=10, include="users").body["after_url"]
    path, _, query = url.partition("?")
    assert path == f"{account.base}/api/v2/{TICKETS}.json"
    assert [pair.partition("=")[0] for pair in query.split("&")] == ["cursor", "include", "per_page"]
    assert "%3D" in query


def test_tickets_of_ai_agents_come_only_when_asked_for(account: Zendesk):
    assert 26 not in {row["id"] for row in account.walk(TICKETS, "tickets", start_time=0)}
    assert 26 in {row["id"] for row in account.walk(TICKETS, "tickets", start_time=0, support_type_scope="all")}
    assert [row["id"] for row in account.walk(TICKETS, "tickets", start_time=0, support_type_scope="ai_agent")] == [26]


def test_a_start_time_is_read_to_its_first_character_that_is_no_digit(account: Zendesk):
    everything = account.get(TICKETS, start_time=0).body["tickets"]
    assert account.get(TICKETS, start_time="2026-03-01T10:30:00Z").body["tickets"] == everything
    stamp = everything[-1]["generated_timestamp"]
    assert [row["id"] for row in account.get(TICKETS, start_time=f"{stamp}.0").body["tickets"]] == [3, 7]


def test_a_start_time_of_the_last_minute_is_refused(account: Zendesk):
    now = 1_772_362_800
    assert account.get(TICKETS, start_time=now - 61).status == 200
    refused = account.get(TICKETS, start_time=now - 59)
    assert (refused.status, refused.body["error"]) == (400, "StartTimeTooRecent")


@pytest.mark.parametrize(
    "query", [{}, {"start_time": "soon"}, {"cursor": "nonsense"}, {"start_time": 0, "per_page": 1001}]
)
def test_a_page_that_cannot_be_found_is_refused(account: Zendesk, query: dict[str, object]):
    assert account.get(TICKETS, **query).status == 400


def test_users_come_in_the_order_of_their_last_update_with_their_addresses(account: Zendesk):
    rows = account.walk("incremental/users/cursor", "users", start_time=0, per_page=3)
    assert [row["id"] for row in rows] == list(range(50, 57))
    answer = account.get("incremental/users/cursor", start_time=0, include="identities").body
    assert answer["identities"] == []
    assert set(answer) == {
        "users",
        "identities",
        "after_url",
        "after_cursor",
        "before_url",
        "before_cursor",
        "end_of_stream",
    }


def test_what_changes_during_a_walk_comes_again_and_nothing_is_lost():
    with sandbox(WORLD, now="2026-03-01T11:00:00Z") as running:
        account = zendesk(running)
        first = account.get(TICKETS, start_time=0, per_page=10).body
        moved = {**line("11:00:05", "ticket", 20, {"status": "open"}, by=51)}
        running.post("/_sandbox/changes", [moved])
        running.post("/_sandbox/clock", {"advance_seconds": 70})
        rest = account.walk(TICKETS, "tickets", cursor=first["after_cursor"])
        ids = [row["id"] for row in first["tickets"] + rest]
        assert sorted(ids) == list(range(1, 26))
        assert ids[-1] == 20
        assert rest[-1]["status"] == "open"


def test_rows_of_the_last_minute_are_withheld():
    with sandbox(WORLD, now="2026-03-01T10:01:29Z") as running:
        account = zendesk(running)
        assert {3, 7}.isdisjoint(row["id"] for row in account.walk(TICKETS, "tickets", start_time=0))
        running.post("/_sandbox/clock", {"advance_seconds": 1})
        assert {3, 7} <= {row["id"] for row in account.walk(TICKETS, "tickets", start_time=0)}
