"""What the ledger knows: pending deliveries, the history of one, and another try for what was given up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import duckdb

from deliveries.ledger import ATTEMPT, OUTCOME, Ledger
from deliveries.outbox import KIND, Notice
from ingestion.event_log import SCHEMA

HISTORY = f"""
select recorded_at, 'attempt' as what, payload ->> 'recipient' as recipient, payload ->> 'message_id' as said
from {SCHEMA}.{ATTEMPT.table} where entity_id = $1
union all
select recorded_at, payload ->> 'status', null, payload ->> 'error' from {SCHEMA}.{OUTCOME.table} where entity_id = $1
order by recorded_at, what
"""
GIVEN_UP = f"""
select entity_id from (
    select entity_id, max_by(payload ->> 'status', (recorded_at, position)) as status
    from {SCHEMA}.{OUTCOME.table} group by entity_id
) where status = 'dead' order by entity_id
"""


class NoSuchDelivery(Exception):
    """Nothing by that id. One sentence that says what to type instead."""


def waiting(notices: Sequence[Notice], now: datetime) -> Iterator[str]:
    """One line for each pending notification, oldest first."""
    for notice in notices:
        row, state = notice.row, notice.state
        if state is None:
            what = "not tried yet"
        elif notice.is_repeat:
            what = "interrupted, goes again with the same Message-ID"
        elif state.retry_at and state.retry_at > now:
            what = f"refused {state.refusals} times, again at {state.retry_at:%Y-%m-%d %H:%M:%S} UTC"
        else:
            what = "goes with the next run" + (f", refused {state.refusals} times" if state.refusals else "")
        who = row["csm_email"] or row["csm_user_id"]
        yield f"{row['notification_id']}  {notice.since:%Y-%m-%d %H:%M} UTC  {who}  {what}"


def history(connection: duckdb.DuckDBPyConnection, notification_id: str) -> list[tuple[Any, ...]]:
    """(when, what, recipient, what was said) for every attempt and outcome. Raises NoSuchDelivery."""
    found = connection.execute(HISTORY, [f"{KIND}/email/{notification_id}"]).fetchall()
    if not found:
        raise NoSuchDelivery(
            f"Nothing was tried for {notification_id!r} yet: `python -m deliveries pending` lists what waits."
        )
    return found


def revive(ledger: Ledger, notification_ids: Sequence[str] | None) -> int:
    """Another try for what was given up, all of it without ids; how many. Raises NoSuchDelivery."""
    dead = [entity for (entity,) in ledger.connection.execute(GIVEN_UP).fetchall()]
    if notification_ids is not None:
        wanted = {f"{KIND}/email/{one}" for one in notification_ids}
        if missing := sorted(wanted - set(dead)):
            raise NoSuchDelivery(
                f"{missing[0].rsplit('/', 1)[1]!r} was not given up: only what was can be tried again."
            )
        dead = sorted(wanted)
    if dead:
        ledger.outcome(dead, "revived")
    return len(dead)
