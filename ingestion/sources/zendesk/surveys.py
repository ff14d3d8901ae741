"""Survey responses: a list that can only be asked by when a survey was sent, while answers change for 28 days.

GET /api/v2/guide/survey_responses  ->  event_log.zendesk__survey_response_events
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from ingestion.pages import Cursor, Page, Window
from ingestion.sources.zendesk.api import ZendeskApi
from ingestion.sources.zendesk.stamps import sent_at

PATH = "guide/survey_responses"
PAGE = 50
STILL_CHANGING = timedelta(days=29)


def survey_pages(api: ZendeskApi) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """Live: everything sent since 29 days before the newest survey known. History: what was sent before that."""

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        at = cursor or {"newest": None, "after": None}
        params: dict[str, Any] = {"page[size]": PAGE, "sort": "id"}
        since = datetime.fromisoformat(at["newest"]) if at["newest"] else window.start
        if window.end is None and since:
            since -= STILL_CHANGING
        if since:
            params["filter[created_at_start]"] = _milliseconds(since)
        if window.end:
            until = window.end - STILL_CHANGING
            if since and since >= until:
                yield Page([], at, end=True)
                return
            params["filter[created_at_end]"] = _milliseconds(until)
        yield from _walk(api, params, at, keep_newest=window.end is None)

    return pages


def _walk(api: ZendeskApi, params: dict[str, Any], at: Cursor, keep_newest: bool) -> Iterator[Page]:
    newest, after = at["newest"], at["after"]
    while True:
        body = api.page(PATH, {**params, **({"page[after]": after} if after else {})})
        records, more = body["survey_responses"], bool(body["meta"]["has_more"])
        after = body["meta"].get("after_cursor") if more else None
        seen = newest_sent(records)
        reached = max(filter(None, (newest, seen)), default=None)
        # `newest` moves only when the walk is through: a walk that breaks off goes on where it was.
        cursor = {"newest": reached if keep_newest and not more else at["newest"], "after": after}
        newest = reached
        yield Page(records, cursor, end=not more)
        if not more:
            return


def newest_sent(records: list[Any]) -> str | None:
    """The newest sent time on a page; an unreadable id is the envelope's business."""
    times = []
    for record in records:
        try:
            times.append(sent_at(record["id"]).isoformat(timespec="milliseconds"))
        except (KeyError, TypeError, ValueError):
            continue
    return max(times, default=None)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
