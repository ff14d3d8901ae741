"""Rounds: a chunk of every stream of an instance, one load, and again, until all are through or the time is up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pyarrow.compute as pc

from ingestion import pipelines
from ingestion.commit import Committer
from ingestion.errors import QuotaSpent, SourceError
from ingestion.instances import Instance
from ingestion.pages import Reader
from ingestion.progress import Progress
from ingestion.reading import Chunk, Phase, Reading, extended, first_state
from ingestion.results import StreamResult
from ingestion.settings import Settings
from ingestion.streams import Stream

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
    live_from: datetime | None = None
    start_date: datetime | None = None
    _readings: list[Reading] = field(default_factory=list)
    _results: dict[Key, StreamResult] = field(default_factory=dict)
    _deadline: float | None = None

    def start(
        self,
        due: list[tuple[Instance, Stream]],
        phase: Phase,
        seconds: float,
        instances: list[Instance],
        reader_of: Callable[[Instance, Stream], Reader | None] = changes_of,
    ) -> None:
        """Lines up streams for a phase that may take `seconds`; a stream without a reader is left out."""
        self._deadline = None if self.until_complete else time.monotonic() + seconds
        for instance in instances:
            instance.limiter.deadline = self._deadline
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
        while active:
            for source in dict.fromkeys(reading.source for reading in active):
                self._round(source, [reading for reading in active if reading.source == source], quiet)
            is_late = self._deadline is not None and time.monotonic() >= self._deadline
            active = [] if is_late else [reading for reading in active if not reading.is_over]

    def _round(self, source: str, readings: list[Reading], quiet: bool) -> None:
        chunks: list[tuple[Reading, Chunk]] = []
        for reading in readings:
            try:
                chunks.append((reading, reading.chunk()))
            except SourceError as error:
                reading.is_over = True
                self._fail(reading.stream, source, str(error))
        rows = self.committer.commit(source, chunks) if chunks else []
        for (reading, chunk), gained in zip(chunks, rows, strict=True):
            reading.is_over = chunk.is_last or reading.is_stopped
            self._add_up(reading, chunk, gained)
            if not quiet:
                self.say.step(f"{source} {reading.stream.name} {reading.phase}: {self._reached(reading)}")

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
