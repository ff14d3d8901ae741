"""The headers around Zendesk's answers, which differ by route."""

import pytest

from tests.sandbox.calls import Zendesk, line, sign_in_to_zendesk, zendesk
from tests.sandbox_process import sandbox

WORLD = [
    line("10:00:00", "ticket", 1, {"requester_id": 50}),
    line("10:00:05", "ticket", 1, {"status": "open"}, by=60),
]
SERVER_CHECKED = "max-age=0, private, must-revalidate"


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD, now="2026-03-01T11:00:15Z") as started:
        yield started


@pytest.fixture(scope="module")
def account(running):
    return zendesk(running)


@pytest.mark.parametrize(
    ("path", "cached", "varies"),
    [
        ("incremental/tickets/cursor?start_time=0", SERVER_CHECKED, "Accept-Encoding"),
        ("incremental/users/cursor?start_time=0", SERVER_CHECKED, "Accept, Accept-Encoding"),
        ("custom_statuses", SERVER_CHECKED, "Accept-Encoding"),
        ("ticket_fields", "max-age=5, private", "Accept-Encoding"),
        ("ticket_forms", "max-age=60, private", "Accept-Encoding"),
        ("brands.json", "max-age=60, private", "Accept-Encoding"),
    ],
)
def test_each_route_says_how_long_it_may_be_kept(account: Zendesk, path: str, cached: str, varies: str):
    headers = account.get(path).headers
    assert (headers["cache-control"], headers["vary"]) == (cached, varies)
    assert headers["etag"].startswith('W/"')


def test_the_route_is_named_as_the_description_names_it(account: Zendesk):
    headers = account.get("tickets/1/comments.json").headers
    assert headers["x-openapi-route-path"] == "/api/v2/tickets/{ticket_id}/comments"
    assert (headers["zendesk-service"], headers["x-zendesk-api-version"]) == ("classic", "v2")


def test_only_comments_say_when_their_ticket_last_changed(account: Zendesk):
    assert account.get("tickets/1/comments").headers["last-modified"] == "Sun, 01 Mar 2026 10:00:05 GMT"
    assert "last-modified" not in account.get("tickets/1").headers


def test_the_guide_has_other_headers(account: Zendesk):
    headers = account.get("guide/en-us/surveys", **{"page[size]": 50}).headers
    assert headers["zendesk-route"] == "/api/v2/guide/:locale/surveys"
    assert headers["zendesk-service"] == "guide-rest"
    absent = {"etag", "x-runtime", "cache-control", "x-openapi-route-path", "ratelimit-limit", "ratelimit-reset"}
    assert absent.isdisjoint(headers)


def test_a_token_is_kept_nowhere_and_its_answer_tells_of_no_limit(running):
    headers = sign_in_to_zendesk(running).headers
    assert headers["content-type"] == "application/json"
    assert (headers["cache-control"], headers["pragma"]) == ("no-store", "no-cache")
    assert headers["vary"] == "Accept, Accept-Encoding"
    assert not [name for name in headers if "rate" in name and "limit" in name]


def test_an_error_has_the_headers_of_its_route(account: Zendesk):
    headers = account.get("tickets/4711").headers
    assert headers["x-openapi-route-path"] == "/api/v2/tickets/{ticket_id}"
    assert headers["x-rate-limit-remaining"] == "399"
