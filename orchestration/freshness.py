"""Is each stream read as often as it should be? A quota that is used up fails nothing, and leaves a stream behind."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

import dagster as dg

from ingestion import event_log
from ingestion.mapping import is_used, read_signals
from ingestion.settings import Settings
from ingestion.streams import Stream

CHECK = "is_read_often_enough"
# Three turns missed is late; a stream that is due on every tick gets a few minutes for a long one.
TURNS = 3
AT_LEAST = timedelta(minutes=10)


class Freshness(NamedTuple):
    """`finding` is a sentence for people."""

    stream: Stream
    is_fresh: bool
    finding: str


def checked(streams: Iterable[Stream]) -> list[Stream]:
    """Streams that are polled; files and settings come when they come."""
    return [stream for stream in streams if stream.shape in ("changes", "list")]


def policy(stream: Stream | None = None) -> dg.FreshnessPolicy:
    """What Dagster shows beside an asset: overdue after three turns of its stream, at the least after ten minutes."""
    window = max(stream.interval * TURNS, AT_LEAST) if stream else AT_LEAST
    return dg.FreshnessPolicy.time_window(fail_window=window)


def freshness(settings: Settings, streams: Iterable[Stream]) -> Iterator[Freshness]:
    """Each stream by its instance that was read to its end the longest ago, in the log's own time."""
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        polls, now = event_log.last_polls(connection), event_log.newest_recorded_at(connection)
    signals = read_signals(settings.signals_file)
    for stream in checked(streams):
        sources = [name for name in settings.connections if name.split("/")[0] == stream.system]
        if not sources:
            yield Freshness(stream, True, "no instance is configured")
            continue
        sources = [name for name in sources if is_used(signals, stream, name)]
        if not sources:
            yield Freshness(stream, True, f"not used: signals.toml names no [{stream.object_in}] object")
            continue
        unread = [name for name in sources if (name, stream.name) not in polls]
        if unread or now is None:
            yield Freshness(stream, False, f"never read to its end: {', '.join(unread)}")
            continue
        source, polled_at = min(((name, polls[name, stream.name]) for name in sources), key=lambda found: found[1])
        is_fresh = now - polled_at <= max(stream.interval * TURNS, AT_LEAST)
        yield Freshness(stream, is_fresh, f"{source} was last read to its end at {polled_at:%Y-%m-%d %H:%M:%S} UTC")
