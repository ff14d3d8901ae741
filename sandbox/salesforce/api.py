"""Salesforce's routes, and what happens around each of them."""

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, Route, Routes
from sandbox.salesforce import bulk, bulk_results, oauth, replication, rest
from sandbox.salesforce.org import Org

DATA = "/services/data/v{version}"
ROUTES = Routes(
    [
        Route("GET", "/services/data", rest.versions),
        Route("GET", f"{DATA}/query", rest.query),
        Route("GET", f"{DATA}/queryAll", rest.query_all),
        Route("GET", f"{DATA}/query/{{locator}}", rest.query_more),
        Route("GET", f"{DATA}/queryAll/{{locator}}", rest.query_more),
        Route("GET", f"{DATA}/sobjects", rest.sobjects),
        Route("GET", f"{DATA}/sobjects/{{object}}/describe", rest.describe),
        Route("GET", f"{DATA}/sobjects/{{object}}/deleted", replication.deleted),
        Route("GET", f"{DATA}/sobjects/{{object}}/updated", replication.updated),
        Route("GET", f"{DATA}/limits", rest.limits),
        Route("POST", f"{DATA}/jobs/query", bulk.create),
        Route("GET", f"{DATA}/jobs/query", bulk.listed),
        Route("GET", f"{DATA}/jobs/query/{{job}}", bulk.status),
        Route("PATCH", f"{DATA}/jobs/query/{{job}}", bulk.abort),
        Route("DELETE", f"{DATA}/jobs/query/{{job}}", bulk.delete),
        Route("GET", f"{DATA}/jobs/query/{{job}}/results", bulk_results.results),
    ]
)


class SalesforceApi:
    """Answers the calls of the org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._calls = 0

    def answer(self, call: Call) -> Response:
        """One call; never raises."""
        try:
            if call.method == "POST" and call.path.rstrip("/") == "/services/oauth2/token":
                return oauth.issue(self._org, call)
            return self._answer(call)
        except Refused as refused:
            return refused.response()

    def _answer(self, call: Call) -> Response:
        found = ROUTES.find(call.method, call.path)
        if found is None:
            raise _unknown()
        route, call.matched = found
        if "version" in call.matched:
            if not _is_served(call.matched["version"]):
                raise _unknown()
            oauth.authenticate(self._org, call)
        self._calls += 1
        response = route.handler(self._org, call)
        response.headers["sforce-limit-info"] = f"api-usage={self._calls}/{settings.DAILY_API_REQUESTS}"
        return response


def _is_served(version: str) -> bool:
    number, _, zero = version.partition(".")
    return number.isdigit() and zero == "0" and int(number) >= settings.SALESFORCE_OLDEST_VERSION


def _unknown() -> Refused:
    return Refused(404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])
