"""Commits by the real loader: each event once, and nothing stays in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from ingestion import reading, rounds
from ingestion.clock import Clock
from ingestion.commit import Committer
from ingestion.pages import Page
from ingestion.pipelines import pipeline
from ingestion.progress import Progress
from ingestion.rounds import Rounds
from ingestion.settings import Settings
from ingestion.timer import THIS_MACHINE
from tests.ingestion import test_rounds
from tests.ingestion.log import value


@pytest.fixture
def committer(tmp_path: Path) -> Committer:
    found = Committer(Settings(data_dir=tmp_path), Clock(), lambda _: None)
    found.prepare()
    return found


def committed(committer: Committer, *walks: Iterator[Page], before: Callable[[], None] = lambda: None) -> None:
    """Reads and loads the walks to their ends."""

    class Watched(Committer):
        def commit(self, *args, **kwargs) -> list[int]:
            before()
            return super().commit(*args, **kwargs)

    watched = Watched(committer.settings, committer.clock, committer.say)
    found = Rounds(committer.settings, watched, Progress(lambda _: None), True, THIS_MACHINE)
    found._readings = [test_rounds.reading(walk) for walk in walks]
    found.finish(quiet=True)


def test_what_the_log_holds_is_not_appended_again(committer: Committer) -> None:
    """R3, R20: loads only append, so that each is compared with the log before."""
    for pages in ([1, 2], [1, 2], [2, 3]):
        committed(committer, iter([test_rounds.page(number, rows=3) for number in pages]))
    count = "select (count(*), count(distinct event_id)) from event_log.zendesk__ticket_events"
    assert value(committer.settings, count) == (9, 9)
    tables = pipeline(committer.settings, "zendesk/global").default_schema.tables
    assert tables["zendesk__ticket_events"].get("write_disposition") == "append"


def test_the_rows_of_loads_do_not_add_up_in_memory(committer: Committer, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: what is read and what is loaded are there at a time, however much comes after another."""
    for module in (reading, rounds):
        monkeypatch.setattr(module, "CHUNK_BYTES", 1_000_000)
    before = pa.system_memory_pool().bytes_allocated()
    held: list[int] = []
    pages = (test_rounds.page(number, rows=10, text="x" * 100_000) for number in range(20))
    committed(committer, pages, before=lambda: held.append(pa.system_memory_pool().bytes_allocated() - before))
    assert len(held) >= 20
    assert max(held) < 5_000_000
