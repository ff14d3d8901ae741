"""The demo world and its truth: reproducible, in order, complete, and the same thing told twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from sandbox.changes import read_changes
from sandbox.clock import Clock
from sandbox.state import State
from sandbox.world import generate
from sandbox.world_ids import widen
from sandbox.world_kinds import KINDS
from sandbox.world_situations import SITUATIONS

TINY = Path(__file__).parents[2] / "sandbox" / "worlds" / "tiny.jsonl"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def shown(demo: Path) -> State:
    """What the sandbox makes of the demo world at its default clock."""
    state = State()
    state.load(read_changes(demo))
    state.clock = Clock((state.timeline.last_change or 0) + 61_000, running=False)
    state.advance()
    return state


def lines(world: Path) -> Iterator[dict[str, Any]]:
    with world.open("rb") as file:
        yield from map(orjson.loads, file)


def truth(world: Path, mart: str) -> list[dict[str, Any]]:
    return list(lines(world.parent / "truth" / f"{mart}.jsonl"))


def meta(world: Path) -> dict[str, Any]:
    return orjson.loads((world.parent / "truth" / "meta.json").read_bytes())


def contents(world: Path) -> dict[str, bytes]:
    return {str(file.relative_to(world.parent)): file.read_bytes() for file in world.parent.rglob("*.json*")}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (generate(tmp_path / name, seed=7, accounts=60, tickets=800) for name in ("a", "b"))
    other = generate(tmp_path / "a", seed=8, accounts=60, tickets=800)
    assert len(contents(first)) == 7
    assert contents(first) == contents(second)
    assert other != first
    assert other.read_bytes() != first.read_bytes()


def test_a_world_that_exists_is_not_generated_again(tmp_path: Path) -> None:
    path = generate(tmp_path, accounts=5, tickets=10)
    path.write_text("kept")
    assert generate(tmp_path, accounts=5, tickets=10).read_text() == "kept"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.parent.name]


@pytest.mark.parametrize(("accounts", "tickets"), [(1, 0), (1, 20), (3, 5), (40, 100)])
def test_a_world_of_any_size_can_be_made(tmp_path: Path, accounts: int, tickets: int) -> None:
    path = generate(tmp_path, accounts=accounts, tickets=tickets, months=3, now=datetime(2025, 6, 3, 9, tzinfo=UTC))
    found = [line["at"] for line in lines(path)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == ("2025-04-01T00:00:00Z", "2025-06-03T08:58:59Z")


def test_changes_are_in_time_order_and_end_a_minute_before_the_clock(demo: Path) -> None:
    found = [line["at"] for line in lines(demo)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == ("2024-10-01T00:00:00Z", "2026-03-31T23:30:00Z")
    assert found[-2] <= "2026-03-31T23:20:00Z"
    assert meta(demo)["now"] == "2026-03-31T23:31:01Z"
    assert len(found) < 150_000


def test_every_situation_and_every_kind_of_ticket_occurs_more_than_once(demo: Path) -> None:
    wanted = {*SITUATIONS, *(f"ticket_{name}" for name in KINDS), "case_doubled", "survey_without_offer"}
    occurred = Counter(meta(demo)["situations"])
    assert {name: occurred[name] for name in wanted if occurred[name] < 2} == {}


def test_every_answer_that_a_mart_can_give_occurs(demo: Path) -> None:
    notifications, feedback = truth(demo, "fct_notification_events"), truth(demo, "fct_feedback")
    assert {row["suppression_reason"] for row in notifications} == {
        None, "no_csm", "no_org", "internal_requester", "internal_form", "spam_or_suspended", "merged_child", "deleted",
        "before_go_live",
    }  # fmt: skip
    notified = [row for row in notifications if row["disposition"] == "notify"]
    assert {row["csm_source"] for row in notified} == {"account", "current", "manager"}
    assert {row["kind"] for row in notified} == {"ticket_opened", "late_association"}
    assert {row["channel"] for row in feedback} == {"survey", "mid_ticket", "indirect", "contact_request"}
    assert any(row["is_good_to_bad"] and row["is_bad_to_good"] for row in feedback)
    codes = Counter((row["gap_code"], row["is_open"]) for row in truth(demo, "fct_contact_coverage_gaps"))
    assert len({code for code, _ in codes}) == 23
    assert len({code for code, is_open in codes if is_open}) == 23


def test_salesforce_ids_carry_the_right_checksum_and_are_unique(demo: Path) -> None:
    prefixes = {"Account": "001", "Contact": "003", "User": "005", "Case": "500", "Zuora__Subscription__c": "a0S"}
    ids = {(line["object"], line["id"]) for line in lines(demo) if line["system"] == "salesforce"}
    assert {kind for kind, _ in ids} == set(prefixes)
    assert all(given == widen(given[:15]) and given.startswith(prefixes[kind]) for kind, given in ids)
    assert len({given for _, given in ids}) == len(ids)
    by_letters = Counter(given[:15].lower() for kind, given in ids if kind == "Account")
    assert max(by_letters.values()) == 2


@pytest.mark.parametrize(
    ("short", "wide"),
    [
        ("0014M00001sGJ8x", "0014M00001sGJ8xQAG"),
        ("001000000000001", "001000000000001AAA"),
        ("001aBcDeFgHiJkL", "001aBcDeFgHiJkLQKV"),
    ],
)
def test_a_short_id_is_widened_by_its_capitals(short: str, wide: str) -> None:
    assert widen(short) == wide


def test_both_instances_use_the_same_ids_for_different_things(shown: State) -> None:
    ours, theirs = shown.zendesk["global"], shown.zendesk["us_government"]
    assert len(ours.tickets) > 20_000
    assert 490 < len(theirs.tickets) < 560
    assert set(theirs.tickets) < set(ours.tickets)
    assert set(theirs.users) & set(ours.users)
    assert set(theirs.organizations) & set(ours.organizations)


def test_the_sandbox_shows_the_tickets_that_the_truth_speaks_of(demo: Path, shown: State) -> None:
    rows = {
        (row["source"].removeprefix("zendesk/"), row["ticket_id"]): row
        for row in truth(demo, "fct_notification_events")
    }
    tickets = {(name, each.id): each for name, instance in shown.zendesk.items() for each in instance.tickets.values()}
    assert rows.keys() == tickets.keys()
    for key, row in rows.items():
        ticket = tickets[key]
        assert (row["suppression_reason"] in ("deleted", "spam_or_suspended")) == (ticket.fields["status"] == "deleted")
        assert (row["merged_into_ticket_id"] is not None) == ("closed_by_merge" in ticket.fields.get("tags", ()))
        created = {change.field: change.value for change in ticket.audits[0].changes}
        assert created["requester_id"] == row["contact_id"]
        assert (created["organization_id"] is not None) == (row["associated_at"] == row["opened_at"])


def test_the_sandbox_shows_the_contacts_that_the_truth_counts(demo: Path, shown: State) -> None:
    rows = {row["account_id"]: row["effective_contacts"] for row in truth(demo, "fct_account_coverage")}
    found: Counter[str] = Counter()
    for instance in shown.zendesk.values():
        for membership in instance.memberships.values():
            user = instance.users[membership.fields["user_id"]].fields
            organization = instance.organizations[membership.fields["organization_id"]].fields
            short = organization["organization_fields"].get("sfdc_short_id")
            is_effective = user.get("verified", True) and not user.get("suspended") and user["role"] == "end-user"
            if short and is_effective and not organization.get("deleted_at"):
                found[widen(short)] += 1
    assert sum(rows.values()) > 2500
    assert rows == {account_id: found[account_id] for account_id in rows}


def test_the_sandbox_shows_the_last_rating_that_the_truth_names(demo: Path, shown: State) -> None:
    rated = [row for row in truth(demo, "fct_feedback") if row["channel"] == "survey"]
    for row in rated:
        ticket = shown.zendesk[row["source"].removeprefix("zendesk/")].tickets[row["ticket_id"]]
        assert ticket.rating is not None
        assert (ticket.rating["score"] == "good") == (row["polarity"] == "positive")
    answered, offered = len(rated), sum(row["offered"] for row in truth(demo, "fct_feedback_trends"))
    assert 0.19 < answered / offered < 0.23


def test_satisfaction_falls_in_one_region_for_two_months(demo: Path, shown: State) -> None:
    emea = {
        each.id
        for each in shown.salesforce["main"].rows["Account"].values()
        if each.fields["Account_Demographics_Geo__c"] == "EMEA"
    }
    counted: Counter[tuple[bool, bool, bool]] = Counter()
    for row in truth(demo, "fct_feedback"):
        if row["instrument"] == "ces_7pt":
            in_drop = row["received_at"][:7] in ("2025-12", "2026-01")
            counted[row["account_id"] in emea, in_drop, row["polarity"] == "positive"] += 1

    def share(region: bool, in_drop: bool) -> float:
        good, bad = (counted[region, in_drop, positive] for positive in (True, False))
        return good / (good + bad)

    assert share(True, True) < 0.65
    assert min(share(True, False), share(False, True), share(False, False)) > 0.8


def test_the_tiny_world_loads_and_holds_one_of_each() -> None:
    state = State()
    state.load(read_changes(TINY))
    state.clock = Clock((state.timeline.last_change or 0) + 61_000, running=False)
    state.advance()
    ours = state.zendesk["global"]
    assert (len(ours.organizations), len(ours.tickets), len(state.salesforce["main"].rows["Account"])) == (3, 5, 3)
    assert [ticket.fields["status"] for ticket in ours.tickets.values()] == [
        "closed", "solved", "solved", "pending", "closed",
    ]  # fmt: skip
    assert ours.tickets[103].fields["organization_id"] == 360001000002
    assert [issue["title"] for issue in state.gitlab.issues.values()] == [
        "Indirect Feedback: Alpine Robotics on ticket 102"
    ]
