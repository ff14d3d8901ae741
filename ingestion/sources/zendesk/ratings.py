"""Satisfaction ratings: a list that is asked by time of creation, while a score may change at any time.

GET /api/v2/satisfaction_ratings  ->  event_log.zendesk__satisfaction_rating_events
"""

from collections.abc import Callable, Iterator
from typing import Any

from ingestion.envelope import moment
from ingestion.pages import Cursor, Page, Window
from ingestion.settings import Settings
from ingestion.sources.answers import part
from ingestion.sources.refusals import NotAvailable
from ingestion.sources.zendesk.api import ZendeskApi
from ingestion.sources.zendesk.rated import Rated
from ingestion.sources.zendesk.windows import Made, window_pages

RATINGS = Made(
    "satisfaction_ratings",
    "satisfaction_ratings",
    "start_time",
    "end_time",
    1,
    {"page[size]": 100},
    lambda record: moment(record["created_at"]),
    lambda record: str(record["ticket_id"]),
)


def rating_pages(api: ZendeskApi, settings: Settings) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """A rating older than the window is read again, by its id, when its ticket's score changes."""
    rated = Rated(settings, api.source)

    def ask_for(tickets: list[str]) -> Iterator[list[Any]]:
        for rating_id in rated.rating_ids(tickets):
            path = f"satisfaction_ratings/{rating_id}"
            try:
                yield _one(api.page(path, {}), api.source, path)
            except NotAvailable as refusal:
                if refusal.status != 404:
                    raise

    return window_pages(api, RATINGS, rated, ask_for)


def _one(body: Any, source: str, path: str) -> list[Any]:
    """Clients read one object there and the vendor's description has a list of one: neither must stop the stream."""
    if isinstance(body, dict) and isinstance(body.get("satisfaction_rating"), list):
        return body["satisfaction_rating"]
    return [part(body, "satisfaction_rating", dict, source, path)]
