"""Salesforce cases for tickets that have none: found, or made once by an external id (rules B.4, E-25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from deliveries.addresses import is_address
from deliveries.message import shortened
from ingestion.errors import SourceError
from ingestion.mapping import Signals, section
from ingestion.sources.salesforce.api import SalesforceApi

# As many records as one call takes.
BATCH = 200
# Tickets in one question: it goes into an address, which may not be longer than some thousand characters.
ASKED = 40
# What a field of a case holds at most.
SUBJECT, NAME = 255, 80
# Another write has the record right now, or the same one made it at the same moment: the next try finds it.
RACES = ("UNABLE_TO_LOCK_ROW", "DUPLICATE_VALUE")


class Made(NamedTuple):
    """The case of one row, or what Salesforce said against it; `is_race`: nothing is wrong with the record."""

    case_id: str | None
    error: str | None = None
    is_race: bool = False


class Cases:
    """Cases of one Salesforce organization."""

    def __init__(self, api: SalesforceApi, signals: Signals, external_id: str) -> None:
        fields = section(signals, "salesforce.case")
        self._api, self._external_id = api, external_id
        self._url, self._number = fields["zendesk_ticket_url"], fields["zendesk_ticket_id"]

    def find(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """notification_id -> the oldest case that names the ticket. Another integration may have been faster."""
        found: dict[str, str] = {}
        for start in range(0, len(rows), ASKED):
            found |= self._find(rows[start : start + ASKED])
        return found

    def _find(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        by_url = {form: row["notification_id"] for row in rows for form in _forms(row["ticket_url"])}
        urls = ", ".join(f"'{_quoted(url)}'" for url in by_url)
        statement = f"SELECT Id, {self._url} FROM Case WHERE {self._url} IN ({urls}) ORDER BY CreatedDate, Id"
        found: dict[str, str] = {}
        for case in self._api.query(statement, "cases of tickets", deleted=False):
            owner = by_url.get(case[self._url])
            if owner:
                found.setdefault(owner, case["Id"])
        return found

    def upsert(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Made]:
        """One result for each row, in their order; some may fail while others do not. At most BATCH rows."""
        records = [self._record(row) for row in rows]
        results = self._api.call(
            "cases of tickets",
            lambda client: client.restful(
                f"composite/sobjects/Case/{self._external_id}",
                method="PATCH",
                json={"allOrNone": False, "records": records},
            ),
            verb="make",
        )
        if not isinstance(results, list) or len(results) != len(rows):
            raise SourceError(
                f"{self._api.source} answered {len(rows)} new cases with something else: try again later."
            )
        for result in results:
            yield _made(result)

    def _record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        record = {
            "attributes": {"type": "Case"},
            self._external_id: _key(row),
            "AccountId": row["account_id"],
            "Subject": shortened(row["ticket_subject"] or f"Ticket {row['ticket_id']}")[:SUBJECT],
            "Origin": "Zendesk",
            "SuppliedName": shortened(row["contact_name"] or "")[:NAME] or None,
            # Salesforce refuses what is no address, and the whole record with it.
            "SuppliedEmail": row["contact_email"] if is_address(row["contact_email"]) else None,
            self._url: row["ticket_url"],
            self._number: str(row["ticket_id"]),
        }
        return {name: value for name, value in record.items() if value is not None}


def record_url(signals: Signals, org: str, case_id: str) -> str:
    """The page of a case, by `record_url` of signals.toml: one address, or one for each organization."""
    address = section(signals, "salesforce")["record_url"]
    if isinstance(address, dict):
        address = address[org.partition("/")[2]]
    return address.replace("{id}", case_id)


def _made(result: Mapping[str, Any]) -> Made:
    if result.get("success"):
        return Made(result["id"])
    errors = result.get("errors") or [{}]
    codes = [error.get("statusCode") or "UNKNOWN" for error in errors]
    said = "; ".join(f"{error.get('statusCode')}: {shortened(str(error.get('message')))}" for error in errors)
    return Made(None, said[:300], any(code in RACES for code in codes))


def _key(row: Mapping[str, Any]) -> str:
    """Ticket numbers are unique only together with their instance; those of `global` stand alone."""
    instance = row["source"].partition("/")[2]
    return str(row["ticket_id"]) if instance == "global" else f"{instance}/{row['ticket_id']}"


def _forms(url: str) -> Iterator[str]:
    """The addresses under which integrations write the same ticket down."""
    base, _, number = url.rpartition("/tickets/")
    yield from (url, f"{base}/agent/tickets/{number}", f"{base}/api/v2/tickets/{number}.json")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
