"""The settings that marts depend on, as an event whenever they change: marts are a function of the log alone.

GO_LIVE_AT, START_DATE, the configured instances, signals.toml  ->  event_log.pipeline__settings_events
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import orjson

from ingestion import event_log
from ingestion.belonging import recorded_instances, support_instances
from ingestion.envelope import Stamp, Stamped, canonical
from ingestion.mapping import Signals
from ingestion.pages import Cursor, Page, Window
from ingestion.settings import Settings

STREAM = "pipeline__settings"
SOURCE = "pipeline"


def last_settings(settings: Settings) -> dict[str, Any] | None:
    """The newest recorded settings, or None before the first run."""
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        row = connection.execute(
            f"select payload from {event_log.SCHEMA}.{STREAM}_events order by recorded_at desc, position desc limit 1"
        ).fetchone()
    return orjson.loads(row[0]) if row else None


def go_live_at(settings: Settings, last: dict[str, Any] | None, now: datetime) -> datetime:
    """GO_LIVE_AT, else what the first run decided, which is now."""
    if settings.go_live_at:
        return settings.go_live_at
    return datetime.fromisoformat(last["go_live_at"]) if last else now.replace(microsecond=0)


def settings_pages(
    settings: Settings, signals: Signals, last: dict[str, Any] | None, now: datetime
) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    payload = {
        **signals,
        "instances": (instances := recorded_instances(signals, settings.connections, (last or {}).get("instances"))),
        "support_instances": support_instances(signals, instances),
        "go_live_at": go_live_at(settings, last, now).isoformat(),
        "start_date": settings.start_date.isoformat() if settings.start_date else None,
    }

    def pages(_window: Window, _cursor: Cursor | None) -> Iterator[Page]:
        is_new = last is None or canonical(last) != canonical(payload)
        # Dated by the run: the same settings may come back, and that is a change too.
        stamped = Stamped(Stamp("settings", now.isoformat(), now, "recorded"), payload)
        yield Page([stamped] if is_new else [], {}, end=True)

    return pages
