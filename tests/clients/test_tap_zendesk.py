"""tap-zendesk 2.8.2, unmodified, discovers and syncs all its streams; what it loses, exactly and with the reason."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.state import State
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import event_id
from tests.clients import expected
from tests.clients.client import Client, client
from tests.clients.world import DAYS, GROUP
from tests.sandbox.calls import call, sign_in_to_zendesk
from tests.sandbox_process import RunningSandbox

pytestmark = pytest.mark.clients
STREAMS = {
    "tickets", "groups", "users", "organizations", "ticket_audits", "ticket_comments", "ticket_fields", "ticket_forms",
    "group_memberships", "macros", "satisfaction_ratings", "tags", "ticket_metrics", "ticket_metric_events",
    "sla_policies", "talk_phone_numbers",
}  # fmt: skip


class Tap:
    """The tap with its files: config, catalog and state."""

    def __init__(self, reader: Client, start_date: str) -> None:
        self.reader, self.home = reader, reader.home
        token = sign_in_to_zendesk(reader.running).body["access_token"]
        self.write("config", {"start_date": start_date, "subdomain": "gitlab", "access_token": token})

    def write(self, name: str, content: Any) -> Path:
        path = self.home / f"{name}.json"
        path.write_text(json.dumps(content))
        return path

    def discover(self) -> dict[str, Any]:
        done = self.reader.run("tap-zendesk", "--config", "config.json", "--discover")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def sync(self, catalog: dict[str, Any], *streams: str, state: Any = None) -> Any:
        """(records by stream, the last state, what was logged); all streams unless some are named."""
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                entry["metadata"]["selected"] = not streams or stream["stream"] in streams
        self.write("catalog", catalog)
        self.write("state", state or {})
        command = ["tap-zendesk", "--config", "config.json", "--catalog", "catalog.json", "--state", "state.json"]
        done = self.reader.run(*command)
        records, last = defaultdict(list), None
        for message in map(json.loads, done.stdout.splitlines()):
            if message["type"] == "RECORD":
                records[message["stream"]].append(message["record"])
            elif message["type"] == "STATE":
                last = message["value"]
        return records, last, done.stderr


@pytest.fixture(scope="module")
def tap(running: RunningSandbox, started_at: datetime, tmp_path_factory: pytest.TempPathFactory) -> Tap:
    start_date = (started_at - timedelta(days=DAYS + 1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Tap(client("tap-zendesk", running, tmp_path_factory.mktemp("tap")), start_date)


@pytest.fixture(scope="module")
def catalog(tap: Tap) -> dict[str, Any]:
    return tap.discover()


@pytest.fixture(scope="module")
def synced(tap: Tap, catalog: dict[str, Any]) -> Any:
    records, state, log = tap.sync(catalog)
    assert state, log
    return records, state


@pytest.fixture(scope="module")
def found(synced: Any) -> dict[str, list[Any]]:
    return synced[0]


@pytest.fixture(scope="module")
def account(truth: State) -> Instance:
    return truth.zendesk["global"]


def versions(rows: list[dict[str, Any]], version: str = "updated_at") -> list[list[Any]]:
    """[id, version], with times to the second as the API writes them."""
    return [[row["id"], str(row[version])[:19] + "Z" if version == "updated_at" else row[version]] for row in rows]


def test_every_stream_is_discovered(catalog):
    assert {stream["stream"] for stream in catalog["streams"]} == STREAMS


def test_every_ticket_comes_once_in_its_last_version_but_those_of_ai_agents(found, account):
    """It has no `support_type_scope`, so it gets the tickets of agents only."""
    assert versions(found["tickets"], "generated_timestamp") == expected.tickets(account)


def test_every_user_and_organization_comes_once(found, account):
    assert versions(found["users"]) == expected.stamped(account.users.values())
    assert versions(found["organizations"]) == expected.stamped(account.organizations.values())


def test_audits_and_comments_are_complete_but_for_deleted_tickets(found, account):
    """It does not ask for those of deleted tickets, which answer 404; ticket_events would have them."""
    living = [row for row in expected.by_agents(account) if row.fields["status"] != "deleted"]
    audits = [audit for row in living for audit in row.audits]
    assert sorted(row["id"] for row in found["ticket_audits"]) == sorted(
        event_id(audit.ticket_id, audit.number) for audit in audits
    )
    comments = [(audit.ticket_id, audit.comment["body"]) for audit in audits if audit.comment]
    assert sorted((row["ticket_id"], row["body"]) for row in found["ticket_comments"]) == sorted(comments)
    assert not any(row["body"].startswith("Help with 100:") for row in found["ticket_comments"])


def test_metrics_are_complete_but_for_deleted_tickets(found, account):
    living = [row.id for row in expected.by_agents(account) if row.fields["status"] != "deleted"]
    assert sorted(row["ticket_id"] for row in found["ticket_metrics"]) == sorted(living)
    assert {row["ticket_id"] for row in found["ticket_metric_events"]} >= set(living)


def test_every_rating_comes_once_with_its_last_score(found, account):
    given = [[row.id, row.fields["score"]] for row in account.ratings.values()]
    assert sorted([row["id"], row["score"]] for row in found["satisfaction_ratings"]) == sorted(given)
    assert versions(sorted(found["satisfaction_ratings"], key=lambda row: row["id"])) == expected.listed(
        account.ratings.values()
    )


def test_groups_and_fields_come(found, account):
    assert [row["id"] for row in found["groups"]] == [GROUP]
    assert {row["id"] for row in found["ticket_fields"]} >= set(account.ticket_fields)


def test_the_next_sync_gives_the_last_second_of_each_stream_again(tap, catalog, synced, account):
    """Its bookmarks are seconds, from which it starts again, and never the cursor that was given."""
    records, state, _ = tap.sync(catalog, "tickets", "users", "organizations", state=synced[1])
    tickets = expected.tickets(account)
    assert versions(records["tickets"], "generated_timestamp") == [row for row in tickets if row[1] == tickets[-1][1]]
    users = expected.stamped(account.users.values())
    assert versions(records["users"]) == [row for row in users if row[1] == users[-1][1]]
    organizations = expected.stamped(account.organizations.values())
    assert versions(records["organizations"]) == [row for row in organizations if row[1] == organizations[-1][1]]
    assert state["bookmarks"] == synced[1]["bookmarks"]


def test_a_429_without_retry_after_ends_the_sync(tap, catalog, account):
    """It looks for the header where there is none; a wait of no seconds it survives."""
    order = {"route": "/api/v2/incremental/users", "call": 2, "id": "refusal"}
    try:
        tap.reader.running.post("/_sandbox/faults", order | {"kind": "429_retry_after_0"})
        records, _, _ = tap.sync(catalog, "users")
        assert versions(records["users"]) == expected.stamped(account.users.values())
        tap.reader.running.post("/_sandbox/faults", order | {"kind": "429_no_retry_after"})
        records, _, log = tap.sync(catalog, "users")
        assert "KeyError: 'retry-after'" in log
        assert len(records["users"]) == 1000
    finally:
        call(f"{tap.reader.running.url}/_sandbox/faults", method="DELETE")


def test_bookmarks_are_the_newest_versions(synced, account):
    bookmarks = synced[1]["bookmarks"]
    last = datetime.fromtimestamp(expected.tickets(account)[-1][1], UTC)
    assert datetime.fromisoformat(bookmarks["tickets"]["generated_timestamp"]) == last
    assert bookmarks["users"]["updated_at"] == expected.stamped(account.users.values())[-1][1]
