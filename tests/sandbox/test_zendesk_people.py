"""Users, organizations and memberships."""

from typing import Any

import pytest

from tests.sandbox.calls import Zendesk, line, zendesk
from tests.sandbox_process import sandbox

WORLD = [
    line(
        "08:00:00",
        "organization",
        9,
        {"name": "Acme", "organization_fields": {"salesforce_id": "001"}, "tags": ["vip"]},
    ),
    line("08:00:00", "organization", 10, {"name": "Globex", "organization_fields": {"tier": "gold"}}),
    line("08:00:01", "user", 50, {"name": "Ann", "email": "ann@acme.example", "organization_id": 9}),
    line("08:00:01", "user", 51, {"name": "Bob", "email": "bob@acme.example", "organization_id": 9}),
    line("08:00:01", "user", 52, {"name": "Cy", "email": "cy@globex.example", "organization_id": 10}),
    line("08:00:01", "organization_membership", 700, {"user_id": 52, "organization_id": 10}),
    line("08:00:02", "organization_membership", 701, {"user_id": 52, "organization_id": 9}),
    line("08:10:00", "ticket", 1, {"subject": "Help", "requester_id": 50}),
    line("08:05:00", "user", 53, {"name": "Di", "email": "di@acme.example", "organization_id": 10}),
    line("08:05:00", "user", 54, {"name": "Ed", "email": "ed@acme.example", "notes": "likes tea"}),
    line("08:06:00", "user_identity", 800, {"user_id": 50, "type": "email", "value": "a@x.example", "verified": True}),
    line("08:06:00", "user_identity", 801, {"user_id": 50, "value": "gone@x.example"}),
    line("08:06:00", "user_identity", 802, {"user_id": 51, "value": "bob@x.example"}),
    line("08:11:00", "ticket", 2, {"subject": "Also", "requester_id": 53, "organization_id": None}),
    line("08:30:00", "user_identity", 801, delete=True),
    line("09:00:00", "user", 51, delete=True),
    line("09:10:00", "user", 54, purge=True),
    line("09:20:00", "user", 53, by=60, merge_into=52),
    line("10:00:00", "organization", 9, delete=True, by=60),
]


@pytest.fixture(scope="module")
def account():
    with sandbox(WORLD, now="2026-03-01T11:00:00Z") as running:
        yield zendesk(running)


def memberships(account: Zendesk) -> list[dict[str, Any]]:
    return account.get("organization_memberships", **{"page[size]": 100}).body["organization_memberships"]


def test_a_users_organization_is_a_default_membership_and_a_line_adds_another():
    with sandbox(WORLD, now="2026-03-01T08:30:00Z") as running:
        rows = memberships(zendesk(running))
        assert {(row["user_id"], row["organization_id"], row["default"]) for row in rows} == {
            (50, 9, True),
            (51, 9, True),
            (52, 10, True),
            (52, 9, None),
            (53, 10, True),
        }
        assert {row["id"] for row in rows} >= {700, 701}
        assert {row["organization_name"] for row in rows} == {"Acme", "Globex"}


def test_a_deleted_user_is_inactive_in_the_export_and_has_one_key_more(account: Zendesk):
    users = {row["id"]: row for row in account.walk("incremental/users/cursor", "users", start_time=0)}
    assert users[51]["active"] is False
    assert users[51]["name"] == "Bob"
    assert set(users[51]) - set(users[50]) == {"permanently_deleted"}
    assert 51 not in {row["id"] for row in account.get("users").body["users"]}


def test_a_deleted_organization_stays_in_the_export_under_another_name(account: Zendesk):
    rows = {row["id"]: row for row in account.walk("incremental/organizations", "organizations", start_time=0)}
    assert rows[9]["name"] == "9_deleted_Acme"
    assert rows[9]["deleted_at"] == rows[9]["updated_at"] == "2026-03-01T10:00:00Z"
    assert rows[9]["tags"] == []
    assert account.get("organizations/9").status == 404


def test_deleting_an_organization_reaches_members_and_tickets_seconds_later(account: Zendesk):
    users = {row["id"]: row for row in account.walk("incremental/users/cursor", "users", start_time=0)}
    assert (users[50]["organization_id"], users[50]["updated_at"]) == (None, "2026-03-01T10:00:01Z")
    ticket = account.walk("incremental/tickets/cursor", "tickets", start_time=0)[-1]
    assert (ticket["organization_id"], ticket["updated_at"]) == (None, "2026-03-01T10:00:03Z")
    event = account.walk("incremental/ticket_events", "ticket_events", start_time=0)[-1]
    (child,) = event["child_events"]
    assert (child["organization_id"], child["previous_value"], event["updater_id"]) == (None, "9", 60)
    full = account.walk("incremental/ticket_events", "ticket_events", start_time=0, include="comment_events")[-1]
    assert (full["via"], full["metadata"]["system"]) == ("Web form", {})
    assert [row["id"] for row in memberships(account)] == [700]


def test_every_organization_has_every_key_of_the_field_list(account: Zendesk):
    keys = {row["key"] for row in account.get("organization_fields").body["organization_fields"]}
    assert {"salesforce_id", "support_level", "tier"} <= keys
    for row in account.walk("incremental/organizations", "organizations", start_time=0):
        assert set(row["organization_fields"]) == keys


def test_a_list_by_cursor_walks_to_its_end_and_its_links_never_are_null(account: Zendesk):
    found, after = [], None
    for _ in range(20):
        query = {"page[size]": 3} | ({"page[after]": after} if after else {})
        answer = account.get("ticket_fields", **query).body
        found += [row["id"] for row in answer["ticket_fields"]]
        assert answer["links"]["next"]
        after = answer["meta"]["after_cursor"]
        if not answer["meta"]["has_more"]:
            break
    assert found == sorted(set(found))
    assert len(found) == account.get("ticket_fields").body["count"]


def test_offset_paging_ends_at_ten_thousand_rows(account: Zendesk):
    assert account.get("users", page=1, per_page=1).body["next_page"]
    assert account.get("users", page=100, per_page=100).status == 200
    refused = account.get("users", page=101, per_page=100)
    assert (refused.status, refused.body["errors"][0]["code"]) == (400, "InvalidPaginationDepth")


def addresses(account: Zendesk, user_id: int) -> list[tuple[str, bool, bool]]:
    rows = account.get(f"users/{user_id}/identities").body["identities"]
    exported = account.walk("incremental/users/cursor", "identities", start_time=0, include="identities")
    assert sorted(map(str, rows)) == sorted(str(row) for row in exported if row["user_id"] == user_id)
    return [(row["value"], row["primary"], row["verified"]) for row in rows]


def test_a_user_has_further_addresses_until_they_are_removed(account: Zendesk):
    assert sorted(addresses(account, 50)) == [("a@x.example", False, True), ("ann@acme.example", True, True)]
    assert account.get("users/51/identities").body["identities"] == []


def test_a_merged_user_leaves_address_and_tickets_to_the_other(account: Zendesk):
    users = {row["id"]: row for row in account.walk("incremental/users/cursor", "users", start_time=0)}
    assert (users[53]["active"], users[53]["email"], users[53]["permanently_deleted"]) == (False, None, False)
    assert ("di@acme.example", False, True) in addresses(account, 52)
    ticket = account.get("tickets/2").body["ticket"]
    assert (ticket["requester_id"], ticket["updated_at"]) == (52, "2026-03-01T09:20:01Z")
    event = [row for row in account.walk("incremental/ticket_events", "ticket_events", start_time=0)
             if row["ticket_id"] == 2][-1]  # fmt: skip
    (child,) = event["child_events"]
    assert (child["requester_id"], child["previous_value"], event["updater_id"]) == (52, "53", 60)


def test_a_purged_user_loses_what_is_personal_and_says_so(account: Zendesk):
    users = {row["id"]: row for row in account.walk("incremental/users/cursor", "users", start_time=0)}
    assert users[54]["permanently_deleted"] is True
    assert (users[54]["name"], users[54]["email"], users[54]["notes"]) == ("Permanently Deleted User", None, "")
    assert {row["id"] for row in account.get("deleted_users").body["deleted_users"]} == {51, 53, 54}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (line("10:30:00", "user_identity", 810, {"value": "x@x.example"}), "the key 'user_id' is missing"),
        (line("10:30:00", "user_identity", 810, {"user_id": 99, "value": "x@x.example"}), "there is no user 99"),
        (line("10:30:00", "user_identity", 810, {"user_id": 50}), "an identity has a 'value'"),
        (line("10:30:00", "user_identity", 810, {"user_id": 50, "type": "fax", "value": "1"}), "type is one of"),
        (line("10:30:00", "user_identity", 810, {"user_id": 50, "value": "x", "primary": True}), "set that"),
        (line("10:30:00", "user", 50, merge_into=99), "user 50 cannot be merged into 99, which does not exist"),
    ],
)
def test_an_identity_or_a_merge_that_cannot_be_is_refused_with_its_reason(account: Zendesk, bad, reason: str):
    answer = account.control("changes", bad)
    assert (answer.status, reason in answer.body["error"]) == (400, True), answer.body
