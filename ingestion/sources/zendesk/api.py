"""One Zendesk instance: sign-in, its quota buckets, and the two ways of paging."""

from collections.abc import Iterator
from typing import Any

from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator
from requests import HTTPError, Response

from ingestion.errors import SourceError, TooSlow
from ingestion.http import SourceSession
from ingestion.quota import ACCOUNT
from ingestion.settings import Connection
from ingestion.sources.context import Context
from ingestion.sources.refusals import accepted
from ingestion.sources.sign_in import ClientCredentials

EXPORT_PAGE = 1000
SMALLEST_PAGE = 50
TOKEN_SECONDS = 1800


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
        prefix = f"ZENDESK_{source.split('/')[1].upper()}"
        self.variables = f"{prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET"
        self._session = SourceSession(source, context.clock, context.limiter, buckets)
        self._auth = ClientCredentials(
            SourceSession(source, context.clock, context.limiter),
            connection,
            f"{connection.url}/oauth/tokens",
            self.variables,
            as_json=True,
            scope="read",
            expires_in=TOKEN_SECONDS,
        )
        self._session.auth = self._auth
        self._client = RESTClient(f"{connection.url}/api/v2", session=self._session)
        self._page_size = EXPORT_PAGE

    def sign_in(self) -> None:
        """Raises SourceError when the instance cannot be reached or refuses the credentials."""
        self._auth.obtain_token()

    def export(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """One page of an export. A page that the server cannot finish is asked for again at half the size."""
        while True:
            try:
                response = self._client.get(path, params={**params, "per_page": self._page_size})
                return accepted(response, self.source, path, self.variables)
            except TooSlow:
                if self._page_size <= SMALLEST_PAGE:
                    raise SourceError(
                        f"{self.source} cannot finish a page of {SMALLEST_PAGE} records of {path}: try again later."
                    ) from None
                self._page_size = max(self._page_size // 2, SMALLEST_PAGE)

    def listed(self, path: str, key: str, size: int = 100, **params: Any) -> Iterator[list[Any]]:
        """All pages of a cursor-paged list. `has_more` ends it: the last page still names a next one."""
        paginator = JSONResponseCursorPaginator(
            cursor_path="meta.after_cursor", cursor_param="page[after]", has_more_path="meta.has_more"
        )
        try:
            yield from self._client.paginate(
                path, params={"page[size]": size, **params}, paginator=paginator, data_selector=key
            )
        except HTTPError as error:
            accepted(Response() if error.response is None else error.response, self.source, path, self.variables)

    def page(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """One page of a list whose cursor the caller keeps."""
        return accepted(self._client.get(path, params=params), self.source, path, self.variables)
