"""Rounds: a chunk of every stream of an instance, one load, and again, until all are through or the time is up."""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

import pyarrow.compute as pc

from ingestion import pipelines
from ingestion.commit import Committer
from ingestion.errors import QuotaSpent, SourceError
from ingestion.instances import Instance
from ingestion.interpreter import collect, shared_by_reading_and_loading
from ingestion.pages import Reader
from ingestion.progress import Progress
from ingestion.quota import Limiter, Meter
from ingestion.reading import CHUNK_BYTES, Chunk, Phase, Reading, Spent, extended, first_state
from ingestion.results import StreamResult
from ingestion.settings import Settings
from ingestion.streams import Stream
from ingestion.timer import Timer

Key = tuple[str, str]


def changes_of(instance: Instance, stream: Stream) -> Reader | None:
    return instance.source.reader(stream.name)


@dataclass
class Rounds:
    """Collects readings, runs them in rounds, and remembers what became of each stream."""

    settings: Settings
    committer: Committer
    say: Progress
    until_complete: bool
    timer: Timer
    live_from: datetime | None = None
    start_date: datetime | None = None
    _readings: list[Reading] = field(default_factory=list)
    _results: dict[Key, StreamResult] = field(default_factory=dict)
    _limiters: dict[str, Limiter] = field(default_factory=dict)
    _meters: defaultdict[Key, Meter] = field(default_factory=lambda: defaultdict(Meter))
    _deadline: float | None = None
    _loading: tuple[list[tuple[Reading, Chunk]], Future[list[int]]] | None = None

    def start(
        self,
        due: list[tuple[Instance, Stream]],
        phase: Phase,
        seconds: float,
        instances: list[Instance],
        reader_of: Callable[[Instance, Stream], Reader | None] = changes_of,
    ) -> None:
        """Lines up streams for a phase that may take `seconds`; a stream without a reader is left out."""
        self._deadline = None if self.until_complete else self.timer.now() + seconds
        for instance in instances:
            self._limiters[instance.name] = instance.limiter
            # A reconcile leaves the same room to live reading as history does.
            instance.limiter.deadline = self._deadline
            instance.limiter.phase = "live" if phase == "live" else "history"
        for instance, stream in due:
            if instance.error or (self.live_from is None and stream.shape == "changes"):
                self._fail(stream, instance.name, instance.error or "no system has answered yet")
                continue
            try:
                reader = reader_of(instance, stream)
            except QuotaSpent as reason:
                # Some sources must ask before they can read; what they would have read comes when the quota allows.
                self._note(stream, instance.name, warning=str(reason), history_complete=False)
                continue
            except SourceError as error:
                if stream.is_optional:
                    self._note(stream, instance.name, warning=str(error))
                else:
                    self._fail(stream, instance.name, str(error))
                continue
            if reader:
                self.add(stream, instance.name, reader, phase)

    def add(self, stream: Stream, source: str, reader: Reader, phase: Phase) -> None:
        state = dict(pipelines.states(self.settings, source).get(stream.table, {}))
        if stream.shape == "changes" and self.live_from:
            state = (
                extended(stream, state, self.start_date)
                if state
                else first_state(stream, self.live_from, self.start_date)
            )
        if phase == "history" and state.get("history_done"):
            return
        if phase == "reconcile" and not state.get("history_done", stream.shape != "changes"):
            self._note(stream, source, finding="its history is not complete yet, so there is nothing to compare with")
            return
        self._readings.append(Reading(stream, source, reader, phase, state))

    def finish(self, quiet: bool = False) -> None:
        """Rounds until nothing is left. A stream that fails leaves; what it read since its last load is not kept."""
        active, self._readings = self._readings, []
        # What was read is loaded while the next pages are read: one load at a time, in order.
        with shared_by_reading_and_loading(), ThreadPoolExecutor(max_workers=1, thread_name_prefix="load") as loader:
            self._loading = None
            while active:
                for source in dict.fromkeys(reading.source for reading in active):
                    self._round(loader, source, [reading for reading in active if reading.source == source], quiet)
                is_late = self._deadline is not None and self.timer.now() >= self._deadline
                active = [] if is_late else [reading for reading in active if not reading.is_over]
            self._loaded(quiet)

    def _round(self, loader: Executor, source: str, readings: list[Reading], quiet: bool) -> None:
        chunks: list[tuple[Reading, Chunk]] = []
        for place, reading in enumerate(readings, start=1):
            try:
                chunk = self._chunk(reading)
            except SourceError as error:
                reading.is_over = True
                self._fail(reading.stream, source, str(error))
            else:
                reading.is_over = chunk.is_last or reading.is_stopped
                chunks.append((reading, chunk))
            # Streams share a load as long as it stays as small as one large chunk would be.
            is_full = sum(chunk.events.nbytes for _, chunk in chunks) >= CHUNK_BYTES
            if chunks and (is_full or place == len(readings)):
                self._loaded(quiet)
                self._loading = chunks, loader.submit(self.committer.commit, source, chunks)
                chunks = []

    def _loaded(self, quiet: bool) -> None:
        """Waits for the load under way. Raises SourceError when the warehouse did not take it."""
        if self._loading is None:
            return
        (chunks, future), self._loading = self._loading, None
        for (reading, chunk), gained in zip(chunks, future.result(), strict=True):
            self._add_up(reading, chunk, gained)
            if not quiet:
                self.say.step(f"{reading.source} {reading.stream.name} {reading.phase}: {self._reached(reading)}")
        del chunks, future
        collect()

    def _chunk(self, reading: Reading) -> Chunk:
        """A chunk with what it cost, which is also written down on its stream."""
        limiter = self._limiters.get(reading.source)
        if limiter is None:
            return reading.chunk()
        limiter.meter = meter = self._meters[reading.stream.name, reading.source]
        began, calls, waited = self.timer.now(), meter.calls, meter.waited_seconds
        try:
            chunk = reading.chunk()
        finally:
            limiter.meter = Meter()
            self._note(
                reading.stream,
                reading.source,
                calls=meter.calls,
                calls_by_bucket=dict(meter.by_bucket),
                waited=dict(meter.waited),
                quota=limiter.left(meter.by_bucket),
            )
        spent = Spent(
            meter.calls - calls,
            meter.waited_seconds - waited,
            self.timer.now() - began,
            *limiter.scarcest(meter.by_bucket),
        )
        return replace(chunk, spent=spent)

    def _reached(self, reading: Reading) -> str:
        result = self._results[reading.stream.name, reading.source]
        newest = result.newest_occurred_at
        return f"{result.rows:,} events" + (f", up to {newest:%Y-%m-%d %H:%M}" if newest else "")

    def _add_up(self, reading: Reading, chunk: Chunk, gained: int) -> None:
        result = self._result(reading.stream, reading.source)
        newest = pc.call_function("max", [chunk.events["occurred_at"]]).as_py() if chunk.events.num_rows else None
        warning = reading.warning or result.warning
        if chunk.rejected:
            warning = (
                f"{result.rejected + len(chunk.rejected)} records could not be read: see event_log.rejected_records"
            )
        self._results[reading.stream.name, reading.source] = replace(
            result,
            rows=result.rows + gained,
            rejected=result.rejected + len(chunk.rejected),
            pages=result.pages + chunk.pages,
            newest_occurred_at=max(filter(None, (newest, result.newest_occurred_at)), default=None),
            reached_end=result.reached_end or (chunk.is_last and reading.phase == "live"),
            history_complete=bool(reading.state.get("history_done", True)),
            warning=warning,
            finding=reading.finding or result.finding,
        )

    def _result(self, stream: Stream, source: str) -> StreamResult:
        return self._results.get((stream.name, source), StreamResult(stream.name, source))

    def note(self, stream: Stream, source: str, warning: str) -> None:
        """A warning about a stream that goes on all the same."""
        self._note(stream, source, warning=warning)

    def _fail(self, stream: Stream, source: str, error: str) -> None:
        self._note(stream, source, error=error, history_complete=False)

    def _note(self, stream: Stream, source: str, **what: object) -> None:
        self._results[stream.name, source] = replace(self._result(stream, source), **what)  # pyright: ignore[reportArgumentType]

    def results(self, wanted: list[Stream]) -> list[StreamResult]:
        """In the order of the table of streams; the settings only where they were asked for."""
        order = {stream.name: place for place, stream in enumerate(wanted)}
        found = [result for result in self._results.values() if result.stream in order]
        return sorted(found, key=lambda result: (order[result.stream], result.source))
