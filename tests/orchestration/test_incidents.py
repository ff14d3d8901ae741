"""One mail when ticks begin to fail, one when they succeed again, and nothing in between."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from deliveries.smtp import MailDown
from orchestration.incidents import incidents
from tests.deliveries.postbox import TAKEN, Postbox, served

REASON = "zendesk/global cannot be reached: check the address and the network."


class Pipeline:
    """Ticks that end as they are told to, and the sensor's eyes on them."""

    def __init__(self) -> None:
        self.instance = dg.DagsterInstance.ephemeral()
        self.cursor: str | None = None

    def tick(self, error: str | None) -> None:
        @dg.op
        def step() -> None:
            if error:
                raise dg.Failure(error, allow_retries=False)

        @dg.job(name="tick")
        def tick() -> None:
            step()

        tick.execute_in_process(instance=self.instance, raise_on_error=False)

    def look(self) -> None:
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        incidents(context)
        self.cursor = context.cursor


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    with served() as found:
        variables = {
            "DELIVERY_MODE": "send",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(found.port),
            "SMTP_SECURITY": "none",
            "MAIL_FROM": "signals@example.com",
            "ALERT_TO": "data@example.com",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline()


def subjects(postbox: Postbox) -> list[str]:
    return [str(mail["Subject"]) for mail in postbox.mails]


def test_one_failure_that_the_next_tick_mends_is_no_incident(pipeline: Pipeline, postbox: Postbox) -> None:
    for error in (None, REASON, None, REASON, None):
        pipeline.tick(error)
        pipeline.look()
    assert subjects(postbox) == []


def test_an_hour_of_failures_is_one_alert_and_its_end_one_all_clear(pipeline: Pipeline, postbox: Postbox) -> None:
    pipeline.tick(None)
    for _ in range(60):
        pipeline.tick(REASON)
        pipeline.look()
        pipeline.look()
    assert subjects(postbox) == ["[Support Signals] Reading, building or delivering does not work"]
    body = postbox.mails[0].get_body(("plain",))
    assert body is not None
    assert REASON in body.get_content()

    for _ in range(3):
        pipeline.tick(None)
        pipeline.look()
    assert subjects(postbox)[1:] == ["[Support Signals] Reading, building or delivering works again"]
    assert "after 60 failures" in postbox.mails[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert postbox.recipients == ["data@example.com"] * 2


def test_an_alert_that_the_server_refuses_is_sent_by_the_next_look(pipeline: Pipeline, postbox: Postbox) -> None:
    postbox.mood = lambda _: "451 later"
    pipeline.tick(REASON)
    pipeline.tick(REASON)
    with pytest.raises(MailDown):
        pipeline.look()
    postbox.mood = lambda _: TAKEN
    pipeline.look()
    pipeline.look()
    assert len(postbox.mails) == 1


def test_the_next_incident_is_told_again(pipeline: Pipeline, postbox: Postbox) -> None:
    for error in (REASON, REASON, None, REASON, REASON, None):
        pipeline.tick(error)
        pipeline.look()
    assert len(postbox.mails) == 4
    assert len({str(mail["Message-ID"]) for mail in postbox.mails}) == 4


def test_nobody_is_told_where_nobody_is_named(
    pipeline: Pipeline, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALERT_TO")
    for error in (REASON, REASON, None):
        pipeline.tick(error)
        pipeline.look()
    assert postbox.mails == []
