"""One Salesforce org: sign-in, calls through simple-salesforce, and what its refusals mean."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from simple_salesforce.api import Salesforce as SalesforceClient
from simple_salesforce.exceptions import SalesforceError
from simple_salesforce.util import call_salesforce

from ingestion.credentials import salesforce_variables
from ingestion.errors import SourceError, TooSlow
from ingestion.http import SourceSession
from ingestion.quota import DAILY
from ingestion.settings import SalesforceConnection
from ingestion.sources.context import Context
from ingestion.sources.refusals import NotAvailable
from ingestion.sources.salesforce.allowance import Allowance
from ingestion.sources.salesforce.answers import (
    Deletions,
    Job,
    Results,
    deletions_in,
    fields_in,
    first_error,
    job_id_in,
    job_in,
    one_line,
    results_in,
    rows_in,
)
from ingestion.sources.salesforce.records import stamped
from ingestion.sources.salesforce.sign_in import sign_in
from ingestion.sources.scopes import Scopes, granted_in

VERSION = "68.0"
T = TypeVar("T")


class LocatorLost(SourceError):
    """The org has forgotten where a result goes on: the statement has to be asked again."""


class QueryTimeout(SourceError):
    """The org gave up on a statement."""


class FieldGone(SourceError):
    """A selected field is not there any more: what describe said is older than the query."""


class SalesforceApi:
    """Calls below `/services/data`: the session signs in and retries, simple-salesforce knows the calls and errors."""

    def __init__(self, source: str, connection: SalesforceConnection, context: Context) -> None:
        self.source, self._context, self._connection = source, context, connection
        self._allowance = Allowance(source, context.settings.quota_share_account, context.limiter)
        self._session = SourceSession(source, context.clock, context.limiter, lambda _path: (DAILY,))
        self._session.hooks["response"].append(lambda response, **_: self._allowance.learn(response.headers))
        self._auth = sign_in(
            SourceSession(source, context.clock, context.limiter), connection, context.clock, context.say
        )
        self._session.auth = self._auth
        self._client: SalesforceClient | None = None

    def scopes(self) -> Scopes:
        """After `sign_in`; `full` holds `api`."""
        return Scopes(granted_in(self._auth.granted), ("api", "full"))

    def sign_in(self) -> None:
        """Raises SourceError when the org cannot be reached or refuses the credentials."""
        self._auth.obtain_token()
        # The token placed here is never used: the session puts the current one on each request.
        client = SalesforceClient(
            session_id="", instance_url=self._auth.address, session=self._session, version=VERSION
        )
        # simple-salesforce keeps the host only, and https: an address with a path or http would be lost.
        client.base_url = f"{self._auth.address}/services/data/v{VERSION}/"
        self._client = client

    def describe(self, entity: str) -> list[dict[str, Any]]:
        """The fields of an object, as this client may see them; each has a name."""
        return self.call(f"the fields of {entity}", lambda c: fields_in(c.restful(f"sobjects/{entity}/describe")))

    def query(self, soql: str, what: str, deleted: bool) -> list[dict[str, Any]]:
        """All rows of one SOQL statement; `deleted` shows those in the recycle bin too.

        Wide rows come in several answers. Raises LocatorLost, FieldGone and TooSlow, after which the same rows can be
        asked for again.
        """
        rows, locator = self._query(what, lambda c: rows_in(c.query(soql, include_deleted=deleted)))
        followed: set[str] = set()
        while locator:
            if locator in followed:
                raise SourceError(
                    f"{self.source} leads in a circle while reading {what} ({locator[:40]} comes after itself): "
                    "nothing of it was kept; check the address if it stays so."
                )
            followed.add(locator)
            more, locator = self._query(what, lambda c, at=locator: rows_in(c.query_more(at)))
            rows += more
        return rows

    def count(self, soql: str, what: str, deleted: bool) -> int:
        """What `SELECT COUNT() …` finds. Raises TooSlow when that is too much to count."""
        return self._query(what, lambda c: int(c.query(soql, include_deleted=deleted)["totalSize"]))

    def deleted(self, entity: str, start: datetime, end: datetime) -> Deletions:
        """What was deleted in a period of at most 30 days, also when no recycle bin holds it any more."""
        period = {"start": stamped(start), "end": stamped(end)}
        return self.call(
            f"what was deleted of {entity}",
            lambda c: deletions_in(c.restful(f"sobjects/{entity}/deleted/", params=period)),
        )

    def start_job(self, soql: str, what: str, deleted: bool) -> str:
        """Starts a Bulk API 2.0 query job and gives its id."""
        operation = "queryAll" if deleted else "query"
        body = {"operation": operation, "query": soql, "contentType": "CSV"}
        body |= {"columnDelimiter": "COMMA", "lineEnding": "LF"}
        return self.call(what, lambda c: job_id_in(c.restful("jobs/query", method="POST", json=body)))

    def job(self, job_id: str, what: str) -> Job:
        return self.call(what, lambda c: job_in(c.restful(f"jobs/query/{job_id}")))

    def results(self, job_id: str, locator: str | None, rows: int, what: str) -> Results:
        """One page of a finished job; simple-salesforce's own call drops NULs and fails without the headers."""
        params = {"maxRecords": rows} | ({"locator": locator} if locator else {})
        response = self.call(
            what,
            lambda c: call_salesforce(
                url=f"{c.base_url}jobs/query/{job_id}/results",
                method="GET",
                session=self._session,
                headers={"Accept": "text/csv"},
                params=params,
            ),
        )
        return results_in(response.content, response.headers)

    def drop_job(self, job_id: str) -> None:
        """Frees what a job holds at the org; a job that still runs has to be stopped first."""
        try:
            self.call("a query job", lambda c: c.restful(f"jobs/query/{job_id}", method="DELETE"))
        except SourceError:
            stop = {"state": "Aborted"}
            self.call("a query job", lambda c: c.restful(f"jobs/query/{job_id}", method="PATCH", json=stop))

    def _query(self, what: str, call: Callable[[Any], T]) -> T:
        """As `call`. Raises TooSlow where fewer rows may get through."""
        try:
            return self.call(what, call)
        except QueryTimeout as error:
            raise TooSlow from error

    def call(self, what: str, call: Callable[[Any], T], verb: str = "read") -> T:
        """One call through simple-salesforce. Raises SourceError, one sentence, for every way in which it can fail."""
        client = self._client
        if client is None:
            self.sign_in()
            return self.call(what, call, verb)
        self._allowance.check()
        try:
            return call(client)
        except SalesforceError as error:
            code, said = first_error(error.content)
            text = f"{self.source} refused to {verb} {what} ({error.status} {code}: {said})"
            if code == "QUERY_TIMEOUT":
                raise QueryTimeout(f"{text}: try again later.") from error
            if code == "INVALID_QUERY_LOCATOR":
                raise LocatorLost(f"{text}: try again later.") from error
            if code == "INVALID_FIELD":
                raise FieldGone(f"{text}: grant this client the field, or try again when it is settled.") from error
            if code == "REQUEST_LIMIT_EXCEEDED":
                raise SourceError(f"{text}: wait, or see which other client of this org uses its calls up.") from error
            if error.status == 401:
                raise SourceError(f"{text}: check {salesforce_variables(self._connection)}.") from error
            if error.status == 404 or code == "INVALID_TYPE":
                raise NotAvailable(f"{text}: grant this client the object.") from error
            raise SourceError(f"{text}: the next run asks again; check what this client may do.") from error
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            # Read whole or not at all: half an answer must not move a cursor.
            raise SourceError(
                f"{self.source} answered the call for {what} with something else ({type(error).__name__}: "
                f"{one_line(error)}): "
                "nothing of it was kept; check the address if it stays so."
            ) from error
