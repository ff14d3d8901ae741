"""The event log: its tables, its lock, and the commit mark that makes a load visible."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.envelope import Rejected
from ingestion.errors import SourceError
from ingestion.locks import reader_lock, writer_lock
from ingestion.polls import ADDED, CREATED, Poll
from ingestion.results import StreamResult
from ingestion.settings import Settings
from ingestion.streams import STREAMS

__all__ = [
    "Poll",
    "connected",
    "count_recorded",
    "create",
    "last_polls",
    "mark_committed",
    "newest_recorded_at",
    "reader_lock",
    "record_failure",
    "unknown",
    "writer_lock",
]

SCHEMA = "event_log"
# The oldest that knows zstd. A file keeps the format that it began with.
FILE_FORMAT = "storage_version 'v1.2.0'"
# What every connection of ingestion asks of the database.
DATABASE = {
    # Loads stream through it; what it keeps beyond that is only a cache, and ingestion is to stay small.
    "memory_limit": "192MiB",
    # Loads go on behind the reading: a second thread would take its core, and sixty megabytes.
    "threads": "1",
    # One checkpoint when a load is done instead of one after each of its statements.
    "wal_autocheckpoint": "1GB",
    # A checkpoint would join the small row groups of many loads, in memory and in all tables, just because a poll was
    # noted down. The warehouse's own builds do that, with the memory that they have.
    "max_vacuum_tasks": 0,
}
COLUMNS = "event_id, event_type, source, entity_id, occurred_at, recorded_at, position, payload"


@contextmanager
def connected(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse, in UTC. Raises SourceError when another program has the file open."""
    path = settings.warehouse_path
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not path.exists():
            _begin_file(path)
        connection = duckdb.connect(str(path))
    except duckdb.IOException as error:
        raise SourceError(
            f"{settings.warehouse_path} cannot be opened for writing: close the program that has it open, and read the "
            f"published copy instead ({str(error).splitlines()[0][:200]})."
        ) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        for name, value in DATABASE.items():
            connection.execute(f"set global {name} = '{value}'")
        yield connection
    finally:
        connection.close()


def _begin_file(path: Path) -> None:
    """An empty warehouse, in the format that the log needs."""
    with duckdb.connect() as connection:
        name = str(path).replace("'", "''")
        connection.execute(f"attach '{name}' as warehouse ({FILE_FORMAT})")


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """All tables and the view, so that models build before the first event of a stream."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    # Payloads repeat their keys: zstd keeps them in a quarter of the room, and DuckDB need not try every other method
    # first, which cost more than all the rest of a load.
    packed = "using compression zstd"
    for stream in STREAMS.values():
        # No primary key here: an index over millions of hashes costs more than looking up what a load brings.
        connection.execute(f"""
            create table if not exists {SCHEMA}.{stream.table} (
                event_id varchar not null, event_type varchar not null, source varchar not null,
                entity_id varchar not null, occurred_at timestamptz not null, recorded_at timestamptz not null,
                position bigint not null, payload json not null {packed}
            )""")
    connection.execute(f"create table if not exists {SCHEMA}.polls ({CREATED})")
    for column in ADDED:
        connection.execute(f"alter table {SCHEMA}.polls add column if not exists {column}")
    # The newest failure of each stream, until the next one: a stream that failed has no poll to tell of it.
    connection.execute(f"""
        create table if not exists {SCHEMA}.failures (
            source varchar not null, stream varchar not null, failed_at timestamptz not null, reason varchar not null,
            calls bigint not null, waited_seconds double not null, recorded_at timestamptz not null
        )""")
    connection.execute(f"""
        create table if not exists {SCHEMA}.rejected_records (
            stream varchar not null, source varchar not null, reason varchar not null, raw varchar not null,
            recorded_at timestamptz not null
        )""")
    union = " union all ".join(f"select {COLUMNS} from {SCHEMA}.{s.table}" for s in STREAMS.values())
    connection.execute(f"create or replace view {SCHEMA}.events as {union}")


def newest_recorded_at(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """The newest commit anywhere in the log, polls included."""
    tables = [*(stream.table for stream in STREAMS.values()), "polls"]
    union = " union all ".join(f"select max(recorded_at) as newest from {SCHEMA}.{table}" for table in tables)
    return _value(connection, f"select max(newest) from ({union})")


def last_polls(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], datetime]:
    """(source, stream) -> when its end was last reached."""
    rows = connection.execute(
        f"select source, stream, max(polled_at) from {SCHEMA}.polls where reached_end group by all"
    ).fetchall()
    return {(source, stream): polled_at for source, stream, polled_at in rows}


def unknown(connection: duckdb.DuckDBPyConnection, table: str, events: pa.Table) -> pa.Table:
    """The events that the log does not hold yet, in order. What a crash or a boundary brings twice ends here."""
    if not events.num_rows:
        return events
    times = pc.call_function("min_max", [events["occurred_at"]]).as_py()
    connection.register("arrived", events.select(["event_id"]))
    known = connection.execute(
        # The times let the database skip what is far away: hashes alone would make it read the whole table.
        f"select event_id from {SCHEMA}.{table} semi join arrived using (event_id) "
        "where occurred_at between $min and $max",
        times,
    ).to_arrow_table()["event_id"]
    connection.unregister("arrived")
    if not len(known):
        return events
    is_known = pc.call_function("is_in", [events["event_id"]], pc.SetLookupOptions(known))
    return events.filter(pc.call_function("invert", [is_known]))


def count_recorded(connection: duckdb.DuckDBPyConnection, table: str, source: str, recorded_at: datetime) -> int:
    """How many events one load added to a table."""
    sql = f"select count(*) from {SCHEMA}.{table} where source = ? and recorded_at = ?"
    return _value(connection, sql, source, recorded_at)


def _value(connection: duckdb.DuckDBPyConnection, sql: str, *parameters: Any) -> Any:
    row = connection.execute(sql, parameters).fetchone()
    return row[0] if row else None


def mark_committed(
    connection: duckdb.DuckDBPyConnection,
    recorded_at: datetime,
    polls: Iterable[Poll],
    rejected: Iterable[tuple[str, Rejected]],
) -> None:
    """In one transaction, after the load: its polls (the commit mark that as_of follows) and what was rejected.

    A record that is read again and refused again is kept once.
    """
    connection.begin()
    for source, record in rejected:
        connection.execute(
            f"""
            insert into {SCHEMA}.rejected_records
            select $stream, $source, $reason, $raw, $recorded_at
            where not exists (
                from {SCHEMA}.rejected_records where stream = $stream and source = $source and raw = $raw
            )""",
            {**record._asdict(), "source": source, "recorded_at": recorded_at},
        )
    for poll in polls:
        places = ", ".join("?" * (len(poll) + 1))
        connection.execute(
            f"insert into {SCHEMA}.polls ({', '.join(Poll._fields)}, recorded_at) values ({places})",
            [*poll, recorded_at],
        )
    connection.commit()


def record_failure(connection: duckdb.DuckDBPyConnection, result: StreamResult, failed_at: datetime) -> None:
    """Takes the place of the stream's last failure. `recorded_at` is the log's newest: later ones mend it."""
    recorded_at, key = newest_recorded_at(connection) or failed_at, (result.source, result.stream)
    connection.begin()
    connection.execute(f"delete from {SCHEMA}.failures where source = ? and stream = ?", [*key])
    connection.execute(
        f"insert into {SCHEMA}.failures values (?, ?, ?, ?, ?, ?, ?)",
        [*key, failed_at, result.error, result.calls, result.waited_seconds, recorded_at],
    )
    connection.commit()
