"""The published file: written beside the last one, audited, then renamed over it. No orchestrator in here.

A DuckDB file open for writing cannot be opened by anyone else, so readers get a copy of their own. The rename makes it
whole at any moment: whoever has the last one open keeps reading it, whoever opens next gets the new one.
"""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.audits import Audit, Before, audit
from orchestration.mart_copy import copy_marts


class Snapshot(NamedTuple):
    run_id: str
    as_of: datetime | None
    published_at: datetime
    row_counts: dict[str, int]
    audits: list[Audit]


class AuditFailed(Exception):
    """The new snapshot is not fit to be read; the last good one stays. One sentence; `audits` has all results."""

    def __init__(self, audits: list[Audit], kept: datetime | None) -> None:
        self.audits = audits
        failed = "; ".join(result.detail for result in audits if not result.passed)
        stays = f"the snapshot of {kept:%Y-%m-%d %H:%M} UTC stays" if kept else "nothing is published yet"
        super().__init__(f"The new snapshot failed its audit and {stays}: {failed}.")


def publish(warehouse: Path, published: Path, run_id: str, build_failures: list[str]) -> Snapshot:
    """Copy the marts, audit the copy, replace the published file. The caller holds the writer lock.

    Raises NothingToPublish or AuditFailed; in both cases the published file is untouched.
    """
    published.parent.mkdir(parents=True, exist_ok=True)
    _forget(published.with_name(f".{published.stem}."))
    beside = published.with_name(f".{published.stem}.{run_id}.duckdb")
    last = last_snapshot(published)
    try:
        continues = _begin(beside, published, last)
        try:
            snapshot = _write(warehouse, beside, run_id, last, build_failures)
        except duckdb.Error:
            if not continues:
                raise
            # What is published is damaged further in, and no start for the next one.
            _forget(beside)
            snapshot = _write(warehouse, beside, run_id, last, build_failures)
        if not all(result.passed for result in snapshot.audits):
            raise AuditFailed(snapshot.audits, last.published_at if last else None)
        _flush(beside)
        beside.replace(published)
        _flush(published.parent)
    finally:
        _forget(beside)
    return snapshot


def last_snapshot(published: Path) -> Snapshot | None:
    """What the published file says about itself; None when there is none, or none that can be read."""
    if not published.exists():
        return None
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            row = connection.execute(
                "select run_id, as_of, published_at, row_counts, audits from marts.snapshot"
            ).fetchone()
    except duckdb.Error:
        return None
    if row is None:
        return None
    return Snapshot(row[0], row[1], row[2], json.loads(row[3]), [Audit(**result) for result in json.loads(row[4])])


def _begin(beside: Path, published: Path, last: Snapshot | None) -> bool:
    """Whether `beside` is now a copy of what is published, of which only the differences must be written.

    Not the first time each day: rows that were replaced leave holes.
    """
    if last is None or last.published_at.date() != datetime.now(UTC).date():
        return False
    shutil.copyfile(published, beside)
    return True


def _write(warehouse: Path, beside: Path, run_id: str, last: Snapshot | None, build_failures: list[str]) -> Snapshot:
    with duckdb.connect(str(beside)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("drop table if exists marts.snapshot")
        copied = copy_marts(connection, warehouse)
        row_counts = {mart: copy.rows for mart, copy in copied.items()}
        horizon = connection.execute(
            "select min(horizon) from warehouse.projections.horizons where list_contains(?, model)", [[*row_counts]]
        ).fetchone()
        as_of = horizon[0] if horizon else None
        connection.execute("detach warehouse")
        before = Before(last.as_of, last.row_counts) if last else None
        audits = audit(connection, as_of, copied, before, build_failures)
        snapshot = Snapshot(run_id, as_of, datetime.now(UTC), row_counts, audits)
        connection.execute(
            "create table marts.snapshot as select ? as run_id, cast(? as timestamptz) as as_of, "
            "cast(? as timestamptz) as published_at, cast(? as json) as row_counts, cast(? as json) as audits",
            [
                run_id,
                as_of,
                snapshot.published_at,
                json.dumps(row_counts),
                json.dumps([result._asdict() for result in audits]),
            ],
        )
        connection.execute("checkpoint")
    return snapshot


def _forget(beside: Path) -> None:
    """With what DuckDB leaves beside a file that it could not finish."""
    for path in beside.parent.glob(f"{beside.name}*"):
        path.unlink()


def _flush(path: Path) -> None:
    # Without it a power cut after the rename could leave a new name on an empty file.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
