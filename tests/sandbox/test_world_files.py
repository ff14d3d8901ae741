"""Worlds: small ones, broken ones, and every way to reach one."""

import json
from urllib.error import HTTPError

import pytest

from tests.sandbox.calls import call, line, salesforce, sign_in_to_zendesk, zendesk
from tests.sandbox_process import sandbox


def test_a_world_of_one_ticket_serves_every_stream():
    with sandbox([line("10:00:00", "ticket", 1, {"subject": "Alone"})]) as running:
        account = zendesk(running)
        assert [row["subject"] for row in account.walk("incremental/tickets/cursor", "tickets", start_time=0)] == [
            "Alone"
        ]
        assert len(account.walk("incremental/ticket_events", "ticket_events", start_time=0)) == 1
        assert account.walk("incremental/organizations", "organizations", start_time=0) == []
        assert account.walk("incremental/users/cursor", "users", start_time=0) == []
        for name in ("organization_memberships", "satisfaction_ratings", "groups"):
            assert account.get(name, **{"page[size]": 100}).body[name] == []
        for name in ("Account", "Contact", "User", "Case", "AccountHistory"):
            assert salesforce(running).records(f"SELECT Id FROM {name}") == []
        assert call(f"{running.gitlab}/api/v4/projects/1", {"PRIVATE-TOKEN": "x"}).status == 404


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "a change is a JSON object"),
        ('{"system":"zendesk","object":"ticket","id":1}', "the key 'at' is missing"),
        ('{"at":"yesterday","system":"zendesk","object":"ticket","id":1}', "Invalid isoformat"),
        ('{"at":"2026-03-01T10:00:00Z","system":"jira","object":"ticket","id":1}', "no object 'ticket'"),
        ('{"at":"2026-03-01T10:00:00Z","system":"zendesk","object":"ticket","id":"x"}', "invalid literal"),
    ],
)
def test_an_unreadable_line_is_named_by_its_number(tmp_path, bad: str, reason: str):
    world = tmp_path / "world.jsonl"
    world.write_text(json.dumps(line("10:00:00", "ticket", 1)) + "\n\n" + bad + "\n")
    with pytest.raises(RuntimeError, match=f"line 3: .*{reason}"), sandbox(world):
        pass


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (line("11:00:00", "ticket", 1, merge_into=77), "ticket 1 cannot be merged into 77, which does not exist"),
        (line("11:00:00", "organization_membership", 5, {"user_id": 5}), "the key 'organization_id' is missing"),
    ],
)
def test_a_change_that_cannot_happen_is_named_by_its_line_and_refused_when_posted(bad, reason: str):
    good = line("10:00:00", "ticket", 1)
    with pytest.raises(RuntimeError, match=f"line 2 of the world .*{reason}"), sandbox([good, bad]):
        pass
    with sandbox([good], now="2026-03-01T12:00:00Z") as running, pytest.raises(HTTPError, match="400"):
        running.post("/_sandbox/changes", [bad])


def test_instances_have_ids_hosts_and_tokens_of_their_own():
    world = [
        line("10:00:00", "ticket", 1, {"subject": "Here"}),
        line("10:00:00", "ticket", 1, {"subject": "There"}, instance="us_government"),
    ]
    with sandbox(world) as running:
        assert running.ready["instances"] == ["global", "us_government"]
        here, there = zendesk(running), zendesk(running, "us_government")
        assert here.get("tickets/1").body["ticket"]["subject"] == "Here"
        ticket = there.get("tickets/1").body["ticket"]
        assert (ticket["subject"], ticket["url"]) == (
            "There",
            "https://gitlab-federal-support.zendesk.com/api/v2/tickets/1.json",
        )
        assert call(f"{there.base}/api/v2/tickets/1", here.headers).status == 401


def test_the_host_leads_to_its_system_without_a_prefix():
    with sandbox([line("10:00:00", "ticket", 1)]) as running:
        token = sign_in_to_zendesk(running).body["access_token"]
        headers = {"Host": "gitlab.zendesk.com", "Authorization": f"Bearer {token}"}
        answer = call(f"{running.url}/api/v2/incremental/tickets/cursor.json?start_time=0", headers)
        assert answer.body["after_url"].startswith("http://gitlab.zendesk.com/api/v2/incremental/tickets/cursor.json?")
        assert call(f"{running.url}/services/data/", {"Host": "acme.my.salesforce.com"}).body[0]["version"]
        assert call(f"{running.url}/elsewhere").status == 404


def test_what_lies_in_the_future_shows_when_its_time_comes():
    world = [line("10:00:00", "ticket", 1), line("12:00:00", "ticket", 2)]
    with sandbox(world, now="2026-03-01T11:00:00Z") as running:
        assert zendesk(running).get("tickets/2").status == 404
        running.post("/_sandbox/clock", {"now": "2026-03-01T12:00:00Z"})
        assert zendesk(running).get("tickets/2").status == 200
