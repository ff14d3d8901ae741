"""One normal form of a Salesforce record, whichever API it came from (R22)."""

from collections.abc import Set
from datetime import UTC, datetime
from typing import Any

from ingestion.envelope import Stamp, moment
from ingestion.sources.identity import entity_id

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def widened(value: str) -> str:
    """The 18-character form of a 15-character id: three letters that say which of its letters are capitals."""
    if len(value) != 15 or not value.isalnum():
        return value
    suffix = ""
    for block in (value[0:5], value[5:10], value[10:15]):
        suffix += _ALPHABET[sum(1 << place for place, letter in enumerate(block) if "A" <= letter <= "Z")]
    return value + suffix


def stamped(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def normal(record: dict[str, Any], moments: Set[str], references: Set[str]) -> dict[str, Any]:
    """Without `attributes`; times as `…T12:00:00.000Z`; "" as null; ids with 18 characters; related records nested."""
    result: dict[str, Any] = {}
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, dict):
            value = normal(value, moments, references)
        elif value == "":
            value = None
        elif isinstance(value, str) and name in moments:
            value = stamped(moment(value))
        elif isinstance(value, str) and name in references:
            value = widened(value)
        result[name] = value
    if record.get("DataType") == "EntityId":
        result |= {
            name: widened(result[name]) for name in ("OldValue", "NewValue") if isinstance(result.get(name), str)
        }
    return result


def by_modstamp(record: dict[str, Any]) -> Stamp:
    """SystemModstamp moves for people and automation alike; LastModifiedDate does not."""
    changed = record["SystemModstamp"]
    word = "deleted" if record.get("IsDeleted") else "observed"
    return Stamp(entity_id(record, "Id"), changed, moment(changed), word)


def by_creation(record: dict[str, Any]) -> Stamp:
    """A row of field history never changes: its id is its version."""
    identity = entity_id(record, "Id")
    return Stamp(identity, identity, moment(record["CreatedDate"]), "recorded")
