"""The event envelope: the one shape that every source writes and every model reads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from ingestion.streams import Stream

MOMENT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("event_type", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("entity_id", pa.string(), nullable=False),
        pa.field("occurred_at", MOMENT, nullable=False),
        pa.field("payload", pa.string(), nullable=False),
    ]
)
RAW_LIMIT = 20_000


class Stamp(NamedTuple):
    """What identifies one observation. `version` is the source's own stamp, so that A, B, A are three events."""

    entity_id: str
    version: str
    occurred_at: datetime
    word: str = "observed"


class Stamped(NamedTuple):
    """A record whose stamp is not in it, such as a tombstone for something that vanished from a list."""

    stamp: Stamp
    record: dict[str, Any]


class Rejected(NamedTuple):
    """A record that cannot be enveloped, kept with the reason instead of dropped."""

    stream: str
    reason: str
    raw: str


@dataclass(frozen=True)
class Envelopes:
    """The events of one page, in order of arrival and without repetitions."""

    table: pa.Table
    rejected: list[Rejected]


def moment(text: str) -> datetime:
    """An ISO time with zone. Raises ValueError for anything else, a time without zone included."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"time without zone: {text}")
    return parsed.astimezone(UTC)


def canonical(record: Any) -> bytes:
    """Sorted keys, no spaces: the same record gives the same bytes by whatever route it came."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def event_id(event_type: str, source: str, entity_id: str, version: str, digest: str) -> str:
    return sha256("\x1f".join((event_type, source, entity_id, version, digest)).encode()).hexdigest()


def payload_digest(stream: Stream, record: dict[str, Any], payload: bytes) -> str:
    """SHA-256 of the canonical record without the stream's volatile fields; `payload` is the canonical record."""
    for field in stream.volatile:
        if field in record:
            payload = _without(payload, field, record[field])
    return sha256(payload).hexdigest()


def _without(payload: bytes, field: str, value: Any) -> bytes:
    """The canonical record without one field. Cutting it out takes half the time that writing the rest anew does."""
    name = f'"{field}":'.encode()
    text = name + canonical(value)
    start = payload.find(name)
    end = start + len(text)
    # A record within the record may have such a field too, and the first or the last field leaves a comma.
    if payload.count(name) > 1 or payload[start - 1 : start] != b"," or payload[end : end + 1] != b",":
        return canonical({key: kept for key, kept in orjson.loads(payload).items() if key != field})
    return payload[:start] + payload[end + 1 :]


def envelopes(
    stream: Stream, source: str, records: Iterable[Any], stamp: Callable[[dict[str, Any]], Stamp]
) -> Envelopes:
    """One pass over a page. A record that `stamp` cannot read is rejected; the rest of the page goes on."""
    rows: dict[str, tuple[str, str, datetime, bytes]] = {}
    rejected: list[Rejected] = []
    types = {word: stream.event_type(word) for word in ("observed", "deleted", "recorded")}
    for record in records:
        try:
            if isinstance(record, Stamped):
                (entity_id, version, occurred_at, word), record = record
            else:
                entity_id, version, occurred_at, word = stamp(record)
            payload = canonical(record)
            identity = event_id(types[word], source, entity_id, version, payload_digest(stream, record, payload))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            rejected.append(Rejected(stream.name, _reason(record, error), raw_text(record)))
            continue
        # Two copies in one load would both land: only the log is looked up.
        rows.setdefault(identity, (types[word], entity_id, occurred_at, payload))
    return Envelopes(_table(source, rows), rejected)


def _table(source: str, rows: dict[str, tuple[str, str, datetime, bytes]]) -> pa.Table:
    values = rows.values()
    columns = [
        pa.array(rows.keys(), pa.string()),
        pa.array([v[0] for v in values], pa.string()),
        pa.array([source] * len(rows), pa.string()),
        pa.array([v[1] for v in values], pa.string()),
        pa.array([v[2] for v in values], MOMENT),
        pa.array([v[3] for v in values], pa.binary()).cast(pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _reason(record: Any, error: Exception) -> str:
    if not isinstance(record, dict):
        return f"not an object but {type(record).__name__}"
    if isinstance(error, KeyError):
        return f"no {error.args[0]}"
    return f"{type(error).__name__}: {error}"[:300]


def raw_text(record: Any) -> str:
    if isinstance(record, str):
        return record[:RAW_LIMIT]
    # repr as the last resort: text that JSON cannot hold is often why the record was refused
    try:
        return orjson.dumps(record).decode()[:RAW_LIMIT]
    except TypeError:
        return ascii(record)[:RAW_LIMIT]
