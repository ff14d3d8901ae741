"""Zendesk's routes, and what happens around each of them: authentication, quota, headers."""

import hashlib
import secrets

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, Route, Routes, reply
from sandbox.zendesk import cursor_exports, guide, lists, oauth, singles, time_exports
from sandbox.zendesk.errors import unknown_route
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.quota import Quota

V2 = "/api/v2"
ROUTES = Routes(
    [
        Route("GET", f"{V2}/incremental/tickets/cursor", cursor_exports.tickets, "exports"),
        Route("GET", f"{V2}/incremental/users/cursor", cursor_exports.users, "users_cursor"),
        Route("GET", f"{V2}/incremental/ticket_events", time_exports.ticket_events, "exports"),
        Route("GET", f"{V2}/incremental/organizations", time_exports.organizations, "exports"),
        Route("GET", f"{V2}/incremental/tickets", time_exports.tickets, "exports"),
        Route("GET", f"{V2}/incremental/users", time_exports.users, "exports"),
        Route("GET", f"{V2}/incremental/ticket_metric_events", time_exports.metric_events, "exports"),
        Route("GET", f"{V2}/organization_memberships", lists.memberships),
        Route("GET", f"{V2}/users/{{user}}/organization_memberships", lists.memberships),
        Route("GET", f"{V2}/organizations/{{organization}}/organization_memberships", lists.memberships),
        Route("GET", f"{V2}/satisfaction_ratings", lists.satisfaction_ratings),
        Route("GET", f"{V2}/ticket_fields", lists.ticket_fields, "ticket_fields"),
        Route("GET", f"{V2}/organization_fields", lists.organization_fields),
        Route("GET", f"{V2}/user_fields", lists.user_fields),
        Route("GET", f"{V2}/groups", lists.groups),
        Route("GET", f"{V2}/users/me", oauth.me),
        Route("GET", f"{V2}/users", lists.users),
        Route("GET", f"{V2}/users/{{id}}", singles.one_user),
        Route("GET", f"{V2}/organizations", lists.organizations),
        Route("GET", f"{V2}/organizations/{{id}}", singles.one_organization),
        Route("GET", f"{V2}/tickets", singles.tickets),
        Route("GET", f"{V2}/tickets/{{id}}", singles.one_ticket),
        Route("GET", f"{V2}/tickets/{{id}}/comments", singles.ticket_comments),
        Route("GET", f"{V2}/tickets/{{id}}/audits", singles.ticket_audits),
        Route("GET", f"{V2}/oauth/tokens/current", oauth.current),
        Route("GET", f"{V2}/guide/survey_responses", guide.survey_responses, "guide"),
    ]
)
_CACHED = {"/ticket_fields": "max-age=5, private"}


class ZendeskApi:
    """Answers the calls of every account."""

    def __init__(self, *, enforce_quota: bool) -> None:
        self._enforce = enforce_quota
        self._quotas: dict[str, Quota] = {}

    def answer(self, instance: Instance, call: Call) -> Response:
        """One call to one account; never raises."""
        try:
            if call.method == "POST" and call.path.rstrip("/") == "/oauth/tokens":
                return oauth.issue(instance, call)
            return self._answer(instance, call)
        except Refused as refused:
            return refused.response()

    def _answer(self, instance: Instance, call: Call) -> Response:
        found = ROUTES.find(call.method, call.path)
        if found is None:
            raise unknown_route()
        route, call.matched = found
        if route.handler is not oauth.me:
            oauth.authenticate(instance, call)
        quota = self._quotas.setdefault(instance.name, Quota(enforced=self._enforce))
        headers, allowed = quota.charge(route.bucket, call.seconds)
        try:
            response = route.handler(instance, call) if allowed else reply(settings.TOO_MANY_REQUESTS, 429)
        except Refused as refused:
            response = refused.response()
        response.headers.update(headers)
        response.headers.update(_common(route, response))
        return response


def _common(route: Route, response: Response) -> dict[str, str]:
    request_id = f"{secrets.token_hex(8)}-AMS"
    if route.bucket == "guide":
        return {"zendesk-service": "guide-rest", "x-request-id": request_id}
    tail = route.path.removeprefix(V2)
    return {
        "x-request-id": request_id,
        "x-runtime": "0.05",
        "x-zendesk-api-version": "v2",
        "x-openapi-route-path": route.path,
        "zendesk-service": "classic",
        "cache-control": _CACHED.get(tail, "max-age=0, private, must-revalidate"),
        "etag": f'W/"{hashlib.md5(response.body, usedforsecurity=False).hexdigest()}"',
    }
