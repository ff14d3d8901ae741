"""Lists that can only be asked by when a record was made, while it goes on changing for 28 days.

Live reading asks again for the last 29 days, and for what the change feed says has changed since. History asks once for
what is older. What lies outside of the window is not gone, so nothing here makes a tombstone (R28).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion.pages import Cursor, Page, Window
from ingestion.sources.answers import part
from ingestion.sources.zendesk.api import ZendeskApi, stuck
from ingestion.sources.zendesk.rated import Rated

STILL_CHANGING = timedelta(days=29)


@dataclass(frozen=True)
class Made:
    """One such list. `per_second` is the unit of its times; `made_at` and `ticket_of` raise for unreadable records."""

    path: str
    key: str
    start: str
    end: str
    per_second: int
    params: dict[str, Any]
    made_at: Callable[[dict[str, Any]], datetime]
    ticket_of: Callable[[dict[str, Any]], str]


def window_pages(
    api: ZendeskApi, made: Made, rated: Rated, ask_for: Callable[[list[str]], Iterator[list[Any]]]
) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """Pages of the list. `ask_for` reads the records of tickets that are not in the window.

    The cursor is {"newest": made at, "after": where a walk broke off, "rated_until": how far the feed was followed}.
    """

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        at: Cursor = {"newest": None, "after": None, "rated_until": None} | (cursor or {})
        is_live = window.end is None
        since = datetime.fromisoformat(at["newest"]) if at["newest"] else window.start
        if is_live and since:
            since -= STILL_CHANGING
        params = {**made.params, **({made.start: _units(since, made)} if since else {})}
        if window.end:
            until = window.end - STILL_CHANGING
            if since and since >= until:
                yield Page([], at, end=True)
                return
            params[made.end] = _units(until, made)
        tickets: set[str] = set()
        for page in _walk(api, made, params, at, keep_newest=is_live, tickets=tickets):
            at = page.cursor
            yield page
        if is_live:
            changed, rated_until = rated.since(at["rated_until"], window.start)
            for records in ask_for([ticket for ticket in changed if ticket not in tickets]):
                yield Page(records, at, end=False)
            at = {**at, "rated_until": rated_until}
        yield Page([], at, end=True)

    return pages


def _walk(
    api: ZendeskApi, made: Made, params: dict[str, Any], at: Cursor, keep_newest: bool, tickets: set[str]
) -> Iterator[Page]:
    newest, after = at["newest"], at["after"]
    while True:
        body = api.page(made.path, {**params, **({"page[after]": after} if after else {})})
        records, meta = (
            part(body, made.key, list, api.source, made.path),
            part(body, "meta", dict, api.source, made.path),
        )
        more = part(meta, "has_more", bool, api.source, made.path)
        following = part(meta, "after_cursor", str, api.source, made.path) if more else None
        if more and following in (after, ""):
            raise stuck(api.source, made.path, {"page[after]": after})
        after = following
        newest = max(filter(None, (newest, newest_made(made, records))), default=None)
        tickets.update(_tickets_of(made, records))
        # `newest` moves only when the walk is through: a walk that breaks off goes on where it was.
        yield Page(
            records, {**at, "newest": newest if keep_newest and not more else at["newest"], "after": after}, False
        )
        if not more:
            return


def newest_made(made: Made, records: list[Any]) -> str | None:
    """The newest on a page; an unreadable record is the envelope's business."""
    times = []
    for record in records:
        try:
            times.append(made.made_at(record).isoformat(timespec="milliseconds"))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            continue
    return max(times, default=None)


def _tickets_of(made: Made, records: list[Any]) -> Iterator[str]:
    for record in records:
        try:
            yield made.ticket_of(record)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            continue


def _units(moment: datetime, made: Made) -> int:
    return int(moment.timestamp() * made.per_second)
