"""Lists: what each shows, and in which of its pagings."""

from typing import Any

import pytest

from tests.sandbox.calls import Zendesk, call, line, zendesk
from tests.sandbox.zendesk_world import NOW, WORLD
from tests.sandbox_process import sandbox

LONG_AGO = [
    line("2025-09-01T09:00:00Z", "ticket", 90, {"subject": "Archived", "requester_id": 50, "status": "closed"}),
    line("2026-01-10T09:00:00Z", "ticket", 91, {"subject": "Deleted in winter", "requester_id": 50}),
    line("2026-01-11T09:00:00Z", "ticket", 91, by=60, delete=True),
]
# What a client reads whole, and what it reads page by page.
WHOLE = (
    "slas/policies",
    "custom_roles",
    "sharing_agreements",
    "targets",
    "ticket_forms",
    "channels/voice/phone_numbers",
)
PAGED = (
    "activities", "automations", "brands", "dynamic_content/items", "group_memberships", "groups", "job_statuses",
    "macros", "organization_fields", "organization_memberships", "organizations", "recipient_addresses", "requests",
    "satisfaction_ratings", "skips", "suspended_tickets", "tags", "ticket_metrics", "triggers", "user_fields", "users",
    "views",
)  # fmt: skip


@pytest.fixture(scope="module")
def account():
    with sandbox([*LONG_AGO, *WORLD], now=NOW) as running:
        yield zendesk(running)


def rows(answer: dict[str, Any]) -> list[Any]:
    (found,) = (value for value in answer.values() if isinstance(value, list))
    return found


@pytest.mark.parametrize("name", WHOLE)
def test_a_list_that_is_never_paged_counts_its_rows(account: Zendesk, name: str):
    answer = account.get(name).body
    assert (answer["count"], answer["next_page"]) == (len(rows(answer)), None)
    assert account.get(f"{name}.json").body == answer


@pytest.mark.parametrize("name", PAGED)
def test_a_list_answers_in_both_pagings_with_and_without_json(account: Zendesk, name: str):
    by_cursor = account.get(name, **{"page[size]": 100}).body
    assert by_cursor["meta"]["has_more"] is False
    by_number = account.get(f"{name}.json", per_page=100).body
    assert rows(by_number) == rows(by_cursor)
    assert by_number["count"] == len(rows(by_cursor))


def test_groups_are_sorted_by_name_and_walked_one_by_one(account: Zendesk):
    first = account.get("groups", **{"page[size]": 1}).body
    second = call(first["links"]["next"], account.headers).body
    assert [row["name"] for row in first["groups"] + second["groups"]] == ["Billing", "Support EMEA"]
    assert call(second["links"]["prev"], account.headers).body["groups"] == first["groups"]


def test_comments_can_be_read_from_the_newest(account: Zendesk):
    path = "tickets/1/comments"
    rising = [row["id"] for row in account.get(path, **{"page[size]": 100}).body["comments"]]
    first = account.get(path, sort="-created_at", **{"page[size]": 2}).body
    second = call(first["links"]["next"], account.headers).body
    assert [row["id"] for row in first["comments"] + second["comments"]] == rising[::-1][:4]
    assert account.get(path, sort_order="desc").body["comments"][0]["id"] == rising[-1]


def test_archived_and_deleted_tickets_are_in_no_list_but_archived_ones_have_an_address(account: Zendesk):
    for name in ("tickets", "ticket_metrics", "ticket_audits"):
        shown = account.get(name, **{"page[size]": 100}).body[
            name.removeprefix("ticket_") if "audits" in name else name
        ]
        assert {row.get("ticket_id", row["id"]) for row in shown} == {1, 2, 4, 6}
    assert account.get("tickets/90").status == 200
    assert account.get("tickets/91").status == 404
    assert {90, 91} <= {row["id"] for row in account.walk("incremental/tickets/cursor", "tickets", start_time=0)}


def test_deleted_tickets_are_listed_for_a_month_unless_they_are_gone_for_good(account: Zendesk):
    (row,) = account.get("deleted_tickets").body["deleted_tickets"]
    assert row == {
        "id": 3,
        "subject": "Spam",
        "actor": {"id": 60, "name": "Asha"},
        "deleted_at": "2026-03-01T09:52:00Z",
        "previous_state": "new",
    }


def test_the_older_paging_of_audits_walks_back_to_the_first(account: Zendesk):
    answer = account.get("ticket_audits", sort_by="created_at", sort_order="desc", limit=5).body
    found = answer["audits"]
    while answer["before_url"]:
        answer = call(answer["before_url"], account.headers).body
        found += answer["audits"]
    every = account.get("ticket_audits", **{"page[size]": 100}).body["audits"]
    assert sorted(row["id"] for row in found) == sorted(row["id"] for row in every)
    assert [row["created_at"] for row in found] == sorted((row["created_at"] for row in every), reverse=True)


def test_the_older_paging_of_audits_goes_forward_too(account: Zendesk):
    newest = account.get("ticket_audits", limit=3).body
    older = call(newest["before_url"], account.headers).body
    again = call(older["after_url"], account.headers).body
    assert again["audits"] == newest["audits"]
    assert call(newest["after_url"], account.headers).body["audits"] == []
    assert account.get("ticket_audits", cursor="nonsense").status == 400


def test_a_search_finds_by_type_time_and_word(account: Zendesk):
    answer = account.get("search", query=" updated>2026-01-01T00:00:00Z type:user").body
    assert {row["result_type"] for row in answer["results"]} == {"user"}
    assert {row["id"] for row in answer["results"]} == {50, 60}
    assert [row["id"] for row in account.get("search", query="type:ticket tags:closed_by_merge").body["results"]] == [2]
    assert [row["id"] for row in account.get("search", query='"from a bot"').body["results"]] == [6]
    assert account.get("search", query="updated<2020-01-01").body["count"] == 0


def test_a_search_is_paged_by_number_to_the_thousandth_row(account: Zendesk):
    assert account.get("search", query="type:user", page=10, per_page=100).status == 200
    refused = account.get("search", query="type:user", page=11, per_page=100)
    text = "Requested response size was greater than Search Response Limits"
    assert (refused.status, refused.body["description"]) == (422, text)
    assert account.get("search", query="type:user", **{"page[size]": 10}).status == 400
    assert account.get("search").status == 400
    assert account.get("search", query="colour:red").status == 422


def test_a_search_is_exported_by_cursor_one_type_at_a_time(account: Zendesk):
    query = {"query": "created>2026-01-01", "filter[type]": "ticket"}
    first = account.get("search/export", **query, **{"page[size]": 2}).body
    assert (len(first["results"]), first["meta"]["has_more"]) == (2, True)
    second = call(first["links"]["next"], account.headers).body
    assert [row["id"] for row in first["results"] + second["results"]] == [1, 2, 4, 6]
    assert account.get("search/export", query="x").status == 400


def test_forms_and_brands_are_the_default_and_those_that_tickets_name(account: Zendesk):
    forms = account.get("ticket_forms").body["ticket_forms"]
    assert [(row["id"] == 77, row["default"]) for row in forms] == [(False, True), (True, False)]
    assert [row["default"] for row in account.get("brands").body["brands"]] == [False, True]


def test_six_statuses_are_there_from_the_start(account: Zendesk):
    answer = account.get("custom_statuses").body
    assert answer["count"] == 6
    assert [row["agent_label"] for row in answer["custom_statuses"] if not row["active"]] == ["On-hold"]
    assert [row["agent_label"] for row in answer["custom_statuses"] if not row["default"]] == ["In Progress"]


def test_a_field_has_options_only_where_it_has_a_choice(account: Zendesk):
    fields = {row["title"]: row for row in account.get("ticket_fields").body["ticket_fields"]}
    assert [option["value"] for option in fields["Region"]["custom_field_options"]] == ["emea", "amer"]
    assert [option["value"] for option in fields["Status"]["system_field_options"]] == ["open", "pending", "solved"]
    assert len(fields["Ticket status"]["custom_statuses"]) == 6
    options = {"custom_field_options", "system_field_options", "custom_statuses"}
    assert options.isdisjoint(fields["Urgent"])


def test_a_choice_whose_options_nobody_lists_offers_what_is_chosen(account: Zendesk):
    fields = {row["key"]: row for row in account.get("organization_fields").body["organization_fields"]}
    assert [option["value"] for option in fields["support_level"]["custom_field_options"]] == ["ultimate"]
    assert "custom_field_options" not in fields["salesforce_id"]


def test_the_account_says_which_features_it_has(account: Zendesk):
    features = account.get("account/settings.json").body["settings"]["active_features"]
    assert features["customer_satisfaction"] is True


def test_a_list_goes_by_the_address_that_it_was_asked_at(account: Zendesk):
    answer = account.get("users/50/organization_memberships", **{"page[size]": 1}).body
    assert answer["links"]["next"].startswith(f"{account.base}/api/v2/users/50/organization_memberships.json?")
    assert {row["organization_id"] for row in answer["organization_memberships"]} == {9}


def test_what_is_not_there_says_which_kind_of_nothing_it_is(account: Zendesk):
    assert account.get("tickets/4711").body == {"error": "RecordNotFound", "description": "Not found"}
    assert account.get("users/4711/identities").body == {"error": "RecordNotFound", "description": "Not found"}
    assert account.get("webinars").body == {"error": "InvalidEndpoint", "description": "Not found"}
