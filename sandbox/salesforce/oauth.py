"""Salesforce's token endpoint and sessions that end."""

import base64
import binascii
import secrets
from urllib.parse import unquote_plus

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce.org import SYSTEM_USER, Org

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTS = {"client_credentials", "password", "refresh_token", JWT}


def issue(org: Org, call: Call) -> Response:
    """POST /services/oauth2/token: any client is known, except one whose secret is `wrong`."""
    form = call.form()
    grant = form.get("grant_type")
    if grant not in GRANTS:
        raise _refused("unsupported_grant_type", "grant type not supported")
    if grant == JWT:
        if not form.get("assertion"):
            raise _refused("invalid_grant", "invalid assertion")
    else:
        client, secret = _client(call, form)
        if not client or not secret:
            raise _refused("invalid_client", "invalid client credentials")
        if secret == "wrong":
            raise Refused(401, {"error": "invalid_client", "error_description": "invalid client credentials"})
        if grant == "password" and form.get("password") in (None, "", "wrong"):
            raise _refused("invalid_grant", "authentication failure")
    token = f"{settings.ORGANIZATION_ID[:15]}!{secrets.token_urlsafe(48)}"
    org.tokens[token] = call.seconds + settings.SESSION_SECONDS
    answer = {
        "access_token": token,
        "signature": secrets.token_urlsafe(32),
        "scope": "api",
        "instance_url": call.base_url,
        "id": f"{call.base_url}/id/{settings.ORGANIZATION_ID}/{SYSTEM_USER}",
        "token_type": "Bearer",
        "issued_at": str(call.now),
        "api_instance_url": call.base_url,
    }
    if grant == "refresh_token":
        answer["refresh_token"] = secrets.token_urlsafe(48)
    return reply(answer, headers={"cache-control": "no-cache, no-store"})


def authenticate(org: Org, call: Call) -> None:
    """Raises INVALID_SESSION_ID for a session that this sandbox did not open, or that has ended."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    if kind not in ("Bearer", "OAuth") or org.tokens.get(token, 0) <= call.seconds:
        message = "Session expired or invalid"
        raise Refused(401, [{"message": message, "errorCode": "INVALID_SESSION_ID"}])


def _client(call: Call, form: dict[str, str]) -> tuple[str, str]:
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
