"""What happens around each of Zendesk's routes: authentication, quota, headers."""

import hashlib
import re
import secrets

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, Route, reply
from sandbox.zendesk import access, oauth
from sandbox.zendesk.errors import unknown_route
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.quota import Quota
from sandbox.zendesk.routes import GUIDE, ROUTES, V2

_CACHED = {
    f"{V2}/ticket_fields": "max-age=5, private",
    f"{V2}/ticket_forms": "max-age=60, private",
    f"{V2}/brands": "max-age=60, private",
}
_VARY = {f"{V2}/incremental/users/cursor": "Accept, Accept-Encoding"}


class ZendeskApi:
    """Answers the calls of every account."""

    def __init__(self, *, enforce_quota: bool) -> None:
        self._enforce = enforce_quota
        self._quotas: dict[str, Quota] = {}

    def answer(self, instance: Instance, call: Call) -> Response:
        """One call to one account; never raises."""
        if call.method == "POST" and call.path.rstrip("/") == "/oauth/tokens":
            return oauth.issue(instance, call)
        found = ROUTES.find(call.method, call.path)
        if found is None:
            return unknown_route().response()
        route, call.matched = found
        try:
            response = self._answer(instance, call, route)
        except Refused as refused:
            response = refused.response()
        response.headers.update(_common(route, response))
        return response

    def _answer(self, instance: Instance, call: Call, route: Route) -> Response:
        if route.handler is not access.me:
            access.check(instance, call)
        quota = self._quotas.setdefault(instance.name, Quota(enforced=self._enforce))
        if route.path.startswith(GUIDE):
            headers, allowed = quota.charge_guide(route.path, call.seconds)
        else:
            headers, allowed = quota.charge(route.bucket, call.query.get("page", ""), call.seconds)
        try:
            response = route.handler(instance, call) if allowed else reply(settings.TOO_MANY_REQUESTS, 429)
        except Refused as refused:
            response = refused.response()
        response.headers.update(headers)
        return response


def _common(route: Route, response: Response) -> dict[str, str]:
    headers = {"x-request-id": f"{secrets.token_hex(8)}-AMS", "vary": _VARY.get(route.path, "Accept-Encoding")}
    if route.path.startswith(GUIDE):
        return headers | {
            "zendesk-service": "guide-rest",
            "zendesk-route": re.sub(r"\{(\w+)\}", r":\1", route.path),
        }
    return headers | {
        "x-runtime": "0.05",
        "x-zendesk-api-version": "v2",
        "x-openapi-route-path": route.path,
        "zendesk-service": "classic",
        "cache-control": _CACHED.get(route.path, "max-age=0, private, must-revalidate"),
        "etag": f'W/"{hashlib.md5(response.body, usedforsecurity=False).hexdigest()}"',
    }
