"""Zendesk's token endpoint, and who a request comes from."""

import base64
import binascii
import secrets

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.timestamps import zendesk_time
from sandbox.zendesk import shapes
from sandbox.zendesk.errors import unauthenticated
from sandbox.zendesk.instance import Instance

GRANTS = ("client_credentials", "refresh_token")


def issue(instance: Instance, call: Call) -> Response:
    """POST /oauth/tokens: any client is known, except one whose secret is `wrong`."""
    form = call.form()
    if form.get("grant_type") not in GRANTS:
        raise Refused(400, {"error": "unsupported_grant_type", "error_description": "The grant type is not supported"})
    if not form.get("client_id") or form.get("client_secret") in (None, "", "wrong"):
        raise Refused(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
    seconds = min(int(form.get("expires_in") or settings.TOKEN_SECONDS), 172_800)
    scope = form.get("scope") or "read"
    token = secrets.token_hex(32)
    instance.tokens[token] = {"expires_at": call.seconds + seconds, "scope": scope}
    answer = {"access_token": token, "expires_in": seconds - 1, "scope": scope, "token_type": "bearer"}
    if form["grant_type"] == "refresh_token":
        answer["refresh_token"] = secrets.token_hex(32)
    return Response(reply(answer).body, 200, {"cache-control": "no-store", "pragma": "no-cache"}, "application/json")


def authenticate(instance: Instance, call: Call) -> str:
    """The bearer token, or the name of the e-mail login. Raises the 401 of Zendesk for anybody else."""
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        token = instance.tokens.get(value)
        if token is not None and token["expires_at"] > call.seconds:
            return value
    elif kind.lower() == "basic":
        try:
            user, _, secret = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise unauthenticated() from None
        if user.endswith("/token") and secret not in ("", "wrong"):
            return user
    raise unauthenticated()


def current(instance: Instance, call: Call) -> Response:
    """GET /api/v2/oauth/tokens/current"""
    token = instance.tokens.get(call.headers.get("authorization", "").partition(" ")[2])
    expires = zendesk_time(token["expires_at"]) if token else None
    return reply({"token": {"id": 1, "expires_at": expires, "scopes": (token or {"scope": "read"})["scope"].split()}})


def me(instance: Instance, call: Call) -> Response:
    """GET /api/v2/users/me: an anonymous user, not an error, for a request without credentials."""
    if not call.headers.get("authorization"):
        return reply({"user": shapes.ANONYMOUS})
    authenticate(instance, call)
    return reply({"user": shapes.ADMIN})
