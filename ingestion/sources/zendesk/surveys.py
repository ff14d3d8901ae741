"""Survey responses: a list that can only be asked by when a survey was sent, while answers change for 28 days.

GET /api/v2/guide/survey_responses  ->  event_log.zendesk__survey_response_events
"""

from collections.abc import Callable, Iterator
from typing import Any

from ingestion.pages import Cursor, Page, Window
from ingestion.settings import Settings
from ingestion.sources.zendesk.api import ZendeskApi
from ingestion.sources.zendesk.rated import Rated
from ingestion.sources.zendesk.stamps import sent_at
from ingestion.sources.zendesk.windows import Made, window_pages

PAGE = 50
# Tickets named in one call: their names stand in the address.
NAMED = 50
TICKET = "zen:ticket:"

SURVEYS = Made(
    "guide/survey_responses",
    "survey_responses",
    "filter[created_at_start]",
    "filter[created_at_end]",
    1000,
    {"page[size]": PAGE, "sort": "id"},
    lambda record: sent_at(record["id"]),
    lambda record: record["subject_zrns"][0].removeprefix(TICKET),
)


def survey_pages(api: ZendeskApi, settings: Settings) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """An answer that changes moves its ticket's score: the tickets that did so are asked for by name."""

    def ask_for(tickets: list[str]) -> Iterator[list[Any]]:
        for start in range(0, len(tickets), NAMED):
            names = ",".join(f"{TICKET}{ticket}" for ticket in tickets[start : start + NAMED])
            yield from api.listed(SURVEYS.path, SURVEYS.key, PAGE, sort="id", **{"filter[subject_zrns]": names})

    return window_pages(api, SURVEYS, Rated(settings, api.source), ask_for)
