"""Zendesk -> event log, one instance at a time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingestion.envelope import Stamp
from ingestion.listing import Listing, list_pages
from ingestion.mapping import mapped, require, setting
from ingestion.pages import Cursor, Page, Reader, Window
from ingestion.preparing import Preparing
from ingestion.settings import Connection
from ingestion.sources.answers import part
from ingestion.sources.context import Context
from ingestion.sources.identity import by_updated_at
from ingestion.sources.refusals import NotAvailable
from ingestion.sources.scopes import Scopes
from ingestion.sources.zendesk import stamps
from ingestion.sources.zendesk.api import ZendeskApi
from ingestion.sources.zendesk.exports import cursor_pages, time_pages, with_identities
from ingestion.sources.zendesk.ratings import rating_pages
from ingestion.sources.zendesk.surveys import survey_pages
from ingestion.streams import STREAMS

LISTS = {
    "organization_membership": ("organization_memberships", "organization_memberships"),
    "ticket_field": ("ticket_fields", "ticket_fields"),
}
# Read whole by a reconcile; tickets only when somebody asks, for every day their number is enough.
SINGLES = {"organization": "organizations", "user": "users"}


class Zendesk:
    """One instance. Building it calls nobody; `connect` does."""

    def __init__(self, source: str, connection: Connection, context: Context) -> None:
        self.source, self._context = source, context
        self._api = ZendeskApi(source, connection, context)

    def connect(self) -> None:
        self._api.sign_in()

    def scopes(self) -> Scopes:
        return self._api.scopes()

    def check(self, streams: set[str]) -> None:
        """Raises SettingsError when a mapped organization field is not there."""
        if "zendesk__organization" not in streams:
            return
        fields = [f for page in self._api.listed("organization_fields", "organization_fields") for f in page]
        offered = [key for f in fields if isinstance(f, dict) and isinstance(key := f.get("key"), str)]
        signals, table = self._context.signals, "zendesk.organization"
        for key, field in mapped(signals, table, self.source).items():
            require(setting(signals, table, self.source, key), field, offered, f"an organization of {self.source}")

    def reader(self, stream: str) -> Reader:
        clock, api = self._context.clock, self._api
        entity = STREAMS[stream].entity
        if entity == "ticket":
            return self._tickets(lambda: Preparing(stream, self.source, "tickets", stamps.ticket))
        if entity == "user":
            path = "incremental/users/cursor"
            pages = cursor_pages(api, path, "users", stamps.user, clock, with_identities, include="identities")
            return Reader(pages, stamps.user)
        if entity == "organization":
            return Reader(time_pages(api, "incremental/organizations", "organizations", clock), stamps.organization)
        if entity == "ticket_audit":
            extra = {"include": "comment_events", "support_type_scope": "all"}
            return Reader(time_pages(api, "incremental/ticket_events", "ticket_events", clock, **extra), stamps.audit)
        if entity == "survey_response":
            return Reader(survey_pages(api, self._context.settings), stamps.survey_response)
        if entity == "satisfaction_rating":
            return Reader(rating_pages(api, self._context.settings), by_updated_at)
        return Reader(self._list_pages(stream, by_updated_at), by_updated_at)

    def _tickets(self, preparing: Callable[[], Preparing] | None) -> Reader:
        """Without the scope Zendesk leaves out, in silence, the tickets that AI agents handled. Metrics come with their
        ticket, for their own list knows nothing of archived ones (R6, R15).
        """
        pages = cursor_pages(
            self._api,
            "incremental/tickets/cursor",
            "tickets",
            stamps.ticket,
            self._context.clock,
            preparing=preparing,
            support_type_scope="all",
            include="metric_sets",
        )
        return Reader(pages, stamps.ticket)

    def complete(self, stream: str) -> Reader | None:
        """The export from its beginning, which holds deleted records too. What changed within the last minute is
        withheld from it, so a record that it lacks is asked for by its id before it counts as gone.
        """
        entity = STREAMS[stream].entity
        if entity == "ticket":
            return replace(self._tickets(preparing=None), tells_gone=False)
        if entity not in SINGLES:
            return None
        return replace(self.reader(stream), is_there=lambda entity_id: self._is_there(SINGLES[entity], entity_id))

    def counter(self, stream: str) -> Callable[[datetime, datetime], int] | None:
        """How many tickets were created between two times, archived ones included, deleted ones not."""
        return self._count_tickets if stream == "zendesk__ticket" else None

    def _count_tickets(self, since: datetime, until: datetime) -> int:
        query = f"type:ticket created>={since:%Y-%m-%dT%H:%M:%SZ} created<={until:%Y-%m-%dT%H:%M:%SZ}"
        return part(self._api.page("search", {"query": query, "per_page": 1}), "count", int, self.source, "search")

    def audits_at(self, second: int) -> list[Any]:
        """The change feed's entries of one second, as they read now; those of deleted tickets too."""
        found: list[Any] = []
        for page in self.reader("zendesk__ticket_audit").pages(Window(None), {"start_time": second}):
            found += page.records
            if page.end or page.cursor["start_time"] > second:
                break
        return found

    def private_comments(self, ticket_id: int) -> set[str] | None:
        """The comments of a ticket that are not public now; None when Zendesk shows them no more."""
        path = f"tickets/{ticket_id}/comments"
        try:
            rows = [row for page in self._api.listed(path, "comments") for row in page if isinstance(row, dict)]
        except NotAvailable as refusal:
            if refusal.status != 404:
                raise
            return None
        return {str(row.get("id")) for row in rows if row.get("public") is False}

    def _is_there(self, path: str, entity_id: str) -> bool:
        try:
            self._api.page(f"{path}/{entity_id}", {})
        except NotAvailable as refusal:
            if refusal.status != 404:
                raise
            return False
        return True

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
