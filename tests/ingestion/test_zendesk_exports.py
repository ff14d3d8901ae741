"""Zendesk's exports and limits: nothing is passed over, whatever the pages look like."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from requests import PreparedRequest

from ingestion import event_log
from ingestion.errors import SourceError
from ingestion.instances import SYSTEMS
from ingestion.pages import Page, Window
from ingestion.settings import Settings, ZendeskConnection
from ingestion.sources.zendesk import api, exports
from tests.ingestion.answers import Answer, answering, connection, context
from tests.ingestion.log import SkippedTime, load, result, rows, settings_for, value
from tests.ingestion.worlds import BEGIN, ground, ticket, zendesk
from tests.sandbox_process import sandbox

ROUTE = "/api/v2/incremental/"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = {"access_token": "abc", "expires_in": 1800, "scope": "read"}


class Zendesk:
    """A source whose answers a test gives one after another; the last one is given for ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settings: Settings, *answers: Any) -> None:
        self.time = SkippedTime()
        self.asked: list[dict[str, str]] = []
        self.tokens = 0
        given = context(settings, self.time)
        given.clock.observe(format_datetime(NOW, usegmt=True))
        left = [a if isinstance(a, Answer) else Answer(json.dumps(a).encode()) for a in answers]

        def answer(request: PreparedRequest) -> Answer:
            if "/oauth" in str(request.url):
                self.tokens += 1
                return Answer(json.dumps(TOKEN).encode())
            query = parse_qs(urlsplit(str(request.url)).query)
            self.asked.append({name: values[0] for name, values in query.items()})
            return left.pop(0) if len(left) > 1 else left[0]

        answering(monkeypatch, answer, given.clock)
        self.source = SYSTEMS["zendesk"]("zendesk/main", connection("https://zendesk.example"), given)

    def pages(self, stream: str, cursor: dict[str, Any] | None = None, start: datetime | None = None) -> list[Page]:
        return list(self.source.reader(stream).pages(Window(start), cursor))


@pytest.fixture
def zendesk_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Zendesk]:
    settings = settings_for(None, tmp_path)
    with event_log.connected(settings) as log:
        event_log.create(log)
    return lambda *answers: Zendesk(monkeypatch, settings, *answers)


def by_cursor(after: Any, end: bool, *ids: int) -> dict[str, Any]:
    return {
        "tickets": [{"id": i, "generated_timestamp": 100 + i} for i in ids],
        "after_cursor": after,
        "end_of_stream": end,
    }


def by_time(end_time: Any, end: bool, *ids: int) -> dict[str, Any]:
    return {"ticket_events": [{"id": i, "created_at": BEGIN} for i in ids], "end_time": end_time, "end_of_stream": end}


def test_a_system_update_and_a_custom_field_are_versions_of_their_own(served: Callable) -> None:
    """R1, R7: the version is generated_timestamp, and custom fields are kept by their id."""
    world = [*ground(), zendesk(BEGIN, "ticket_field", 900, set={"title": "Area", "type": "text"})]
    running, settings = served([*world, ticket("2026-03-01T09:00:00Z", 1)], "2026-03-01T09:05:00Z")
    load(settings, "zendesk__ticket", until_complete=True)
    changes = [
        zendesk("2026-03-01T10:00:00Z", "ticket", 1, set={}),
        zendesk("2026-03-01T11:00:00Z", "ticket", 1, by=55, set={"custom_fields": [{"id": 900, "value": "disk"}]}),
    ]
    for change in changes:
        running.post("/_sandbox/changes", [change])
        running.post("/_sandbox/clock", {"advance_seconds": 2 * 3600})
        load(settings, "zendesk__ticket")
    found = rows(settings, "select occurred_at, payload from event_log.zendesk__ticket_events order by occurred_at")
    assert [at.hour for at, _ in found] == [9, 10, 11]
    (field,) = (f for f in json.loads(found[-1][1])["custom_fields"] if f["id"] == 900)
    assert field["value"] == "disk"


def test_metrics_come_with_their_ticket_and_make_no_event_by_themselves(tmp_path: Path) -> None:
    """R6, R15: metrics come with the ticket stream, archived tickets included, and stand in its payload once."""
    with sandbox([*ground(), ticket("2026-03-01T09:00:00Z", 1)]) as running:
        settings = settings_for(running, tmp_path)
        load(settings, "zendesk__ticket", until_complete=True)
        (payload,) = (json.loads(p) for (p,) in rows(settings, "select payload from event_log.zendesk__ticket_events"))
        assert payload["metric_set"]["ticket_id"] == 1
        body = {"tickets": [payload | {"metric_set": {"reopens": 9}}], "after_cursor": "MQ==", "end_of_stream": True}
        running.post("/_sandbox/faults", {"route": ROUTE, "kind": "status", "status": 200, "body": body})
        assert result(load(settings, "zendesk__ticket"), "zendesk__ticket").rows == 0


def test_the_cursor_is_the_one_that_the_server_gave(zendesk_with: Callable[..., Zendesk]) -> None:
    """R2: neither the clock nor the rows move a cursor."""
    assert [
        p.cursor for p in zendesk_with(by_cursor("A", False, 1), by_cursor("B", True, 2)).pages("zendesk__ticket")
    ] == [
        {"cursor": "A"},
        {"cursor": "B"},
    ]
    assert zendesk_with(by_time(1000, True, 1)).pages("zendesk__ticket_audit")[-1].cursor == {"start_time": 1000}
    assert zendesk_with(by_time(None, True)).pages("zendesk__ticket_audit", {"start_time": 9})[-1].cursor == {
        "start_time": 9
    }
    assert zendesk_with(by_cursor(None, True)).pages("zendesk__ticket", {"cursor": "C"})[-1].cursor == {"cursor": "C"}


def test_only_end_of_stream_ends_an_export(zendesk_with: Callable[..., Zendesk]) -> None:
    """R5: an empty page in the middle does not end it, and the next page that the last one names is not asked for."""
    found = zendesk_with(by_cursor("A", False, 1), by_cursor("B", False), by_cursor("C", True, 2))
    assert [len(page.records) for page in found.pages("zendesk__ticket")] == [1, 0, 1]
    found = zendesk_with(by_time(100, False, 1), by_time(200, False), by_time(300, True, 2))
    assert [len(page.records) for page in found.pages("zendesk__ticket_audit")] == [1, 0, 1]


def test_an_idle_export_by_time_is_no_error(zendesk_with: Callable[..., Zendesk]) -> None:
    """R4: end_time equal to start_time is the normal state at the end of the stream, and stuck only before it."""
    idle = zendesk_with(by_time(1000, True, 1))
    assert idle.pages("zendesk__ticket_audit", {"start_time": 1000})[-1].end
    for answer in (by_time(1000, False, 1), by_time(None, False, 1), by_time(999, False, 1)):
        with pytest.raises(SourceError, match="does not move on from start_time=1000"):
            zendesk_with(answer).pages("zendesk__ticket_audit", {"start_time": 1000})
    with pytest.raises(SourceError, match="does not move on from cursor=A"):
        zendesk_with(by_cursor("A", False, 1)).pages("zendesk__ticket", {"cursor": "A"})


@pytest.mark.parametrize("end_time", [4_000_000_000, 10**17, "1000", 10.5, True, [1]])
def test_a_cursor_from_the_future_or_of_another_kind_is_refused(
    end_time: Any, zendesk_with: Callable[..., Zendesk]
) -> None:
    """R2: a cursor that would pass over what is still to come is never stored."""
    with pytest.raises(SourceError, match="end_time"):
        zendesk_with(by_time(end_time, True, 1)).pages("zendesk__ticket_audit")


def test_an_export_that_never_ends_is_stopped_and_kept(
    zendesk_with: Callable[..., Zendesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5: pages per run are capped; what was read stays, and the next run goes on."""
    monkeypatch.setattr(exports, "PAGES_PER_RUN", 3)
    walk = zendesk_with(*(by_cursor(f"c{n}", False, n) for n in range(9))).source.reader("zendesk__ticket")
    read = []
    with pytest.raises(exports.QuotaSpent, match="3 pages in one run"):
        read.extend(page.cursor["cursor"] for page in walk.pages(Window(None), None))
    assert zendesk_with(by_cursor("A", True)).pages("zendesk__ticket")


def test_pages_shrink_while_the_server_is_slow_and_grow_back(zendesk_with: Callable[..., Zendesk]) -> None:
    """R12: half the page with the same cursor on 504 and 524, down to 50, and back after some good pages."""
    slow = [Answer(b"<html>", 504, {"Content-Type": "text/html"}), Answer(b"", 524, {})]
    found = zendesk_with(*slow, *(by_cursor(f"c{n}", n == 11, n) for n in range(12)))
    found.pages("zendesk__ticket", {"cursor": "start"})
    sizes = [int(query["per_page"]) for query in found.asked]
    assert sizes == [1000, 500, 250, 250, 250, 250, 250, 500, 500, 500, 500, 500, 1000, 1000]
    assert [query["cursor"] for query in found.asked[:3]] == ["start"] * 3
    with pytest.raises(SourceError, match="cannot finish a page of 50 records"):
        zendesk_with(slow[0]).pages("zendesk__ticket")


@pytest.mark.parametrize("mode", ["recorded", "last_plus_one", "last_inclusive"])
def test_a_second_of_five_thousand_entries_is_read_whole(mode: str, tmp_path: Path) -> None:
    """R3, R4: whichever end_time the account gives, no entry of a full second is lost, and none is there twice."""
    world = ground() + [ticket("2026-03-01T09:00:00Z", 1000 + n) for n in range(5000)]
    world += [ticket("2026-03-01T09:00:01Z", 9000)]
    with sandbox(world, "2026-03-01T10:00:00Z", end_time_mode=mode) as running:
        settings = settings_for(running, tmp_path, ZENDESK_INSTANCES="global")
        assert load(settings, "zendesk__ticket_audit", until_complete=True)[0].error is None
        running.post("/_sandbox/changes", [ticket("2026-03-01T10:00:00Z", 9001)])
        running.post("/_sandbox/clock", {"now": "2026-03-01T11:00:00Z"})
        load(settings, "zendesk__ticket_audit")
    counts = "select count(*), count(distinct entity_id), count(distinct payload ->> 'ticket_id') "
    assert rows(settings, f"{counts} from event_log.zendesk__ticket_audit_events") == [(5002, 5002, 5002)]


def test_odd_pages_lose_and_double_nothing(served: Callable) -> None:
    """R3, R5, R14: empty pages, repeated rows and rows that move while they are read."""
    world = ground() + [ticket(f"2026-03-01T09:{n:02}:00Z", 100 + n) for n in range(40)]
    running, settings = served(world, "2026-03-02T09:00:00Z")
    for kind, calls in (("empty_page", [4, 5]), ("repeated_row", [6, 7]), ("row_moves", [8])):
        running.post("/_sandbox/faults", {"route": ROUTE, "kind": kind, "calls": calls})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "EXPORT_PAGE", 5)
        assert [r.error for r in load(settings, "zendesk__ticket", "zendesk__ticket_audit", until_complete=True)] == [
            None
        ] * 2
    assert value(settings, "select count(distinct entity_id) from event_log.zendesk__ticket_events") == 40
    assert value(settings, "select count(distinct entity_id) from event_log.zendesk__ticket_audit_events") == 40
    assert value(settings, "select count(*) - count(distinct event_id) from event_log.events") == 0


def test_tickets_of_ai_agents_are_asked_for(zendesk_with: Callable[..., Zendesk]) -> None:
    """R6, R10: the scope that Zendesk leaves out unless asked, and the comments of the change feed."""
    found = zendesk_with(by_cursor("A", True))
    found.pages("zendesk__ticket")
    assert found.asked[-1]["support_type_scope"] == "all"
    found = zendesk_with(by_time(None, True))
    found.pages("zendesk__ticket_audit")
    assert (found.asked[-1]["support_type_scope"], found.asked[-1]["include"]) == ("all", "comment_events")


def test_users_come_with_all_of_their_addresses(tmp_path: Path) -> None:
    """R8, R16: users come by the cursor export; an address that changes in silence is found by a reconcile."""
    second = zendesk(
        BEGIN, "user_identity", 700, set={"user_id": 55, "type": "email", "value": "second@alpine.example"}
    )
    with sandbox([*ground(), second], "2026-03-01T10:00:00Z") as running:
        settings = settings_for(running, tmp_path)
        load(settings, "zendesk__user", until_complete=True)
        third = second | {"at": "2026-03-01T10:30:00Z", "id": 701, "silent": True}
        third["set"] = second["set"] | {"value": "third@alpine.example"}
        running.post("/_sandbox/changes", [third])
        running.post("/_sandbox/clock", {"now": "2026-03-01T11:00:00Z"})
        assert result(load(settings, "zendesk__user"), "zendesk__user").rows == 0
        found = result(load(settings, "zendesk__user", phase="reconcile"), "zendesk__user")
        assert (found.rows, found.error) == (1, None)
    last = rows(
        settings, "select payload from event_log.zendesk__user_events where entity_id = '55' order by recorded_at"
    )
    addresses = [{i["value"] for i in json.loads(p)["identities"]} for (p,) in last]
    assert addresses == [
        {"ana@alpine.example", "second@alpine.example"},
        {"ana@alpine.example", "second@alpine.example", "third@alpine.example"},
    ]


LATER = format_datetime(NOW + timedelta(seconds=40), usegmt=True)


@pytest.mark.parametrize(
    ("status", "headers", "least", "most"),
    [
        (429, {"Retry-After": "7"}, 7, 7),
        (429, {"Retry-After": "93"}, 93, 93),
        (429, {"Retry-After": "0"}, 1, 10),
        (429, {"Retry-After": LATER}, 35, 41),
        (429, {"Retry-After": "soon"}, 5, 60),
        (429, {}, 5, 60),
        (429, {"Content-Type": "text/plain"}, 5, 60),
        (503, {"Retry-After": "3", "Content-Type": "text/html"}, 3, 3),
        (409, {}, 1, 10),
        (500, {}, 1, 10),
    ],
)
def test_a_limit_is_waited_for_as_the_server_asks(
    status: int, headers: dict[str, str], least: float, most: float, zendesk_with: Callable[..., Zendesk]
) -> None:
    """R11: Retry-After in seconds, as a date or not at all; a wait of 0 does not spin; a conflict is tried again."""
    found = zendesk_with(Answer(b"wait", status, headers), by_cursor("A", True, 1))
    assert len(found.pages("zendesk__ticket")) == 1
    (waited,) = (seconds for seconds in found.time.slept if seconds)
    assert least <= waited <= most


@pytest.mark.parametrize("asked", ["", "0", "600", "86400", "9" * 40])
def test_waiting_for_a_limit_has_an_end(asked: str, zendesk_with: Callable[..., Zendesk]) -> None:
    """R11: who is told to wait again and again stops with one sentence."""
    found = zendesk_with(Answer(b"", 429, {"Retry-After": asked} if asked else {}))
    with pytest.raises(SourceError, match="answered 429"):
        found.pages("zendesk__ticket")
    assert sum(found.time.slept) <= 1000
    assert len(found.asked) <= 5


def test_a_token_that_dies_is_replaced_once(zendesk_with: Callable[..., Zendesk]) -> None:
    """R29: the token is renewed in the middle of a run; a second refusal is about the credentials."""
    dead = Answer(b'{"error": "Couldn\'t authenticate you"}', 401, {"Content-Type": "application/json"})
    found = zendesk_with(dead, by_cursor("A", True, 1))
    found.pages("zendesk__ticket")
    assert found.tokens == 2
    with pytest.raises(SourceError, match="check ZENDESK_MAIN_CLIENT_ID and ZENDESK_MAIN_CLIENT_SECRET"):
        zendesk_with(dead).pages("zendesk__ticket")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"error": "forbidden", "description": "Missing the following required scopes: read"}, "for want of a scope"),
        ({"error": {"title": "Forbidden", "message": "You do not have access to this page."}}, "because of the plan"),
    ],
)
def test_a_refusal_says_whether_the_scope_or_the_plan_is_too_small(
    body: dict[str, Any], says: str, zendesk_with: Callable[..., Zendesk]
) -> None:
    """R29: an unknown scope is granted and refused later, so the sentence tells the two apart."""
    refused = Answer(json.dumps(body).encode(), 403, {"Content-Type": "application/json"})
    with pytest.raises(SourceError, match=says):
        zendesk_with(refused).pages("zendesk__ticket")


def test_too_small_a_scope_is_found_at_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R29: granted scopes are compared with the one asked for."""
    given = context(settings_for(None, tmp_path))
    answering(monkeypatch, lambda _: Answer(json.dumps(TOKEN | {"scope": "tickets:raed"}).encode()), given.clock)
    with pytest.raises(SourceError, match="granted the scope 'tickets:raed' where 'read' was asked for"):
        SYSTEMS["zendesk"]("zendesk/main", connection("https://zendesk.example"), given).connect()


def test_an_api_token_still_signs_in_and_says_until_when(served: Callable) -> None:
    """R29: API tokens are taken for old setups, with the date on which Zendesk ends them."""
    running, _ = served(ground())
    token = {"ZENDESK_GLOBAL_EMAIL": "a@example.com", "ZENDESK_GLOBAL_API_TOKEN": "hush"}
    oauth = {"ZENDESK_GLOBAL_CLIENT_ID": "", "ZENDESK_GLOBAL_CLIENT_SECRET": ""}
    settings = settings_for(running, running.data_dir / "log", **token, **oauth)
    assert isinstance(settings.connections["zendesk/global"], ZendeskConnection)
    said: list[str] = []
    assert result(load(settings, "zendesk__user", until_complete=True, progress=said.append), "zendesk__user").rows == 1
    assert any("2027-04-30" in line and "hush" not in line for line in said)
    wrong = settings_for(running, running.data_dir / "none", **token | {"ZENDESK_GLOBAL_API_TOKEN": "wrong"}, **oauth)
    error = result(load(wrong, "zendesk__user"), "zendesk__user").error
    assert error is not None
    assert "ZENDESK_GLOBAL_EMAIL and ZENDESK_GLOBAL_API_TOKEN" in error
