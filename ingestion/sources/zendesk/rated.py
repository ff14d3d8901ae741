"""Which tickets changed their satisfaction score, as the log's change feed tells.

event_log.zendesk__ticket_audit_events  ->  ticket ids
"""

from dataclasses import dataclass
from datetime import datetime

from ingestion import event_log
from ingestion.settings import Settings

AUDITS = f"{event_log.SCHEMA}.zendesk__ticket_audit_events"
TICKETS = f"{event_log.SCHEMA}.zendesk__ticket_events"


@dataclass(frozen=True)
class Rated:
    """Of one instance."""

    settings: Settings
    source: str

    def since(self, recorded_until: str | None, live_from: datetime | None) -> tuple[list[str], str | None]:
        """Tickets whose score changed in events recorded after a time, and the time to give next.

        Nothing the first time: the list itself is being read then. What happened before live reading began is read by
        its history.
        """
        with event_log.writer_lock(self.settings), event_log.connected(self.settings) as connection:
            newest = connection.execute(
                f"select max(recorded_at) from {AUDITS} where source = ?", [self.source]
            ).fetchone()
            until = newest[0].isoformat() if newest and newest[0] else recorded_until
            if recorded_until is None:
                return [], until
            rows = connection.execute(
                f"""
                select distinct payload ->> 'ticket_id' as ticket_id from {AUDITS}
                where source = ? and recorded_at > ?::timestamptz and (?::timestamptz is null or occurred_at >= ?)
                    and contains(payload, '"satisfaction_score"')
                order by ticket_id
                """,
                [self.source, recorded_until, live_from, live_from],
            ).fetchall()
        return [ticket_id for (ticket_id,) in rows if ticket_id and ticket_id.isdigit()], until

    def rating_ids(self, tickets: list[str]) -> list[str]:
        """The ratings that these tickets carry now; a ticket without an answer carries none."""
        if not tickets:
            return []
        with event_log.writer_lock(self.settings), event_log.connected(self.settings) as connection:
            rows = connection.execute(
                f"""
                select distinct rating_id from (
                    select arg_max(payload, (occurred_at, recorded_at, position))
                        ->> '$.satisfaction_rating.id' as rating_id
                    from {TICKETS} where source = ? and entity_id in (select unnest(?)) group by entity_id
                ) where rating_id is not null order by rating_id
                """,
                [self.source, tickets],
            ).fetchall()
        return [rating_id for (rating_id,) in rows if rating_id.isdigit()]
