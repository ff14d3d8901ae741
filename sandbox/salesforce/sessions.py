"""Sessions of an org: opened by a sign-in, ended by the clock."""

import secrets
from urllib.parse import urlsplit

from sandbox import settings
from sandbox.http import Call
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import Org


def open_session(org: Org, call: Call) -> str:
    """A new session id."""
    token = f"{org.id[:15]}!{secrets.token_urlsafe(48)}"
    org.opened.tokens[token] = call.seconds + settings.SESSION_SECONDS
    return token


def is_open(org: Org, call: Call, token: str) -> bool:
    return org.opened.tokens.get(token, 0) > call.seconds


def authenticate(org: Org, call: Call) -> None:
    """Raises INVALID_SESSION_ID for a session that this org did not open, or that has ended."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    if kind not in ("Bearer", "OAuth") or not is_open(org, call, token):
        raise refused("INVALID_SESSION_ID", "Session expired or invalid", 401)


def is_login_host(call: Call) -> bool:
    """login.salesforce.com and test.salesforce.com sign in for every org, but serve none."""
    return urlsplit(call.base_url).hostname in settings.SALESFORCE_LOGIN_HOSTS


def instance_url(org: Org, call: Call) -> str:
    """Where a client goes on after signing in: My Domain, or the address that it came by."""
    if not is_login_host(call):
        return call.base_url
    parts = urlsplit(call.base_url)
    port = f":{parts.port}" if parts.port else ""
    name, _, rest = settings.SALESFORCE_HOST.partition(".")
    host = settings.SALESFORCE_HOST if org.name == "main" else f"{name}--{org.name.replace('_', '-')}.{rest}"
    return f"{parts.scheme}://{host}{port}"
