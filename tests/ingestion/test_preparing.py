"""Large pages by a second process: the same events, and never fewer because of it."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestion import preparing
from ingestion.envelope import envelopes
from ingestion.preparing import Prepared, Preparing
from ingestion.sources.zendesk import stamps
from ingestion.streams import STREAMS
from tests.ingestion.log import event_ids, load, settings_for
from tests.sandbox_process import RunningSandbox

STREAM, SOURCE = "zendesk__ticket", "zendesk/global"
SECOND = 1_772_355_600
USUAL = [
    {"id": i, "generated_timestamp": SECOND + i, "subject": "x" * i, "metric_set": {"id": i}} for i in range(1, 40)
]
# without an id, no object, deleted, twice, and with digits that no float has
ODD = [{"generated_timestamp": 1}, "text", {**USUAL[0], "status": "deleted"}, USUAL[1], {**USUAL[2], "id": 2**53 + 1}]


@pytest.fixture
def parse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Preparing]:
    monkeypatch.setattr(preparing, "LARGE", 0)
    with Preparing(STREAM, SOURCE, "tickets", stamps.ticket) as found:
        yield found


def body(records: Any) -> bytes:
    return json.dumps({"tickets": records, "after_cursor": "abc", "end_of_stream": False}).encode()


def made(answer: dict[str, Any] | None) -> Any:
    assert answer
    assert isinstance(answer["tickets"], Prepared)
    return answer["tickets"].made


def test_a_page_gives_the_same_events_and_rejections_as_it_does_here(parse: Preparing) -> None:
    """R23: what cannot be read is kept with its reason, also by this way."""
    for records in (USUAL, [*USUAL, *ODD], ODD, []):
        answer = parse(body(records))
        assert answer
        here = envelopes(STREAMS[STREAM], SOURCE, json.loads(body(records))["tickets"], stamps.ticket)
        assert made(answer).table.equals(here.table)
        assert made(answer).rejected == here.rejected
        assert {**answer, "tickets": []} == {"tickets": [], "after_cursor": "abc", "end_of_stream": False}
        # what asks whether there are any, and how far they reach, still can
        assert list(answer["tickets"]) == records[-1:]


@pytest.mark.parametrize(
    "odd", [b"", b"[" * 100, b"null", b'{"tickets": 1}', b'{"tickets": "x"}', b"{}", b'{"tickets": [NaN]}', b"\xff"]
)
def test_what_is_no_usual_page_is_given_back_and_the_next_one_is_taken(parse: Preparing, odd: bytes) -> None:
    """R5: how a broken answer ends is decided in one place."""
    assert parse(odd) is None
    assert made(parse(body(USUAL))).table.num_rows == len(USUAL)


def test_a_killed_process_costs_time_and_no_page(parse: Preparing) -> None:
    assert parse(body(USUAL))
    child = parse._child
    assert child
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert parse(body(USUAL)) is None
    assert made(parse(body(USUAL))).table.num_rows == len(USUAL)


def test_no_process_is_started_for_small_pages_and_none_is_left_behind() -> None:
    with Preparing(STREAM, SOURCE, "tickets", stamps.ticket) as parse:
        assert parse(body(USUAL)) is None
        assert parse._child is None
        assert parse(body([{**USUAL[0], "subject": "x" * preparing.LARGE}]))
        child = parse._child
        assert child
    assert child.returncode == 0


def test_a_second_process_knows_no_secret(parse: Preparing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENDESK_GLOBAL_CLIENT_SECRET", "hush")
    parse(body(USUAL))
    assert parse._child
    with Path(f"/proc/{parse._child.pid}/environ").open("rb") as environment:
        assert b"hush" not in environment.read()


def test_a_load_by_way_of_it_equals_one_without(
    tiny: RunningSandbox, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: the way of reading leaves no trace in an event."""
    logs = [settings_for(tiny, tmp_path_factory.mktemp(name)) for name in ("without", "with")]
    load(logs[0], STREAM, until_complete=True)
    monkeypatch.setattr(preparing, "LARGE", 0)
    load(logs[1], STREAM, until_complete=True)
    assert event_ids(logs[0]) == event_ids(logs[1]) != []
