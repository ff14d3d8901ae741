"""The event log: its tables, its lock, and the commit mark that makes a load visible."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock, Timeout

from ingestion.envelope import Rejected
from ingestion.errors import SourceError
from ingestion.settings import Settings
from ingestion.streams import STREAMS

SCHEMA = "event_log"
COLUMNS = "event_id, event_type, source, entity_id, occurred_at, recorded_at, position, payload"


class Poll(NamedTuple):
    """One completed poll: so that "nothing new" and "not asked" are different facts."""

    source: str
    stream: str
    polled_at: datetime
    cursor: str
    rows: int
    reached_end: bool


@contextmanager
def writer_lock(settings: Settings, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """The one writer of the warehouse. Whoever comes second waits, and says so."""
    with _waiting_lock(settings.warehouse_path.with_name("warehouse.duckdb.lock"), "the warehouse", say):
        yield


@contextmanager
def reader_lock(settings: Settings, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """One ingestion at a time: two would move the same cursors."""
    with _waiting_lock(settings.dlt_path / "ingestion.lock", "ingestion", say):
        yield


@contextmanager
def _waiting_lock(path: Path, what: str, say: Callable[[str], None] | None) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A singleton counts its holders: a caller that already holds the lock may call one that takes it.
    lock = FileLock(path, is_singleton=True)
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        (say or _say)(f"another process is using {what}; waiting until it is done")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def connected(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse, in UTC. Raises SourceError when another program has the file open."""
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(settings.warehouse_path))
    except duckdb.IOException as error:
        raise SourceError(
            f"{settings.warehouse_path} cannot be opened for writing: close the program that has it open, and read the "
            f"published copy instead ({str(error).splitlines()[0][:200]})."
        ) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """All tables and the view, so that models build before the first event of a stream."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for stream in STREAMS.values():
        # No primary key here: an index over millions of hashes costs more than the merge that keeps them unique.
        connection.execute(f"""
            create table if not exists {SCHEMA}.{stream.table} (
                event_id varchar not null, event_type varchar not null, source varchar not null,
                entity_id varchar not null, occurred_at timestamptz not null, recorded_at timestamptz not null,
                position bigint not null, payload json not null
            )""")
    connection.execute(f"""
        create table if not exists {SCHEMA}.polls (
            source varchar not null, stream varchar not null, polled_at timestamptz not null,
            recorded_at timestamptz not null, cursor varchar, rows bigint not null, reached_end boolean not null
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
    (newest,) = connection.execute(f"select max(newest) from ({union})").fetchone()
    return newest


def last_polls(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], datetime]:
    """(source, stream) -> when its end was last reached."""
    rows = connection.execute(
        f"select source, stream, max(polled_at) from {SCHEMA}.polls where reached_end group by all"
    ).fetchall()
    return {(source, stream): polled_at for source, stream, polled_at in rows}


def unknown(connection: duckdb.DuckDBPyConnection, table: str, events: pa.Table) -> pa.Table:
    """The events that the log does not hold yet, in their order: what a boundary read twice brings costs no load then."""
    if not events.num_rows:
        return events
    times = pc.min_max(events["occurred_at"]).as_py()
    known = connection.execute(
        # The times let the database skip what is far away: hashes alone would make it read the whole table.
        f"select event_id from {SCHEMA}.{table} where occurred_at between $min and $max and event_id in "
        "(select unnest($ids))",
        {**times, "ids": events["event_id"].to_pylist()},
    ).fetchall()
    return events.filter(pc.invert(pc.is_in(events["event_id"], pa.array([i for (i,) in known], pa.string()))))


def count_recorded(connection: duckdb.DuckDBPyConnection, table: str, source: str, recorded_at: datetime) -> int:
    """How many events one load added to a table."""
    sql = f"select count(*) from {SCHEMA}.{table} where source = ? and recorded_at = ?"
    (rows,) = connection.execute(sql, [source, recorded_at]).fetchone()
    return rows


def mark_committed(
    connection: duckdb.DuckDBPyConnection,
    recorded_at: datetime,
    polls: Iterable[Poll],
    rejected: Iterable[tuple[str, Rejected]],
) -> None:
    """In one transaction, after the load: its polls (the commit mark that as_of follows) and (source, rejected record)s.

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
        connection.execute(
            f"insert into {SCHEMA}.polls (source, stream, polled_at, cursor, rows, reached_end, recorded_at) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [*poll, recorded_at],
        )
    connection.commit()
