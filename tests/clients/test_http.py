"""The three HTTP libraries that clients of the vendors are made of reach every host under strict verification."""

import pytest

from tests.clients.client import client

pytestmark = pytest.mark.clients
REFUSED = {
    "https://gitlab.zendesk.com/api/v2/groups": 401,
    "https://acme.zendesk.com:443/api/v2/groups": 401,
    "https://acme.localhost/api/v2/groups": 401,
    "https://login.salesforce.com/services/data/v62.0/limits": 401,
    "https://gitlab.my.salesforce.com/services/data/v62.0/limits": 401,
    "https://gitlab.com/api/v4/projects/1": 401,
}


def test_requests_aiohttp_and_httpx_reach_every_host_and_no_other(running, tmp_path):
    found = client("http", running, tmp_path).script("read_with_http", *REFUSED)
    expected = list(REFUSED.values())
    assert (found["requests"], found["aiohttp"], found["httpx"]) == (expected, expected, expected)
    assert "certificate verify failed" in found["two_labels"]
    assert "Failed to resolve 'www.example.com'" in found["elsewhere"]
