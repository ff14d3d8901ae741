"""The instances of a run: connected, checked against signals.toml, and asked what is due."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from ingestion.clock import Clock
from ingestion.errors import SettingsError, SourceError
from ingestion.mapping import Signals, is_used
from ingestion.pages import Reader
from ingestion.quota import Limiter
from ingestion.settings import Settings
from ingestion.sources.context import Context
from ingestion.sources.gitlab import GitLab
from ingestion.sources.salesforce import Salesforce
from ingestion.sources.scopes import Scopes
from ingestion.sources.zendesk.source import Zendesk
from ingestion.streams import STREAMS, Stream
from ingestion.timer import Timer

# A Date header has whole seconds.
CLOCK_JITTER = timedelta(seconds=2)


class Source(Protocol):
    """What every system offers: `connect` and `check` raise SourceError, `check` SettingsError for a missing field.
    `scopes` is known after `connect`.

    `reader` reads what changed. `complete` reads the whole stream as it is now, or is None where there is no such way.
    """

    def connect(self) -> None: ...
    def scopes(self) -> Scopes: ...
    def check(self, streams: set[str]) -> None: ...
    def reader(self, stream: str) -> Reader: ...
    def complete(self, stream: str) -> Reader | None: ...


@runtime_checkable
class Counted(Protocol):
    """A source that can say how many records of a stream were created between two times; None: not of this stream."""

    def counter(self, stream: str) -> Callable[[datetime, datetime], int] | None: ...


SYSTEMS: Mapping[str, Callable[[str, Any, Context], Source]] = {
    "salesforce": Salesforce,
    "zendesk": Zendesk,
    "gitlab": GitLab,
}


@dataclass
class Instance:
    """One configured instance. `error` says why it cannot be read in this run."""

    name: str
    source: Source
    limiter: Limiter
    streams: list[Stream] = field(default_factory=list)
    error: str | None = None


def connected_instances(
    settings: Settings,
    signals: Signals,
    clock: Clock,
    streams: list[Stream],
    say: Callable[[str], None],
    timer: Timer,
) -> list[Instance]:
    """Signs in everywhere, and so learns the servers' time. One instance that fails does not stop the others.

    Raises SettingsError when signals.toml names a field that is not there: reading on would lose it in silence.
    """
    instances = []
    for name, connection in settings.connections.items():
        system = name.split("/")[0]
        wanted = [stream for stream in streams if stream.system == system and is_used(signals, stream, name)]
        if not wanted:
            continue
        limiter = Limiter(settings.quota_share_account, settings.quota_share_export, say, timer)
        source = SYSTEMS[system](name, connection, Context(settings, signals, clock, limiter, say))
        instance = Instance(name, source, limiter, wanted)
        try:
            source.connect()
            source.check({stream.name for stream in wanted})
        except SettingsError:
            raise
        except SourceError as error:
            instance.error = str(error)
        instances.append(instance)
    return instances


def is_due(stream: Stream, polled_at: datetime | None, now: datetime) -> bool:
    """Whether its poll interval has passed. A poll from the future (a clock that was set back) does not count."""
    return polled_at is None or now - polled_at >= stream.interval - CLOCK_JITTER or polled_at - now > CLOCK_JITTER


def selected(names: list[str] | None) -> list[Stream]:
    """The named streams, in the order of the table; all without names. Raises SettingsError for an unknown one."""
    for name in names or ():
        if name not in STREAMS:
            raise SettingsError(f"There is no stream {name!r}: the streams are {', '.join(STREAMS)}.")
    return [stream for stream in STREAMS.values() if names is None or stream.name in names]
