"""OAuth sign-in for Zendesk and Salesforce, on dlt's; tokens are renewed while a run goes on (R29)."""

from typing import Any

from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from requests import Response

from ingestion.errors import SourceError
from ingestion.http import SourceSession
from ingestion.settings import Connection
from ingestion.sources.refusals import message

MONTH = 30 * 24 * 3600


class ClientCredentials(OAuth2ClientCredentials):
    """Signs in at `token_url`; the whole token answer is kept in `granted`.

    Zendesk takes the request as JSON, Salesforce as a form. Raises SourceError naming the variables to check, never the
    secret itself.
    """

    def __init__(
        self,
        session: SourceSession,
        connection: Connection,
        token_url: str,
        variables: str,
        as_json: bool,
        **extra: Any,
    ) -> None:
        super().__init__(
            access_token_url=token_url,
            client_id=connection.client_id,
            client_secret=connection.client_secret.get_secret_value(),
            access_token_request_data=extra,
            session=session,
        )
        self.granted: dict[str, Any] = {}
        self._source, self._variables, self._as_json = session.name, variables, as_json
        self._address = f"{connection.prefix}URL"

    def grant(self) -> dict[str, Any]:
        """What the token endpoint is sent."""
        return {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            **self.access_token_request_data,
        }

    def obtain_token(self) -> None:
        response = self.ask()
        if not response.ok:
            raise self.refused(f"{response.status_code}{message(response)}")
        self.granted, seconds = self._token_in(response)
        self.access_token = self.granted["access_token"]
        # Renewed a little early, so that no request is sent with a token about to die on the way.
        self.token_expiry = self.token_expiry.now().add(seconds=max(seconds - 30, 1))

    def _token_in(self, response: Response) -> tuple[dict[str, Any], int]:
        """The answer and the seconds that its token lives, a month at most."""
        try:
            granted = response.json()
            token, seconds = granted["access_token"], int(granted.get("expires_in") or self.default_token_expiration)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            granted, token, seconds = {}, None, 0
        # A token goes into a header: what cannot stand there is none.
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise SourceError(
                f"{self._source} answered the sign-in with something that is no token: check the address in "
                f"{self._address}."
            )
        return granted, min(seconds, MONTH)

    def ask(self) -> Response:
        post: Any = self.session.post
        return post(self.access_token_url, **{"json" if self._as_json else "data": self.grant()})

    def refused(self, said: str) -> SourceError:
        return SourceError(f"{self._source} refused the sign-in ({said}): check {self._variables}.")
