"""The courier: hands over one mail after the other, and the ledger knows of every step before and after it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

from deliveries.addresses import is_address
from deliveries.ledger import Delivery, Ledger, State, Status
from deliveries.message import message_id
from deliveries.settings import DeliverySettings
from deliveries.smtp import Answer, MailDown, Sender

# A refusal may be a mistake of an hour; who refuses this often, each time after a longer pause, means it.
MOST_REFUSALS = 12
LONGEST_PAUSE_SECONDS = 3600
SHOWN_EVERY_SECONDS = 2


@dataclass(frozen=True)
class Parcel:
    """One mail: what it delivers, what the log knows of each of these, and how it is written for a Message-ID."""

    deliveries: Sequence[Delivery]
    states: Sequence[State | None]
    name: str
    compose: Callable[[str], EmailMessage]

    @property
    def recipient(self) -> str:
        return self.deliveries[0].recipient


@dataclass
class Courier:
    """`counts` tells how many deliveries ended how; `problem` what stops all of them."""

    chosen: DeliverySettings
    ledger: Ledger
    sender: Sender
    say: Callable[[str], None]
    counts: Counter[str] = field(default_factory=Counter)
    problem: str | None = None

    def all(self, parcels: Iterable[Parcel], until: float) -> None:
        """Until the time is up, on the monotonic clock, or the server takes nothing at all."""
        shown_at = time.monotonic()
        for number, parcel in enumerate(parcels):
            if self.problem:
                return
            if time.monotonic() >= until:
                self.say(f"{number} mails done, the time for it is up; the next run goes on")
                return
            try:
                self.one(parcel)
            except MailDown as down:
                self.problem = str(down)
            if time.monotonic() - shown_at >= SHOWN_EVERY_SECONDS:
                self.say(f"{number + 1} mails done")
                shown_at = time.monotonic()

    def one(self, parcel: Parcel) -> None:
        """Raises MailDown where no mail can be sent at all; that is no refusal of this one."""
        if not is_address(parcel.recipient):
            self._settle(parcel, "dead", f"{parcel.name} has no address that mail can be sent to: {parcel.recipient!r}")
            return
        entities = sorted(delivery.entity_id for delivery in parcel.deliveries)
        identity = message_id(self.chosen, "\x1e".join(entities), parcel.recipient)
        if (first := parcel.states[0]) and first.is_unknown:
            identity = first.message_id
        message = parcel.compose(identity)
        if self.chosen.delivery_mode == "send":
            self.sender.ready()
        self.ledger.attempt([(delivery, identity) for delivery in parcel.deliveries])
        if self.chosen.delivery_mode == "record":
            folder = self.chosen.recorded_path
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{identity.strip('<>').partition('@')[0]}.eml").write_bytes(bytes(message))
            self._settle(parcel, "recorded")
            return
        try:
            answer = self.sender.send(message, parcel.recipient)
        except MailDown as down:
            # Known not to have arrived: without an outcome it would count as one that may have.
            self.ledger.outcome([delivery.entity_id for delivery in parcel.deliveries], "revived", str(down)[:300])
            raise
        self._answered(parcel, answer)

    def _answered(self, parcel: Parcel, answer: Answer) -> None:
        if answer.accepted:
            self._settle(parcel, "sent")
            return
        refusals = max(state.refusals if state else 0 for state in parcel.states) + 1
        if refusals % MOST_REFUSALS == 0:
            self._settle(parcel, "dead", f"refused {MOST_REFUSALS} times, the last time with: {answer.said}")
            return
        self._settle(parcel, "failed", answer.said, pause(self.chosen, refusals))

    def _settle(self, parcel: Parcel, status: Status, error: str | None = None, seconds: float | None = None) -> None:
        retry_at = None if seconds is None else self.ledger.now() + timedelta(seconds=seconds)
        entities = [delivery.entity_id for delivery in parcel.deliveries]
        self.ledger.outcome(entities, status, error and error[:300], retry_at)
        self.counts[status] += len(entities)


def pause(chosen: DeliverySettings, refusals: int) -> float:
    """Seconds until the next try: twice as long after each refusal, an hour at most."""
    return min(chosen.delivery_backoff_seconds * 2 ** (refusals - 1), LONGEST_PAUSE_SECONDS)
