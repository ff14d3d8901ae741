"""Incremental exports: what changed since a cursor, in the order in which Zendesk stamped it.

GET /api/v2/incremental/tickets/cursor     ->  event_log.zendesk__ticket_events
GET /api/v2/incremental/users/cursor       ->  event_log.zendesk__user_events
GET /api/v2/incremental/organizations      ->  event_log.zendesk__organization_events
GET /api/v2/incremental/ticket_events      ->  event_log.zendesk__ticket_audit_events
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from ingestion.clock import Clock
from ingestion.envelope import Stamp
from ingestion.errors import SourceError
from ingestion.pages import Cursor, Page, Window
from ingestion.sources.zendesk.api import ZendeskApi

# Zendesk refuses a start within the last minute; twice that also holds on a slow way there.
NEWEST_START = timedelta(minutes=2)


def start_time(window: Window, clock: Clock) -> int:
    if window.start is None:
        return 0
    return max(int(min(window.start, clock.now() - NEWEST_START).timestamp()), 0)


def cursor_pages(
    api: ZendeskApi, path: str, key: str, stamp: Callable[[dict[str, Any]], Stamp], clock: Clock, **params: Any
) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """Pages by the opaque cursor; the stored one is always the one that the server gave, the last page's included."""

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        at = cursor or {"start_time": start_time(window, clock)}
        while True:
            body = api.export(path, {**params, **at})
            records, after, end = body[key], body.get("after_cursor"), bool(body["end_of_stream"])
            following = {"cursor": after} if after else at
            if not end and following == at:
                raise stuck(api, path, at)
            at = following
            yield Page(records, at, end or _has_met(records, stamp, window.end))
            if end:
                return

    return pages


def time_pages(
    api: ZendeskApi, path: str, key: str, clock: Clock, **params: Any
) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """Pages by time. The last page's `end_time` is its last second, which the next poll reads again, on purpose."""

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        at = cursor or {"start_time": start_time(window, clock)}
        while True:
            body = api.export(path, {**params, **at})
            end_time, end = body.get("end_time"), bool(body["end_of_stream"])
            following = at if end_time is None else {"start_time": end_time}
            if not end and following["start_time"] <= at["start_time"]:
                raise stuck(api, path, at)
            at = following
            has_met = window.end is not None and at["start_time"] > window.end.timestamp()
            yield Page(body[key], at, end or has_met)
            if end:
                return

    return pages


def stuck(api: ZendeskApi, path: str, at: Cursor) -> SourceError:
    (name, value), *_ = at.items()
    return SourceError(
        f"{api.source}: {path} says there is more but does not move on from {name}={value}: more records share one "
        "moment than fit a page; ask Zendesk support about this export."
    )


def _has_met(records: list[Any], stamp: Callable[[dict[str, Any]], Stamp], end: datetime | None) -> bool:
    """Whether a history walk has reached what the live cursor reads; the last row of the page decides."""
    if end is None:
        return False
    for record in reversed(records):
        try:
            return stamp(record).occurred_at > end
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            continue
    return False
