"""Comments that were redacted or made private afterwards: every place shows them as they are now."""

from typing import Any

import pytest

from tests.sandbox.calls import Zendesk, line, zendesk
from tests.sandbox_process import sandbox

PHOTO = {"file_name": "card.png", "content_type": "image/png", "size": 1200}
WORLD = [
    line("09:00:00", "ticket", 1, {"subject": "Call me", "requester_id": 50},
         comment={"author_id": 50, "body": "My phone is 555 1234", "attachments": [PHOTO, PHOTO]}),
    line("09:01:00", "ticket", 1, {"status": "open"}, by=60, comment={"author_id": 60, "body": "Noted"}),
    line("09:02:00", "ticket", 1, by=60, comment={"author_id": 60, "body": "Password: hunter2"}),
    line("10:00:00", "ticket", 1, by=60, redact={"comment": 1, "text": "555 1234"}),
    line("10:01:00", "ticket", 1, by=60, redact={"comment": 1, "attachment": 2}),
    line("10:02:00", "ticket", 1, by=60, make_private=2),
    line("10:03:00", "ticket", 1, by=60, redact={"comment": 3}),
]  # fmt: skip


@pytest.fixture(scope="module")
def account():
    with sandbox(WORLD, now="2026-03-01T11:00:00Z") as running:
        yield zendesk(running)


@pytest.fixture(scope="module")
def events(account: Zendesk) -> list[dict[str, Any]]:
    return account.walk("incremental/ticket_events", "ticket_events", start_time=0, include="comment_events")


def test_a_redacted_text_is_black_in_every_place_that_showed_it(account: Zendesk, events: list[dict[str, Any]]):
    black = "My phone is ▇▇▇ ▇▇▇▇"
    assert events[0]["child_events"][0]["body"] == black
    assert black in events[0]["child_events"][0]["html_body"]
    assert account.get("tickets/1/comments").body["comments"][0]["plain_body"] == black
    assert account.get("tickets/1/audits").body["audits"][0]["events"][0]["body"] == black
    assert account.get("tickets/1").body["ticket"]["description"] == black
    everything = [account.get(path).body for path in ("tickets/1/comments", "tickets/1/audits", "tickets/1")]
    assert "555" not in str(everything) + str(events)


def test_a_comment_is_redacted_whole_when_no_part_is_named(events: list[dict[str, Any]]):
    assert events[2]["child_events"][0]["body"] == "▇▇▇▇▇▇▇▇▇ ▇▇▇▇▇▇▇"


def test_a_redaction_is_an_audit_that_names_the_comment_as_text(events: list[dict[str, Any]]):
    (child,) = events[3]["child_events"]
    assert child["event_type"] == "CommentRedactionEvent"
    assert child["comment_id"] == str(events[0]["child_events"][0]["id"])
    assert (events[3]["updater_id"], set(events[3]["metadata"]["system"])) == (60, {"transaction_id"})


def test_a_redacted_attachment_keeps_its_id_and_is_not_marked_as_deleted(events: list[dict[str, Any]]):
    (child,) = events[4]["child_events"]
    kept, redacted = events[0]["child_events"][0]["attachments"]
    assert child["event_type"] == "AttachmentRedactionEvent"
    assert child["attachment_id"] == str(redacted["id"])
    assert kept["file_name"] == "card.png"
    named = {name: redacted[name] for name in ("file_name", "content_type", "size", "deleted")}
    assert named == {"file_name": "redacted.txt", "content_type": "text/plain", "size": 1, "deleted": False}


def test_redaction_marks_the_audits_of_the_comments_and_only_those(events: list[dict[str, Any]]):
    marked = [event["metadata"]["system"].get("email_id", "") is None for event in events]
    assert marked == [True, False, True, False, False, False, False]


def test_a_comment_made_private_leaves_an_empty_audit_of_somebody_and_still_counts_as_a_reply(
    account: Zendesk, events: list[dict[str, Any]]
):
    assert (events[5]["child_events"], events[5]["updater_id"]) == ([], 60)
    assert events[1]["child_events"][0]["public"] is False
    assert [row["public"] for row in account.get("tickets/1/comments").body["comments"]] == [True, False, True]
    plain = account.walk("incremental/ticket_events", "ticket_events", start_time=0)
    assert plain[1]["child_events"][0]["comment_public"] is False
    assert account.get("tickets/1/metrics").body["ticket_metric"]["replies"] == 2


def test_each_of_them_moves_the_ticket(account: Zendesk):
    (ticket,) = account.walk("incremental/tickets/cursor", "tickets", start_time=0)
    assert ticket["updated_at"] == "2026-03-01T10:03:00Z"
    assert ticket["generated_timestamp"] == 1_772_359_380


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"redact": {"comment": 4}}, "ticket 1 has 3 comments, there is no comment 4 to redact"),
        ({"redact": {"comment": 2, "text": "elsewhere"}}, "comment 2 of ticket 1 does not contain the text"),
        ({"redact": {"comment": 1, "attachment": 3}}, "has 2 attachments, there is no 3"),
        ({"redact": {"text": "555"}}, "needs the number of the comment"),
        ({"redact": {"comment": "first"}}, "'comment' counts from 1, it cannot be 'first'"),
        ({"redact": {"comment": 1, "words": "555"}}, "'redact' has no key 'words'"),
        ({"redact": [1]}, "'redact' is a JSON object"),
        ({"make_private": 0}, "'make_private' counts from 1, it cannot be 0"),
        ({"make_private": 4}, "there is no comment 4 to make private"),
        ({"redcat": {"comment": 1}}, "unknown key 'redcat'"),
    ],
)
def test_a_redaction_that_cannot_be_is_refused_with_its_reason(account: Zendesk, bad: dict[str, Any], reason: str):
    answer = account.control("changes", line("10:30:00", "ticket", 1, by=60, **bad))
    assert (answer.status, reason in answer.body["error"]) == (400, True), answer.body


def test_only_tickets_have_comments_to_redact(account: Zendesk):
    answer = account.control("changes", line("10:30:00", "user", 1, redact={"comment": 1}))
    assert (answer.status, "not for 'user'" in answer.body["error"]) == (400, True), answer.body
