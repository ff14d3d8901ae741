"""Salesforce -> event log."""

from typing import Any

from ingestion.errors import SourceError
from ingestion.mapping import mapped
from ingestion.pages import Reader
from ingestion.settings import Connection
from ingestion.sources.context import Context
from ingestion.sources.salesforce.api import SalesforceApi
from ingestion.sources.salesforce.fields import check_fields, described, related_fields
from ingestion.sources.salesforce.keyset import keyset_pages
from ingestion.sources.salesforce.records import by_creation, by_modstamp

OBJECTS = {
    "salesforce__account": "Account",
    "salesforce__contact": "Contact",
    "salesforce__user": "User",
    "salesforce__case": "Case",
    "salesforce__account_field_history": "AccountHistory",
}
CHECKED = {"salesforce__account": "salesforce.account", "salesforce__case": "salesforce.case"}


class Salesforce:
    """One org. Building it calls nobody; `connect` does."""

    def __init__(self, source: str, connection: Connection, context: Context) -> None:
        self.source, self._context = source, context
        self._api = SalesforceApi(source, connection, context)
        self._described: dict[str, list[dict[str, Any]]] = {}

    def connect(self) -> None:
        self._api.sign_in()

    def check(self, streams: set[str]) -> None:
        """Raises SettingsError when a mapped field is not there."""
        for stream, table in CHECKED.items():
            if stream in streams:
                check_fields(OBJECTS[stream], mapped(self._context.signals, table), self._describe)

    def reader(self, stream: str) -> Reader:
        entity = OBJECTS[stream]
        is_history = stream == "salesforce__account_field_history"
        mapping = mapped(self._context.signals, CHECKED[stream]) if stream in CHECKED else {}
        fields = described(self._describe(entity), related_fields(mapping))
        by = "CreatedDate" if is_history else "SystemModstamp"
        for needed in ("Id", by):
            if needed not in fields.selected:
                raise SourceError(f"{self.source} hides {entity}.{needed} from this client: grant it read access.")
        return Reader(keyset_pages(self._api, entity, fields, by), by_creation if is_history else by_modstamp)

    def complete(self, stream: str) -> Reader | None:  # noqa: ARG002
        """No stream is reconciled."""
        return None

    def _describe(self, entity: str) -> list[dict[str, Any]]:
        # Once per run: fields come and go, and a list kept longer would lose the new ones.
        if entity not in self._described:
            self._described[entity] = self._api.describe(entity)
        return self._described[entity]
