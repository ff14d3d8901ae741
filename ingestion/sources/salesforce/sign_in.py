"""The sign-ins of a Salesforce org: client credentials, JWT bearer, and two old ones with a password (R29)."""

from collections.abc import Callable
from html import escape
from typing import Any

import jwt
from requests import RequestException, Response, Session
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from simple_salesforce.login import soap_login

from ingestion.clock import Clock
from ingestion.credentials import salesforce_variables, salesforce_way
from ingestion.errors import SettingsError, SourceError
from ingestion.http import SourceSession
from ingestion.settings import SalesforceConnection
from ingestion.sources.sign_in import MONTH, ClientCredentials

# Salesforce takes no assertion that is good for longer than three minutes.
ASSERTION_SECONDS = 150
# The newest version that still has login().
SOAP_VERSION = "64.0"
SOAP_ENDS = "SOAP login is retired in Summer '27: move to client credentials (CLIENT_ID and CLIENT_SECRET)"
LOGIN = """<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/">
<env:Body><login xmlns="urn:partner.soap.sforce.com">
<username>{username}</username><password>{password}</password>
</login></env:Body></env:Envelope>"""


class SalesforceSignIn(ClientCredentials):
    """Client credentials, and what the others share. `address` is the instance that the org itself names."""

    def __init__(self, session: SourceSession, connection: SalesforceConnection, clock: Clock) -> None:
        url = f"{connection.url}/services/oauth2/token"
        super().__init__(session, connection, url, salesforce_variables(connection), as_json=False)
        # The answer has no lifetime: a session dies by a 401, which is answered by signing in again.
        self.default_token_expiration = MONTH
        self._connection, self._clock = connection, clock

    @property
    def address(self) -> str:
        return str(self.granted.get("instance_url") or self._connection.url).rstrip("/")


class JwtBearer(SalesforceSignIn):
    """A signed assertion instead of a secret; the key stays here."""

    def ask(self) -> Response:
        """A machine whose clock is wrong learns the server's time from the first refusal, and signs again."""
        was_measured = self._clock.is_measured
        response = super().ask()
        return response if response.ok or was_measured else super().ask()

    def grant(self) -> dict[str, Any]:
        claims = {
            "iss": self._connection.client_id,
            "sub": self._connection.username,
            "aud": self._connection.login_url,
            "exp": int(self._clock.now().timestamp()) + ASSERTION_SECONDS,
        }
        try:
            assertion = jwt.encode(claims, self._key(), algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise SettingsError(f"{self._key_variable} is no RSA private key in PEM form.") from None
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}

    @property
    def _key_variable(self) -> str:
        file = self._connection.jwt_key_file
        return f"{self._connection.prefix}JWT_KEY" + (f"_FILE={file}" if file else "")

    def _key(self) -> str:
        if self._connection.jwt_key_file is None:
            # One line in a .env file: line breaks come as two characters.
            return self._connection.jwt_key.get_secret_value().replace("\\n", "\n")
        try:
            return self._connection.jwt_key_file.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{self._key_variable} cannot be read ({type(error).__name__}).") from None


class Password(SalesforceSignIn):
    """The username-password grant, for clients that were set up long ago."""

    def grant(self) -> dict[str, Any]:
        return {
            "grant_type": "password",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "username": self._connection.username,
            "password": _password(self._connection),
        }


class SoapLogin(SalesforceSignIn):
    """login() of the SOAP API, which needs no client at all."""

    def obtain_token(self) -> None:
        body = LOGIN.format(username=escape(self._connection.username), password=escape(_password(self._connection)))
        url = f"{self._connection.url}/services/Soap/u/{SOAP_VERSION}"
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": "login"}
        # A refusal is a 500 here: retried like any other, a wrong password would lock the user out.
        session = Session()
        session.hooks["response"].append(lambda response, **_: self._clock.observe(response.headers.get("Date")))
        try:
            self.access_token, _ = soap_login(url, body, headers, None, session)
        except SalesforceAuthenticationFailed as error:
            raise self.refused(f"{error.code}: {error.auth_message[:200]}") from None
        except RequestException as error:
            raise SourceError(
                f"{self._source} cannot be reached ({type(error).__name__}): check {self._address} and the network."
            ) from None
        self.token_expiry = self.token_expiry.now().add(seconds=MONTH)


def sign_in(
    session: SourceSession, connection: SalesforceConnection, clock: Clock, say: Callable[[str], None]
) -> SalesforceSignIn:
    """The sign-in that the variables choose. Raises SettingsError when they choose none or several."""
    way = salesforce_way(connection)
    if way == "SOAP login":
        say(f"{session.name}: {SOAP_ENDS}")
    kinds = {"JWT bearer": JwtBearer, "password": Password, "SOAP login": SoapLogin}
    return kinds.get(way, SalesforceSignIn)(session, connection, clock)


def _password(connection: SalesforceConnection) -> str:
    return connection.password.get_secret_value() + connection.security_token.get_secret_value()
