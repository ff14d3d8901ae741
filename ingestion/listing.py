"""Full lists: what is new, what changed and what vanished since the log last saw each record."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from ingestion import event_log
from ingestion.envelope import Stamp, Stamped, canonical, event_id, payload_digest
from ingestion.errors import SourceError
from ingestion.pages import Page
from ingestion.settings import Settings
from ingestion.streams import Stream

# Fewer may well vanish in one day; more than half of a list at once is a fault of the way far more often than a fact.
MASS_REMOVAL_AT_LEAST = 5
MASS_REMOVAL_SHARE = 0.5


class Last(NamedTuple):
    """The newest event of an entity in the log."""

    event_id: str
    is_deleted: bool
    digest: str
    occurred_at: datetime


class Listing:
    """One stream's full list against what the log holds. Holds ids and digests, never payloads."""

    def __init__(
        self, settings: Settings, stream: Stream, source: str, stamp: Callable[[dict[str, Any]], Stamp]
    ) -> None:
        self._settings, self._stream, self._source, self._stamp = settings, stream, source, stamp
        self._seen: set[str] = set()
        self.last, self._event_ids = self._read_log()

    def changed(self, records: Iterable[Any], now: datetime) -> Iterator[Any]:
        """The records that the log does not hold as they are now; an unreadable one is passed on to be rejected."""
        for record in records:
            try:
                stamp = self._stamp(record)
                digest = payload_digest(self._stream, record, canonical(record))
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                yield record
                continue
            self._seen.add(stamp.entity_id)
            last = self.last.get(stamp.entity_id)
            if last is None or last.is_deleted or last.digest != digest:
                yield Stamped(self._after(last, stamp, digest, now), record)

    def _after(self, last: Last | None, stamp: Stamp, digest: str, now: datetime) -> Stamp:
        if last is None:
            return stamp
        if last.is_deleted:
            stamp = stamp._replace(occurred_at=max(stamp.occurred_at, now, last.occurred_at))
        known = event_id(self._stream.event_type(stamp.word), self._source, stamp.entity_id, stamp.version, digest)
        if known in self._event_ids:
            # Back to an earlier state without a newer stamp of its own: what it follows tells the two apart.
            return stamp._replace(version=f"{stamp.version}|after:{last.event_id}")
        return stamp

    def tombstone(self, entity_id: str, now: datetime, payload: dict[str, Any]) -> Stamped | None:
        """None when the log already knows that it is gone."""
        last = self.last.get(entity_id)
        if last and last.is_deleted:
            return None
        version = f"after:{last.event_id}" if last else "never seen"
        # Not before what it ends: the clock has whole seconds, and a clock may be set back.
        occurred_at = max(now, last.occurred_at) if last else now
        return Stamped(Stamp(entity_id, version, occurred_at, "deleted"), payload)

    def vanished(self, now: datetime) -> list[Stamped]:
        """Tombstones, with the last known payload, for what a complete list no longer has.

        Raises SourceError instead when more than half went at once, unless the settings accept that.
        """
        alive = [entity_id for entity_id, last in self.last.items() if not last.is_deleted]
        gone = [entity_id for entity_id in alive if entity_id not in self._seen]
        is_mass = len(gone) >= MASS_REMOVAL_AT_LEAST and len(gone) > len(alive) * MASS_REMOVAL_SHARE
        if is_mass and not self._settings.accept_mass_removal:
            raise SourceError(
                f"{self._source}: {len(gone)} of {len(alive)} records vanished from the list of {self._stream.name} at "
                "once, so none is marked as deleted: check what the client may read, or run once with "
                "ACCEPT_MASS_REMOVAL=true if they are really gone."
            )
        return [
            tombstone
            for entity_id, payload in self._payloads(gone)
            if (tombstone := self.tombstone(entity_id, now, orjson.loads(payload)))
        ]

    def _read_log(self) -> tuple[dict[str, Last], set[str]]:
        # The payload leaves the database only where fields are to be left out of its digest.
        digest = "payload" if self._stream.volatile else "sha256(payload)"
        rows = self._query(f"""
            select entity_id, event_id, event_type, occurred_at, {digest}
            from {event_log.SCHEMA}.{self._stream.table} where source = ? order by recorded_at, position
        """)
        last: dict[str, Last] = {}
        for entity_id, identity, event_type, occurred_at, value in rows:
            if self._stream.volatile:
                value = payload_digest(self._stream, orjson.loads(value), value.encode())
            last[entity_id] = Last(identity, event_type.endswith(".deleted"), value, occurred_at)
        return last, {row[1] for row in rows}

    def _payloads(self, entity_ids: list[str]) -> list[tuple[str, str]]:
        if not entity_ids:
            return []
        return self._query(
            f"""
            select entity_id, payload from {event_log.SCHEMA}.{self._stream.table}
            where source = ? and entity_id in (select unnest(?))
            qualify row_number() over (partition by entity_id order by recorded_at desc, position desc) = 1
            order by entity_id
            """,
            entity_ids,
        )

    def _query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with event_log.writer_lock(self._settings), event_log.connected(self._settings) as connection:
            return connection.execute(sql, [self._source, *parameters]).fetchall()


def list_pages(
    listing: Listing,
    pages: Iterable[list[Any]],
    now: Callable[[], datetime],
    warning: Callable[[], str | None] = lambda: None,
) -> Iterator[Page]:
    """The changes of a complete list, page by page; tombstones come last, when the whole list has been seen."""
    for records in pages:
        yield Page(list(listing.changed(records, now())), {}, end=False)
    yield Page([*listing.vanished(now())], {}, end=True, warning=warning())
