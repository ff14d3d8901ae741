"""Reading and loading side by side: in order, bounded, and honest about what fails."""

import threading
from collections.abc import Iterator
from typing import Any, cast

import pytest

from ingestion.commit import Committer
from ingestion.errors import QuotaSpent, SourceError
from ingestion.pages import Cursor, Page, Reader, Window
from ingestion.pipelines import State
from ingestion.progress import Progress
from ingestion.reading import CHUNK_BYTES, Chunk, Reading
from ingestion.rounds import Rounds
from ingestion.settings import Settings
from ingestion.sources.zendesk import stamps
from ingestion.streams import STREAMS
from ingestion.timer import THIS_MACHINE

TICKETS = STREAMS["zendesk__ticket"]
SECOND = 1_772_355_600


class Recorder:
    """Stands where the committer stands; `before` runs at the start of each commit."""

    def __init__(self, before: Any = lambda: None) -> None:
        self.commits: list[list[Chunk]] = []
        self._before = before

    def commit(self, _source: str, chunks: list[tuple[Reading, Chunk]]) -> list[int]:
        self._before()
        self.commits.append([chunk for _, chunk in chunks])
        return [chunk.events.num_rows for _, chunk in chunks]


def rounds(recorder: Recorder, *walks: Iterator[Page]) -> Rounds:
    found = Rounds(Settings(), cast(Committer, recorder), Progress(lambda _: None), True, THIS_MACHINE)
    found._readings = [reading(walk) for walk in walks]
    return found


def reading(walk: Iterator[Page], state: State | None = None) -> Reading:
    def pages(_window: Window, _cursor: Cursor | None) -> Iterator[Page]:
        yield from walk

    return Reading(TICKETS, "zendesk/global", Reader(pages, stamps.ticket), "live", state or {})


def page(number: int, rows: int = 1, text: str = "", end: bool = False) -> Page:
    records = [
        {"id": number * 10_000 + place, "generated_timestamp": SECOND, "subject": text, "status": "open"}
        for place in range(rows)
    ]
    return Page(records, {"cursor": str(number)}, end)


def test_the_next_pages_are_read_while_the_last_ones_load() -> None:
    second_is_read = threading.Event()

    def walk() -> Iterator[Page]:
        yield page(1, rows=20_000)
        second_is_read.set()
        yield page(2, end=True)

    recorder = Recorder(before=lambda: second_is_read.wait(timeout=30) or pytest.fail("loading held up reading"))
    rounds(recorder, walk()).finish()
    assert [chunk.cursor for (chunk,) in recorder.commits] == [{"cursor": "1"}, {"cursor": "2"}]


def test_a_chunk_without_pages_keeps_the_cursor_that_was_read_and_not_the_one_that_was_committed() -> None:
    def walk() -> Iterator[Page]:
        yield page(1, rows=20_000)
        raise QuotaSpent("nothing left")

    stream = reading(walk(), {"live": {"cursor": "0"}})
    assert stream.chunk().cursor == {"cursor": "1"}
    # The first chunk is still being loaded: the state is as before.
    assert stream.state == {"live": {"cursor": "0"}}
    assert (stream.chunk().cursor, stream.is_stopped) == ({"cursor": "1"}, True)


def test_a_load_that_fails_ends_the_run_and_nothing_later_is_committed() -> None:
    def fail() -> None:
        raise SourceError("no space left")

    def walk() -> Iterator[Page]:
        for number in range(10):
            yield page(number, rows=20_000)

    recorder = Recorder(before=fail)
    with pytest.raises(SourceError, match="no space left"):
        rounds(recorder, walk()).finish()
    assert recorder.commits == []


def test_many_streams_share_a_load_only_as_long_as_it_stays_small() -> None:
    heavy = "x" * 1_000_000
    recorder = Recorder()
    rounds(recorder, *(iter([page(number, rows=10, text=heavy, end=True)]) for number in range(6))).finish()
    sizes = [sum(chunk.events.nbytes for chunk in chunks) for chunks in recorder.commits]
    assert sum(len(chunks) for chunks in recorder.commits) == 6
    assert max(sizes) < 2 * CHUNK_BYTES
    assert len(sizes) > 1
