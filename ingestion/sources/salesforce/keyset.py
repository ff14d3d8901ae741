"""The walks over one object, each page strictly after the last row of the one before (R19).

queryAll on Account, Contact, User, Case  ->  event_log.salesforce__<entity>_events         by SystemModstamp
queryAll on AccountHistory                ->  event_log.salesforce__account_field_history_events  by CreatedDate
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from ingestion.envelope import moment
from ingestion.errors import SourceError
from ingestion.pages import Cursor, Page, Window
from ingestion.sources.salesforce.bulk import Bulk, BulkLost, after_job
from ingestion.sources.salesforce.gone import Gone
from ingestion.sources.salesforce.rows import RowPage, Rows

Pages = Callable[[Window, Cursor | None], Iterator[Page]]


def changes(rows: Rows, look_back: timedelta, bulk: Bulk, gone: Gone | None) -> Pages:
    """What changed. The stored cursor is the stamp and Id of the last row."""

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        at = dict(cursor or {})
        if window.end is None:
            return _live(rows, look_back, gone, window, at)
        return _past(rows, bulk, window, at)

    return pages


def as_it_is(rows: Rows, look_back: timedelta, bulk: Bulk) -> Pages:
    """All rows that are there now, changed or not.

    A job shows what was there when it began, and a cursor may be a day old: what came since, late commits included, is
    read as well, or it would count as gone.
    """

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        at = dict(cursor or {})
        is_by_job = "job" in at
        start = window if is_by_job else _since(window, at, look_back)
        for page in _past(rows, bulk, start, at if is_by_job else {}):
            is_by_job = is_by_job or "job" in page.cursor
            if page.end and is_by_job:
                yield replace(page, end=False)
                yield from _by_rest(rows, _since(window, page.cursor, look_back), {}, page.warning)
                return
            yield page

    return pages


def _since(window: Window, at: Cursor, look_back: timedelta) -> Window:
    return Window(moment(at["stamp"]) - look_back) if "stamp" in at else window


def _live(rows: Rows, look_back: timedelta, gone: Gone | None, window: Window, at: Cursor) -> Iterator[Page]:
    # A row is stamped when its transaction writes and seen when it commits: what commits late lies behind (R18).
    start = moment(at["stamp"]) if "stamp" in at else window.start
    conditions = [rows.from_moment(start - look_back)] if start else []
    began = rows.clock.now()
    dead: set[str] = set()
    reached, is_last = None, False
    while not is_last:
        page = rows.page(conditions)
        records, warning, is_last = page.records, None, page.is_last
        reached = _moved(rows, reached, page)
        if page.reached:
            conditions = [rows.after(page.reached)]
            # Rows of the look-back must not pull the cursor back.
            at = at | max(at, page.reached, key=lambda c: (c.get("stamp", ""), c.get("id", "")))
        dead |= {record["Id"] for record in records if record.get("IsDeleted")}
        if is_last and gone:
            found = gone.since(at.get("deleted_until"), began, dead)
            records, at, warning = [*records, *found.tombstones], at | found.cursor, found.warning
        yield Page(records, at, is_last, warning=warning)


def _past(rows: Rows, bulk: Bulk, window: Window, at: Cursor) -> Iterator[Page]:
    """From the cursor, or the window's start, to the window's end: by a query job where that saves many calls."""
    warning = None
    if "job" in at or bulk.is_worth(rows, _between(rows, window, at)):
        try:
            for page in bulk.pages(rows, _between(rows, window, at), at):
                at = page.cursor
                yield page
            return
        except SourceError as reason:
            at = reason.begin if isinstance(reason, BulkLost) and reason.begin is not None else after_job(at)
            warning = f"{rows.entity} is read by REST instead of Bulk API 2.0 ({str(reason).rstrip('.')})"
            bulk.say(f"{rows.api.source}: {warning}")
    yield from _by_rest(rows, window, at, warning)


def _by_rest(rows: Rows, window: Window, at: Cursor, warning: str | None) -> Iterator[Page]:
    is_last = False
    while not is_last:
        page = rows.page(_between(rows, window, at))
        at, is_last = _moved(rows, at, page) or at, page.is_last
        yield Page(page.records, at, is_last, warning=warning)


def _moved(rows: Rows, before: Cursor | None, page: RowPage) -> Cursor | None:
    """The keyset of the page. Raises SourceError when it is the one before: something answers without looking (R4)."""
    if page.reached and page.reached == before:
        raise SourceError(
            f"{rows.api.source} gives the same page of {rows.entity} again and again, up to {page.reached['stamp']}: "
            "something between here and there answers in its place."
        )
    return page.reached


def _between(rows: Rows, window: Window, at: Cursor) -> list[str]:
    conditions = [rows.until(window.end)] if window.end else []
    if "stamp" in at:
        return [*conditions, rows.after(at)]
    return [*conditions, rows.from_moment(window.start)] if window.start else conditions
