"""Salesforce's token endpoint: four grants."""

import base64
import binascii
import secrets
from typing import Any
from urllib.parse import unquote_plus

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce import jwt_bearer
from sandbox.salesforce.org import SYSTEM_USER, Org
from sandbox.salesforce.sessions import instance_url, is_login_host, open_session


def issue(org: Org, call: Call) -> Response:
    """POST /services/oauth2/token: any client is known, except one whose secret is `wrong`."""
    form = call.form()
    grant = form.get("grant_type")
    more: dict[str, Any] = {}
    if grant == jwt_bearer.GRANT:
        jwt_bearer.check(org, call, form)
    elif grant in ("client_credentials", "password", "refresh_token"):
        _check_client(call, form)
        if grant == "client_credentials" and settings.CLIENT_CREDENTIALS_NEED_MY_DOMAIN and is_login_host(call):
            raise _refused("invalid_grant", "request not supported on this domain")
        if grant == "password" and (not form.get("username") or form.get("password") in (None, "", "wrong")):
            raise _refused("invalid_grant", "authentication failure")
        if grant == "refresh_token":
            more = _refreshed(org, form)
    elif not grant:
        raise _refused("invalid_request", "grant type not supplied")
    else:
        raise _refused("unsupported_grant_type", "grant type not supported")
    address = instance_url(org, call)
    answer = {
        "access_token": open_session(org, call),
        "signature": secrets.token_urlsafe(32),
        "scope": "api",
        "instance_url": address,
        "id": f"{call.base_url}/id/{org.id}/{SYSTEM_USER}",
        "token_type": "Bearer",
        "issued_at": str(call.now),
        "api_instance_url": address,
    }
    return reply(answer | more, headers={"cache-control": "no-cache, no-store"})


def _refreshed(org: Org, form: dict[str, Any]) -> dict[str, Any]:
    given = form.get("refresh_token")
    if not given or given == "wrong" or given in org.opened.dead_refresh_tokens:
        raise _refused("invalid_grant", "expired access/refresh token")
    if not settings.REFRESH_TOKEN_ROTATION:
        return {}
    org.opened.dead_refresh_tokens.add(given)
    return {"refresh_token": secrets.token_urlsafe(48)}


def _check_client(call: Call, form: dict[str, Any]) -> None:
    client, secret = _client(call, form)
    if not client:
        raise _refused("invalid_client_id", "client identifier invalid")
    if secret in ("", "wrong"):
        raise _refused("invalid_client", "invalid client credentials")


def _client(call: Call, form: dict[str, Any]) -> tuple[str, str]:
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            client, _, secret = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return unquote_plus(client), unquote_plus(secret)
    return form.get("client_id", ""), form.get("client_secret", "")


def _refused(error: str, description: str) -> Refused:
    return Refused(400, {"error": error, "error_description": description})
