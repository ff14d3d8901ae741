"""The exports by time: ticket events and organizations."""

import pytest

from tests.sandbox.calls import Zendesk, call, line, zendesk
from tests.sandbox_process import sandbox

EVENTS = "incremental/ticket_events"
AT_TEN = 1_772_359_200
WORLD = [
    *(line("10:00:00", "ticket", number, {"requester_id": 50}) for number in (1, 2, 3)),
    *(line("10:00:05", "ticket", number, {"status": "open"}, by=51) for number in (3, 1, 2)),
    line("10:00:09", "ticket", 1, {"status": "solved"}, by=51),
    line("10:00:00", "organization", 9, {"name": "Acme"}),
    line("10:00:00", "organization", 10, {"name": "Globex"}),
    line("10:00:04", "organization", 11, {"name": "Initech"}),
]


@pytest.fixture(scope="module")
def account():
    with sandbox(sorted(WORLD, key=lambda change: change["at"]), now="2026-03-01T11:00:00Z") as running:
        yield zendesk(running)


def test_a_page_cut_short_holds_its_whole_last_second_and_ends_one_second_later(account: Zendesk):
    answer = account.get(EVENTS, start_time=0, per_page=2).body
    assert answer["count"] == 3
    assert answer["end_time"] == AT_TEN + 1
    assert answer["end_of_stream"] is False
    second = call(answer["next_page"], account.headers).body
    assert [row["ticket_id"] for row in second["ticket_events"]] == [3, 1, 2]
    assert second["end_time"] == AT_TEN + 6


def test_the_last_page_ends_on_its_last_rows_own_second_so_that_a_poll_repeats_it(account: Zendesk):
    answer = account.get(EVENTS, start_time=0).body
    assert (answer["end_of_stream"], answer["end_time"]) == (True, AT_TEN + 9)
    assert f"start_time={AT_TEN + 9}" in answer["next_page"]
    again = call(answer["next_page"], account.headers).body
    assert [row["id"] for row in again["ticket_events"]] == [answer["ticket_events"][-1]["id"]]
    assert again["end_time"] == answer["end_time"]


def test_an_export_without_rows_has_no_end(account: Zendesk):
    answer = account.get(EVENTS, start_time=AT_TEN + 10).body
    assert answer == {"ticket_events": [], "count": 0, "end_time": None, "next_page": None, "end_of_stream": True}


def test_organizations_follow_the_same_rules(account: Zendesk):
    answer = account.get("incremental/organizations", start_time=0, per_page=1).body
    assert ([row["id"] for row in answer["organizations"]], answer["end_time"]) == ([9, 10], AT_TEN + 1)
    rows = account.walk("incremental/organizations", "organizations", start_time=0, per_page=1)
    assert [row["id"] for row in rows] == [9, 10, 11]


def test_a_start_time_of_the_last_minute_is_refused(account: Zendesk):
    refused = account.get(EVENTS, start_time=AT_TEN + 3600 - 30)
    assert (refused.status, refused.body["error"]) == (422, "InvalidValue")


def test_ids_of_events_are_unique_and_do_not_grow_with_time(account: Zendesk):
    rows = account.walk(EVENTS, "ticket_events", start_time=0, include="comment_events")
    ids = [row["id"] for row in rows]
    children = [child["id"] for row in rows for child in row["child_events"]]
    assert len({*ids, *children}) == len(ids) + len(children)
    assert ids != sorted(ids)


def test_comments_and_metadata_come_together(account: Zendesk):
    plain = account.get(EVENTS, start_time=0).body["ticket_events"][0]
    assert "metadata" not in plain
    assert plain["child_events"][0]["comment_present"] is True
    full = account.get(EVENTS, start_time=0, include="comment_events").body["ticket_events"][0]
    assert full["metadata"]["custom"] == {}
    assert full["child_events"][0]["via"] == {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}
