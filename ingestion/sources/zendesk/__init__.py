"""Zendesk -> event log, one instance at a time."""

from collections.abc import Callable, Iterator
from typing import Any

from ingestion.envelope import Stamp
from ingestion.listing import Listing, list_pages
from ingestion.mapping import mapped, require
from ingestion.pages import Cursor, Page, Reader, Window
from ingestion.settings import Connection
from ingestion.sources.context import Context
from ingestion.sources.identity import by_updated_at
from ingestion.sources.zendesk import stamps
from ingestion.sources.zendesk.api import ZendeskApi
from ingestion.sources.zendesk.exports import cursor_pages, time_pages
from ingestion.sources.zendesk.surveys import survey_pages
from ingestion.streams import STREAMS

LISTS = {
    "organization_membership": ("organization_memberships", "organization_memberships"),
    "satisfaction_rating": ("satisfaction_ratings", "satisfaction_ratings"),
    "ticket_field": ("ticket_fields", "ticket_fields"),
}


class Zendesk:
    """One instance. Building it calls nobody; `connect` does."""

    def __init__(self, source: str, connection: Connection, context: Context) -> None:
        self.source, self._context = source, context
        self._api = ZendeskApi(source, connection, context)

    def connect(self) -> None:
        self._api.sign_in()

    def check(self, streams: set[str]) -> None:
        """Raises SettingsError when a mapped organization field is not there."""
        if "zendesk__organization" not in streams:
            return
        offered = [
            f.get("key") for page in self._api.listed("organization_fields", "organization_fields") for f in page
        ]
        for key, field in mapped(self._context.signals, "zendesk.organization").items():
            require(f"[zendesk.organization] {key}", field, filter(None, offered), f"organizations of {self.source}")

    def reader(self, stream: str) -> Reader:
        clock, api = self._context.clock, self._api
        entity = STREAMS[stream].entity
        if entity == "ticket":
            # Without the scope Zendesk leaves out, in silence, the tickets that AI agents handled.
            path = "incremental/tickets/cursor"
            pages = cursor_pages(api, path, "tickets", stamps.ticket, clock, support_type_scope="all")
            return Reader(pages, stamps.ticket)
        if entity == "user":
            path = "incremental/users/cursor"
            return Reader(cursor_pages(api, path, "users", stamps.user, clock), stamps.user)
        if entity == "organization":
            return Reader(time_pages(api, "incremental/organizations", "organizations", clock), stamps.organization)
        if entity == "ticket_audit":
            extra = {"include": "comment_events", "support_type_scope": "all"}
            return Reader(time_pages(api, "incremental/ticket_events", "ticket_events", clock, **extra), stamps.audit)
        if entity == "survey_response":
            return Reader(survey_pages(api), stamps.survey_response)
        return Reader(self._list_pages(stream, by_updated_at), by_updated_at)

    def _list_pages(
        self, stream: str, stamp: Callable[[dict[str, Any]], Stamp]
    ) -> Callable[[Window, Cursor | None], Iterator[Page]]:
        path, key = LISTS[STREAMS[stream].entity]

        def pages(_window: Window, _cursor: Cursor | None) -> Iterator[Page]:
            listing = Listing(self._context.settings, STREAMS[stream], self.source, stamp)
            if stream != "zendesk__ticket_field":
                return list_pages(listing, self._api.listed(path, key), self._context.clock.now)
            titles: set[str] = set()
            records = self._titled(path, key, titles)
            return list_pages(listing, records, self._context.clock.now, lambda: self._missing_titles(titles))

        return pages

    def _titled(self, path: str, key: str, titles: set[str]) -> Iterator[list[Any]]:
        for records in self._api.listed(path, key):
            titles.update(str(r.get("title")) for r in records if isinstance(r, dict))
            yield records

    def _missing_titles(self, titles: set[str]) -> str | None:
        wanted = mapped(self._context.signals, "zendesk.ticket").values()
        missing = sorted(title for title in wanted if title not in titles)
        if not missing:
            return None
        return (
            f"{self.source} has no ticket field titled {', '.join(map(repr, missing))} (signals.toml [zendesk.ticket])"
        )
