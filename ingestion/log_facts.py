"""What the log can tell of each stream: its events, its polls, its last failure. The queries behind `status`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import duckdb
import orjson

from ingestion.backfill import Step
from ingestion.cursors import moment_of
from ingestion.event_log import SCHEMA
from ingestion.polls import Poll
from ingestion.streams import STREAMS

# Enough for an hour of them: more than a pace is measured from.
STEPS = 200

Key = tuple[str, str]
Row = dict[str, Any]


class Held(NamedTuple):
    """The events of a stream: how many, the oldest and the newest `occurred_at`."""

    rows: int
    oldest: datetime
    newest: datetime


class Failure(NamedTuple):
    """Why a stream failed, and what its run had cost by then."""

    reason: str
    calls: int
    waited_seconds: float


@dataclass(frozen=True)
class Facts:
    """By (source, stream). `last`: the newest poll; `live`: the newest live one; `steps`: the newest history polls, the
    oldest first; `spent`: calls and seconds waited in the run of the newest poll; `failures`: those since that poll.
    `now` is this machine's time, corrected by what the servers' clock was ahead."""

    now: datetime
    held: dict[Key, Held]
    last: dict[Key, Row]
    live: dict[Key, Row]
    steps: dict[Key, list[tuple[Row, Step]]]
    spent: dict[Key, tuple[int, float]]
    failures: dict[Key, Failure]


def facts(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Reads only. Raises duckdb.CatalogException or BinderException for a log of an older version."""
    connection.execute(f"select {', '.join(Poll._fields)} from {SCHEMA}.polls limit 0")
    newest = _newest_polls(connection)
    live = {(source, stream): poll for (source, stream, phase), poll in newest.items() if phase == "live"}
    last = {(p["source"], p["stream"]): p for p in sorted(newest.values(), key=lambda p: p["recorded_at"])}
    runs = [poll["run_id"] for poll in last.values() if poll["run_id"]]
    return Facts(
        _now(last.values()),
        _held(connection),
        last,
        live,
        _steps(connection),
        {
            (source, stream): (calls, waited)
            for source, stream, run_id, calls, waited in connection.execute(
                f"select source, stream, run_id, sum(calls)::bigint, sum(waited_seconds) from {SCHEMA}.polls "
                "where run_id in (select unnest($runs)) group by all",
                {"runs": runs},
            ).fetchall()
            if last[source, stream]["run_id"] == run_id
        },
        _failures(connection, last),
    )


def _newest_polls(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], Row]:
    """(source, stream, phase) -> newest poll. The moments first: carrying whole rows through the search is slow."""
    rows = connection.execute(
        f"""
        select poll, coalesce(phase, 'live') from {SCHEMA}.polls as poll
        where recorded_at in (select max(recorded_at) from {SCHEMA}.polls group by source, stream, phase)
        order by recorded_at
        """
    ).fetchall()
    return {(poll["source"], poll["stream"], phase): poll for poll, phase in rows}


def _steps(connection: duckdb.DuckDBPyConnection) -> dict[Key, list[tuple[Row, Step]]]:
    rows = connection.execute(
        f"""
        select poll from {SCHEMA}.polls as poll where phase = 'history'
        qualify row_number() over (partition by source, stream order by recorded_at desc) <= {STEPS}
        order by recorded_at
        """
    ).fetchall()
    found: defaultdict[Key, list[tuple[Row, Step]]] = defaultdict(list)
    for (poll,) in rows:
        reached = moment_of(orjson.loads(poll["cursor"] or "null"))
        if reached:
            step = Step(poll["polled_at"], poll["seconds"], poll["calls"], reached)
            found[poll["source"], poll["stream"]].append((poll, step))
    return found


def _held(connection: duckdb.DuckDBPyConnection) -> dict[Key, Held]:
    union = " union all ".join(
        f"select source, '{s.name}', count(*), min(occurred_at), max(occurred_at) from {SCHEMA}.{s.table} group by all"
        for s in STREAMS.values()
    )
    return {(source, stream): Held(*numbers) for source, stream, *numbers in connection.execute(union).fetchall()}


def _failures(connection: duckdb.DuckDBPyConnection, last: dict[Key, Row]) -> dict[Key, Failure]:
    rows = connection.execute(
        f"select source, stream, recorded_at, reason, calls, waited_seconds from {SCHEMA}.failures"
    ).fetchall()
    return {
        (source, stream): Failure(*failure)
        for source, stream, recorded_at, *failure in rows
        if (source, stream) not in last or last[source, stream]["recorded_at"] <= recorded_at
    }


def _now(polls: Iterable[Row]) -> datetime:
    newest = max(polls, key=lambda poll: poll["recorded_at"], default=None)
    if newest is None:
        return datetime.now(UTC)
    ahead = timedelta(seconds=newest["clock_ahead_seconds"] or 0)
    return max(datetime.now(UTC) + ahead, newest["recorded_at"])
