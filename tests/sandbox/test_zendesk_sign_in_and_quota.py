"""Who may call Zendesk, and how often."""

import pytest

from tests.sandbox.calls import call, line, sign_in_to_zendesk, zendesk
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
