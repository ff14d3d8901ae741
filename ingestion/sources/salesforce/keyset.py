"""Keyset paging: in the order of (stamp, Id), each page strictly after the last row of the one before (R19).

queryAll on Account, Contact, User, Case  ->  event_log.salesforce__<entity>_events         by SystemModstamp
queryAll on AccountHistory                ->  event_log.salesforce__account_field_history_events  by CreatedDate
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from ingestion.envelope import moment
from ingestion.pages import Cursor, Page, Window
from ingestion.sources.salesforce.api import SalesforceApi
from ingestion.sources.salesforce.fields import Fields
from ingestion.sources.salesforce.records import normal, stamped

PAGE = 2000
# A row is stamped when its transaction writes and seen when it commits: what commits late lies behind the cursor.
LOOK_BACK = timedelta(minutes=10)


def keyset_pages(
    api: SalesforceApi, entity: str, fields: Fields, by: str
) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """`by` is the column that orders changes. The stored cursor is the stamp and Id of the last row."""

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        is_live = window.end is None
        at = dict(cursor or {})
        clause = _start(by, window, at, is_live)
        while True:
            first, rows = _rows(api, entity, fields, by, clause)
            end = len(first) < PAGE
            if first:
                reached = {"stamp": stamped(moment(first[-1][by])), "id": first[-1]["Id"]}
                clause = f"({by} > {reached['stamp']} OR ({by} = {reached['stamp']} AND Id > '{reached['id']}'))"
                # Rows of the look-back must not pull the cursor back.
                at = max(at, reached, key=lambda c: (c.get("stamp", ""), c.get("id", "")))
                end = end or (window.end is not None and moment(reached["stamp"]) > window.end)
            yield Page([normal(row, fields.moments | {by}, fields.references) for row in rows], at, end)
            if end:
                return

    return pages


def _start(by: str, window: Window, at: Cursor, is_live: bool) -> str | None:
    if not at:
        if window.start is None:
            return None
        return f"{by} >= {stamped(window.start - LOOK_BACK if is_live else window.start)}"
    if is_live:
        return f"{by} >= {stamped(moment(at['stamp']) - LOOK_BACK)}"
    return f"({by} > {at['stamp']} OR ({by} = {at['stamp']} AND Id > '{at['id']}'))"


def _rows(
    api: SalesforceApi, entity: str, fields: Fields, by: str, clause: str | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The page as the first statement gave it, and its rows with all their fields.

    An object with hundreds of fields is read in several statements, joined by Id and stamp (R26).
    """
    where = f" WHERE {clause}" if clause else ""
    answers = [
        api.query(f"SELECT {','.join(names)} FROM {entity}{where} ORDER BY {by}, Id LIMIT {PAGE}", entity)
        for names in fields.chunks(("Id", by))
    ]
    first, *others = answers
    rows = first
    for other in others:
        more = {(row["Id"], row[by]): row for row in other}
        # A row that moved between two statements is left for later: it now stands behind this page.
        rows = [row | more[row["Id"], row[by]] for row in rows if (row["Id"], row[by]) in more]
    return first, rows
