"""What identifies a Zendesk record's state, and when it took it."""

from datetime import UTC, datetime
from typing import Any

from ingestion.envelope import Stamp, moment
from ingestion.sources.identity import by_updated_at, entity_id, from_seconds

_CROCKFORD = {letter: value for value, letter in enumerate("0123456789ABCDEFGHJKMNPQRSTVWXYZ")}


def ticket(record: dict[str, Any]) -> Stamp:
    """`generated_timestamp` moves on every change; `updated_at` misses those that the system makes (R1)."""
    stamped = record["generated_timestamp"]
    word = "deleted" if record.get("status") == "deleted" else "observed"
    return Stamp(entity_id(record), str(stamped), from_seconds(stamped), word)


def audit(record: dict[str, Any]) -> Stamp:
    """An entry of the change feed. A comment redacted later reads differently: a second event of the same entry."""
    identity = entity_id(record)
    return Stamp(identity, identity, moment(record["created_at"]), "recorded")


def user(record: dict[str, Any]) -> Stamp:
    stamp = by_updated_at(record)
    return stamp._replace(word="deleted") if record.get("active") is False else stamp


def organization(record: dict[str, Any]) -> Stamp:
    stamp = by_updated_at(record)
    deleted_at = record.get("deleted_at")
    return stamp._replace(word="deleted", occurred_at=moment(deleted_at)) if deleted_at else stamp


def survey_response(record: dict[str, Any]) -> Stamp:
    """The newest answer dates it; without answers, the time it was sent, which its id holds."""
    identity = entity_id(record)
    answered = max((answer["updated_at"] for answer in record.get("answers") or ()), default="")
    return Stamp(identity, answered, moment(answered) if answered else sent_at(identity))


def sent_at(ulid: str) -> datetime:
    """The first ten characters of a ULID are milliseconds since 1970."""
    if len(ulid) != 26:
        raise ValueError(f"{ulid} is no ULID")
    milliseconds = 0
    for letter in ulid[:10].upper():
        milliseconds = milliseconds * 32 + _CROCKFORD[letter]
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
