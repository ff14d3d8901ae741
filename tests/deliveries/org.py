"""A Salesforce organization in the sandbox with the account of `desk.notice`, and the cases it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deliveries.case_round import org_api
from ingestion.mapping import read_signals
from ingestion.settings import Settings
from tests.ingestion.worlds import ground, salesforce
from tests.sandbox_process import RunningSandbox, sandbox

ACCOUNT = "0014M00001sGJ8xQAG"
BEGIN, NOW = "2026-03-01T08:00:00Z", "2026-03-01T12:00:00Z"
FIELDS = (
    *("Id", "Subject", "AccountId", "SuppliedEmail", "SuppliedName"),
    *("Zendesk_Support_Ticket_URL__c", "Zendesk_Ticket_Id__c"),
)
UPSERT = "/services/data/v68.0/composite/sobjects/Case/Zendesk_Ticket_Id__c"


@contextmanager
def organization() -> Iterator[RunningSandbox]:
    with sandbox([*ground(), salesforce(BEGIN, "Account", ACCOUNT, set={"Name": "Alpine Robotics"})], NOW) as running:
        yield running


def cases(settings: Settings) -> list[dict[str, Any]]:
    api = org_api(settings, read_signals(settings.signals_file), "salesforce/main", print)
    return api.query(f"SELECT {', '.join(FIELDS)} FROM Case ORDER BY CreatedDate, Id", "cases", deleted=False)
