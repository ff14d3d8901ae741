"""The id and the times of a record, read strictly: what cannot be read is rejected, never guessed."""

from datetime import UTC, datetime
from typing import Any

from ingestion.envelope import Stamp, moment


def entity_id(record: dict[str, Any], key: str = "id") -> str:
    """Ids are integers or text. A float has already lost digits beyond 2^53, so it is refused."""
    value = record[key]
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise ValueError(f"{key} is {value!r}, which is no id")
    return str(value)


def from_seconds(seconds: Any) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError(f"{seconds!r} is no time in seconds")
    return datetime.fromtimestamp(seconds, UTC)


def by_updated_at(record: dict[str, Any]) -> Stamp:
    return Stamp(entity_id(record), record["updated_at"], moment(record["updated_at"]))
