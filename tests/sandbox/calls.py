"""Plain HTTP calls to a running sandbox, and the lines of small worlds."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter

from tests.sandbox_process import RunningSandbox


@dataclass(frozen=True)
class Answer:
    """An answer of any status; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: Any


def call(
    url: str, headers: dict[str, str] | None = None, body: bytes | None = None, method: str | None = None
) -> Answer:
    """One request on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method or ("GET" if body is None else "POST"), path, body, headers or {})
        answer = connection.getresponse()
        raw = answer.read()
    finally:
        connection.close()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, found, json.loads(raw) if raw and "json" in found.get("content-type", "") else raw)


def sign_in_to_zendesk(running: RunningSandbox, instance: str = "global", secret: str = "right") -> Answer:
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": secret, "scope": "read"}
    headers = {"Content-Type": "application/json"}
    return call(f"{running.zendesk(instance)}/oauth/tokens", headers, json.dumps(form).encode())


@dataclass(frozen=True)
class Zendesk:
    """Calls to one account with a token."""

    base: str
    headers: dict[str, str]

    def get(self, path: str, **query: Any) -> Answer:
        """`query` names may hold what Python names cannot: pass them as `**{"page[size]": 2}`."""
        tail = f"?{urlencode(query)}" if query else ""
        return call(f"{self.base}/api/v2/{path}{tail}", self.headers)

    def control(self, path: str, body: Any) -> Answer:
        """An order to the sandbox itself, refused or not."""
        url = self.base.partition("/zendesk/")[0]
        return call(f"{url}/_sandbox/{path}", {"Content-Type": "application/json"}, json.dumps(body).encode())

    def walk(self, path: str, rows: str, **query: Any) -> list[dict[str, Any]]:
        """Every row of an export, page after page."""
        found = []
        answer = self.get(path, **query).body
        while True:
            found += answer[rows]
            if answer["end_of_stream"]:
                return found
            answer = call(answer.get("after_url") or answer["next_page"], self.headers).body


def zendesk(running: RunningSandbox, instance: str = "global") -> Zendesk:
    token = sign_in_to_zendesk(running, instance).body["access_token"]
    return Zendesk(running.zendesk(instance), {"Authorization": f"Bearer {token}"})


@dataclass(frozen=True)
class Salesforce:
    """Calls to the org with a session."""

    base: str
    headers: dict[str, str]

    def get(self, path: str) -> Answer:
        return call(f"{self.base}/services/data/v62.0/{path}", self.headers)

    def send(self, method: str, path: str, body: Any = None, version: str = "62.0") -> Answer:
        """`body` is sent as JSON."""
        raw = None if body is None else json.dumps(body).encode()
        headers = self.headers | {"Content-Type": "application/json"}
        return call(f"{self.base}/services/data/v{version}/{path}", headers, raw, method)

    def query(self, soql: str, resource: str = "query") -> Answer:
        return self.get(f"{resource}?q={quote(soql)}")

    def records(self, soql: str, resource: str = "query") -> list[dict[str, Any]]:
        """Every record of a query without its attributes, following nextRecordsUrl."""
        answer = self.query(soql, resource).body
        found = answer["records"]
        while not answer["done"]:
            answer = call(self.base + answer["nextRecordsUrl"], self.headers).body
            found += answer["records"]
        return [{name: value for name, value in record.items() if name != "attributes"} for record in found]


def sign_in_to_salesforce(running: RunningSandbox, secret: str = "right", base: str = "", **form: str) -> Answer:
    """With client credentials, unless `form` names another grant; at `base` instead of the main org."""
    given = {"grant_type": "client_credentials", "client_id": "me", "client_secret": secret} | form
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return call(f"{base or running.salesforce}/services/oauth2/token", headers, urlencode(given).encode())


def salesforce(running: RunningSandbox, base: str = "") -> Salesforce:
    token = sign_in_to_salesforce(running, base=base).body
    return Salesforce(token["instance_url"], {"Authorization": f"Bearer {token['access_token']}"})


class Loopback(HTTPAdapter):
    """Sends every request of a session to a sandbox, whatever host it names."""

    def __init__(self, running: RunningSandbox) -> None:
        super().__init__()
        self._url = running.url

    def send(self, request: Any, *given: Any, **more: Any) -> Any:
        host = urlsplit(request.url).netloc
        request.headers["Host"] = host
        request.url = self._url + request.url.partition(host)[2]
        return super().send(request, *given, **more)


def loopback(running: RunningSandbox) -> requests.Session:
    """What an unmodified client is given that insists on https and on hosts of its own."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Loopback(running))
    return session


def line(at: str, kind: str, row_id: Any, given: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A change of a world; the object's name says the system. `at` is a time of 2026-03-01 or a whole stamp."""
    system = "salesforce" if kind[0].isupper() else "gitlab" if kind in ("project", "issue") else "zendesk"
    stamp = at if "T" in at else f"2026-03-01T{at}Z"
    return {"at": stamp, "system": system, "object": kind, "id": row_id, "set": given or {}, **more}
