"""Which fields of an object are read: all that describe offers, and the mapped ones of related records."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingestion.mapping import require

Description = list[dict[str, Any]]
Describe = Callable[[str], Description]

# A compound is only a view of fields that are read anyway; base64 is a file.
LEFT_OUT = {"address", "location", "base64", "complexvalue"}
# The address and the headers of a request may have 16,384 bytes together; commas grow when they are encoded.
SELECT_BYTES = 10_000


@dataclass(frozen=True)
class Fields:
    """The columns to select, each with the type that describe gives it."""

    kinds: Mapping[str, str]

    def chunks(self, key: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Select lists short enough for a request, each with the key columns by which their rows are joined (R26)."""
        return list(self._chunks(key))

    def _chunks(self, key: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        rest = [name for name in self.kinds if name not in key]
        while True:
            chunk, size = list(key), 0
            while rest and size < SELECT_BYTES:
                size += len(rest[0]) + len("%2C+")
                chunk.append(rest.pop(0))
            yield tuple(chunk)
            if not rest:
                return


def described(entity: str, mapping: Mapping[str, str], describe: Describe) -> Fields:
    """All fields of an object, and the mapped ones of related records, such as `Latest_Sold_To_Contact__r.Email`."""
    own = describe(entity)
    kinds = {f["name"]: str(f.get("type")) for f in own if f.get("type") not in LEFT_OUT}
    targets = _targets(own)
    for path in mapping.values():
        relation, dot, field = path.partition(".")
        if dot:
            found = [f for target in targets.get(relation, [])[:1] for f in describe(target) if f["name"] == field]
            kinds[path] = str(found[0].get("type")) if found else "string"
    return Fields(kinds)


def check_fields(named: Callable[[str], str], entity: str, mapping: Mapping[str, str], describe: Describe) -> None:
    """Raises SettingsError when a mapped field, or the relationship it goes through, is not there.

    `named`: how signals.toml calls a key of the mapping.
    """
    fields = describe(entity)
    for key, wanted in mapping.items():
        setting = named(key)
        relation, dot, field = wanted.partition(".")
        if not dot:
            require(setting, wanted, [f["name"] for f in fields], f"Salesforce's {entity}")
            continue
        targets = _targets(fields)
        require(setting, relation, targets, f"Salesforce's {entity} as a relationship")
        for target in targets[relation][:1]:
            require(setting, field, [f["name"] for f in describe(target)], f"Salesforce's {target}")


def _targets(fields: Description) -> dict[str, list[str]]:
    return {f["relationshipName"]: f["referenceTo"] for f in fields if f.get("relationshipName")}
