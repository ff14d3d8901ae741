"""Which tickets changed their satisfaction rating, as the tickets in the log tell.

event_log.zendesk__ticket_events  ->  ticket ids

Not as the change feed tells: it does not know of a changed comment, and may be ahead of the ticket, which has the id.
"""

from dataclasses import dataclass
from datetime import datetime

from ingestion import event_log
from ingestion.settings import Settings

TICKETS = f"{event_log.SCHEMA}.zendesk__ticket_events"


@dataclass(frozen=True)
class Rated:
    """Of one instance."""

    settings: Settings
    source: str

    def since(self, recorded_until: str | None, live_from: datetime | None) -> tuple[list[str], str | None]:
        """Tickets whose rating changed in events recorded after a time, and the time to give next.

        Nothing the first time: the list itself is being read then. What happened before live reading began is read by
        its history.
        """
        with event_log.writer_lock(self.settings), event_log.connected(self.settings) as connection:
            newest = connection.execute(
                f"select max(recorded_at) from {TICKETS} where source = ?", [self.source]
            ).fetchone()
            # In the first run the tickets are still on their way: what is recorded from now on counts the next time.
            begun = recorded_until or (live_from.isoformat() if live_from else None)
            until = newest[0].isoformat() if newest and newest[0] else begun
            if recorded_until is None:
                return [], until
            rows = connection.execute(
                f"""
                with states as (
                    select
                        entity_id, recorded_at, payload -> 'satisfaction_rating' as rating,
                        lag(rating) over (partition by entity_id order by recorded_at, position) as earlier
                    from {TICKETS}
                    where source = $source and entity_id in (
                        select entity_id from {TICKETS}
                        where source = $source and recorded_at > $until::timestamptz
                            and ($live_from::timestamptz is null or occurred_at >= $live_from)
                    )
                )
                select distinct entity_id from states
                where recorded_at > $until::timestamptz and rating is distinct from earlier
                    and (rating ->> 'score') <> 'unoffered'
                order by entity_id
                """,
                {"source": self.source, "until": recorded_until, "live_from": live_from},
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
