"""One Zendesk instance: its quota buckets, and the two ways of paging."""

from collections.abc import Callable, Iterator
from typing import Any

from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion.errors import SourceError, TooSlow
from ingestion.http import SourceSession, as_usual
from ingestion.quota import ACCOUNT
from ingestion.settings import Connection
from ingestion.sources.answers import part
from ingestion.sources.context import Context
from ingestion.sources.refusals import accepted
from ingestion.sources.scopes import Scopes
from ingestion.sources.zendesk.sign_in import SignIn

EXPORT_PAGE = 1000
SMALLEST_PAGE = 50
# So many pages in time, and a page is asked for at double the size again.
GOOD_PAGES = 5


def buckets(path: str) -> tuple[str, ...]:
    """Which quotas a call draws on: the exports share one, users have their own, and all draw on the account's.

    The help center counts each of its routes apart, and no account with them.
    """
    if "/guide/" in path:
        return (f"guide/{path.split('/guide/')[1].split('/')[0]}",)
    if "/incremental/users/cursor" in path:
        return ("incremental-exports-cursor", ACCOUNT)
    if "/incremental/" in path:
        return ("incremental-exports", ACCOUNT)
    if "/ticket_fields" in path:
        return ("ticket-fields-index", ACCOUNT)
    return () if "/oauth/" in path else (ACCOUNT,)


class ZendeskApi:
    """Calls are relative to the instance; URLs that the server hands out are never followed."""

    def __init__(self, source: str, connection: Connection, context: Context) -> None:
        self.source = source
        self._session = SourceSession(source, context.clock, context.limiter, buckets)
        self._sign_in = SignIn(source, connection, context)
        self._session.auth = self._sign_in.auth
        self._client = RESTClient(f"{connection.url}/api/v2", session=self._session)
        # path -> rows to a page, pages in time since it was last changed
        self._sizes: dict[str, tuple[int, int]] = {}

    def scopes(self) -> Scopes:
        return self._sign_in.scopes()

    def sign_in(self) -> None:
        """Raises SourceError when the instance cannot be reached or refuses the credentials."""
        self._sign_in.try_it(lambda: self.page("organization_fields", {"page[size]": 1}))

    def export(
        self, path: str, key: str, params: dict[str, Any], parse: Callable[[bytes], Any] = as_usual
    ) -> tuple[dict[str, Any], int]:
        """One page of an export and the size that was asked for; see SourceSession for `parse`.

        A page that the server cannot finish is asked for again at half the size (R12). Raises SourceError when the
        answer is no page: no list of records, or no word on whether it is the last.
        """
        while True:
            size, good = self._sizes.get(path, (EXPORT_PAGE, 0))
            self._session.parse = parse
            try:
                body = self.page(path, {**params, "per_page": size})
            except TooSlow:
                if size <= SMALLEST_PAGE:
                    raise SourceError(
                        f"{self.source} cannot finish a page of {size} records of {path}: try again later."
                    ) from None
                self._sizes[path] = (max(size // 2, SMALLEST_PAGE), 0)
                continue
            finally:
                self._session.parse = as_usual
            is_slow_no_more = good + 1 >= GOOD_PAGES
            self._sizes[path] = (min(size * 2, EXPORT_PAGE), 0) if is_slow_no_more else (size, good + 1)
            part(body, key, list, self.source, path)
            part(body, "end_of_stream", bool, self.source, path)
            return body, size

    def listed(self, path: str, key: str, size: int = 100, **params: Any) -> Iterator[list[Any]]:
        """All pages of a list, never by offset (R8). `has_more` ends it: the last page names a next one too."""
        after: str | None = None
        while True:
            body = self.page(path, {"page[size]": size, **params, **({"page[after]": after} if after else {})})
            records, meta = part(body, key, list, self.source, path), part(body, "meta", dict, self.source, path)
            yield records
            if not part(meta, "has_more", bool, self.source, path):
                return
            following = part(meta, "after_cursor", str, self.source, path)
            if following == after or not following:
                raise stuck(self.source, path, {"page[after]": after})
            after = following

    def page(self, path: str, params: dict[str, Any]) -> Any:
        """One answer, whatever it holds. Raises SourceError, or NotAvailable for 403 and 404."""
        return accepted(self._client.get(path, params=params), self.source, path, self._sign_in.variables)


def stuck(source: str, path: str, at: dict[str, Any]) -> SourceError:
    (name, value), *_ = at.items()
    return SourceError(
        f"{source}: {path} says there is more but does not move on from {name}={value}: more records share one "
        "moment than fit a page; ask Zendesk support about this export."
    )
