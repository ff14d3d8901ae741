"""Every way to sign in to Salesforce, mostly as simple-salesforce goes it, and sessions that end."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce.api import Salesforce as Client
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

from sandbox import settings
from sandbox.http import Call
from sandbox.salesforce.api import SalesforceApi
from sandbox.salesforce.org import Org
from sandbox.state import State
from tests.sandbox.calls import Answer, call, line, loopback, salesforce, sign_in_to_salesforce
from tests.sandbox_process import sandbox

PEM = serialization.Encoding.PEM
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
OTHER_KEY, KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
PUBLIC = KEY.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
WORLD = [
    line("09:00:00", "Account", "001000000000001", {"Name": "Acme"}),
    line("09:00:00", "ExternalClientApp", "registered", {"certificate": PUBLIC}),
]


def private(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD) as started:
        yield started


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "dana@x.example", "password": "secret&<", "security_token": "token"},
        {"username": "dana@x.example", "password": "secret", "organizationId": "00D000000000001"},
        {"username": "dana@x.example", "password": "secret", "consumer_key": "me", "consumer_secret": "right"},
        {"username": "dana@x.example", "consumer_key": "registered", "privatekey": private(KEY)},
        {"username": "dana@x.example", "consumer_key": "anybody", "privatekey": private(OTHER_KEY)},
        {"consumer_key": "me", "consumer_secret": "right", "domain": "acme.my"},
    ],
    ids=["security token", "organization", "password", "registered key", "any key", "client credentials"],
)
def test_an_unmodified_client_signs_in(running, credentials: dict[str, Any]):
    client: Any = Client(session=loopback(running), **credentials)
    assert client.query("SELECT Name FROM Account")["records"][0]["Name"] == "Acme"


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        ({"username": "dana@x.example", "password": "wrong", "security_token": ""}, "INVALID_LOGIN"),
        ({"username": "d@x.example", "password": "p", "security_token": "", "version": "65.0"}, "INVALID_OPERATION"),
        ({"username": "d@x.example", "password": "p", "security_token": "", "version": "30.0"}, "UNSUPPORTED_API"),
        ({"username": "d@x.example", "consumer_key": "registered", "privatekey": private(OTHER_KEY)}, "invalid_grant"),
        ({"username": "wrong", "consumer_key": "me", "privatekey": private(KEY)}, "hasn't approved this consumer"),
        ({"consumer_key": "me", "consumer_secret": "wrong", "domain": "acme.my"}, "invalid_client"),
    ],
)
# It says what to do about an unapproved consumer in a warning.
@pytest.mark.filterwarnings("ignore")
def test_an_unmodified_client_understands_why_it_may_not(running, credentials: dict[str, Any], code: str):
    with pytest.raises(SalesforceAuthenticationFailed, match=code):
        Client(session=loopback(running), **credentials)


def assertion(**claims: Any) -> str:
    given = {"iss": "me", "sub": "dana@x.example", "aud": "https://login.salesforce.com", "exp": int(time.time()) + 120}
    return jwt.encode(given | claims, KEY, algorithm="RS256")


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        (lambda now: {"exp": str(now + 120)}, None),
        (lambda now: {"exp": now - 10}, "invalid_grant"),
        (lambda now: {"exp": now + 86_400}, "invalid_grant"),
        (lambda _: {"aud": "https://elsewhere.example"}, "invalid_grant"),
        (lambda _: {"iss": ""}, "invalid_client_id"),
    ],
)
def test_the_claims_of_an_assertion_are_checked(running, claims: Callable[[int], dict[str, Any]], error: str | None):
    # Dated when the test runs: between collecting it and running it an assertion would die.
    answer = sign_in_to_salesforce(running, grant_type=JWT, assertion=assertion(**claims(int(time.time()))))
    assert (answer.status, answer.body.get("error")) == (400 if error else 200, error)
    assert ("access_token" in answer.body) == (error is None)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"client_id": ""}, "invalid_client_id"),
        ({"grant_type": "password", "username": "u", "password": "wrong"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "wrong"}, "invalid_grant"),
        ({"grant_type": JWT, "assertion": "none"}, "invalid_grant"),
    ],
)
def test_a_refused_grant_names_its_error(running, form: dict[str, str], error: str):
    answer = sign_in_to_salesforce(running, **form)
    assert (answer.status, answer.body["error"]) == (400, error)
    assert answer.body["error_description"]


def test_the_login_host_sends_on_to_my_domain_and_gives_no_client_credentials(running):
    form = b"grant_type=refresh_token&client_id=me&client_secret=x&refresh_token=r"
    headers = {"Host": "login.salesforce.com", "Content-Type": "application/x-www-form-urlencoded"}
    answer: Answer = call(f"{running.url}/services/oauth2/token", headers, form)
    assert answer.body["instance_url"] == "http://gitlab.my.salesforce.com"
    assert "refresh_token" not in answer.body
    form = b"grant_type=client_credentials&client_id=me&client_secret=x"
    refused = call(f"{running.url}/services/oauth2/token", headers, form)
    assert (refused.status, refused.body["error"]) == (400, "invalid_grant")


def test_a_session_ends_by_the_clock_and_by_order(running):
    org = salesforce(running)
    running.post("/_sandbox/faults", {"route": "/services/data/v62.0/limits", "kind": "token_expired", "call": 2})
    assert [org.get("limits").status for _ in range(3)] == [200, 401, 401]
    org = salesforce(running)
    running.post("/_sandbox/clock", {"advance_seconds": settings.SESSION_SECONDS})
    refused = org.get("limits")
    assert refused.status == 401
    assert refused.body == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_with_rotation_a_refresh_token_works_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings, "REFRESH_TOKEN_ROTATION", True)
    api, org = SalesforceApi(State().append_changes), Org("main")

    def refresh(token: str) -> dict[str, Any]:
        body = f"grant_type=refresh_token&client_id=me&client_secret=x&refresh_token={token}".encode()
        given = Call("POST", "/services/oauth2/token", {}, {}, body, "http://localhost", 0)
        return json.loads(bytes(api.answer(org, given).body))

    first = refresh("first")["refresh_token"]
    assert refresh("first")["error"] == "invalid_grant"
    assert refresh(first)["refresh_token"] not in ("first", first)
