"""Salesforce -> event log, one org at a time."""

from datetime import timedelta

from ingestion.errors import SourceError
from ingestion.mapping import mapped, setting
from ingestion.pages import Reader
from ingestion.settings import SalesforceConnection
from ingestion.sources.context import Context
from ingestion.sources.salesforce.api import SalesforceApi
from ingestion.sources.salesforce.bulk import Bulk
from ingestion.sources.salesforce.description import STREAM as FIELDS
from ingestion.sources.salesforce.description import field_reader
from ingestion.sources.salesforce.fields import Description, Fields, check_fields, described
from ingestion.sources.salesforce.gone import Gone
from ingestion.sources.salesforce.keyset import as_it_is, changes
from ingestion.sources.salesforce.records import by_creation, by_modstamp
from ingestion.sources.salesforce.rows import Rows
from ingestion.sources.scopes import Scopes
from ingestion.streams import STREAMS

HISTORY = "salesforce__account_field_history"
OBJECTS = {
    "salesforce__account": "Account",
    "salesforce__contact": "Contact",
    "salesforce__user": "User",
    "salesforce__case": "Case",
    HISTORY: "AccountHistory",
}
# Users are never deleted: one that cannot be seen any more is hidden from this client, and still exists.
DELETABLE = ("salesforce__account", "salesforce__contact", "salesforce__case")
COMPARED = (*DELETABLE, "salesforce__user")
MAPPED = {"salesforce__account": "salesforce.account", "salesforce__case": "salesforce.case"}


class Salesforce:
    """One org. Building it calls nobody; `connect` does."""

    def __init__(self, source: str, connection: SalesforceConnection, context: Context) -> None:
        self.source, self._context = source, context
        self._api = SalesforceApi(source, connection, context)
        self._bulk = Bulk(context.limiter, context.say, context.settings.salesforce_bulk_rows)
        self._look_back = timedelta(minutes=context.settings.salesforce_look_back_minutes)
        self._described: dict[str, Description] = {}

    def connect(self) -> None:
        self._api.sign_in()

    def scopes(self) -> Scopes:
        return self._api.scopes()

    def check(self, streams: set[str]) -> None:
        """Raises SettingsError when a mapped field is not there."""
        for stream in MAPPED:
            if stream in streams:
                self._check(stream)

    def reader(self, stream: str) -> Reader:
        if stream == FIELDS:
            return field_reader(self._context, self.source, self._describe)
        gone = None
        if stream in DELETABLE:
            gone = Gone(self._api, self._context.settings, STREAMS[stream], OBJECTS[stream])
        rows = self._rows(stream, deleted=True)
        stamp = by_creation if stream == HISTORY else by_modstamp
        return Reader(changes(rows, self._look_back, self._bulk, gone), stamp)

    def complete(self, stream: str) -> Reader | None:
        """The whole stream as it is now, to find what changed or vanished without a word; None where nothing can."""
        if stream not in COMPARED:
            return None
        rows = self._rows(stream, deleted=False, is_complete=True)
        pages = as_it_is(rows, self._look_back, self._bulk)
        return Reader(pages, by_modstamp, tells_gone=stream in DELETABLE)

    def _rows(self, stream: str, deleted: bool, is_complete: bool = False) -> Rows:
        entity, by = OBJECTS[stream], "CreatedDate" if stream == HISTORY else "SystemModstamp"

        def find_fields(again: bool) -> Fields:
            mapping = self._mapping(stream)
            if again:
                self._described.clear()
                self._check(stream)
            fields = described(entity, mapping, self._describe)
            for needed in ("Id", by):
                if needed not in fields.kinds:
                    raise SourceError(f"{self.source} hides {entity}.{needed} from this client: grant it read access.")
            return fields

        return Rows(self._api, self._context.clock, entity, by, find_fields, deleted, is_complete)

    def _check(self, stream: str) -> None:
        def named(key: str) -> str:
            return setting(self._context.signals, MAPPED[stream], self.source, key)

        check_fields(named, OBJECTS[stream], self._mapping(stream), self._describe)

    def _mapping(self, stream: str) -> dict[str, str]:
        return mapped(self._context.signals, MAPPED[stream], self.source) if stream in MAPPED else {}

    def _describe(self, entity: str) -> Description:
        # Once per run: fields come and go, and a list kept longer would lose the new ones.
        if entity not in self._described:
            self._described[entity] = self._api.describe(entity)
        return self._described[entity]
