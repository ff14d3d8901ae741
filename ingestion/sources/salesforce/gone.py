"""Hard deletes: what the org lists as deleted and no query shows any more (R17, R27).

GET /sobjects/<Object>/deleted  ->  tombstones for entities that the log still holds as alive
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from ingestion import event_log
from ingestion.envelope import Stamp, Stamped, moment
from ingestion.pages import Cursor
from ingestion.settings import Settings
from ingestion.sources.refusals import NotAvailable
from ingestion.sources.salesforce.api import SalesforceApi
from ingestion.sources.salesforce.records import stamped
from ingestion.streams import Stream

# The recycle bin shows most deletions as they happen: asking now and then is enough for those that skip it.
EVERY = timedelta(minutes=15)
# The org keeps the list for 30 days and refuses an earlier start; the reconcile finds what is older.
REACH = timedelta(days=29)


class Found(NamedTuple):
    tombstones: list[Stamped]
    cursor: Cursor
    warning: str | None = None


@dataclass(frozen=True)
class Gone:
    """One object of one org. Whatever it lists is compared with the log, never taken as news."""

    api: SalesforceApi
    settings: Settings
    stream: Stream
    entity: str

    def since(self, until: str | None, now: datetime, dead: set[str]) -> Found:
        """Tombstones for what was deleted since `until`. `dead`: ids whose own tombstones this walk has just read."""
        end = now.replace(second=0, microsecond=0)  # the org knows no seconds here
        start = max(moment(until), end - REACH) if until else end - REACH
        if until and end - start < EVERY:
            return Found([], {})
        try:
            listed = self.api.deleted(self.entity, start, end)
        except NotAvailable as refusal:
            return Found([], {"deleted_until": stamped(end)}, str(refusal))
        found = [
            Stamped(
                # Not before what it ends.
                Stamp(identity, f"after:{event_id}", max(listed.when[identity], occurred_at), "deleted"),
                orjson.loads(payload),
            )
            for identity, event_id, occurred_at, payload in self._alive([i for i in listed.when if i not in dead])
        ]
        return Found(found, {"deleted_until": stamped(max(min(end, listed.covered), start))})

    def _alive(self, identities: list[str]) -> list[tuple[str, str, datetime, str]]:
        """(entity, newest event, its time, its payload) of those that the log does not know to be deleted."""
        if not identities:
            return []
        sql = f"""
            select entity_id, event_id, occurred_at, payload from (
                from {event_log.SCHEMA}.{self.stream.table}
                where source = $source and entity_id in (select unnest($ids))
                qualify row_number() over (partition by entity_id order by recorded_at desc, position desc) = 1
            )
            where event_type <> $deleted order by entity_id"""
        given: dict[str, Any] = {"source": self.api.source, "ids": identities}
        given["deleted"] = self.stream.event_type("deleted")
        with event_log.writer_lock(self.settings), event_log.connected(self.settings) as connection:
            return connection.execute(sql, given).fetchall()
