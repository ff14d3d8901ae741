"""What happens to tickets, and how their audits tell it."""

from typing import Any

import pytest

from tests.sandbox.calls import Zendesk, line, zendesk
from tests.sandbox_process import sandbox

WORLD = [
    line("08:00:00", "ticket_field", 900, {"type": "tagger", "title": "Preferred Region for Support"}),
    line("08:00:00", "ticket_field", 901, {"type": "checkbox", "title": "Urgent"}),
    line("08:00:00", "organization", 9, {"name": "Acme"}),
    line("08:00:00", "user", 50, {"name": "Ann", "email": "ann@acme.example", "organization_id": 9}),
    line("09:00:00", "ticket", 1, {"subject": "Broken", "requester_id": 50, "ticket_form_id": 77, "tags": ["b", "a"],
         "custom_fields": [{"id": 900, "value": "emea"}]}, comment={"author_id": 50, "body": "It broke"}),
    line("09:00:00", "ticket", 2, {"subject": "Broken too", "requester_id": 50, "organization_id": None}),
    line("09:10:00", "ticket", 1, {"status": "open", "priority": "high", "assignee_id": 60, "tags": ["a", "c"],
         "custom_fields": [{"id": 900, "value": "amer"}]}, by=60,
         comment={"author_id": 60, "body": "Hello", "public": False}),
    line("09:20:00", "ticket", 1, {"status": "solved"}, by=60),
    line("09:20:01", "ticket", 1, {"satisfaction_rating": {"score": "offered"}}),
    line("09:30:00", "ticket", 1, {"satisfaction_rating": {"score": "bad", "comment": "Slow"}}),
    line("09:40:00", "ticket", 1, {"satisfaction_rating": {"score": "good"}}),
    line("09:50:00", "ticket", 2, by=60, merge_into=1),
    line("09:51:00", "ticket", 3, {"subject": "Spam", "requester_id": 50}),
    line("09:52:00", "ticket", 3, by=60, delete=True),
    line("09:53:00", "ticket", 4, {"subject": "Oops", "requester_id": 50}),
    line("09:54:00", "ticket", 4, by=60, delete=True),
    line("09:55:00", "ticket", 4, by=60, restore=True),
    line("09:56:00", "ticket", 5, {"subject": "Secret", "requester_id": 50},
         comment={"author_id": 50, "body": "Secret", "html_body": "<p>Secret</p>"}),
    line("09:57:00", "ticket", 5, purge=True),
    line("09:58:00", "ticket", 4, {"priority": "low"}, silent=True),
    line("09:59:00", "ticket", 4),
]  # fmt: skip

KEYS = {
    "url",
    "id",
    "external_id",
    "via",
    "created_at",
    "updated_at",
    "generated_timestamp",
    "type",
    "subject",
    "raw_subject",
    "description",
    "priority",
    "status",
    "recipient",
    "requester_id",
    "submitter_id",
    "assignee_id",
    "organization_id",
    "group_id",
    "collaborator_ids",
    "follower_ids",
    "email_cc_ids",
    "forum_topic_id",
    "problem_id",
    "has_incidents",
    "is_public",
    "due_at",
    "tags",
    "custom_fields",
    "fields",
    "satisfaction_rating",
    "sharing_agreement_ids",
    "custom_status_id",
    "encoded_id",
    "followup_ids",
    "ticket_form_id",
    "brand_id",
    "allow_channelback",
    "allow_attachments",
    "from_messaging_channel",
    "support_type",
}


@pytest.fixture(scope="module")
def account():
    with sandbox(WORLD, now="2026-03-01T11:00:00Z") as running:
        yield zendesk(running)


@pytest.fixture(scope="module")
def tickets(account: Zendesk) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in account.walk("incremental/tickets/cursor", "tickets", start_time=0)}


@pytest.fixture(scope="module")
def events(account: Zendesk) -> list[dict[str, Any]]:
    return account.walk("incremental/ticket_events", "ticket_events", start_time=0, include="comment_events")


def children(events: list[dict[str, Any]], ticket_id: int, place: int) -> list[dict[str, Any]]:
    """The child events of a ticket's n-th audit without what every child has."""
    audit = [event for event in events if event["ticket_id"] == ticket_id][place]
    common = ("id", "via", "via_reference_id")
    return [{name: value for name, value in child.items() if name not in common} for child in audit["child_events"]]


def test_every_ticket_has_every_key_and_an_exact_copy_of_its_custom_fields(tickets: dict[int, dict[str, Any]]):
    assert len({frozenset(row) for row in tickets.values()}) == 1
    assert set(tickets[1]) == KEYS
    assert tickets[1]["fields"] == tickets[1]["custom_fields"]
    assert tickets[1]["custom_fields"] == [{"id": 900, "value": "amer"}, {"id": 901, "value": False}]
    assert tickets[1]["url"] == "https://gitlab.zendesk.com/api/v2/tickets/1.json"


def test_a_ticket_takes_its_requesters_organization_unless_it_is_told(tickets: dict[int, dict[str, Any]]):
    assert tickets[1]["organization_id"] == 9
    assert tickets[2]["organization_id"] is None


def test_a_creation_is_a_comment_then_creates(events: list[dict[str, Any]]):
    comment, *creates = children(events, 1, 0)
    assert (comment["event_type"], comment["body"], comment["author_id"]) == ("Comment", "It broke", 50)
    assert {child["event_type"] for child in creates} == {"Create"}
    values = {name: value for child in creates for name, value in child.items() if name != "event_type"}
    assert values["organization_id"] == "9"
    assert values["ticket_form_id"] == "77"
    assert values["requester_id"] == 50
    assert values["priority"] is None
    assert values["tags"] == ["a", "b"]
    assert values["custom_ticket_fields"] == {"900": "emea"}


def test_a_change_names_what_was_before_as_text_and_tags_by_difference(events: list[dict[str, Any]]):
    comment, *changes = children(events, 1, 1)
    assert comment["public"] is False
    assert {"priority": "high", "previous_value": "0", "event_type": "Change"} in changes
    assert {"status": "open", "previous_value": "new", "event_type": "Change"} in changes
    assert {"assignee_id": 60, "previous_value": None, "event_type": "Change"} in changes
    tags = {"tags": ["a", "c"], "added_tags": ["c"], "removed_tags": ["b"], "event_type": "Change"}
    assert tags in changes
    assert {"custom_ticket_fields": {"900": "amer"}, "previous_value": "emea", "event_type": "Change"} in changes
    assert any("custom_status_id" in change for change in changes)


def test_a_rating_is_a_chain_of_score_changes_and_keeps_its_comment(
    account: Zendesk, events: list[dict[str, Any]], tickets: dict[int, dict[str, Any]]
):
    scores = [
        (child["previous_value"], child["satisfaction_score"])
        for event in events
        for child in event["child_events"]
        if "satisfaction_score" in child
    ]
    assert scores == [("unoffered", "offered"), ("offered", "bad"), ("bad", "good")]
    assert [event["updater_id"] for event in events if event["ticket_id"] == 1][-4:-1] == [-1, -1, -1]
    rating = tickets[1]["satisfaction_rating"]
    assert (rating["score"], rating["comment"]) == ("good", "Slow")
    (row,) = account.get("satisfaction_ratings", **{"page[size]": 100}).body["satisfaction_ratings"]
    assert (row["id"], row["score"], row["assignee_id"]) == (rating["id"], "good", 60)
    assert (row["created_at"], row["updated_at"]) == ("2026-03-01T09:20:01Z", "2026-03-01T09:40:00Z")
    assert account.get("satisfaction_ratings", score="good_with_comment").body["count"] == 1
    assert account.get("satisfaction_ratings", score="bad").body["count"] == 0


def test_a_merge_closes_the_source_and_both_comments_name_the_other(
    events: list[dict[str, Any]], tickets: dict[int, dict[str, Any]]
):
    assert tickets[2]["status"] == "closed"
    assert "closed_by_merge" in tickets[2]["tags"]
    source, target = [event["child_events"][0] for event in events if event["via"] == "Merge"]
    assert source["via"]["source"]["rel"] == target["via"]["source"]["rel"] == "merge"
    assert source["via"]["source"]["from"]["ticket_id"] == 1
    assert target["via"]["source"]["from"] == {"ticket_ids": [2]}


def test_a_deleted_ticket_stays_in_the_export_and_leaves_every_other_place(
    account: Zendesk, events: list[dict[str, Any]], tickets: dict[int, dict[str, Any]]
):
    assert (tickets[3]["status"], tickets[3]["subject"]) == ("deleted", "Spam")
    assert children(events, 3, 1) == [{"status": "deleted", "previous_value": "new", "event_type": "Change"}]
    assert account.get("tickets/3").status == 404
    assert account.get("tickets/3/audits").status == 404
    assert 3 not in {row["id"] for row in account.get("tickets").body["tickets"]}
    assert 3 not in {
        row["id"] for row in account.walk("incremental/tickets/cursor", "tickets", start_time=0, exclude_deleted="true")
    }


def test_a_restored_ticket_has_its_status_again(events: list[dict[str, Any]], tickets: dict[int, dict[str, Any]]):
    assert tickets[4]["status"] == "new"
    assert children(events, 4, 2) == [{"status": "new", "previous_value": "deleted", "event_type": "Change"}]


def test_a_purged_ticket_loses_its_words_everywhere(events: list[dict[str, Any]], tickets: dict[int, dict[str, Any]]):
    assert (tickets[5]["status"], tickets[5]["subject"]) == ("deleted", "SCRUBBED")
    assert "Secret" not in str(
        [event for event in events if event["ticket_id"] == 5 for event in event["child_events"][:1]]
    )


def test_a_silent_change_moves_no_stamp_and_an_empty_one_only_the_exports(
    events: list[dict[str, Any]], tickets: dict[int, dict[str, Any]]
):
    assert tickets[4]["priority"] == "low"
    assert tickets[4]["updated_at"] == "2026-03-01T09:55:00Z"
    assert tickets[4]["generated_timestamp"] == 1_772_359_140
    assert len([event for event in events if event["ticket_id"] == 4]) == 3


def test_audits_and_comments_of_one_ticket_agree_with_the_export(account: Zendesk, events: list[dict[str, Any]]):
    audits = account.get("tickets/1/audits", **{"page[size]": 100}).body["audits"]
    assert [audit["id"] for audit in audits] == [event["id"] for event in events if event["ticket_id"] == 1]
    assert {"field_name": "priority", "value": "high", "previous_value": "0"}.items() <= {
        key: value
        for event in audits[1]["events"]
        if event.get("field_name") == "priority"
        for key, value in event.items()
    }.items()
    comments = account.get("tickets/1/comments").body["comments"]
    assert [comment["body"] for comment in comments][:2] == ["It broke", "Hello"]
    assert comments[0]["id"] == events[0]["child_events"][0]["id"]
