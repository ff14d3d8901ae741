"""Full lists: what is new, what changed and what vanished since the log last saw each record."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from ingestion import event_log
from ingestion.envelope import Stamp, Stamped, canonical, event_id, payload_digest
from ingestion.errors import SourceError
from ingestion.pages import Page
from ingestion.seen import Seen
from ingestion.settings import Settings
from ingestion.streams import Stream

# Fewer may well vanish in one day; a large share of a list at once is a fault of the way far more often than a fact.
MASS_REMOVAL_AT_LEAST = 5
# Compared in one question to the log, and tombstones of one page.
ROWS = 1_000


class Last(NamedTuple):
    """What the log holds of an entity: the event that came in last, the newest time, and all of its ids."""

    event_id: str
    is_deleted: bool
    occurred_at: datetime
    event_ids: Sequence[str]


class Candidate(NamedTuple):
    """A record of the list, and the id that its event has when its own stamp decides."""

    stamp: Stamp
    digest: str
    event_id: str
    record: Any


class Listing:
    """One stream's full list against what the log holds. A page's entities are in memory, never those of the list."""

    def __init__(
        self,
        settings: Settings,
        stream: Stream,
        source: str,
        stamp: Callable[[dict[str, Any]], Stamp],
        seen: Seen | None = None,
    ) -> None:
        self._settings, self._stream, self._source, self._stamp = settings, stream, source, stamp
        self._seen = seen or Seen()
        self.compared = self.differing = self.gone = 0

    def changed(self, records: Iterable[Any], now: datetime) -> Iterator[Any]:
        """The records that the log does not hold as they are now; an unreadable one is passed on to be rejected."""
        readings: list[Candidate] = []
        for record in records:
            try:
                readings.append(self._read(record))
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                yield record
        known = self.last([reading.stamp.entity_id for reading in readings])
        self._seen.add([reading.stamp.entity_id for reading in readings])
        self.compared += len(readings)
        doubtful = [
            r for r in readings if r.stamp.entity_id in known and known[r.stamp.entity_id].event_id != r.event_id
        ]
        digests = self._digests([reading.stamp.entity_id for reading in doubtful])
        for reading in readings:
            last = known.get(reading.stamp.entity_id)
            if last and last.event_id == reading.event_id:
                continue
            is_deleted = reading.stamp.word == "deleted"
            if last and last.is_deleted == is_deleted and digests[reading.stamp.entity_id] == reading.digest:
                continue
            self.differing += 1
            yield Stamped(self._after(last, reading, now), reading.record)

    def _read(self, record: Any) -> Candidate:
        stamp = self._stamp(record)
        digest = payload_digest(self._stream, record, canonical(record))
        event_type = self._stream.event_type(stamp.word)
        return Candidate(
            stamp, digest, event_id(event_type, self._source, stamp.entity_id, stamp.version, digest), record
        )

    def _after(self, last: Last | None, reading: Candidate, now: datetime) -> Stamp:
        stamp = reading.stamp
        if last is None:
            return stamp
        if last.is_deleted or stamp.occurred_at <= last.occurred_at:
            # No stamp says when it came back or changed: now is when it was noticed, and before that it was as known.
            stamp = stamp._replace(occurred_at=max(stamp.occurred_at, now, last.occurred_at))
        if reading.event_id in last.event_ids:
            # Back to an earlier state without a newer stamp of its own: what it follows tells the two apart.
            return stamp._replace(version=f"{stamp.version}|after:{last.event_id}")
        return stamp

    def tombstone(self, entity_id: str, now: datetime, payload: dict[str, Any]) -> Stamped | None:
        """None when the log already knows that it is gone."""
        last = self.last([entity_id]).get(entity_id)
        return None if last and last.is_deleted else self._tombstone(entity_id, last, now, payload)

    def _tombstone(self, entity_id: str, last: Last | None, now: datetime, payload: dict[str, Any]) -> Stamped:
        version = f"after:{last.event_id}" if last else "never seen"
        # Not before what it ends: the clock has whole seconds, and a clock may be set back.
        occurred_at = max(now, last.occurred_at) if last else now
        return Stamped(Stamp(entity_id, version, occurred_at, "deleted"), payload)

    def vanished(
        self, now: datetime, is_there: Callable[[str], bool] = lambda _entity_id: False
    ) -> Iterator[list[Stamped]]:
        """Tombstones, with the last known payload, for what a complete list no longer has, a page at a time.

        `is_there` may know of a record that the list withholds for a moment. Raises SourceError instead when more
        than MASS_REMOVAL_SHARE went at once, unless the settings accept that (E-73).
        """
        alive, gone = self._gone()
        is_mass = len(gone) >= MASS_REMOVAL_AT_LEAST and len(gone) > alive * self._settings.mass_removal_share
        if is_mass and not self._settings.accept_mass_removal:
            raise SourceError(
                f"{self._source}: {len(gone)} of {alive} records vanished from the list of {self._stream.name} at "
                "once, so none is marked as deleted: check what the client may read, or run once with "
                "ACCEPT_MASS_REMOVAL=true if they are really gone."
            )
        for start in range(0, len(gone), ROWS):
            some = [entity_id for entity_id in gone[start : start + ROWS] if not is_there(entity_id)]
            last, payloads = self.last(some), self._payloads(some)
            self.gone += len(some)
            yield [self._tombstone(i, last[i], now, orjson.loads(payloads[i])) for i in some]

    def forget(self) -> None:
        """The walk is over, or must begin again."""
        self._seen.drop()

    def last(self, entity_ids: Sequence[str]) -> dict[str, Last]:
        """What the log holds of these entities; the newest arrival is what the source said last."""
        rows = self._about(
            entity_ids,
            "arg_max(event_id, (recorded_at, position)), arg_max(event_type, (recorded_at, position)), "
            "max(occurred_at), list(event_id)",
        )
        return {
            entity_id: Last(identity, event_type.endswith(".deleted"), occurred_at, event_ids)
            for entity_id, identity, event_type, occurred_at, event_ids in rows
        }

    def _digests(self, entity_ids: Sequence[str]) -> dict[str, str]:
        """Of the newest payloads. Reading payloads is what costs, so only where the ids alone leave a doubt."""
        return {
            entity_id: payload_digest(self._stream, orjson.loads(payload), payload.encode())
            for entity_id, payload in self._payloads(entity_ids).items()
        }

    def _payloads(self, entity_ids: Sequence[str]) -> dict[str, str]:
        return dict(self._about(entity_ids, "arg_max(payload::varchar, (recorded_at, position))"))

    def _about(self, entity_ids: Sequence[str], columns: str) -> list[tuple[Any, ...]]:
        if not entity_ids:
            return []
        sql = f"""
            select entity_id, {columns} from {event_log.SCHEMA}.{self._stream.table}
            where source = ? and entity_id in (select unnest(?)) group by entity_id
        """
        with event_log.writer_lock(self._settings), event_log.connected(self._settings) as connection:
            return connection.execute(sql, [self._source, list(entity_ids)]).fetchall()

    def _gone(self) -> tuple[int, list[str]]:
        """How many entities the log holds alive, and those of them that the walk has not met."""
        with event_log.writer_lock(self._settings), event_log.connected(self._settings) as connection:
            connection.register("seen", self._seen.ids())
            (alive,) = connection.execute(f"select count(*) from ({self._alive()})", [self._source]).fetchone() or (0,)
            gone = connection.execute(
                f"select entity_id from ({self._alive()}) anti join seen using (entity_id) order by entity_id",
                [self._source],
            ).fetchall()
        return alive, [entity_id for (entity_id,) in gone]

    def _alive(self) -> str:
        return f"""
            select entity_id from {event_log.SCHEMA}.{self._stream.table} where source = ?
            group by entity_id
            having arg_max(event_type, (recorded_at, position)) not like '%.deleted'
        """


def list_pages(
    listing: Listing,
    pages: Iterable[list[Any]],
    now: Callable[[], datetime],
    warning: Callable[[], str | None] = lambda: None,
) -> Iterator[Page]:
    """The changes of a complete list, page by page; tombstones come last, when the whole list has been seen."""
    for records in together(pages):
        yield Page(list(listing.changed(records, now())), {}, end=False)
    for tombstones in listing.vanished(now()):
        yield Page(tombstones, {}, end=False)
    yield Page([], {}, end=True, warning=warning())


def together(pages: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """The same records in larger pages: each page costs a question to the log."""
    waiting: list[Any] = []
    for records in pages:
        waiting += records
        if len(waiting) >= ROWS:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
