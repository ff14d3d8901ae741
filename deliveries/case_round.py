"""Cases before mails: whoever waits for one gets its link, and nobody waits for long (E-25)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

from deliveries import outbox
from deliveries.cases import BATCH, Cases, Made
from deliveries.courier import MOST_REFUSALS, pause
from deliveries.ledger import Ledger
from deliveries.outbox import Notice
from deliveries.settings import DeliverySettings
from ingestion.clock import Clock
from ingestion.errors import SourceError
from ingestion.mapping import Signals
from ingestion.quota import Limiter
from ingestion.settings import SalesforceConnection, Settings
from ingestion.sources.context import Context
from ingestion.sources.salesforce.api import SalesforceApi
from ingestion.timer import THIS_MACHINE


def make_cases(
    settings: Settings,
    chosen: DeliverySettings,
    signals: Signals,
    ledger: Ledger,
    external_id: str,
    say: Callable[[str], None],
) -> str | None:
    """Makes the cases that are missing, or finds them. What stops all of one organization is returned as a sentence."""
    by_org: defaultdict[str, list[Notice]] = defaultdict(list)
    now, problems = ledger.now(), []
    for notice in outbox.pending(ledger.connection, "salesforce_case"):
        if notice.is_ready(now) and notice.can_get_case(settings.connections):
            by_org[notice.row["account_source"]].append(notice)
    for org, notices in by_org.items():
        cases = Cases(org_api(settings, signals, org, say), signals, external_id)
        try:
            for start in range(0, len(notices), BATCH):
                _batch(chosen, ledger, cases, notices[start : start + BATCH])
        except SourceError as error:
            problems.append(str(error))
    return " ".join(problems) or None


def org_api(settings: Settings, signals: Signals, org: str, say: Callable[[str], None]) -> SalesforceApi:
    """The calls to one Salesforce organization; it signs in with the first of them."""
    connection = settings.connections[org]
    assert isinstance(connection, SalesforceConnection)
    limiter = Limiter(settings.quota_share_account, settings.quota_share_export, say, THIS_MACHINE)
    return SalesforceApi(org, connection, Context(settings, signals, Clock(), limiter, say))


def _batch(chosen: DeliverySettings, ledger: Ledger, cases: Cases, notices: Sequence[Notice]) -> None:
    found = cases.find([notice.row for notice in notices])
    for notice in notices:
        if case_id := found.get(notice.row["notification_id"]):
            ledger.outcome([notice.delivery.entity_id], "sent", case_id=case_id, created=False)
    missing = [notice for notice in notices if notice.row["notification_id"] not in found]
    if not missing:
        return
    ledger.attempt([(notice.delivery, "") for notice in missing])
    for notice, made in zip(missing, cases.upsert([notice.row for notice in missing]), strict=True):
        _settle(chosen, ledger, notice, made)


def _settle(chosen: DeliverySettings, ledger: Ledger, notice: Notice, made: Made) -> None:
    entity = [notice.delivery.entity_id]
    if made.case_id:
        ledger.outcome(entity, "sent", case_id=made.case_id, created=True)
        return
    refusals = (notice.state.refusals if notice.state else 0) + 1
    if refusals % MOST_REFUSALS == 0:
        ledger.outcome(entity, "dead", f"refused {MOST_REFUSALS} times, the last time with: {made.error}")
        return
    seconds = 0 if made.is_race else pause(chosen, refusals)
    ledger.outcome(entity, "failed", made.error, ledger.now() + timedelta(seconds=seconds))
