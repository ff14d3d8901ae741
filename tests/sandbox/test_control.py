"""Clock, further changes and mail."""

import smtplib
from email.message import EmailMessage
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.sandbox.calls import line, zendesk
from tests.sandbox_process import sandbox

WORLD = [line("10:00:00", "ticket", number, {"requester_id": 50}) for number in range(1, 40)]


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD, smtp_port=0) as started:
        yield started


@pytest.fixture
def account(running):
    return zendesk(running)


def test_every_answer_is_dated_by_the_virtual_clock_which_never_goes_back(running, account):
    before = running.get("/_sandbox/world")["now"]
    running.post("/_sandbox/clock", {"advance_seconds": 3600})
    after = running.get("/_sandbox/world")["now"]
    assert after > before
    assert account.get("groups").headers["date"].endswith(f"{after[11:19]} GMT")
    with pytest.raises(HTTPError, match="400"):
        running.post("/_sandbox/clock", {"now": before})


def test_the_default_clock_begins_a_minute_after_the_last_change(running):
    assert running.ready["now"] == "2026-03-01T10:01:01.000Z"
    assert running.ready["last_change"] == running.ready["first_change"] == "2026-03-01T10:00:00.000Z"


def test_a_running_clock_runs():
    with sandbox(WORLD[:1], clock="running") as running:
        world = running.get("/_sandbox/world")
        assert world["now"] > running.ready["now"]


def test_requests_are_remembered_with_their_status(running, account):
    account.get("tickets/1")
    account.get("tickets/4000")
    last = running.get("/_sandbox/requests")["requests"][-2:]
    assert [(each["path"].rpartition("/")[2], each["status"]) for each in last] == [("1", 200), ("4000", 404)]


def test_mail_is_kept_as_a_file_with_its_envelope(running):
    message = EmailMessage()
    message["Subject"] = "Grüße"
    message["From"], message["To"] = "signals@x.example", "dana@x.example"
    message.set_content("A ticket was opened.\n")
    with smtplib.SMTP("localhost", running.ready["smtp_port"]) as server:
        server.send_message(message)
    (kept,) = running.get("/_sandbox/mail")["mail"]
    assert (kept["subject"], kept["to"], kept["text"]) == ("Grüße", ["dana@x.example"], "A ticket was opened.\n")
    assert (running.data_dir / "mail" / "000001.eml").read_bytes().endswith(b"A ticket was opened.\r\n")


def test_posted_changes_are_there_again_after_a_restart(tmp_path: Path):
    world = tmp_path / "world.jsonl"
    world.write_text(
        '{"at":"2026-03-01T10:00:00Z","system":"zendesk","object":"ticket","id":1,"set":{"requester_id":5}}\n'
    )
    change = {"system": "zendesk", "object": "ticket", "id": 2, "set": {"requester_id": 5}}
    with sandbox(world, data_dir=tmp_path) as running:
        assert running.post("/_sandbox/changes", change)["added"] == 1
        assert zendesk(running).get("tickets/2").status == 200
        with pytest.raises(HTTPError, match="400"):
            running.post("/_sandbox/changes", [{"system": "zendesk", "object": "nothing", "id": 1}])
    with sandbox(world, data_dir=tmp_path) as running:
        assert zendesk(running).get("tickets/2").body["ticket"]["created_at"] == "2026-03-01T10:01:01Z"
