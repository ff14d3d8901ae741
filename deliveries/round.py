"""One round of deliveries: cases, then mails about tickets, then the other letters, oldest first."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deliveries import outbox
from deliveries.case_round import make_cases
from deliveries.cases import record_url
from deliveries.courier import Courier, Parcel
from deliveries.ledger import Delivery, Ledger, opened
from deliveries.letters import Letter, letters
from deliveries.notice import letter_mail, notice_mail
from deliveries.outbox import Notice
from deliveries.preferences import Preferences, read_preferences
from deliveries.settings import DeliverySettings
from deliveries.smtp import connected
from ingestion.mapping import Signals, read_signals
from ingestion.settings import Settings


@dataclass
class Delivered:
    """How many notifications and other letters ended how, how many notifications wait, and what stops all of them."""

    counts: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    problem: str | None = None


def deliver(
    settings: Settings, chosen: DeliverySettings, published: Path, say: Callable[[str], None] = lambda _: None
) -> Delivered:
    """Tells what is pending, for DELIVERY_BUDGET_SECONDS at most.

    Raises NotPublished when there is nothing to read, SourceError when the log cannot be written.
    """
    if chosen.delivery_mode == "off":
        return Delivered()
    preferences, signals = read_preferences(chosen.deliveries_file), read_signals(settings.signals_file)
    creates = chosen.salesforce_create_cases and chosen.delivery_mode == "send"
    until = time.monotonic() + chosen.delivery_budget_seconds
    problems = []
    with opened(settings, say) as ledger, connected(chosen) as sender:
        outbox.attach(ledger.connection, published)
        if creates:
            problems.append(make_cases(settings, chosen, signals, ledger, preferences.external_id, say))
        notices = outbox.pending(ledger.connection)
        _link_new_cases(notices, signals)
        now = ledger.now()
        ready = notices
        if creates:
            limit, orgs = chosen.case_wait_seconds, settings.connections
            ready = [notice for notice in notices if not notice.awaits_case(now, limit, orgs)]
        courier = Courier(chosen, ledger, sender, say)
        parcels = (_of_notices(chosen, found, preferences, ledger) for found in outbox.mails(ready, preferences, now))
        courier.all(parcels, until)
        told = Delivered(courier.counts, waiting=len(notices))
        told.waiting -= sum(told.counts[status] for status in ("sent", "recorded", "dead"))
        courier.counts = told.letters
        courier.all(_of_letters(chosen, preferences, ledger), until)
        told.problem = " ".join(filter(None, (*problems, courier.problem))) or None
    return told


def _link_new_cases(notices: list[Notice], signals: Signals) -> None:
    for notice in notices:
        row = notice.row
        if row["case_id"] and not row["salesforce_case_id"]:
            row["salesforce_case_url"] = record_url(signals, row["account_source"], row["case_id"])


def _of_notices(chosen: DeliverySettings, notices: list[Notice], preferences: Preferences, ledger: Ledger) -> Parcel:
    first, rows = notices[0], [notice.row for notice in notices]
    zone = preferences.of(first.row["csm_user_id"]).zone
    return Parcel(
        [notice.delivery for notice in notices],
        [notice.state for notice in notices],
        first.row["csm_name"] or first.row["csm_user_id"],
        lambda identity: notice_mail(chosen, rows, first.recipient, identity, ledger.now(), zone),
    )


def _of_letters(chosen: DeliverySettings, preferences: Preferences, ledger: Ledger) -> Iterator[Parcel]:
    now = ledger.now()
    due = list(letters(ledger.connection, preferences, chosen.alert_to, now))
    states = ledger.states() if due else {}
    for letter in due:
        state = states.get(letter.entity_id)
        if state and (state.is_settled or (state.retry_at and state.retry_at > now)):
            continue
        recipient = state.recipient if state and state.is_unknown else letter.recipient.strip()
        delivery = Delivery(letter.kind, "email", letter.subject_id, recipient)
        yield Parcel([delivery], [state], letter.name or letter.kind, _composer(chosen, letter, recipient, ledger))


def _composer(chosen: DeliverySettings, letter: Letter, recipient: str, ledger: Ledger):
    return lambda identity: letter_mail(chosen, letter, recipient, identity, ledger.now())
