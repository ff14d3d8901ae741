"""What happens around every call of an org: its size, version, session, allowance, and the changes that it makes."""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, Route
from sandbox.salesforce import async_jobs
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.org import Org
from sandbox.salesforce.routes import ROUTES
from sandbox.salesforce.sessions import authenticate


class SalesforceApi:
    """Answers the calls of every org."""

    def __init__(self, append: Callable[[Iterable[Any]], int], *, enforce_quota: bool = False) -> None:
        self._append, self._enforce_quota = append, enforce_quota

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
        if call.path.startswith("/services/async/"):
            return self._async(route, org, call)
        if not call.path.startswith("/services/data/v"):
            return route.handler(org, call)
        version = _version(call.matched["version"])
        authenticate(org, call)
        used = org.count_call("DailyApiRequests", call.now)
        try:
            if self._enforce_quota and used > settings.DAILY_API_REQUESTS:
                raise Refused(403, settings.TOO_MANY_SALESFORCE_REQUESTS)
            response = route.handler(org, call)
            if call.changes:
                self._append(call.changes)
        except Refused as refusal:
            response = refusal.response()
        response.headers["sforce-limit-info"] = _usage(call, used)
        if version < settings.SALESFORCE_OLDEST_VERSION_WITHOUT_WARNING:
            response.headers["warning"] = '299 - "This API version is deprecated and will be removed by Summer \'28."'
        return response

    def _async(self, route: Route, org: Org, call: Call) -> Response:
        """Bulk API 1.0 has a header for its session and errors of its own."""
        try:
            _version(call.matched["version"])
            async_jobs.authenticate(org, call)
            org.count_call("DailyApiRequests", call.now)
            response = route.handler(org, call)
        except async_jobs.AsyncRefused as refusal:
            as_json = async_jobs.wants_json(call)
            return async_jobs.answer("error", refusal.error, as_json=as_json, status=refusal.status)
        if call.changes:
            self._append(call.changes)
        return response


def _usage(call: Call, used: int) -> str:
    usage = f"api-usage={used}/{settings.DAILY_API_REQUESTS}"
    if settings.APP_USAGE_IN_LIMIT_INFO or call.suffers("app_usage"):
        return f"{usage}; per-app-api-usage={used}/{settings.DAILY_API_REQUESTS}(appName=sandbox)"
    return usage


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
