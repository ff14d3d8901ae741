"""Commits: one load of one instance at a time, in one order for the whole log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import orjson
from duckdb import DuckDBPyConnection

from ingestion import event_log, pipelines
from ingestion.clock import Clock
from ingestion.pipelines import Batch
from ingestion.reading import Chunk, Reading, history_of
from ingestion.settings import Settings


@dataclass(frozen=True)
class Committer:
    """Writes chunks to the log under the lock, and marks them committed."""

    settings: Settings
    clock: Clock
    say: Callable[[str], None]
    run_id: str = field(default_factory=lambda: uuid4().hex)

    def prepare(self) -> None:
        """Creates what is missing and finishes what an earlier run left half written."""
        with event_log.writer_lock(self.settings, self.say):
            with event_log.connected(self.settings) as connection:
                event_log.create(connection)
            for name in pipelines.complete_pending(self.settings):
                self.say(f"{name}: finished the load that an earlier run had begun")

    def commit(self, source: str, chunks: list[tuple[Reading, Chunk]]) -> list[int]:
        """One load for the chunks of one instance; returns how many events each stream gained.

        No load happens when there is neither a new event nor a moved cursor; the polls are recorded all the same.
        """
        # One connection from the first statement to the last: the loader's own connections then share its database, and
        # only the end of the commit writes a checkpoint.
        with event_log.writer_lock(self.settings, self.say), event_log.connected(self.settings) as connection:
            recorded_at = self._next_moment(event_log.newest_recorded_at(connection))
            batches = [
                Batch(
                    reading.stream.table,
                    event_log.unknown(connection, reading.stream.table, chunk.events),
                    reading.after(chunk),
                )
                for reading, chunk in chunks
            ]
            changed = [
                batch
                for batch, (reading, _) in zip(batches, chunks, strict=True)
                if batch.events.num_rows or batch.state != reading.state
            ]
            if changed:
                pipelines.load(self.settings, source, changed, recorded_at)
            rows = self._mark(connection, source, chunks, batches, recorded_at)
        for (reading, _), batch in zip(chunks, batches, strict=True):
            reading.keep(batch.state)
        return rows

    def _mark(
        self,
        connection: DuckDBPyConnection,
        source: str,
        chunks: list[tuple[Reading, Chunk]],
        batches: list[Batch],
        recorded_at: datetime,
    ) -> list[int]:
        rows = [
            event_log.count_recorded(connection, b.table, source, recorded_at) if b.events.num_rows else 0
            for b in batches
        ]
        polls = [
            event_log.Poll(
                source,
                reading.stream.name,
                self._next_moment(None),
                orjson.dumps(batch.state.get(reading.phase)).decode(),
                gained,
                chunk.is_last and reading.phase == "live",
                reading.phase,
                self.run_id,
                *chunk.spent,
                *history_of(batch.state),
                self.clock.ahead_seconds,
            )
            for (reading, chunk), batch, gained in zip(chunks, batches, rows, strict=True)
        ]
        rejected = [(source, record) for _, chunk in chunks for record in chunk.rejected]
        event_log.mark_committed(connection, recorded_at, polls, rejected)
        return rows

    def _next_moment(self, newest: datetime | None) -> datetime:
        """Now, but after everything that is committed, so that `recorded_at` is the order of commits."""
        after = newest + timedelta(microseconds=1) if newest else None
        if after and self.settings.connections and not self.clock.is_measured:
            # No server has answered, and the log may live on another clock than this machine.
            return after
        return max(filter(None, (self.clock.now(), after)))
