"""Zendesk's token endpoint, and the token that a request shows."""

import secrets
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.timestamps import zendesk_time
from sandbox.zendesk.instance import Instance

HEADERS = {"cache-control": "no-store", "pragma": "no-cache", "vary": "Accept, Accept-Encoding"}


def issue(instance: Instance, call: Call) -> Response:
    """POST /oauth/tokens: any client is known, except one whose secret is `wrong`; any scope is granted."""
    try:
        answer = _issued(instance, call.form(), call.seconds)
        status = 200
    except Refused as refused:
        answer, status = refused.body, refused.status
    return Response(reply(answer).body, status, HEADERS, "application/json")


def _issued(instance: Instance, form: dict[str, Any], now: int) -> dict[str, Any]:
    grant = form.get("grant_type")
    if grant not in ("client_credentials", "refresh_token"):
        raise _refused(400, "unsupported_grant_type", "The grant type is not supported")
    if not form.get("client_id") or form.get("client_secret") in (None, "", "wrong"):
        raise _refused(401, "invalid_client", "Client authentication failed")
    if grant == "refresh_token":
        _spend(instance, form.get("refresh_token"))
    given = str(form.get("expires_in") or settings.TOKEN_SECONDS)
    if not given.isdigit():
        raise _refused(400, "invalid_request", "expires_in is a number of seconds")
    seconds = min(int(given), settings.TOKEN_SECONDS_MOST)
    scope = form.get("scope") or "read"
    token = secrets.token_hex(32)
    instance.tokens[token] = {"issued_at": now, "expires_at": now + seconds, "scope": scope}
    answer = {"access_token": token, "expires_in": seconds - 1, "scope": scope, "token_type": "bearer"}
    if grant == "refresh_token":
        answer["refresh_token"] = secrets.token_hex(32)
        instance.refresh_tokens[answer["refresh_token"]] = token
    return answer


def _spend(instance: Instance, refresh_token: Any) -> None:
    """Each refresh token once: its whole pair dies. One that another server issued is taken, but also only once."""
    if not refresh_token or refresh_token == "wrong":
        raise _refused(400, "invalid_grant", "The refresh token is invalid")
    spent = instance.refresh_tokens
    if refresh_token in spent and spent[refresh_token] is None:
        raise _refused(400, "invalid_grant", "The refresh token was used before")
    instance.tokens.pop(spent.get(refresh_token) or "", None)
    spent[refresh_token] = None


def _refused(status: int, error: str, description: str) -> Refused:
    return Refused(status, {"error": error, "error_description": description})


def current(instance: Instance, call: Call) -> Response:
    """GET /api/v2/oauth/tokens/current: a request with an API token has none, which never expires."""
    value = call.headers.get("authorization", "").partition(" ")[2]
    token = instance.tokens.get(value)
    shape: dict[str, Any] = {"url": f"https://{instance.host}/api/v2/oauth/tokens/1.json", "id": 1, "client_id": 1}
    shape |= {"user_id": 1, "token": value[:10], "scopes": ["read"], "expires_at": None}
    if token is not None:
        shape["scopes"] = token["scope"].split()
        shape["created_at"] = zendesk_time(token["issued_at"])
        shape["expires_at"] = zendesk_time(token["expires_at"])
    return reply({"token": shape})
