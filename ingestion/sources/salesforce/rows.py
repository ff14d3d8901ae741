"""The rows of one object in the order of (stamp, Id), a page at a time: whole, and in one normal form."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ingestion.clock import Clock
from ingestion.envelope import moment
from ingestion.errors import SourceError, TooSlow
from ingestion.pages import Cursor
from ingestion.sources.salesforce.answers import is_id
from ingestion.sources.salesforce.api import FieldGone, LocatorLost, SalesforceApi
from ingestion.sources.salesforce.fields import Fields
from ingestion.sources.salesforce.records import Record, normal_form, stamped

PAGE = 2000
SMALLEST_PAGE = 50
ATTEMPTS = 3
# Stamps have whole seconds: a row that changes again within its second cannot be told from what it was before.
SETTLED = timedelta(seconds=5)
AHEAD = timedelta(minutes=10)


class RowPage(NamedTuple):
    """`reached` is the keyset of the last row, None when there was none; `is_last` says that nothing follows now."""

    records: list[Record]
    reached: Cursor | None
    is_last: bool


@dataclass
class Rows:
    """`by` is the column that orders changes; `deleted` shows what lies in the recycle bin too.

    `find_fields(again)` says what to select, asking the org anew with `again`; it raises SettingsError when a mapped
    field is gone. `is_complete` promises that no row is left for a later walk.
    """

    api: SalesforceApi
    clock: Clock
    entity: str
    by: str
    find_fields: Callable[[bool], Fields]
    deleted: bool = True
    is_complete: bool = False
    fields: Fields = field(init=False)
    _is_described_again: bool = False
    _size: int = field(init=False)

    def __post_init__(self) -> None:
        self.fields, self._size = self.find_fields(False), PAGE

    @property
    def is_wide(self) -> bool:
        """Whether a page takes several statements."""
        return len(self.fields.chunks(("Id", self.by))) > 1

    def from_moment(self, start: datetime) -> str:
        return f"{self.by} >= {stamped(start)}"

    def after(self, at: Cursor) -> str:
        """What comes after a keyset, however many rows share its stamp (R19)."""
        return f"({self.by} > {at['stamp']} OR ({self.by} = {at['stamp']} AND Id > '{at['id']}'))"

    def until(self, end: datetime) -> str:
        return f"{self.by} <= {stamped(end)}"

    def reached(self, records: list[Record]) -> Cursor:
        """The keyset of the last row that has one. Raises SourceError when there is none.

        A time still to come must not carry the cursor over what happens till then (R2).
        """
        latest = self.clock.now() + AHEAD
        for record in reversed(records):
            with suppress(KeyError, TypeError, ValueError, AttributeError, OverflowError):
                at = moment(record[self.by])
                if at <= latest and is_id(record["Id"]):
                    return {"stamp": stamped(at), "id": record["Id"]}
        raise SourceError(
            f"{self.api.source}: no row of a page of {self.entity} has an Id and a {self.by} that can be read and has "
            "passed: look at one of them in the org, and at the clock of this machine."
        )

    def statement(self, conditions: list[str], columns: tuple[str, ...] | None = None) -> str:
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT {','.join(columns or self.fields.kinds)} FROM {self.entity}{where} ORDER BY {self.by}, Id"

    def count(self, conditions: list[str]) -> int | None:
        """None when there are too many to count."""
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        try:
            return self.api.count(f"SELECT COUNT() FROM {self.entity}{where}", self.entity, self.deleted)
        except TooSlow:
            return None

    def page(self, conditions: list[str]) -> RowPage:
        """The first rows that meet the conditions. Raises SourceError when the org does not give even a small page.

        A page whose statements do not fit together is read again. What still moves then is left out: a row that moved
        stands behind this page, or within the look-back of the next poll.
        """
        first: list[Record] = []
        whole: list[Record] = []
        for _ in range(ATTEMPTS):
            first, whole = self._patiently(conditions)
            if len(first) == len(whole):
                break
        else:
            if self.is_complete:
                raise SourceError(f"{self.api.source}: rows of {self.entity} change faster than they can be read.")
        reached = self.reached(first) if first else None
        normal = normal_form(self.fields.kinds)
        return RowPage([normal(row) for row in whole], reached, len(first) < self._size)

    def _patiently(self, conditions: list[str]) -> tuple[list[Record], list[Record]]:
        """One page, asked for again where the org lost its place, took too long, or has other fields by now."""
        lost = 0
        while True:
            try:
                return self._joined(conditions)
            except LocatorLost:
                lost += 1
                if lost == ATTEMPTS:
                    raise
            except TooSlow:
                if self._size <= SMALLEST_PAGE:
                    raise SourceError(
                        f"{self.api.source} cannot finish a page of {SMALLEST_PAGE} rows of {self.entity}: "
                        "try again later."
                    ) from None
                self._size = max(self._size // 2, SMALLEST_PAGE)
            except FieldGone:
                if self._is_described_again:
                    raise
                self._is_described_again = True
                self.fields = self.find_fields(True)

    def _joined(self, conditions: list[str]) -> tuple[list[Record], list[Record]]:
        """The page as its first statement gave it, and its rows with all their fields.

        An object with hundreds of fields is read in several statements, joined by Id and stamp (R26). The later ones
        ask for everything up to the last row: one more row in between must not push another one out.
        """
        key = ("Id", self.by)
        chunks = self.fields.chunks(key)
        if len(chunks) > 1 and not self.is_complete:
            conditions = [*conditions, f"{self.by} < {stamped(self.clock.now() - SETTLED)}"]
        first = self._ask(f"{self.statement(conditions, chunks[0])} LIMIT {self._size}")
        whole = first
        for columns in chunks[1:] if first else ():
            last = self.reached(first)
            upto = f"({self.by} < {last['stamp']} OR ({self.by} = {last['stamp']} AND Id <= '{last['id']}'))"
            more = {tuple(row[k] for k in key): row for row in self._ask(self.statement([*conditions, upto], columns))}
            whole = [row | more[found] for row in whole if (found := tuple(row[k] for k in key)) in more]
        return first, whole

    def _ask(self, soql: str) -> list[dict[str, Any]]:
        return self.api.query(soql, self.entity, self.deleted)
