"""Which fields of an object are read: all that describe offers, and the mapped ones of related records."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingestion.mapping import require

# A compound is only a view of fields that are read anyway; base64 is a file.
LEFT_OUT = {"address", "location", "base64", "complexvalue"}
# The whole address of a request may have 16,384 bytes; commas grow when they are encoded.
SELECT_BYTES = 10_000

Describe = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Fields:
    """The columns of one object: what to select, which hold moments, and which hold ids."""

    selected: tuple[str, ...]
    moments: frozenset[str]
    references: frozenset[str]

    def chunks(self, key: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Select lists short enough for a request, each with the key columns by which their rows are joined."""
        rest = [name for name in self.selected if name not in key]
        while True:
            chunk, size = list(key), 0
            while rest and size < SELECT_BYTES:
                size += len(rest[0]) + len("%2C+")
                chunk.append(rest.pop(0))
            yield tuple(chunk)
            if not rest:
                return


def described(fields: list[dict[str, Any]], related: tuple[str, ...] = ()) -> Fields:
    names = [f["name"] for f in fields if f.get("type") not in LEFT_OUT]
    moments = frozenset(f["name"] for f in fields if f.get("type") == "datetime")
    references = frozenset(f["name"] for f in fields if f.get("type") in ("id", "reference"))
    return Fields((*names, *related), moments, references)


def related_fields(mapping: Mapping[str, str]) -> tuple[str, ...]:
    """The mapped fields that belong to a related record: `Latest_Sold_To_Contact__r.Email`."""
    return tuple(dict.fromkeys(field for field in mapping.values() if "." in field))


def check_fields(entity: str, mapping: Mapping[str, str], describe: Describe) -> None:
    """Raises SettingsError when a mapped field, or the relationship it goes through, is not there."""
    fields = describe(entity)
    for key, wanted in mapping.items():
        setting = f"[salesforce.{entity.lower()}] {key}"
        relation, dot, field = wanted.partition(".")
        if not dot:
            require(setting, wanted, [f["name"] for f in fields], f"Salesforce's {entity}")
            continue
        targets = {f["relationshipName"]: f["referenceTo"] for f in fields if f.get("relationshipName")}
        require(setting, relation, targets, f"Salesforce's {entity} as a relationship")
        for target in targets[relation][:1]:
            require(setting, field, [f["name"] for f in describe(target)], f"Salesforce's {target}")
