"""zenpy 2.0.57, unmodified, reads an account completely; where it does not, the exact difference and why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.state import State
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import event_id
from tests.clients import expected
from tests.clients.client import Client, client
from tests.clients.world import ODD, PURGED_TICKETS, TAGGER, TEXT
from tests.sandbox.calls import call, line, sign_in_to_zendesk
from tests.sandbox_process import RunningSandbox, sandbox

pytestmark = pytest.mark.clients


def zenpy(running: RunningSandbox, home: Path) -> tuple[Client, str]:
    return client("zenpy", running, home), sign_in_to_zendesk(running).body["access_token"]


@pytest.fixture(scope="module")
def found(running: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    reader, token = zenpy(running, tmp_path_factory.mktemp("zenpy"))
    return reader.script("read_with_zenpy", "gitlab", token)


@pytest.fixture(scope="module")
def account(truth: State) -> Instance:
    return truth.zendesk["global"]


def test_every_ticket_comes_once_in_its_last_version_and_deleted_ones_too(found, account):
    assert found["tickets"] == expected.tickets(account)
    assert found["tickets_by_time"] == expected.tickets(account)


def test_tickets_of_ai_agents_are_missing_because_zenpy_cannot_ask_for_them(found, account):
    missing = account.tickets.keys() - {row_id for row_id, _ in found["tickets"]}
    assert missing == {row_id for row_id in account.tickets if row_id % 30 == 7}


def test_every_user_and_organization_comes_once_with_the_deleted_and_the_suspended(found, account):
    assert found["users"] == expected.stamped(account.users.values())
    assert found["organizations"] == expected.stamped(account.organizations.values())


def test_every_ticket_event_comes_once_with_every_comment(found, account):
    audits = expected.audits(account)
    assert found["ticket_events"] == [[event_id(audit.ticket_id, audit.number), audit.at] for audit in audits]
    assert found["comments"] == [audit.comment["body"] for audit in audits if audit.comment]


def test_audits_of_a_ticket_come_in_order(found, account):
    for row_id, ids in found["audits"].items():
        assert ids == expected.audit_ids(account.tickets[int(row_id)])


def test_every_rating_and_membership_comes_once(found, account):
    ratings = sorted(account.ratings.values(), key=lambda row: (row.created, row.id))
    assert [row_id for row_id, _ in found["satisfaction_ratings"]] == [row.id for row in ratings]
    assert sorted(found["satisfaction_ratings"]) == expected.listed(ratings)
    assert found["organization_memberships"] == expected.listed(account.memberships.values())


def test_odd_texts_in_custom_fields_survive_until_a_ticket_is_scrubbed(found, account):
    values = {
        int(row_id): {field["id"]: field["value"] for field in fields}
        for row_id, fields in found["custom_fields"].items()
    }
    for ticket in expected.by_agents(account):
        assert values[ticket.id][TEXT] == ticket.custom.get(TEXT)
        assert values[ticket.id][TAGGER] == (None if ticket.id in PURGED_TICKETS else "area_ci")
    assert {row[TEXT] for row in values.values()} == {*ODD, None}


def test_a_search_finds_the_living_solved_tickets(found, account):
    solved = [row.id for row in account.tickets.values() if row.fields["status"] == "solved"]
    assert found["found"] == sorted(solved)


# -- What zenpy does wrong, on a world of its own ------------------------------------------------

ORGANIZATIONS, USERS = 250, 120


@pytest.fixture(scope="module")
def young() -> Iterator[RunningSandbox]:
    """Organizations of the last minutes, while the clock of the client's machine says the same time."""
    now = datetime.now(UTC).replace(microsecond=0)
    begin = now - timedelta(minutes=4)
    changes = [
        line(
            (begin + timedelta(seconds=number // 5)).isoformat(), "organization", number, {"name": f"Customer {number}"}
        )
        for number in range(1, 1 + ORGANIZATIONS)
    ]
    at = begin.isoformat()
    changes += [line(at, "user", 1000 + number, {"name": f"User {number}"}) for number in range(USERS)]
    changes.append(line(at, "ticket", 1, {"subject": "Before", "requester_id": 1000}))
    with sandbox(changes, now=now.isoformat(), clock="running", tls_port=0) as started:
        yield started


@pytest.fixture
def broken(young: RunningSandbox, tmp_path: Path) -> Iterator[Any]:
    reader, token = zenpy(young, tmp_path)
    yield lambda what: reader.script("break_zenpy", "gitlab", token, what, str(young.ready["tls_port"]))
    call(f"{young.url}/_sandbox/faults", method="DELETE")


def test_a_time_export_ends_with_a_page_of_the_last_five_minutes_although_there_is_more(broken):
    """It compares `end_time` plus five minutes with its own clock before it looks at `end_of_stream`.

    A page of 100 holds 104 here, because a page is given with the whole of its last second.
    """
    assert broken("organizations") == list(range(1, 105))


def test_a_ticket_that_was_read_once_is_not_read_again_unless_the_cache_is_off(broken):
    """Its object cache answers for 30 seconds (tickets) or until the process ends (users, organizations)."""
    assert broken("cache") == {"cached": ["Before", "Before"], "uncached": ["Before", "After"]}


def test_a_429_is_waited_for_when_it_says_how_long_and_else_raised(young, broken):
    """It only waits for a Retry-After above 0."""
    order = {"route": "/api/v2/incremental/organizations", "call": 1}
    young.post("/_sandbox/faults", order | {"kind": "429", "headers": {"Retry-After": 1}})
    assert broken("first_organization") == 1
    for kind in ("429_retry_after_0", "429_no_retry_after"):
        young.post("/_sandbox/faults", order | {"kind": kind, "id": "refusal"})
        assert broken("first_organization").startswith("APIException: ")


def test_an_empty_page_in_mid_stream_ends_the_walk(young, broken):
    """Its generator takes an empty page for the end, whatever `end_of_stream` says."""
    assert broken("users") == list(range(1000, 1000 + USERS))
    young.post("/_sandbox/faults", {"route": "/api/v2/incremental/users", "kind": "empty_page", "call": 2})
    assert broken("users") == list(range(1000, 1050))
