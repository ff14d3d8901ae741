"""How far every stream is: from the log alone, without asking a source anything."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import duckdb
import orjson
from pydantic import TypeAdapter, ValidationError

from ingestion import backfill
from ingestion.backfill import Walk
from ingestion.cursors import moment_of
from ingestion.errors import SourceError
from ingestion.locks import writer_lock_within
from ingestion.log_facts import Facts, Key, facts
from ingestion.mapping import is_used, read_signals
from ingestion.settings import Settings
from ingestion.streams import STREAMS

# Zendesk withholds the last minute of these (API section 1.4): what happened in it cannot be known yet.
WITHHELD = {"zendesk__ticket": timedelta(minutes=1), "zendesk__ticket_audit": timedelta(minutes=1)}
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class StreamStatus:
    """One stream of one instance. Times are on the servers' clock; what is not known is null.

    lag_seconds: how long ago the stream was read to its end, with the minute that the source withholds; while that end
    is not reached, how far the live cursor is behind. Files and settings
    have none. history: `none` for streams that have only a present.
    history_share: 0 to 1, by time. calls, waited_seconds: what the stream's last run cost; bucket: the quota that
    limits it the most. error: why the stream failed since its last poll.
    """

    source: str
    stream: str
    polled_at: datetime | None = None
    rows: int = 0
    newest_occurred_at: datetime | None = None
    lag_seconds: float | None = None
    history: Literal["none", "unknown", "reading", "complete"] = "unknown"
    history_from: datetime | None = None
    history_until: datetime | None = None
    history_reached: datetime | None = None
    history_share: float | None = None
    history_seconds_left: float | None = None
    calls: int = 0
    waited_seconds: float = 0.0
    bucket: str | None = None
    calls_per_minute: int | None = None
    error: str | None = None


@dataclass(frozen=True)
class Overview:
    """All streams of all instances as of a moment."""

    as_of: datetime
    streams: list[StreamStatus]


_OVERVIEW = TypeAdapter(Overview)


def current(settings: Settings, say: Callable[[str], None]) -> Overview:
    """The overview from the log; while another program writes there, the one that the last run left.

    Raises SourceError when there is neither.
    """
    if not settings.warehouse_path.exists():
        return Overview(datetime.now(UTC), [StreamStatus(*key) for key in _configured(settings)])
    # A reader keeps writers of other processes out: so a short look takes its turn among them.
    with writer_lock_within(settings, PATIENCE_SECONDS) as is_free:
        try:
            if is_free:
                with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
                    connection.execute("set TimeZone = 'UTC'")
                    return overview(settings, connection)
        except duckdb.IOException:
            pass  # a program that does not know the lock has it open
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise SourceError(
                f"{settings.warehouse_path} does not hold what status needs yet: run `python -m ingestion` once."
            ) from error
    found = kept(settings)
    say(f"the warehouse is being written; this is what the last run left at {found.as_of:%Y-%m-%d %H:%M:%S} UTC")
    return found


def kept(settings: Settings) -> Overview:
    """What the last run left. Raises SourceError when there is nothing readable."""
    try:
        return _OVERVIEW.validate_json(_path(settings).read_bytes())
    except (OSError, ValidationError) as error:
        raise SourceError(
            f"{_path(settings)} cannot be read, nor the warehouse just now: close programs that have it open, or wait."
        ) from error


def keep(settings: Settings, found: Overview) -> None:
    """Leaves the overview in DATA_DIR/status.json, for whoever asks while the warehouse is being written."""
    new = _path(settings).with_suffix(".new")
    new.write_text(as_json(found))
    new.replace(_path(settings))


def as_json(found: Overview) -> str:
    return _OVERVIEW.dump_json(found, indent=2).decode()


def overview(settings: Settings, connection: duckdb.DuckDBPyConnection) -> Overview:
    """Every stream that is configured, and every other that the log has read."""
    known = facts(connection)
    keys = dict.fromkeys([*_configured(settings), *(key for key in known.last if key[1] in STREAMS)])
    found = {key: _status(key, known) for key in keys}
    walks: defaultdict[str, dict[str, Walk]] = defaultdict(dict)
    for (source, stream), status in found.items():
        if status.history == "reading":
            walks[source][stream] = _walk(status, known)
    left = {source: backfill.seconds_left(of_source) for source, of_source in walks.items()}
    for (source, stream), status in found.items():
        if status.history == "reading":
            walk = walks[source][stream]
            found[source, stream] = replace(
                status,
                history_reached=walk.steps[-1].reached if walk.steps else None,
                history_share=backfill.share_done(walk),
                history_seconds_left=left[source].get(stream),
            )
    return Overview(known.now, list(found.values()))


def _status(key: Key, known: Facts) -> StreamStatus:
    held, last, live = known.held.get(key), known.last.get(key), known.live.get(key)
    failure = known.failures.get(key)
    calls, waited = (failure.calls, failure.waited_seconds) if failure else known.spent.get(key, (0, 0.0))
    found = StreamStatus(
        *key,
        rows=held.rows if held else 0,
        newest_occurred_at=held.newest if held else None,
        history="unknown" if STREAMS[key[1]].shape == "changes" else "none",
        calls=calls,
        waited_seconds=waited,
        error=failure.reason if failure else None,
    )
    if last is None:
        return found
    done = last["history_done"]
    return replace(
        found,
        polled_at=last["polled_at"],
        lag_seconds=_lag_seconds(key[1], live, known.now),
        history=found.history if done is None else "complete" if done else "reading",
        history_from=last["history_from"],
        history_until=last["history_until"],
        bucket=last["bucket"],
        calls_per_minute=last["calls_per_minute"],
    )


def _lag_seconds(stream: str, live: dict[str, Any] | None, now: datetime) -> float | None:
    if live is None or STREAMS[stream].shape == "once":
        return None
    if live["reached_end"]:
        behind = now - live["polled_at"] + WITHHELD.get(stream, timedelta())
    else:
        reached = moment_of(orjson.loads(live["cursor"] or "null"))
        if reached is None:
            return None
        behind = now - reached
    return max(behind.total_seconds(), 0.0)


def _walk(status: StreamStatus, known: Facts) -> Walk:
    key = status.source, status.stream
    held = known.held.get(key)
    # Steps of another window are those before START_DATE was moved back.
    window = (status.history_from, status.history_until)
    polls = [(p, s) for p, s in known.steps.get(key, []) if (p["history_from"], p["history_until"]) == window]
    # What is read from the beginning begins with its oldest event.
    start = status.history_from or (held.oldest if held and polls else None)
    buckets = [(p["bucket"], p["calls_per_minute"]) for p, _ in polls[-1:]]
    (bucket, allowed), *_ = [*buckets, (status.bucket, status.calls_per_minute)]
    until = status.history_until or known.now
    return Walk(start, until, [step for _, step in polls], bucket, allowed)


def _configured(settings: Settings) -> list[Key]:
    signals = read_signals(settings.signals_file)
    return [
        (source, s.name)
        for source in settings.connections
        for s in STREAMS.values()
        if s.system == source.split("/")[0] and is_used(signals, s, source)
    ]


def _path(settings: Settings) -> Path:
    return settings.data_dir / "status.json"
