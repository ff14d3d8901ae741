"""Salesforce's routes, and what happens around each of them."""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, Route, Routes
from sandbox.salesforce import bulk, bulk_results, composite, oauth, replication, resources, rest, soap, writes
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.org import Org
from sandbox.salesforce.sessions import authenticate

DATA = "/services/data/v{version}"
ROUTES = Routes(
    [
        Route("POST", "/services/oauth2/token", oauth.issue),
        Route("POST", "/services/Soap/u/{version}", soap.login),
        Route("GET", "/services/data", resources.versions),
        Route("GET", DATA, resources.root),
        Route("GET", f"{DATA}/query", rest.query),
        Route("GET", f"{DATA}/queryAll", rest.query_all),
        Route("GET", f"{DATA}/query/{{locator}}", rest.query_more),
        Route("GET", f"{DATA}/queryAll/{{locator}}", rest.query_more),
        Route("GET", f"{DATA}/limits", resources.limits),
        Route("GET", f"{DATA}/sobjects", resources.sobjects),
        Route("GET", f"{DATA}/sobjects/{{object}}", resources.sobject),
        Route("GET", f"{DATA}/sobjects/{{object}}/describe", resources.describe),
        Route("GET", f"{DATA}/sobjects/{{object}}/deleted", replication.deleted),
        Route("GET", f"{DATA}/sobjects/{{object}}/updated", replication.updated),
        Route("GET", f"{DATA}/sobjects/{{object}}/{{id}}", resources.record),
        Route("POST", f"{DATA}/sobjects/{{object}}", writes.create),
        Route("PATCH", f"{DATA}/sobjects/{{object}}/{{id}}", writes.update),
        Route("DELETE", f"{DATA}/sobjects/{{object}}/{{id}}", writes.delete),
        Route("GET", f"{DATA}/sobjects/{{object}}/{{field}}/{{value}}", writes.by_external_id),
        Route("PATCH", f"{DATA}/sobjects/{{object}}/{{field}}/{{value}}", writes.upsert),
        Route("DELETE", f"{DATA}/sobjects/{{object}}/{{field}}/{{value}}", writes.delete_by_external_id),
        Route("POST", f"{DATA}/composite/sobjects", composite.create),
        Route("PATCH", f"{DATA}/composite/sobjects", composite.update),
        Route("DELETE", f"{DATA}/composite/sobjects", composite.delete),
        Route("PATCH", f"{DATA}/composite/sobjects/{{object}}/{{field}}", composite.upsert),
        Route("POST", f"{DATA}/jobs/query", bulk.create),
        Route("GET", f"{DATA}/jobs/query", bulk.listed),
        Route("GET", f"{DATA}/jobs/query/{{job}}", bulk.status),
        Route("PATCH", f"{DATA}/jobs/query/{{job}}", bulk.abort),
        Route("DELETE", f"{DATA}/jobs/query/{{job}}", bulk.delete),
        Route("GET", f"{DATA}/jobs/query/{{job}}/results", bulk_results.results),
    ]
)


class SalesforceApi:
    """Answers the calls of every org."""

    def __init__(self, append: Callable[[Iterable[Any]], int]) -> None:
        self._append = append

    def answer(self, org: Org, call: Call) -> Response:
        """One call; never raises."""
        try:
            return self._answer(org, call)
        except Refused as refusal:
            return refusal.response()

    def _answer(self, org: Org, call: Call) -> Response:
        _check_size(call)
        found = ROUTES.find(call.method, call.path)
        if found is None:
            raise not_found()
        route, call.matched = found
        if not call.path.startswith("/services/data/v"):
            return route.handler(org, call)
        version = _version(call.matched["version"])
        authenticate(org, call)
        used = org.count_call("DailyApiRequests", call.now)
        try:
            response = route.handler(org, call)
            if call.changes:
                self._append(call.changes)
        except Refused as refusal:
            response = refusal.response()
        response.headers["sforce-limit-info"] = _usage(call, used)
        if version < settings.SALESFORCE_OLDEST_VERSION_WITHOUT_WARNING:
            response.headers["warning"] = '299 - "This API version is deprecated and will be removed by Summer \'28."'
        return response


def _usage(call: Call, used: int) -> str:
    usage = f"api-usage={used}/{settings.DAILY_API_REQUESTS}"
    # An org that limits single apps appends what this one has used.
    return f"{usage}; per-app-api-usage={used}/250(appName=sandbox)" if call.suffers("app_usage") else usage


def _check_size(call: Call) -> None:
    """Raises the refusal of an address, or of an address with its headers, that is too long to be read."""
    address = len(call.path) + len(call.raw_query)
    headers = sum(len(name) + len(value) + 4 for name, value in call.headers.items())
    if address > settings.SALESFORCE_REQUEST_BYTES:
        raise refused("URI_TOO_LONG", "URI Too Long", settings.SALESFORCE_URI_TOO_LONG_STATUS)
    if address + headers > settings.SALESFORCE_REQUEST_BYTES:
        message = "Request Header Fields Too Large"
        raise refused("HEADERS_TOO_LONG", message, settings.SALESFORCE_HEADERS_TOO_LONG_STATUS)


def _version(text: str) -> int:
    """Raises the 410 of a version that is gone, NOT_FOUND for what is no version."""
    number, _, zero = text.partition(".")
    if not number.isdigit() or zero != "0":
        raise not_found()
    if int(number) < settings.SALESFORCE_OLDEST_VERSION:
        raise Refused(410, settings.SALESFORCE_GONE)
    return int(number)
