"""Cursors: what is read again, what is never lost, and what must not go on for ever."""

from collections.abc import Callable
from unittest.mock import patch

from ingestion import reading
from ingestion.pipelines import pipeline, states
from ingestion.results import StreamResult
from ingestion.settings import Settings
from ingestion.sources.zendesk import api
from tests.ingestion.log import load, result, rows, value
from tests.ingestion.worlds import ground, salesforce, ticket, zendesk

TICKETS = "select count(*) from event_log.zendesk__ticket_events"


def test_a_record_that_returns_to_an_earlier_state_is_three_events(served: Callable) -> None:
    sandbox, settings = served(ground(), "2026-03-01T09:00:00Z")
    for hour, name in enumerate(("Alpha", "Beta", "Alpha")):
        at = f"2026-03-01T1{hour}:00:00Z"
        sandbox.post("/_sandbox/changes", [zendesk(at, "user", 55, set={"name": name})])
        sandbox.post("/_sandbox/clock", {"now": f"2026-03-01T1{hour}:05:00Z"})
        load(settings, "zendesk__user")
    names = rows(settings, "select payload ->> 'name' from event_log.zendesk__user_events order by occurred_at")
    assert names == [("Alpha",), ("Beta",), ("Alpha",)]


def test_more_records_of_one_second_than_fit_a_page_all_land(served: Callable) -> None:
    world = ground() + [ticket("2026-03-01T09:00:00Z", 100 + n) for n in range(30)]
    _, settings = served(world)
    results = _load_with_pages_of(7, settings, "zendesk__ticket", "zendesk__ticket_audit")
    assert value(settings, TICKETS) == 30
    assert value(settings, "select count(distinct entity_id) from event_log.zendesk__ticket_audit_events") == 30
    assert result(results, "zendesk__ticket").pages > 4
    assert value(settings, "select count(*) - count(distinct event_id) from event_log.events") == 0


def test_a_killed_window_that_is_read_again_appends_nothing(served: Callable) -> None:
    """R3: the same id and version is the same event."""
    world = ground() + [ticket("2026-03-01T09:00:00Z", 100 + n) for n in range(3)]
    _, settings = served(world)
    load(settings, "zendesk__ticket", until_complete=True)
    _forget_cursors(settings, "zendesk__ticket_events")
    results = load(settings, "zendesk__ticket", until_complete=True)
    assert result(results, "zendesk__ticket").pages > 0
    assert (result(results, "zendesk__ticket").rows, value(settings, TICKETS)) == (0, 3)


def test_history_ends_where_live_reading_began(served: Callable) -> None:
    world = ground() + [ticket(f"2026-03-0{day}T09:00:00Z", day) for day in range(1, 9)]
    sandbox, settings = served(world, GO_LIVE_AT="2026-03-05T00:00:00Z")
    live = result(load(settings, "zendesk__ticket", phase="live"), "zendesk__ticket")
    assert (live.rows, live.history_complete) == (4, False)
    done = result(load(settings, "zendesk__ticket", phase="history"), "zendesk__ticket")
    assert (done.rows, done.history_complete) == (4, True)
    sandbox.post("/_sandbox/changes", [ticket("2026-03-08T10:00:00Z", 9)])
    sandbox.post("/_sandbox/clock", {"now": "2026-03-08T10:05:00Z"})
    assert result(load(settings, "zendesk__ticket"), "zendesk__ticket").rows == 1


def test_changes_before_a_go_live_that_is_still_to_come_are_read(served: Callable) -> None:
    streams = ("zendesk__ticket", "salesforce__account")
    sandbox, settings = served(ground(), "2026-03-01T09:00:00Z", GO_LIVE_AT="2026-03-20T00:00:00Z")
    load(settings, *streams, until_complete=True)
    account = salesforce("2026-03-05T10:00:00Z", "Account", "0014M00001accA1QAI", set={"Name": "Alpine"})
    sandbox.post("/_sandbox/changes", [account, ticket("2026-03-05T10:00:00Z", 9)])
    sandbox.post("/_sandbox/clock", {"now": "2026-03-05T10:05:00Z"})
    results = load(settings, *streams)
    assert [result(results, stream).rows for stream in streams] == [1, 1]


def test_history_begins_at_start_date_but_customers_are_read_whole(served: Callable) -> None:
    """R9: the start date is explicit, and customers are read whole."""
    world = ground() + [ticket(f"2026-03-0{day}T09:00:00Z", day) for day in range(1, 5)]
    _, settings = served(world, START_DATE="2026-03-03T00:00:00Z")
    load(settings, "zendesk__ticket", "zendesk__organization", until_complete=True)
    assert value(settings, TICKETS) == 2
    assert value(settings, "select count(*) from event_log.zendesk__organization_events") == 1


def test_an_earlier_start_date_reads_the_years_before(served: Callable) -> None:
    world = ground() + [ticket(f"2026-03-0{day}T09:00:00Z", day) for day in range(1, 5)]
    _, settings = served(world, START_DATE="2026-03-03T00:00:00Z")
    load(settings, "zendesk__ticket", until_complete=True)
    earlier = settings.model_copy(update={"start_date": settings.start_date.replace(day=1)})
    assert result(load(earlier, "zendesk__ticket", until_complete=True), "zendesk__ticket").rows == 2


def test_a_cursor_that_does_not_move_is_an_error_and_nothing_of_it_is_kept(served: Callable) -> None:
    """R4: detected, said, and never looped."""
    sandbox, settings = served([*ground(), ticket("2026-03-01T09:00:00Z", 1)], "2026-03-01T09:10:00Z")
    body = {"tickets": [], "after_cursor": "MQ==", "end_of_stream": False}
    sandbox.post("/_sandbox/faults", _always("/api/v2/incremental/tickets/cursor", body))
    body = {"ticket_events": [], "count": 0, "end_time": 1, "next_page": None, "end_of_stream": False}
    sandbox.post("/_sandbox/faults", _always("/api/v2/incremental/ticket_events", body))
    for found in load(settings, "zendesk__ticket", "zendesk__ticket_audit"):
        assert found.error is not None
        assert "does not move on from" in found.error
        assert found.pages == found.rows == 0
    assert states(settings, "zendesk/global") == {}


def test_a_boundary_second_is_read_again_and_what_came_late_is_found(served: Callable) -> None:
    """E-28, R14: an overlap finds what came late."""
    sandbox, settings = served([*ground(), ticket("2026-03-01T09:00:00Z", 1)], "2026-03-01T09:10:00Z")
    load(settings, "zendesk__ticket_audit")
    sandbox.post("/_sandbox/changes", [ticket("2026-03-01T09:20:00Z", 2), ticket("2026-03-01T09:20:00Z", 3)])
    sandbox.post("/_sandbox/clock", {"now": "2026-03-01T09:30:00Z"})
    assert result(load(settings, "zendesk__ticket_audit"), "zendesk__ticket_audit").rows == 2
    assert result(load(settings, "zendesk__ticket_audit"), "zendesk__ticket_audit").rows == 0


def _always(route: str, body: object) -> dict[str, object]:
    return {"route": route, "kind": "status", "status": 200, "body": body}


def _load_with_pages_of(size: int, settings: Settings, *streams: str) -> list[StreamResult]:
    """Many small pages, one to a load: the machinery of a large account on a small world."""
    with patch.object(api, "EXPORT_PAGE", size), patch.object(reading, "CHUNK_ROWS", 1):
        return load(settings, *streams, until_complete=True)


def _forget_cursors(settings: Settings, table: str) -> None:
    with pipeline(settings, "zendesk/global").managed_state() as state:
        state.get("sources", {})["zendesk_global"]["resources"][table].clear()
