"""The rules for browsers: what old mails link to opens the ticket, and nothing else is touched."""

import json
import re
from pathlib import Path

import duckdb
import pytest

from deliveries.__main__ import main

HOSTS = ("gitlab.zendesk.com", "gitlab-federal-support.zendesk.com")
GLOBAL, FEDERAL = (f"https://{host}" for host in HOSTS)
VECTORS = {
    f"{GLOBAL}/api/v2/tickets/123456.json": f"{GLOBAL}/tickets/123456",
    f"{GLOBAL}/api/v2/tickets/12345.json": f"{GLOBAL}/tickets/12345",
    f"{GLOBAL}/api/v2/tickets/123456": f"{GLOBAL}/tickets/123456",
    f"{GLOBAL}/tickets/123456": None,
    f"{GLOBAL}/agent/tickets/123456": None,
    f"{FEDERAL}/api/v2/tickets/77.json": f"{FEDERAL}/tickets/77",
    f"{GLOBAL}/api/v2/tickets/123456.json?include=users": f"{GLOBAL}/tickets/123456",
    f"{GLOBAL}/api/v2/tickets/abc.json": None,
    f"{GLOBAL}/api/v2/tickets/123456/comments.json": None,
    f"{GLOBAL}/api/v2/organizations/9.json": None,
    "https://gitlab-zendesk-com/api/v2/tickets/5xjson": None,
}


@pytest.fixture
def rules(tmp_path: Path) -> list[dict]:
    with duckdb.connect(str(tmp_path / "published.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.dim_tickets (ticket_url varchar)")
        connection.execute("create table marts.snapshot as select timestamptz '2026-03-02 12:00:00+00' as as_of")
        for host in HOSTS:
            connection.execute("insert into marts.dim_tickets values (?)", [f"https://{host}/tickets/1"])
        connection.execute("insert into marts.dim_tickets values (null), ('javascript:alert(1)')")
    asked = ["redirector", "--published", str(tmp_path / "published.duckdb"), "--output", str(tmp_path / "rules.json")]
    assert main(asked) == 0
    return json.loads((tmp_path / "rules.json").read_text())["redirects"]


@pytest.mark.parametrize("address", VECTORS)
def test_an_api_address_of_a_ticket_leads_to_its_page_and_no_other_address_anywhere(
    rules: list[dict], address: str
) -> None:
    """R-NT-5, E-26, F-1."""
    found = [(rule, hit) for rule in rules if (hit := re.search(rule["includePattern"], address))]
    led = [rule["redirectUrl"].replace("$1", hit[1]) for rule, hit in found]
    assert led == ([VECTORS[address]] if VECTORS[address] else [])


def test_every_rule_shows_an_example_that_it_follows(rules: list[dict]) -> None:
    assert [rule["description"] for rule in rules] == [f"Tickets of {host}" for host in sorted(HOSTS)]
    for rule in rules:
        shown = re.sub(rule["includePattern"], rule["redirectUrl"].replace("$1", r"\1"), rule["exampleUrl"])
        assert shown == rule["exampleResult"]
