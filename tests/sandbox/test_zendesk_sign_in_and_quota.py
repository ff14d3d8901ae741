"""Who may call Zendesk, and how often."""

import base64
import json
from typing import Any

import pytest

from tests.sandbox.calls import Answer, call, line, sign_in_to_zendesk, zendesk
from tests.sandbox_process import sandbox

WORLD = [line("10:00:00", "ticket", 1, {"requester_id": 50})]


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD, now="2026-03-01T11:00:15Z") as started:
        yield started


def test_a_wrong_secret_is_refused(running):
    refused = sign_in_to_zendesk(running, secret="wrong")
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


def test_a_token_lasts_as_long_as_it_says_and_costs_no_call(running):
    answer = sign_in_to_zendesk(running)
    assert answer.body["expires_in"] == 1799
    assert answer.body["token_type"] == "bearer"
    assert "x-rate-limit" not in answer.headers
    headers = {"Authorization": f"Bearer {answer.body['access_token']}"}
    url = f"{running.zendesk()}/api/v2/oauth/tokens/current.json"
    assert call(url, headers).body["token"]["expires_at"] == "2026-03-01T11:30:15Z"
    running.post("/_sandbox/clock", {"advance_seconds": 1799})
    assert call(url, headers).status == 200
    running.post("/_sandbox/clock", {"advance_seconds": 1})
    assert call(url, headers).body == {"error": "Couldn't authenticate you"}


def test_a_token_of_nobody_is_refused_but_me_is_anonymous_without_one(running):
    url = f"{running.zendesk()}/api/v2"
    assert call(f"{url}/tickets/1", {"Authorization": "Bearer made-up"}).status == 401
    assert call(f"{url}/tickets/1").status == 401
    assert call(f"{url}/users/me").body["user"]["name"] == "Anonymous user"
    assert call(f"{url}/users/me", {"Authorization": "Bearer made-up"}).status == 401


def issue(running, **form: Any) -> Answer:
    body = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "right", **form}
    headers = {"Content-Type": "application/json"}
    return call(f"{running.zendesk()}/oauth/tokens", headers, json.dumps(body).encode())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def login(user: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def test_an_unknown_scope_is_granted_and_then_every_request_is_refused(running):
    answer = issue(running, scope="read tickets:reed")
    assert (answer.status, answer.body["scope"]) == (200, "read tickets:reed")
    for path in ("tickets/1", "users/me", "groups"):
        refused = call(f"{running.zendesk()}/api/v2/{path}", bearer(answer.body["access_token"]))
        assert refused.status == 403
        assert refused.body == {"error": "forbidden", "description": "Missing the following required scopes: read"}


@pytest.mark.parametrize(
    ("scope", "tickets", "users", "fields"),
    [
        ("read", 200, 200, 200),
        ("tickets:read", 200, 403, 200),
        ("users:read organizations:read", 403, 200, 200),
        ("write", 403, 403, 403),
        ("tickets:write", 403, 403, 403),
    ],
)
def test_a_scope_opens_what_it_names(running, scope: str, tickets: int, users: int, fields: int):
    headers = bearer(issue(running, scope=scope).body["access_token"])
    url = f"{running.zendesk()}/api/v2"
    paths = ("incremental/tickets/cursor.json?start_time=0", "users", "ticket_fields.json")
    assert [call(f"{url}/{path}", headers).status for path in paths] == [tickets, users, fields]


def test_a_refresh_token_serves_once_and_its_pair_dies(running):
    url = f"{running.zendesk()}/api/v2/tickets/1"
    first = issue(running, grant_type="refresh_token", refresh_token="from before").body
    second = issue(running, grant_type="refresh_token", refresh_token=first["refresh_token"]).body
    assert second["refresh_token"] != first["refresh_token"]
    statuses = [call(url, bearer(pair["access_token"])).status for pair in (first, second)]
    assert statuses == [401, 200]
    for spent in ("from before", first["refresh_token"]):
        again = issue(running, grant_type="refresh_token", refresh_token=spent)
        assert (again.status, again.body["error"]) == (400, "invalid_grant")
    assert call(url, bearer(second["access_token"])).status == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"expires_in": "soon"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token"}, 400, "invalid_grant"),
    ],
)
def test_a_token_that_cannot_be_issued_says_why(running, form: dict[str, Any], status: int, error: str):
    answer = issue(running, **form)
    assert (answer.status, answer.body["error"], answer.headers["cache-control"]) == (status, error, "no-store")


def test_an_api_token_opens_everything_and_a_wrong_one_is_refused_even_at_me(running):
    url = f"{running.zendesk()}/api/v2"
    assert call(f"{url}/tickets/1", login("a@x.example/token", "secret")).status == 200
    assert call(f"{url}/users/me", login("a@x.example/token", "secret")).body["user"]["role"] == "admin"
    refused = [call(f"{url}/{path}", login("a@x.example/token", "wrong")) for path in ("tickets/1", "users/me")]
    assert [(answer.status, answer.body) for answer in refused] == [(401, {"error": "Couldn't authenticate you"})] * 2


def test_a_password_is_refused_but_me_is_anonymous_with_it(running):
    url = f"{running.zendesk()}/api/v2"
    assert call(f"{url}/tickets/1", login("a@x.example", "secret")).status == 401
    me = call(f"{url}/users/me.json", login("a@x.example", "secret"))
    assert (me.status, me.body["user"]["id"], me.body["user"]["name"]) == (200, None, "Anonymous user")


def test_without_enforcement_the_headers_report_a_full_bucket_for_ever(running):
    account = zendesk(running)
    for _ in range(30):
        answer = account.get("incremental/tickets/cursor", start_time=0)
        assert answer.status == 200
        assert answer.headers["zendesk-ratelimit-incremental-exports"].startswith("total=10; remaining=9; resets=")
        assert answer.headers["x-rate-limit-remaining"] == "399"


def test_exports_share_a_window_that_ends_at_the_minute_of_the_virtual_clock():
    with sandbox(WORLD, now="2026-03-01T11:00:15Z", quota="real") as running:
        account = zendesk(running)
        answer = None
        for remaining in range(9, -1, -1):
            path = "incremental/ticket_events" if remaining % 2 else "incremental/tickets/cursor"
            answer = account.get(path, start_time=0)
            assert answer.status == 200
            bucket = f"total=10; remaining={remaining}; resets=45"
            assert answer.headers["zendesk-ratelimit-incremental-exports"] == bucket
        assert answer is not None
        assert (answer.headers["ratelimit-limit"], answer.headers["ratelimit-remaining"]) == ("400", "390")
        assert answer.headers["ratelimit-reset"] == "45"
        refused = account.get("incremental/organizations", start_time=0)
        assert (refused.status, refused.headers["retry-after"]) == (429, "45")
        assert refused.body["error"] == "APIRateLimitExceeded"
        users = account.get("incremental/users/cursor", start_time=0)
        assert users.headers["zendesk-ratelimit-incremental-exports-cursor"] == "total=20; remaining=19; resets=45"
        fields = account.get("ticket_fields")
        assert fields.headers["zendesk-ratelimit-ticket-fields-index"] == "total=20; remaining=19; resets=45"
        running.post("/_sandbox/clock", {"advance_seconds": 44})
        assert account.get("incremental/organizations", start_time=0).headers["retry-after"] == "1"
        running.post("/_sandbox/clock", {"advance_seconds": 1})
        assert account.get("incremental/organizations", start_time=0).status == 200


def test_the_account_has_a_bucket_of_its_own():
    with sandbox(WORLD, now="2026-03-01T11:00:15Z", quota="real") as running:
        account = zendesk(running)
        statuses = [account.get("groups").status for _ in range(401)]
        assert statuses == [200] * 400 + [429]
        assert account.get("guide/survey_responses").headers["x-rate-limit-remaining"] == "399"


def test_routes_of_the_guide_count_for_themselves():
    with sandbox(WORLD, now="2026-03-01T11:00:15Z", quota="real") as running:
        account = zendesk(running)
        paths = ("guide/survey_responses", "guide/en-us/surveys", "guide/survey_responses", "groups")
        left = [account.get(path).headers["x-rate-limit-remaining"] for path in paths]
        assert left == ["399", "399", "398", "399"]


def test_deep_pages_of_tickets_and_deleted_tickets_have_a_second_limit():
    with sandbox(WORLD, now="2026-03-01T11:00:15Z", quota="real") as running:
        account = zendesk(running)
        shallow = account.get("tickets", page=500, per_page=1)
        assert shallow.headers["zendesk-ratelimit-tickets-index"] == "total=100; remaining=99; resets=45"
        assert [account.get("tickets", page=501, per_page=1).status for _ in range(51)] == [200] * 50 + [429]
        assert account.get("tickets", page=1, per_page=1).status == 200
        assert [account.get("deleted_tickets", page=101, per_page=1).status for _ in range(6)] == [200] * 5 + [429]
        assert [account.get("deleted_tickets").status for _ in range(6)] == [200] * 5 + [429]
