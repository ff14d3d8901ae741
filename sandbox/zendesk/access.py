"""Who a request comes from, and whether its token may read what it asks for."""

import base64
import binascii

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.zendesk import shapes
from sandbox.zendesk.errors import unauthenticated
from sandbox.zendesk.instance import Instance

# The last word of a path (behind `incremental`) -> the resource whose `…:read` scope opens it. Others open to any.
RESOURCES = {
    "tickets": "tickets", "ticket_events": "tickets", "ticket_metric_events": "tickets", "ticket_metrics": "tickets",
    "ticket_audits": "tickets", "deleted_tickets": "tickets", "suspended_tickets": "tickets", "users": "users",
    "deleted_users": "users", "organizations": "organizations", "organization_memberships": "organizations",
    "satisfaction_ratings": "satisfaction_ratings", "macros": "macros", "triggers": "triggers",
    "automations": "automations", "targets": "targets", "requests": "requests", "dynamic_content": "dynamic_content",
}  # fmt: skip


def check(instance: Instance, call: Call) -> None:
    """Raises the 401 of a request from nobody, and the 403 of a token whose scopes do not reach."""
    kind, value = _credentials(call)
    if kind == "bearer":
        token = instance.tokens.get(value)
        if token is None or token["expires_at"] <= call.seconds:
            raise unauthenticated()
        if not _may_read(token["scope"].split(), call.path):
            raise Refused(403, settings.MISSING_SCOPE)
        return
    user, secret = _login(value) if kind == "basic" else ("", "")
    if not user.endswith("/token") or secret in ("", "wrong"):
        raise unauthenticated()


def me(instance: Instance, call: Call) -> Response:
    """GET /api/v2/users/me: an anonymous user, not an error, without credentials and with a password."""
    kind, value = _credentials(call)
    if not kind or (kind == "basic" and not _login(value)[0].endswith("/token")):
        return reply({"user": shapes.ANONYMOUS})
    check(instance, call)
    return reply({"user": shapes.ADMIN | {"url": f"https://{instance.host}/api/v2/users/1.json"}})


def _credentials(call: Call) -> tuple[str, str]:
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    return kind.lower(), value


def _login(value: str) -> tuple[str, str]:
    try:
        user, _, secret = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise unauthenticated() from None
    return user, secret


def _may_read(scopes: list[str], path: str) -> bool:
    if not all(_is_known(scope) for scope in scopes):
        return False
    if "read" in scopes:
        return True
    words = path.removeprefix("/api/v2/").removesuffix(".json").split("/")
    resource = RESOURCES.get(words[1] if words[0] == "incremental" else words[0])
    return any(scope == f"{resource}:read" or (resource is None and scope.endswith(":read")) for scope in scopes)


def _is_known(scope: str) -> bool:
    resource, _, action = scope.partition(":")
    if not action:
        return resource in ("read", "write", "impersonate")
    return resource in settings.SCOPE_RESOURCES and action in ("read", "write")
