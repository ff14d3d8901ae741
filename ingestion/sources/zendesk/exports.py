"""Incremental exports: what changed since a cursor, in the order in which Zendesk stamped it.

GET /api/v2/incremental/tickets/cursor     ->  event_log.zendesk__ticket_events
GET /api/v2/incremental/users/cursor       ->  event_log.zendesk__user_events
GET /api/v2/incremental/organizations      ->  event_log.zendesk__organization_events
GET /api/v2/incremental/ticket_events      ->  event_log.zendesk__ticket_audit_events
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from ingestion.clock import Clock
from ingestion.envelope import Stamp
from ingestion.errors import QuotaSpent, SourceError
from ingestion.http import as_usual
from ingestion.pages import Cursor, Page, Window
from ingestion.preparing import Preparing
from ingestion.sources.answers import part
from ingestion.sources.zendesk.api import ZendeskApi, stuck

# Zendesk refuses a start within the last minute; twice that also holds on a slow way there.
NEWEST_START = timedelta(minutes=2)
# A cursor from the future would pass over everything until then.
AHEAD = timedelta(minutes=10)
# Now and then a page comes empty and without a way on; asked again, it is there.
EMPTY_AGAIN = 3
# No account has so many; an export that never ends is stopped, and what it gave is kept.
PAGES_PER_RUN = 100_000


def start_time(window: Window, clock: Clock) -> int:
    return 0 if window.start is None else max(min(int(window.start.timestamp()), newest_start(clock)), 0)


def newest_start(clock: Clock) -> int:
    return int((clock.now() - NEWEST_START).timestamp())


def as_given(body: dict[str, Any], key: str) -> list[Any]:
    return body[key]


def with_identities(body: dict[str, Any], key: str) -> list[Any]:
    """Users, each with its addresses, which stand beside them in the answer; always in one order."""
    by_user: dict[str, list[Any]] = {}
    identities = body.get("identities")
    if not isinstance(identities, list):
        return body[key]
    for identity in identities:
        if isinstance(identity, dict):
            by_user.setdefault(str(identity.get("user_id")), []).append(identity)
    return [
        {**user, "identities": sorted(by_user.get(str(user.get("id")), []), key=lambda found: str(found.get("id")))}
        if isinstance(user, dict)
        else user
        for user in body[key]
    ]


def cursor_pages(
    api: ZendeskApi,
    path: str,
    key: str,
    stamp: Callable[[dict[str, Any]], Stamp],
    clock: Clock,
    records_of: Callable[[dict[str, Any], str], list[Any]] = as_given,
    preparing: Callable[[], Preparing] | None = None,
    **params: str,
) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """Pages by the opaque cursor; the stored one is always the one that the server gave, the last page's included."""

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        with preparing() if preparing else nullcontext(as_usual) as parse:
            yield from walk(window, cursor, parse)

    def walk(window: Window, cursor: Cursor | None, parse: Callable[[bytes], Any]) -> Iterator[Page]:
        at, empty = cursor or {"start_time": start_time(window, clock)}, 0
        for _ in range(PAGES_PER_RUN):
            body, _size = api.export(path, key, {**params, **at}, parse)
            end, after = body["end_of_stream"], body.get("after_cursor")
            following = {"cursor": part(body, "after_cursor", str, api.source, path)} if after is not None else at
            if not end and (following == at or not after):
                empty += 1
                if body[key] or empty > EMPTY_AGAIN:
                    raise stuck(api.source, path, at)
                continue
            empty = 0
            at = following if after else at
            records = records_of(body, key)
            page = Page(records, at, end or _has_met(records, stamp, window.end))
            del body, records
            yield page
            del page
            if end:
                return
        raise _endless(api, path)

    return pages


def time_pages(
    api: ZendeskApi, path: str, key: str, clock: Clock, **params: str
) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """Pages by time. The last page's `end_time` is its last second, which the next poll reads again, on purpose.

    Other accounts give the second after it on every page, or the last second on every page: both work.
    """

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        at, empty = cursor or {"start_time": start_time(window, clock)}, 0
        for _ in range(PAGES_PER_RUN):
            # An end_time can be younger than what Zendesk takes as a start; from before, nothing is lost.
            start = min(at["start_time"], newest_start(clock))
            body, size = api.export(path, key, {**params, "start_time": max(start, 0)})
            end, records = body["end_of_stream"], body[key]
            following = _following(api, path, body, at, clock)
            if not end and following["start_time"] <= start:
                empty += 1
                if not records and empty <= EMPTY_AGAIN:
                    continue
                # A page is longer than asked for only because it holds all of its last second: the next may follow.
                if len(records) <= size:
                    raise stuck(api.source, path, {"start_time": start})
                following = {"start_time": start + 1}
            empty = 0
            at = following
            has_met = window.end is not None and at["start_time"] > window.end.timestamp()
            yield Page(records, at, end or has_met)
            if end:
                return
        raise _endless(api, path)

    return pages


def _following(api: ZendeskApi, path: str, body: dict[str, Any], at: Cursor, clock: Clock) -> Cursor:
    """The cursor that the server gave; without one the old stays. Raises SourceError for one from the future."""
    if body.get("end_time") is None:
        return at
    end_time = part(body, "end_time", int, api.source, path)
    if end_time > (clock.now() + AHEAD).timestamp():
        raise SourceError(
            f"{api.source}: {path} gives the end_time {str(end_time)[:30]}, which is still to come: nothing of that "
            "page was kept, for the cursor would pass over what happens until then; ask Zendesk support about it."
        )
    return {"start_time": end_time}


def _endless(api: ZendeskApi, path: str) -> QuotaSpent:
    return QuotaSpent(f"{api.source}: {path} gave {PAGES_PER_RUN:,} pages in one run; the next run goes on from there")


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
