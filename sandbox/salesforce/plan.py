"""The writes of one call: all are decided, each in sight of those before it, before the first one happens."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.http import Refused
from sandbox.salesforce.conditions import NUMBERS
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.ids import widen
from sandbox.salesforce.org import SYSTEM_USER, Org, Row
from sandbox.salesforce.resources import living
from sandbox.salesforce.schema import DELETABLE, KEY_PREFIXES, FieldType
from sandbox.salesforce.validation import checked
from sandbox.timestamps import guide_time

NO_SUCH_KEY = "Provided external ID field does not exist or is not accessible: "


class SeveralRecords(Exception):
    """An external id that more than one record has."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__(f"{len(rows)} records")
        self.ids = [row.id for row in rows]


@dataclass(slots=True)
class Plan:
    """`changes` are lines of a world; every method adds one and answers with the id of its record, or raises."""

    org: Org
    now: int
    changes: list[dict[str, Any]] = field(default_factory=list)
    _claimed: dict[tuple[str, str, Any], str] = field(default_factory=dict)

    def insert(self, kind: str, given: dict[str, Any]) -> str:
        """A new record."""
        self._may(kind, "insert")
        values = checked(self.org, kind, given, None)
        row_id = self.org.new_id(KEY_PREFIXES[kind], self.now)
        self._claim(kind, values, row_id)
        if "ownerid" in self.org.types[kind]:
            values.setdefault("OwnerId", SYSTEM_USER)
        return self._add(kind, row_id, set=values)

    def update(self, kind: str, row_id: str, given: dict[str, Any]) -> str:
        """Raises NOT_FOUND and ENTITY_IS_DELETED too."""
        self._may(kind, "update")
        row = living(self.org, kind, row_id, self.now)
        values = checked(self.org, kind, given, row)
        self._claim(kind, values, row.id)
        return self._add(kind, row.id, set=values)

    def delete(self, kind: str, row_id: str, *, purge: bool = False) -> str:
        """Into the recycle bin, or past it."""
        if kind not in DELETABLE:
            raise refused("INSUFFICIENT_ACCESS_OR_READONLY", f"{kind} cannot be deleted", fields=[])
        row = living(self.org, kind, row_id, self.now)
        return self._add(kind, row.id, delete=True, **({"purge": True} if purge else {}))

    def upsert(
        self, kind: str, key: str, value: Any, given: dict[str, Any], *, update_only: bool = False
    ) -> tuple[str, bool]:
        """(id, whether it is new). Raises SeveralRecords too."""
        known = external_key(self.org, kind, key)
        if not isinstance(value, str | int | float):
            raise refused("JSON_PARSER_ERROR", f"{known.name} is no plain value: {value!r}")
        if (kind, known.name, _folded(value)) in self._claimed:
            raise refused("DUPLICATE_VALUE", f"Duplicate external id specified: {value}", fields=[known.name])
        rows = matching(self.org, kind, known, value)
        if len(rows) > 1:
            raise SeveralRecords(rows)
        if rows:
            row_id = self.update(kind, rows[0].id, given)
            self._claimed[kind, known.name, _folded(value)] = row_id
            return row_id, False
        if update_only or known.name == "Id":
            raise not_found()
        return self.insert(kind, given | {known.name: float(value) if known.type in NUMBERS else value}), True

    def _claim(self, kind: str, values: dict[str, Any], row_id: str) -> None:
        """Raises DUPLICATE_VALUE for a value that another record has, or was given earlier in this call."""
        for name, value in values.items():
            known = self.org.types[kind].get(name.lower())
            if known is None or not known.unique or value is None:
                continue
            others = [row.id for row in self.org.with_value(kind, name, value) if row.id != row_id]
            other = self._claimed.setdefault((kind, name, _folded(value)), row_id)
            if others or other != row_id:
                raise duplicate(name, others[0] if others else other)

    def _add(self, kind: str, row_id: str, **what: Any) -> str:
        self.changes.append({
            "at": guide_time(self.now),
            "system": "salesforce",
            "instance": self.org.name,
            "object": kind,
            "id": row_id,
            "by": SYSTEM_USER,
            **what,
        })  # fmt: skip
        return row_id

    def _may(self, kind: str, what: str) -> None:
        if kind == "AccountHistory":
            message = f"entity type cannot be {what}ed: Account History"
            raise refused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, fields=[])


def duplicate(name: str, row_id: str) -> Refused:
    message = f"duplicate value found: {name} duplicates value on record with id: {row_id}"
    return refused("DUPLICATE_VALUE", message, fields=[name])


def external_key(org: Org, kind: str, name: str) -> FieldType:
    """The field of an upsert. Raises the 404 of a field that is no external id."""
    known = org.types[kind].get(name.lower())
    if known is None or not (known.external_id or known.name == "Id"):
        raise not_found(NO_SUCH_KEY + name)
    return known


def matching(org: Org, kind: str, key: FieldType, value: Any) -> list[Row]:
    """The living records that an external id names."""
    if key.name == "Id":
        row = org.rows[kind].get(widen(str(value)))
        return [row] if row is not None and row.deleted_at is None else []
    if key.type in NUMBERS:
        try:
            value = float(value)
        except (TypeError, ValueError):
            return []
    return org.with_value(kind, key.name, value)


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
