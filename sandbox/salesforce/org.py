"""The Salesforce org at the clock's time: records by object, and how a change moves them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sandbox.changes import Change
from sandbox.salesforce import account_history
from sandbox.salesforce.ids import derived, widen
from sandbox.salesforce.schema import DEFAULTS, FieldType, guess, standard
from sandbox.timestamps import parse_ms

OBJECTS = ("Account", "Contact", "User", "Case", "AccountHistory")
SYSTEM_USER = derived("005", "sandbox")


@dataclass(slots=True)
class Row:
    """One record. Datetimes among the fields are milliseconds; `stamp` orders the record in incremental reads."""

    id: str
    fields: dict[str, Any]
    stamp: int
    deleted_at: int | None = None
    purged: bool = False


class Org:
    """Rows by object and id; `types` grows with the fields that the world uses."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in OBJECTS}
        self.types: dict[str, dict[str, FieldType]] = {name: standard(name) for name in OBJECTS}
        self.history_lengths: Counter[str] = Counter()
        self.tokens: dict[str, int] = {}
        self._sorted: dict[str, list[tuple[int, str]]] = {}
        self._unknown: dict[str, set[str]] = {name: set() for name in OBJECTS}

    def notice(self, change: Change) -> None:
        """Learns the fields of a change when it is loaded, before it happens."""
        types = self.types[change.object]
        for name, value in change.set.items():
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

    def apply(self, change: Change) -> None:
        """Creates, changes, deletes, restores, merges away or purges one record."""
        row_id = widen(change.id)
        at = change.at // 1000 * 1000
        rows = self.rows[change.object]
        row = rows.get(row_id)
        values = self._stored(change.object, change.set)
        if row is None:
            row = rows[row_id] = self._create(change, row_id, at)
            if change.object == "Account":
                self._add_history(account_history.created(row_id, at, row.fields["CreatedById"]))
        elif change.object == "Account" and not change.silent:
            by = widen(str(change.by)) if change.by else SYSTEM_USER
            self._add_history(account_history.rows(self, row, values, at, by))
        row.fields.update(values)
        if change.delete and change.object == "User":
            # Salesforce never deletes users.
            row.fields["IsActive"] = False
        elif change.delete or change.merge_into is not None:
            row.fields["IsDeleted"], row.deleted_at = True, at
            if change.merge_into is not None:
                row.fields["MasterRecordId"] = widen(str(change.merge_into))
        if change.restore:
            row.fields["IsDeleted"], row.deleted_at, row.purged = False, None, False
        if change.purge:
            row.deleted_at, row.purged = row.deleted_at or at, True
            for history in self.rows["AccountHistory"].values():
                history.purged = history.purged or history.fields["AccountId"] == row_id
        if not change.silent:
            row.fields["SystemModstamp"] = max(row.fields["SystemModstamp"], values.get("SystemModstamp", at))
            row.fields["LastModifiedDate"] = max(row.fields["LastModifiedDate"], values.get("LastModifiedDate", at))
        row.stamp = row.fields["SystemModstamp"]
        self._sorted.pop(change.object, None)

    def ordered(self, name: str) -> list[tuple[int, str]]:
        """(stamp, id) of every row of an object, ascending."""
        if name not in self._sorted:
            self._sorted[name] = sorted((row.stamp, row.id) for row in self.rows[name].values())
        return self._sorted[name]

    def find(self, row_id: str) -> tuple[str, Row] | None:
        """The object and the row of an id, whatever the object."""
        for name in ("User", "Contact", "Account", "Case"):
            row = self.rows[name].get(row_id)
            if row is not None:
                return name, row
        return None

    def related(self, row: Row, relationship: str) -> Any:
        """What a relationship leads to: a record as (object, row), a dict that the world gave, or None."""
        given = row.fields.get(relationship)
        if isinstance(given, dict):
            return given
        lookup = relationship[:-3] + "__c" if relationship.endswith("__r") else relationship + "Id"
        target = row.fields.get(lookup)
        return self.find(target) if isinstance(target, str) else None

    def _create(self, change: Change, row_id: str, at: int) -> Row:
        by = widen(str(change.by)) if change.by else SYSTEM_USER
        fields = dict(DEFAULTS[change.object])
        fields |= {"Id": row_id, "CreatedDate": at, "LastModifiedDate": at, "SystemModstamp": at, "CreatedById": by}
        if change.object == "Case":
            fields["CaseNumber"] = f"{len(self.rows['Case']) + 1:08d}"
        return Row(row_id, fields, at)

    def _stored(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        types = self.types[name]
        stored = {}
        for key, value in values.items():
            field = types.get(key.lower())
            if isinstance(value, str) and field is not None:
                if field.type == "datetime":
                    value = parse_ms(value)
                elif field.type in ("reference", "id"):
                    value = widen(value)
            stored[key if field is None else field.name] = None if value == "" else value
        if "Name" not in stored and "LastName" in stored and name in ("Contact", "User"):
            stored["Name"] = " ".join(filter(None, (stored.get("FirstName"), stored["LastName"])))
        return stored

    def _add_history(self, found: list[dict[str, Any]]) -> None:
        for fields in found:
            row = Row(fields["Id"], DEFAULTS["AccountHistory"] | fields, fields["CreatedDate"])
            self.rows["AccountHistory"][row.id] = row
            self.history_lengths[row.fields["AccountId"]] += 1
            self._sorted.pop("AccountHistory", None)
