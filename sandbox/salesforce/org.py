"""One Salesforce org at the clock's time: records by object, their fields, and everything that clients opened."""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from sandbox import settings
from sandbox.changes import Change
from sandbox.salesforce.ids import derived, in_time
from sandbox.salesforce.schema import SUBSCRIPTION, FieldType, guess, standard

if TYPE_CHECKING:
    from sandbox.salesforce.async_jobs import AsyncJob
    from sandbox.salesforce.bulk import Job
    from sandbox.salesforce.locators import Cursor

OBJECTS = ("Account", "Contact", "User", "Case", SUBSCRIPTION, "AccountHistory")
SYSTEM_USER = derived("005", "sandbox")
DAY_MS = 86_400_000


@dataclass(slots=True)
class Row:
    """One record. Datetimes among the fields are milliseconds; `stamp` orders the record in incremental reads."""

    id: str
    fields: dict[str, Any]
    stamp: int
    deleted_at: int | None = None
    purged: bool = False

    def is_gone(self, now: int) -> bool:
        """Erased for good, or so long in the recycle bin that it was emptied."""
        return self.purged or (
            self.deleted_at is not None and self.deleted_at < now - settings.RECYCLE_BIN_DAYS * DAY_MS
        )


@dataclass(slots=True)
class Opened:
    """What clients opened and may come back to: sessions, query locators, bulk jobs."""

    tokens: dict[str, int] = field(default_factory=dict)
    dead_refresh_tokens: set[str] = field(default_factory=set)
    cursors: "OrderedDict[str, Cursor]" = field(default_factory=OrderedDict)
    jobs: "dict[str, Job]" = field(default_factory=dict)
    async_jobs: "dict[str, AsyncJob]" = field(default_factory=dict)


class Org:
    """Rows by object and id; `types` grows with the fields that the world uses."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.id = settings.ORGANIZATION_ID if name == "main" else derived("00D", name)
        self.rows: dict[str, dict[str, Row]] = {kind: {} for kind in OBJECTS}
        self.types: dict[str, dict[str, FieldType]] = {kind: standard(kind) for kind in OBJECTS}
        self.history_lengths: Counter[str] = Counter()
        self.certificates: dict[str, str] = {}
        self.opened = Opened()
        self.calls: Counter[tuple[str, int]] = Counter()
        self._sorted: dict[str, list[tuple[int, str]]] = {}
        self._by_value: dict[tuple[str, str], dict[Any, list[str]]] = {}
        self._unknown: dict[str, set[str]] = {kind: set() for kind in OBJECTS}
        self._to_come: set[str] = set()
        self._numbers = count(1)

    def notice(self, change: Change) -> None:
        """Learns the fields of a change when it is loaded, before it happens.

        A field whose first mention is a `Field` line comes only when that line's time does.
        """
        if change.object == "Field":
            kind, _, name = change.id.partition(".")
            if name.lower() not in self.types.get(kind, {}):
                self._to_come.add(change.id.lower())
        if change.object not in self.types:
            return
        types = self.types[change.object]
        for name, value in change.set.items():
            if f"{change.object}.{name}".lower() in self._to_come:
                continue
            if name.lower() in types and name not in self._unknown[change.object]:
                continue
            if value is None:
                # The first value that is not null says what the field is.
                self._unknown[change.object].add(name)
                types.setdefault(name.lower(), FieldType(name, "string"))
                continue
            self._unknown[change.object].discard(name)
            found = guess(name, value)
            if found is not None:
                types[name.lower()] = found

    def touched(self, kind: str) -> None:
        """Forgets what was derived from the rows of an object, because one of them moved."""
        self._sorted.pop(kind, None)
        for known in [key for key in self._by_value if key[0] == kind]:
            del self._by_value[known]

    def ordered(self, kind: str) -> list[tuple[int, str]]:
        """(stamp, id) of every row of an object, ascending."""
        if kind not in self._sorted:
            self._sorted[kind] = sorted((row.stamp, row.id) for row in self.rows[kind].values())
        return self._sorted[kind]

    def with_value(self, kind: str, field_name: str, value: Any) -> list[Row]:
        """The living rows whose field has a value; texts are equal whatever their capitals."""
        key = (kind, field_name)
        if key not in self._by_value:
            found: dict[Any, list[str]] = {}
            for row in self.rows[kind].values():
                if row.deleted_at is None and row.fields.get(field_name) is not None:
                    found.setdefault(_folded(row.fields[field_name]), []).append(row.id)
            self._by_value[key] = found
        return [self.rows[kind][row_id] for row_id in self._by_value[key].get(_folded(value), ())]

    def find(self, row_id: str) -> tuple[str, Row] | None:
        """The object and the row of an id, whatever the object."""
        for kind in ("User", "Contact", "Account", "Case", SUBSCRIPTION):
            row = self.rows[kind].get(row_id)
            if row is not None:
                return kind, row
        return None

    def related(self, row: Row, relationship: str) -> Any:
        """What a relationship leads to: a record as (object, row), a dict that the world gave, or None."""
        given = row.fields.get(relationship)
        if isinstance(given, dict):
            return given
        lookup = relationship[:-3] + "__c" if relationship.endswith("__r") else relationship + "Id"
        target = row.fields.get(lookup)
        return self.find(target) if isinstance(target, str) else None

    def new_id(self, prefix: str, now: int) -> str:
        """An id that no other record has, not even one of an earlier start; later ones are greater."""
        while True:
            number = next(self._numbers)
            found = in_time(prefix, now // 1000, number, f"{self.name}/{number}")
            if self.find(found) is None:
                return found

    def count_call(self, what: str, now: int) -> int:
        """How often `what` was asked today, this time included."""
        self.calls[what, now // DAY_MS] += 1
        return self.calls[what, now // DAY_MS]


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
