"""GitLab -> event log: feedback issues, and the collaboration projects that organizations name.

GET /api/v4/projects/{path}/issues  ->  event_log.gitlab__issue_events
GET /api/v4/projects/{id}           ->  event_log.gitlab__project_events
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from dlt.sources.helpers.rest_client.auth import APIKeyAuth
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion.envelope import Stamp, Stamped, moment
from ingestion.errors import QuotaSpent, SourceError
from ingestion.http import SourceSession
from ingestion.listing import Listing
from ingestion.mapping import section
from ingestion.pages import Cursor, Page, Reader, Window
from ingestion.quota import ACCOUNT
from ingestion.settings import Connection
from ingestion.sources.answers import part
from ingestion.sources.context import Context
from ingestion.sources.gitlab.issues import PAGE, walk
from ingestion.sources.gitlab.wanted import issue_place, wanted_projects
from ingestion.sources.identity import by_updated_at, entity_id
from ingestion.sources.refusals import NotAvailable, accepted
from ingestion.sources.scopes import Scopes
from ingestion.streams import STREAMS

PAGES_PER_RUN = 10_000
VARIABLE = "GITLAB_TOKEN"


def project_stamp(record: dict[str, Any]) -> Stamp:
    return Stamp(entity_id(record), record["last_activity_at"], moment(record["last_activity_at"]))


class GitLab:
    """One GitLab. Building it calls nobody; `connect` does."""

    def __init__(self, source: str, connection: Connection, context: Context) -> None:
        self.source, self._context = source, context
        session = SourceSession(source, context.clock, context.limiter, lambda _path: (ACCOUNT,))
        session.auth = APIKeyAuth(name="PRIVATE-TOKEN", api_key=connection.token.get_secret_value(), location="header")
        self._client = RESTClient(f"{connection.url}/api/v4", session=session)
        self._paths: list[str] = section(context.signals, "gitlab")["feedback_projects"]

    def connect(self) -> None:
        """Asks for the first feedback project: GitLab has no sign-in of its own to try."""
        if self._paths:
            try:
                self._project(self._paths[0])
            except NotAvailable as refusal:
                raise self._unknown(self._paths[0], refusal) from refusal

    def scopes(self) -> Scopes:
        """A token does not tell what it may do; reading the first project in `connect` has shown that it may read."""
        return Scopes(None, ("read_api",))

    def check(self, streams: set[str]) -> None:
        """Nothing is mapped by field name here."""

    def reader(self, stream: str) -> Reader:
        if stream == "gitlab__issue":
            return Reader(self._issues, by_updated_at)
        return Reader(self._projects, project_stamp)

    def _get(self, path: str, what: str, params: dict[str, Any] | None = None) -> Any:
        return accepted(self._client.get(path, params=params or {}), self.source, what, VARIABLE)

    def _project(self, key: str) -> dict[str, Any]:
        return self._get(f"projects/{quote(key, safe='')}", f"project {key}")

    def _unknown(self, path: str, refusal: NotAvailable) -> SourceError:
        """What is hidden looks as if it were not there (404); a 403 says itself what the token lacks."""
        if refusal.status != 404:
            return refusal
        return SourceError(
            f"{self.source} has no project {path!r} that this token may see: correct [gitlab] feedback_projects in "
            f"signals.toml, or give {VARIABLE} access to it."
        )

    def _issues(self, window: Window, cursor: Cursor | None) -> Iterator[Page]:
        """Every feedback project in turn; the cursor keeps each one's newest `updated_at`."""
        at: Cursor = dict(cursor or {})
        for path in self._paths:
            since = at.get(path) or (window.start.isoformat() if window.start else None)
            pages = walk(partial(self._issues_of, path), since, window.end, self._context.clock.now)
            for number, (records, reached) in enumerate(pages, start=1):
                at = {**at, path: reached} if reached else at
                yield Page(records, at, end=False)
                if number == PAGES_PER_RUN:
                    raise QuotaSpent(
                        f"{self.source}: issues of {path} took {PAGES_PER_RUN:,} pages; the next run goes on from there"
                    )
        yield Page([], at, end=True)

    def _issues_of(self, path: str, params: dict[str, Any]) -> list[Any]:
        try:
            records = self._get(f"projects/{quote(path, safe='')}/issues", f"issues of {path}", params)
        except NotAvailable as refusal:
            raise self._unknown(path, refusal) from refusal
        return part({"list": records}, "list", list, self.source, f"issues of {path}")

    def complete(self, stream: str) -> Reader | None:
        """All issues, for a deleted one vanishes without a word; a project that is no longer read is not gone."""
        return Reader(self._issues, by_updated_at, self._has_issue) if stream == "gitlab__issue" else None

    def _has_issue(self, entity_id: str) -> bool:
        place = issue_place(self._context.settings, self.source, entity_id)
        if place is None:
            return False
        try:
            return bool(self._get(f"projects/{place.project_id}/issues", f"issue {entity_id}", {"iids[]": place.iid}))
        except NotAvailable as refusal:
            if refusal.status != 404:
                raise
            return False

    def _projects(self, _window: Window, _cursor: Cursor | None) -> Iterator[Page]:
        """All wanted projects, one call each; one that is gone, or hidden from this token, becomes a tombstone.

        One that is forbidden is there: it stays as it was known, with a warning.
        """
        stream = STREAMS["gitlab__project"]
        listing = Listing(self._context.settings, stream, self.source, project_stamp)
        now = self._context.clock.now
        keys = [*self._paths, *wanted_projects(self._context.settings, self._context.signals)]
        # Each page costs a question to the log, so a hundred projects share one.
        for start in range(0, len(keys), PAGE):
            found: list[dict[str, Any]] = []
            gone: list[Stamped] = []
            warning = None
            for key in keys[start : start + PAGE]:
                try:
                    found.append(self._project(key))
                except NotAvailable as refusal:
                    if refusal.status != 404:
                        warning = str(refusal)
                        continue
                    tombstone = listing.tombstone(key, now(), {"id": int(key)}) if key.isdigit() else None
                    gone += [tombstone] if tombstone else []
            yield Page([*listing.changed(found, now()), *gone], {}, end=False, warning=warning)
        yield Page([], {}, end=True)
