"""One stream while it is read: its two cursors, and chunks small enough that a crash repeats little."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

import pyarrow as pa

from ingestion.envelope import SCHEMA, Rejected, envelopes
from ingestion.errors import QuotaSpent
from ingestion.pages import Cursor, Page, Reader, Window
from ingestion.pipelines import State
from ingestion.preparing import Prepared
from ingestion.sources.refusals import NotAvailable
from ingestion.streams import Stream

CHUNK_ROWS = 20_000
CHUNK_BYTES = 24_000_000
PAGE_ROWS_LEAST = 100

Phase = Literal["live", "history", "reconcile"]


class Spent(NamedTuple):
    """What a chunk has cost, and the quota that limits its stream the most; see polls.py."""

    calls: int = 0
    waited_seconds: float = 0.0
    seconds: float = 0.0
    bucket: str | None = None
    calls_per_minute: int | None = None


@dataclass(frozen=True)
class Chunk:
    """What a stream read for one load. `events` holds no id twice."""

    events: pa.Table
    rejected: list[Rejected]
    cursor: Cursor | None
    pages: int
    is_last: bool
    spent: Spent = field(default_factory=Spent)


@dataclass
class Reading:
    """The walk of one stream through one phase; `state` is as committed and changes only by `keep`."""

    stream: Stream
    source: str
    reader: Reader
    phase: Phase
    state: State
    warning: str | None = None
    finding: str | None = None
    is_stopped: bool = False
    is_over: bool = False
    # Where the walk stands; what is committed may be a load behind.
    _cursor: Cursor | None = field(init=False)
    _walk: Iterator[Page] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._cursor = self.state.get(self.phase)

    def chunk(self) -> Chunk:
        """The next pages, up to 20,000 rows. Raises SourceError: then nothing of them is kept, and the cursor stays."""
        if self._walk is None:
            self._walk = self.reader.pages(window(self.state, self.phase), self._cursor)
        tables, rejected, pages, size, rows = [], [], 0, 0, 0
        is_last = False
        try:
            while rows < CHUNK_ROWS and size < CHUNK_BYTES and not is_last:
                page = next(self._walk, None)
                if page is None:
                    is_last = True
                    break
                made = (
                    page.records.made
                    if isinstance(page.records, Prepared)
                    else envelopes(self.stream, self.source, page.records, self.reader.stamp)
                )
                tables.append(made.table)
                rejected += [*made.rejected, *page.rejected]
                self._cursor, pages, size = page.cursor, pages + 1, size + made.table.nbytes
                # A load costs as much as some pages, so many small pages share one; empty ones end a chunk too.
                rows += max(made.table.num_rows, PAGE_ROWS_LEAST)
                is_last, self.warning = page.end, page.warning or self.warning
                self.finding = page.finding or self.finding
                del page
        except QuotaSpent as reason:
            # Whole pages were read; the rest comes when the quota allows.
            self.warning, self.is_stopped = str(reason), True
            return Chunk(distinct(tables), rejected, self._cursor, pages, is_last=False)
        except NotAvailable as refusal:
            if not self.stream.is_optional:
                raise
            self.warning, is_last = str(refusal), True
        return Chunk(distinct(tables), rejected, self._cursor, pages, is_last)

    def after(self, chunk: Chunk) -> State:
        """The state to commit with a chunk."""
        state = {**self.state, self.phase: chunk.cursor or None}
        if self.phase == "history" and chunk.is_last:
            state |= {"history": None, "history_done": True}
        return state

    def keep(self, state: State) -> None:
        self.state = state


def first_state(stream: Stream, live_from: datetime, start_date: datetime | None) -> State:
    """Where a stream begins. History that begins where live reading does has nothing to read."""
    if stream.shape != "changes":
        return {}
    start = start_date if stream.history == "start_date" else None
    live = max(live_from, start) if start else live_from
    return {
        "live_from": live.isoformat(),
        "history_from": start.isoformat() if start else None,
        "history_until": live.isoformat(),
        "history_done": start is not None and start >= live,
    }


def extended(stream: Stream, state: State, start_date: datetime | None) -> State:
    """The state when START_DATE has been moved back: history reads the years before the old start as well."""
    began = state.get("history_from")
    if stream.history != "start_date" or start_date is None or not began or start_date >= datetime.fromisoformat(began):
        return state
    until = began if state["history_done"] else state["history_until"]
    earlier = {"history_from": start_date.isoformat(), "history_until": until, "history_done": False, "history": None}
    return {**state, **earlier}


def window(state: State, phase: Phase) -> Window:
    """Live: from `live_from` on. History: from `history_from` until it meets that. Reconcile: both, without an end."""
    keys = ("live_from", "history_from", "history_until")
    live_from, start, until = (datetime.fromisoformat(state[k]) if state.get(k) else None for k in keys)
    if phase == "reconcile":
        return Window(start)
    return Window(live_from) if phase == "live" else Window(start, until)


def history_of(state: State) -> tuple[datetime | None, datetime | None, bool | None]:
    """From when to when history is read, and whether that is done; None where a stream has none."""
    start, until = window(state, "history")
    return start, until, state.get("history_done")


def distinct(tables: list[pa.Table]) -> pa.Table:
    """One table, each event id once, the first copy kept: two copies within a load would both land."""
    table = pa.concat_tables(tables) if tables else SCHEMA.empty_table()
    if table.num_rows == len(table["event_id"].unique()):
        return table
    seen: set[str] = set()
    keep = [not (i in seen or seen.add(i)) for i in table["event_id"].to_pylist()]
    return table.filter(pa.array(keep))
