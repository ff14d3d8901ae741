"""Signing in at Zendesk: OAuth client credentials, or an API token for as long as Zendesk still takes them."""

from collections.abc import Callable
from typing import Any

from requests.auth import AuthBase, HTTPBasicAuth

from ingestion.errors import SourceError
from ingestion.http import SourceSession
from ingestion.settings import Connection, ZendeskConnection
from ingestion.sources.context import Context
from ingestion.sources.scopes import Scopes, granted_in
from ingestion.sources.sign_in import ClientCredentials

SCOPE = "read"
TOKEN_SECONDS = 1800
API_TOKENS_END = "2027-04-30"


class SignIn:
    """`auth` goes on the session; `variables` are the ones to check when it is refused."""

    def __init__(self, source: str, connection: Connection, context: Context) -> None:
        self._source, self._say = source, context.say
        self._prefix = f"ZENDESK_{source.split('/')[1].upper()}"
        self._oauth: ClientCredentials | None = None
        if isinstance(connection, ZendeskConnection) and connection.api_token.get_secret_value():
            token = connection.api_token.get_secret_value()
            self.variables = f"{self._prefix}_EMAIL and {self._prefix}_API_TOKEN"
            self.auth: AuthBase = HTTPBasicAuth(f"{connection.email}/token", token)
            return
        self.variables = f"{self._prefix}_CLIENT_ID and {self._prefix}_CLIENT_SECRET"
        self.auth = self._oauth = ClientCredentials(
            SourceSession(source, context.clock, context.limiter),
            connection,
            f"{connection.url}/oauth/tokens",
            self.variables,
            as_json=True,
            scope=SCOPE,
            expires_in=TOKEN_SECONDS,
        )

    def scopes(self) -> Scopes:
        """After `try_it`. An API token may do whatever its user may."""
        return Scopes(granted_in(self._oauth.granted) if self._oauth else None, (SCOPE,))

    def try_it(self, ask: Callable[[], Any]) -> None:
        """Raises SourceError when the credentials are refused or give too little.

        An API token has no sign-in of its own, and Zendesk answers its health check for everybody: `ask` makes a call
        that needs it.
        """
        if self._oauth is None:
            self._say(
                f"{self._source} signs in with an API token, which Zendesk takes until {API_TOKENS_END}: make an OAuth "
                f"client and set {self._prefix}_CLIENT_ID and {self._prefix}_CLIENT_SECRET instead."
            )
            ask()
            return
        self._oauth.obtain_token()
        granted = self.scopes().granted
        if granted is not None and SCOPE not in granted:
            raise SourceError(
                f"{self._source} granted the scope {' '.join(sorted(granted))!r} where {SCOPE!r} was asked for: allow "
                f"it for the client of {self.variables}."
            )
