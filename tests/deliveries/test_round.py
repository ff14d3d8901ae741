"""One round after the other: who gets which mail, when, and what the ledger says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deliveries import ledger
from deliveries.courier import MOST_REFUSALS
from deliveries.inspect import revive
from deliveries.outbox import KIND
from deliveries.round import Delivered, deliver
from deliveries.settings import DeliverySettings
from ingestion.settings import Settings
from tests.deliveries.desk import OPENED, mailing, notice, publish
from tests.deliveries.postbox import TAKEN, Postbox, served

Round = Callable[..., Delivered]


@pytest.fixture
def postbox():
    with served() as found:
        yield found


@pytest.fixture
def again(tmp_path: Path, postbox: Postbox) -> Round:
    """Runs one round over what is published in tmp_path."""

    def run(chosen: DeliverySettings | None = None, **other: Any) -> Delivered:
        settings = Settings(data_dir=tmp_path)
        return deliver(settings, chosen or mailing(tmp_path, postbox.port, **other), settings.published_path)

    return run


def book(data_dir: Path) -> dict[str, ledger.State]:
    with ledger.opened(Settings(data_dir=data_dir), print) as found:
        return found.states()


def state(data_dir: Path, number: int) -> ledger.State:
    return book(data_dir)[f"{KIND}/email/{notice(number)['notification_id']}"]


def test_every_notification_is_told_once_however_often_it_runs(tmp_path: Path, postbox: Postbox, again: Round) -> None:
    """R-NT-1, R-NT-9."""
    publish(tmp_path, [notice(1), notice(2), notice(3, disposition="suppressed", suppression_reason="before_go_live")])
    assert again().counts == {"sent": 2}

    # the marts are built again, from the beginning
    publish(tmp_path, [notice(2), notice(1), notice(4)])
    assert again().counts == {"sent": 1}
    assert again().counts == {}
    assert [mail["X-Support-Signals-Ticket"][-1] for mail in postbox.mails] == ["1", "2", "4"]


def test_who_was_told_is_not_told_again_when_the_recipient_changes(
    tmp_path: Path, postbox: Postbox, again: Round
) -> None:
    """R-NT-8: nor is anybody else told of what the first one was told of."""
    publish(tmp_path, [notice(1)])
    again()
    publish(tmp_path, [notice(1, csm_user_id="0054M000001XyZwQAK", csm_email="later@example.com")])
    again()
    assert postbox.recipients == ["carla@example.com"]


def test_an_interrupted_attempt_is_repeated_as_it_was(tmp_path: Path, postbox: Postbox, again: Round) -> None:
    """E-30: the same Message-ID to the same person, whatever the mart says by now."""
    publish(tmp_path, [notice(1)])
    with ledger.opened(Settings(data_dir=tmp_path), print) as found:
        delivery = ledger.Delivery(KIND, "email", notice(1)["notification_id"], "first@example.com")
        found.attempt([(delivery, "<same@example.com>")])
    again()
    assert postbox.recipients == ["first@example.com"]
    assert [mail["Message-ID"] for mail in postbox.mails] == ["<same@example.com>"]
    assert state(tmp_path, 1).attempts == 2


def test_a_refusal_is_followed_by_longer_and_longer_pauses(tmp_path: Path, postbox: Postbox, again: Round) -> None:
    publish(tmp_path, [notice(1), notice(2)])
    postbox.mood = lambda seen: "451 later" if seen == 0 else TAKEN
    told = again(delivery_backoff_seconds=600)
    assert (told.counts, told.waiting, told.problem) == ({"failed": 1, "sent": 1}, 1, None)
    kept = state(tmp_path, 1)
    assert kept.status == "failed"
    assert kept.retry_at is not None
    # not before the pause is over
    assert again(delivery_backoff_seconds=600).counts == {}
    assert len(postbox.mails) == 1


def test_who_refuses_for_good_is_given_up_and_may_be_tried_again(
    tmp_path: Path, postbox: Postbox, again: Round
) -> None:
    publish(tmp_path, [notice(1)])
    postbox.mood = lambda _: "550 no such user"
    statuses = [dict(again().counts) for _ in range(MOST_REFUSALS)]
    assert statuses == [{"failed": 1}] * (MOST_REFUSALS - 1) + [{"dead": 1}]
    assert again().counts == {}

    postbox.mood = lambda _: TAKEN
    with ledger.opened(Settings(data_dir=tmp_path), print) as found:
        assert revive(found, None) == 1
    assert again().counts == {"sent": 1}


@pytest.mark.parametrize("address", [None, "", "carla", "a@b@example.com", "x\r\nBcc: all@example.com", "@example.com"])
def test_an_address_that_is_none_is_given_up_with_a_reason(
    tmp_path: Path, postbox: Postbox, again: Round, address: str | None
) -> None:
    publish(tmp_path, [notice(1, csm_email=address), notice(2)])
    assert again().counts == {"dead": 1, "sent": 1}
    assert postbox.recipients == ["carla@example.com"]
    assert state(tmp_path, 1).attempts == 0


def test_a_connection_that_breaks_after_the_message_leads_to_a_repetition_that_can_be_told(
    tmp_path: Path, postbox: Postbox, again: Round
) -> None:
    publish(tmp_path, [notice(1)])
    postbox.mood = lambda seen: "take and drop" if seen == 0 else TAKEN
    assert again().counts == {"failed": 1}
    assert again().counts == {"sent": 1}
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 1
    assert len(postbox.mails) == 2


def test_a_server_that_is_down_costs_no_attempt_and_is_named(tmp_path: Path, again: Round) -> None:
    publish(tmp_path, [notice(1)])
    told = again(mailing(tmp_path, 1))
    assert told.problem is not None
    assert "127.0.0.1:1 does not take mail" in told.problem
    assert told.waiting == 1
    assert book(tmp_path) == {}


def test_a_server_that_refuses_our_sender_is_no_refusal_of_the_mail(
    tmp_path: Path, postbox: Postbox, again: Round
) -> None:
    publish(tmp_path, [notice(1), notice(2)])
    postbox.sender_answer = "550 not from here"
    for _ in range(MOST_REFUSALS + 1):
        told = again()
        assert "refused MAIL_FROM=signals@example.com (550 not from here)" in (told.problem or "")
        assert (told.counts, told.waiting) == ({}, 2)
    kept = state(tmp_path, 1)
    assert (kept.is_unknown, kept.refusals) == (False, 0)
    postbox.sender_answer = "250 OK"
    assert again().counts == {"sent": 2}


def test_recording_settles_what_is_not_to_be_sent_later(tmp_path: Path, postbox: Postbox, again: Round) -> None:
    publish(tmp_path, [notice(1)])
    assert again(delivery_mode="record").counts == {"recorded": 1}
    assert len(list((tmp_path / "deliveries" / "recorded").glob("*.eml"))) == 1
    assert again().counts == {}
    assert postbox.mails == []


def test_nothing_happens_when_it_is_off(tmp_path: Path, postbox: Postbox, again: Round) -> None:
    publish(tmp_path, [notice(1)])
    assert again(delivery_mode="off").counts == {}
    assert (postbox.mails, (tmp_path / "warehouse.duckdb").exists()) == ([], False)


def test_a_run_that_has_no_time_left_leaves_the_rest_to_the_next_one(
    tmp_path: Path, postbox: Postbox, again: Round
) -> None:
    publish(tmp_path, [notice(number) for number in range(5)])
    told = again(delivery_budget_seconds=1e-9)
    assert (told.counts, told.waiting) == ({}, 5)
    assert again().counts == {"sent": 5}


def test_a_digest_tells_all_that_waits_in_one_mail_when_its_hour_comes(
    tmp_path: Path, postbox: Postbox, again: Round
) -> None:
    (tmp_path / "deliveries.toml").write_text(f'[csm.{notice(1)["csm_user_id"]}]\ndigest = "daily"\n')
    old, young = OPENED - timedelta(days=2), OPENED + timedelta(days=2)
    publish(tmp_path, [notice(1, opened_at=old), notice(2, opened_at=old), notice(3, opened_at=young)])
    told = again()
    assert (told.counts, told.waiting) == ({"sent": 2}, 1)
    (mail,) = postbox.mails
    assert mail["Subject"] == "[Support] 2 new tickets of Alpine Robotics"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Runner 1 is stuck" in body.get_content()
    assert "Runner 2 is stuck" in body.get_content()


def test_a_digest_that_was_interrupted_is_repeated_whole(tmp_path: Path, postbox: Postbox, again: Round) -> None:
    publish(tmp_path, [notice(number) for number in (1, 2, 3)])
    with ledger.opened(Settings(data_dir=tmp_path), print) as found:
        attempted = [
            ledger.Delivery(KIND, "email", notice(number)["notification_id"], "carla@example.com") for number in (1, 2)
        ]
        found.attempt([(delivery, "<digest@example.com>") for delivery in attempted])
    assert again().counts == {"sent": 3}
    assert sorted(mail["Message-ID"] == "<digest@example.com>" for mail in postbox.mails) == [False, True]
