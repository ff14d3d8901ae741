"""One round of deliveries: what is pending is told, and the ledger knows of every step before and after it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from deliveries import outbox
from deliveries.addresses import is_address
from deliveries.case_round import make_cases
from deliveries.cases import record_url
from deliveries.ledger import Ledger, opened
from deliveries.message import message_id
from deliveries.notice import notice_mail
from deliveries.outbox import Notice
from deliveries.preferences import Preferences, read_preferences
from deliveries.settings import DeliverySettings
from deliveries.smtp import Answer, MailDown, Sender, connected
from ingestion.mapping import read_signals
from ingestion.settings import Settings

# A refusal may be a mistake of an hour; who refuses this often, each time after a longer pause, means it.
MOST_REFUSALS = 12
LONGEST_PAUSE_SECONDS = 3600


@dataclass
class Delivered:
    """How many notifications ended how, how many wait (for their hour, or for a pause to end), and what is wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    problem: str | None = None


def deliver(
    settings: Settings, chosen: DeliverySettings, published: Path, say: Callable[[str], None] = lambda _: None
) -> Delivered:
    """Tells what is pending, oldest first, for DELIVERY_BUDGET_SECONDS at most.

    Raises NotPublished when there is nothing to read, SourceError when the log cannot be written.
    """
    told = Delivered()
    if chosen.delivery_mode == "off":
        return told
    preferences = read_preferences(chosen.deliveries_file)
    with opened(settings, say) as ledger, connected(chosen) as sender:
        outbox.attach(ledger.connection, published)
        signals = read_signals(settings.signals_file)
        creates = chosen.salesforce_create_cases and chosen.delivery_mode == "send"
        if creates:
            told.problem = make_cases(settings, chosen, signals, ledger, preferences.external_id, say)
        notices = outbox.pending(ledger.connection)
        for notice in notices:
            if notice.row["case_id"] and not notice.row["salesforce_case_id"]:
                notice.row["salesforce_case_url"] = record_url(
                    signals, notice.row["account_source"], notice.row["case_id"]
                )
        done = _Round(chosen, ledger, sender, told, say)
        now, wait = ledger.now(), chosen.case_wait_seconds
        ready = [notice for notice in notices if not (creates and notice.awaits_case(now, wait))]
        done.all(outbox.mails(ready, preferences, now), preferences)
        told.waiting = len(notices) - sum(told.counts[status] for status in ("sent", "recorded", "dead"))
    return told


@dataclass
class _Round:
    chosen: DeliverySettings
    ledger: Ledger
    sender: Sender
    told: Delivered
    say: Callable[[str], None]

    def all(self, mails: Iterable[list[Notice]], preferences: Preferences) -> None:
        until, shown_at = time.monotonic() + self.chosen.delivery_budget_seconds, time.monotonic()
        for number, notices in enumerate(mails):
            if time.monotonic() >= until:
                self.say(f"{number} mails done, the time for it is up; the next run goes on")
                return
            try:
                self._one(notices, preferences)
            except MailDown as down:
                self.told.problem = " ".join(filter(None, (self.told.problem, str(down))))
                return
            if time.monotonic() - shown_at >= 2:
                self.say(f"{number + 1} mails done")
                shown_at = time.monotonic()

    def _one(self, notices: list[Notice], preferences: Preferences) -> None:
        entities, recipient = [notice.delivery.entity_id for notice in notices], notices[0].recipient
        if not is_address(recipient):
            row = notices[0].row
            said = f"{row['csm_name'] or row['csm_user_id']} has no address that mail can be sent to: {recipient!r}"
            self._settle(notices, "dead", said[:300])
            return
        identity = message_id(self.chosen, "\x1e".join(sorted(entities)), recipient)
        if notices[0].state and notices[0].is_repeat:
            identity = notices[0].state.message_id
        zone = preferences.of(notices[0].row["csm_user_id"]).zone
        message = notice_mail(self.chosen, [n.row for n in notices], recipient, identity, self.ledger.now(), zone)
        if self.chosen.delivery_mode == "send":
            self.sender.ready()
        self.ledger.attempt([(notice.delivery, identity) for notice in notices])
        if self.chosen.delivery_mode == "record":
            folder = self.chosen.recorded_path
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{identity.strip('<>').partition('@')[0]}.eml").write_bytes(bytes(message))
            self._settle(notices, "recorded")
            return
        self._answered(notices, self.sender.send(message, recipient))

    def _answered(self, notices: list[Notice], answer: Answer) -> None:
        if answer.accepted:
            self._settle(notices, "sent")
            return
        refusals = max(notice.state.refusals if notice.state else 0 for notice in notices) + 1
        if refusals % MOST_REFUSALS == 0:
            self._settle(notices, "dead", f"refused {MOST_REFUSALS} times, the last time with: {answer.said}")
            return
        pause = min(self.chosen.delivery_backoff_seconds * 2 ** (refusals - 1), LONGEST_PAUSE_SECONDS)
        self._settle(notices, "failed", answer.said, pause)

    def _settle(self, notices: list[Notice], status, error: str | None = None, pause: float | None = None) -> None:
        entities = [notice.delivery.entity_id for notice in notices]
        retry_at = None if pause is None else self.ledger.now() + timedelta(seconds=pause)
        self.ledger.outcome(entities, status, error, retry_at)
        self.told.counts[status] += len(notices)
