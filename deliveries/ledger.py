"""The ledger: what is known of each delivery, as events in the log. An attempt is written down before it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import duckdb

from ingestion import event_log
from ingestion.clock import local_now
from ingestion.envelope import canonical, event_id
from ingestion.settings import Settings
from ingestion.streams import STREAMS

SOURCE = "delivery"
ATTEMPT, OUTCOME = STREAMS["delivery__attempt"], STREAMS["delivery__outcome"]
COLUMNS = "event_id, event_type, source, entity_id, occurred_at, recorded_at, position, payload"

Channel = Literal["email", "salesforce_case"]
# sent, recorded, dead: over. failed: again at `retry_at`. revived: to be tried again at once, because somebody asked
# for it or because what stopped it was not about this delivery.
Status = Literal["sent", "recorded", "failed", "dead", "revived"]
SETTLED = ("sent", "recorded", "dead")


class Delivery(NamedTuple):
    """One thing to tell one person by one channel. `subject_id` names the thing, such as a notification_id."""

    kind: str
    channel: Channel
    subject_id: str
    recipient: str

    @property
    def entity_id(self) -> str:
        return f"{self.kind}/{self.channel}/{self.subject_id}"


class State(NamedTuple):
    """What the log knows of one delivery. `status` is None while the outcome of the last attempt is unknown."""

    attempts: int
    recipient: str
    message_id: str
    status: Status | None
    retry_at: datetime | None
    refusals: int

    @property
    def is_unknown(self) -> bool:
        """Whether an attempt was made of which nobody knows the outcome: the process died in it."""
        return self.attempts > 0 and self.status is None

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED


# Latest attempt and latest outcome of each delivery; the order is that of their commits.
STATES = f"""
with attempts as (
    select
        entity_id, count(*) as attempts, max(recorded_at) as attempted_at,
        max_by(payload, (recorded_at, position)) as payload
    from {event_log.SCHEMA}.{ATTEMPT.table} group by entity_id
),
outcomes as (
    select
        entity_id, max(recorded_at) as told_at, max_by(payload, (recorded_at, position)) as payload,
        count(*) filter (where payload ->> 'status' = 'failed') as refusals
    from {event_log.SCHEMA}.{OUTCOME.table} group by entity_id
)
select
    entity_id, coalesce(attempts, 0), attempts.payload ->> 'recipient', attempts.payload ->> 'message_id',
    case when attempted_at is null or told_at > attempted_at then outcomes.payload ->> 'status' end,
    cast(outcomes.payload ->> 'retry_at' as timestamptz), coalesce(refusals, 0)
from attempts full join outcomes using (entity_id)
"""


@dataclass
class Ledger:
    """Appends to the log and reads it back. Every write is committed when the call returns."""

    connection: duckdb.DuckDBPyConnection
    now: Callable[[], datetime]
    _last: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._last = event_log.newest_recorded_at(self.connection) or self.now()

    def states(self) -> dict[str, State]:
        return {row[0]: State(*row[1:]) for row in self.connection.execute(STATES).fetchall()}

    def attempt(self, deliveries: Sequence[tuple[Delivery, str]]) -> None:
        """Before a send: who is to get what, by which Message-ID or external id."""
        self._append(
            ATTEMPT.table,
            ATTEMPT.event_type("recorded"),
            [
                (d.entity_id, _named(d.entity_id) | {"recipient": d.recipient, "message_id": message_id})
                for d, message_id in deliveries
            ],
        )

    def outcome(
        self,
        entity_ids: Sequence[str],
        status: Status,
        error: str | None = None,
        retry_at: datetime | None = None,
        **more: Any,
    ) -> None:
        """After it: what became of it. One outcome for each of the deliveries of one message."""
        told = {"status": status, "error": error, "retry_at": retry_at and retry_at.isoformat(), **more}
        self._append(OUTCOME.table, OUTCOME.event_type("recorded"), [(e, _named(e) | told) for e in entity_ids])

    def _append(self, table: str, event_type: str, entries: Sequence[tuple[str, dict[str, Any]]]) -> None:
        now = self.now()
        self._last = max(now, self._last + timedelta(microseconds=1))
        rows = []
        for position, (entity, payload) in enumerate(entries):
            text = canonical(payload)
            identity = event_id(event_type, SOURCE, entity, self._last.isoformat(), "")
            rows.append((identity, event_type, SOURCE, entity, now, self._last, position, text.decode()))
        self.connection.begin()
        self.connection.executemany(
            f"insert into {event_log.SCHEMA}.{table} ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)", rows
        )
        self.connection.commit()


def _named(entity_id: str) -> dict[str, Any]:
    return dict(zip(("kind", "channel", "subject_id"), entity_id.split("/", 2), strict=True))


@contextmanager
def opened(settings: Settings, say: Callable[[str], None]) -> Iterator[Ledger]:
    """The ledger for writing, in the time line of the log. Raises SourceError when another program has the file."""
    with event_log.writer_lock(settings, say), event_log.connected(settings) as connection:
        event_log.create(connection)
        ahead = timedelta(seconds=_ahead_seconds(connection))
        yield Ledger(connection, lambda: local_now() + ahead)


def _ahead_seconds(connection: duckdb.DuckDBPyConnection) -> float:
    """How far the systems' clocks were ahead of this machine's when one of them last answered."""
    row = connection.execute(
        f"select clock_ahead_seconds from {event_log.SCHEMA}.polls where clock_ahead_seconds is not null "
        "order by recorded_at desc limit 1"
    ).fetchone()
    return row[0] if row else 0.0
