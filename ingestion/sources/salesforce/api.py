"""One Salesforce org: sign-in, calls through simple-salesforce, and the daily allowance."""

import re
from datetime import timedelta
from typing import Any

from requests import Response
from simple_salesforce.api import Salesforce as SalesforceClient
from simple_salesforce.exceptions import SalesforceError

from ingestion.errors import SourceError
from ingestion.http import SourceSession
from ingestion.quota import DAILY
from ingestion.settings import Connection
from ingestion.sources.context import Context
from ingestion.sources.refusals import NotAvailable
from ingestion.sources.sign_in import ClientCredentials

VERSION = "68.0"
VARIABLES = "SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET"
# Not anchored: an org that limits single apps appends its own usage to the header.
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")


class SalesforceApi:
    """Calls below `/services/data`: the session signs in and retries, simple-salesforce knows the calls and errors."""

    def __init__(self, source: str, connection: Connection, context: Context) -> None:
        self.source, self._share = source, context.settings.quota_share_account
        self._limiter = context.limiter
        self._session = SourceSession(source, context.clock, context.limiter, lambda _path: (DAILY,))
        self._session.hooks["response"].append(self._keep_to_allowance)
        self._auth = ClientCredentials(
            SourceSession(source, context.clock, context.limiter),
            connection,
            f"{connection.url}/services/oauth2/token",
            VARIABLES,
            as_json=False,
        )
        self._session.auth = self._auth
        self._client: SalesforceClient | None = None

    def sign_in(self) -> None:
        """Raises SourceError when the org cannot be reached or refuses the credentials."""
        self._auth.obtain_token()
        # The answer has no lifetime: a session dies by a 401, which the session answers by signing in again.
        self._auth.token_expiry += timedelta(days=365)
        address = str(self._auth.granted.get("instance_url", "")).rstrip("/")
        # The token placed here is never used: the session puts the current one on each request.
        client = SalesforceClient(session_id="", instance_url=address, session=self._session, version=VERSION)
        # simple-salesforce keeps the host only, and https: an address with a path or http would be lost.
        client.base_url = f"{address}/services/data/v{VERSION}/"
        self._client = client

    def describe(self, entity: str) -> list[dict[str, Any]]:
        """The fields of an object, as this client may see them."""
        return self._call(f"the fields of {entity}", lambda c: c.restful(f"sobjects/{entity}/describe"))["fields"]

    def query(self, soql: str, what: str) -> list[dict[str, Any]]:
        """All rows of one SOQL statement, deleted ones included; wide rows come in several answers."""
        answer = self._call(what, lambda c: c.query(soql, include_deleted=True))
        rows = list(answer["records"])
        while not answer["done"]:
            locator = answer["nextRecordsUrl"].rpartition("/")[2]
            answer = self._call(what, lambda c, at=locator: c.query_more(at))
            rows.extend(answer["records"])
        return rows

    def _call(self, what: str, call: Any) -> Any:
        if self._client is None:
            self.sign_in()
        try:
            return call(self._client)
        except SalesforceError as error:
            code, said = _first(error.content)
            text = f"{self.source} refused to read {what} ({error.status} {code}: {said})"
            if error.status == 401:
                raise SourceError(f"{text}: check {VARIABLES}.") from error
            if error.status == 404 or code == "INVALID_TYPE":
                raise NotAvailable(f"{text}: grant this client the object.") from error
            raise SourceError(f"{text}.") from error

    def _keep_to_allowance(self, response: Response, **_: Any) -> None:
        """The allowance is per day: waiting for the next window is no option, so reading ends with a sentence."""
        usage = _USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
        if usage:
            self._limiter.note(DAILY, int(usage[1]), int(usage[2]))
        if usage and int(usage[1]) > int(usage[2]) * self._share:
            raise SourceError(
                f"{self.source} has used {usage[1]} of its {usage[2]} API calls of the last 24 hours, more than "
                f"QUOTA_SHARE_ACCOUNT={self._share} allows: wait, or raise that share."
            )


def _first(content: Any) -> tuple[str, str]:
    first = content[0] if isinstance(content, list) and content else content
    if not isinstance(first, dict):
        return "", str(first)[:200]
    return str(first.get("errorCode", "")), str(first.get("message", ""))[:200]
