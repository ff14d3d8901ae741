"""Salesforce -> event log, one org at a time."""

from contextlib import nullcontext, suppress
from datetime import timedelta

from ingestion.errors import SourceError
from ingestion.mapping import mapped, object_of, setting
from ingestion.pages import Reader
from ingestion.settings import SalesforceConnection
from ingestion.sources.context import Context
from ingestion.sources.refusals import NotAvailable
from ingestion.sources.salesforce.api import SalesforceApi
from ingestion.sources.salesforce.bulk import Bulk
from ingestion.sources.salesforce.description import DESCRIBED, field_reader
from ingestion.sources.salesforce.description import STREAM as FIELDS
from ingestion.sources.salesforce.fields import Description, Fields, check_fields, described
from ingestion.sources.salesforce.gone import Gone
from ingestion.sources.salesforce.keyset import as_it_is, changes
from ingestion.sources.salesforce.records import by_creation, by_modstamp
from ingestion.sources.salesforce.rows import Rows
from ingestion.sources.scopes import Scopes
from ingestion.streams import STREAMS

HISTORY = "salesforce__account_field_history"
SUBSCRIPTION = "salesforce__subscription"
OBJECTS = {
    "salesforce__account": "Account",
    "salesforce__contact": "Contact",
    "salesforce__user": "User",
    "salesforce__case": "Case",
    HISTORY: "AccountHistory",
}
# Users are never deleted: one that cannot be seen any more is hidden from this client, and still exists.
DELETABLE = ("salesforce__account", "salesforce__contact", SUBSCRIPTION, "salesforce__case")
COMPARED = (*DELETABLE, "salesforce__user")
MAPPED = {
    "salesforce__account": "salesforce.account",
    SUBSCRIPTION: "salesforce.subscription",
    "salesforce__case": "salesforce.case",
}


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
        """Raises SettingsError when a mapped field is not there. That an optional object is missing is told later."""
        for stream in MAPPED:
            if stream in streams:
                with suppress(NotAvailable) if STREAMS[stream].is_optional else nullcontext():
                    self._check(stream)

    def reader(self, stream: str) -> Reader:
        if stream == FIELDS:
            return field_reader(self._context, self.source, self._describe, self._described_objects())
        gone = None
        if stream in DELETABLE:
            gone = Gone(self._api, self._context.settings, STREAMS[stream], self._object(stream))
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
        entity, by = self._object(stream), "CreatedDate" if stream == HISTORY else "SystemModstamp"

        def find_fields(again: bool) -> Fields:
            mapping = self._mapping(stream)
            if again:
                self._described.clear()
                self._check(stream)
            try:
                fields = described(entity, mapping, self._describe)
            except NotAvailable as refusal:
                raise self._without(stream, refusal) from None
            for needed in ("Id", by):
                if needed not in fields.kinds:
                    raise SourceError(f"{self.source} hides {entity}.{needed} from this client: grant it read access.")
            return fields

        return Rows(self._api, self._context.clock, entity, by, find_fields, deleted, is_complete)

    def _check(self, stream: str) -> None:
        def named(key: str) -> str:
            return setting(self._context.signals, MAPPED[stream], self.source, key)

        check_fields(named, self._object(stream), self._mapping(stream), self._describe)

    def _object(self, stream: str) -> str:
        return object_of(self._context.signals, STREAMS[stream], self.source) or OBJECTS[stream]

    def _without(self, stream: str, refusal: NotAvailable) -> NotAvailable:
        """The refusal, with what to do where an org has no such object."""
        table = STREAMS[stream].object_in
        if table is None:
            return refusal
        key = setting(self._context.signals, table, self.source, "object")
        return NotAvailable(f'{refusal} Where there is none, set {key} = "" in signals.toml.', refusal.status)

    def _described_objects(self) -> list[str]:
        """Objects whose fields are told; an optional one that is missing has none."""
        optional = object_of(self._context.signals, STREAMS[SUBSCRIPTION], self.source)
        if optional:
            with suppress(NotAvailable):
                self._describe(optional)
                return [*DESCRIBED, optional]
        return [*DESCRIBED]

    def _mapping(self, stream: str) -> dict[str, str]:
        fields = mapped(self._context.signals, MAPPED[stream], self.source) if stream in MAPPED else {}
        fields.pop("object", None)
        return fields

    def _describe(self, entity: str) -> Description:
        # Once per run: fields come and go, and a list kept longer would lose the new ones.
        if entity not in self._described:
            self._described[entity] = self._api.describe(entity)
        return self._described[entity]
