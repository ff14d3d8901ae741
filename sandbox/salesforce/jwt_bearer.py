"""The JWT bearer grant: who may sign in with which assertion."""

import time
from typing import Any

import jwt
from cryptography.x509 import load_pem_x509_certificate

from sandbox import settings
from sandbox.http import Call, Refused
from sandbox.salesforce.org import Org

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def check(org: Org, call: Call, form: dict[str, Any]) -> None:
    """Raises the 400 of an assertion that is none, is expired, is meant for others, or is not signed by the client.

    The signature counts only for clients whose certificate the world registers; `sub` may be anybody but `wrong`.
    """
    claims = _claims(org, str(form.get("assertion") or ""))
    if not claims.get("iss"):
        raise _refused("invalid_client_id", "client identifier invalid")
    audience = str(claims.get("aud", "")).rstrip("/")
    if audience not in (*settings.JWT_AUDIENCES, call.base_url) and not audience.endswith(".salesforce.com"):
        raise _refused("invalid_grant", "audience is invalid")
    if not _is_in_time(call, claims.get("exp")):
        raise _refused("invalid_grant", "assertion has expired, or lives too long")
    if claims.get("sub") in (None, "", "wrong"):
        raise _refused("invalid_grant", "user hasn't approved this consumer")


def _claims(org: Org, assertion: str) -> dict[str, Any]:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
        certificate = org.certificates.get(str(claims.get("iss")))
        if certificate:
            key: Any = certificate
            if "BEGIN CERTIFICATE" in certificate:
                key = load_pem_x509_certificate(certificate.encode()).public_key()
            # Audience and times are checked above, by more than one clock.
            claims = jwt.decode(
                assertion,
                key,
                algorithms=["RS256"],
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
    except (jwt.InvalidTokenError, ValueError):
        raise _refused("invalid_grant", "invalid assertion") from None
    return claims


def _is_in_time(call: Call, expiry: Any) -> bool:
    """By the clock of the sandbox or of the machine: a client that knows nothing of the sandbox asks the latter."""
    try:
        seconds = float(expiry)
    except (TypeError, ValueError):
        return False
    return any(now <= seconds <= now + settings.JWT_SECONDS + 60 for now in (call.seconds, time.time()))


def _refused(error: str, description: str) -> Refused:
    return Refused(400, {"error": error, "error_description": description})
