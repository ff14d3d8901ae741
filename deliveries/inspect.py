"""What the ledger knows: pending deliveries, the history of one, and another try for what was given up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from deliveries.ledger import ATTEMPT, OUTCOME, Ledger, State
from deliveries.outbox import KIND, Notice
from ingestion.event_log import SCHEMA

# Whoever asks has a whole name (kind/channel/id), or the id alone: of its mail, of its case, of a letter.
HISTORY = f"""
select entity_id, recorded_at, 'attempt' as what, payload ->> 'recipient' as recipient, payload ->> 'message_id' as said
from {SCHEMA}.{ATTEMPT.table} where entity_id = $1 or ends_with(entity_id, '/' || $1)
union all
select entity_id, recorded_at, payload ->> 'status', null, payload ->> 'error'
from {SCHEMA}.{OUTCOME.table} where entity_id = $1 or ends_with(entity_id, '/' || $1)
order by recorded_at, entity_id, what
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


def others(states: Mapping[str, State], now: datetime) -> Iterator[str]:
    """One line for each case and letter that was tried and did not arrive, and for whatever was given up."""
    for entity_id, state in sorted(states.items()):
        if state.status == "dead":
            yield f"{entity_id}  {state.recipient}  given up: `show` says why, `retry` tries again"
        elif not state.is_settled and not entity_id.startswith(f"{KIND}/email/"):
            yield f"{entity_id}  {state.recipient}  {_next(state, now)}"


def _next(state: State, now: datetime) -> str:
    if state.is_unknown:
        return "interrupted, goes again while it is due"
    if state.retry_at and state.retry_at > now:
        return f"refused {state.refusals} times, again at {state.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    return "goes with the next run, if it is still due"


def history(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[Any, ...]]:
    """(delivery, when, what, recipient, what was said) for every attempt and outcome of a delivery, or of all that go
    by an id. Raises NoSuchDelivery."""
    found = connection.execute(HISTORY, [name]).fetchall()
    if not found:
        raise NoSuchDelivery(f"Nothing was tried for {name!r} yet: `python -m deliveries pending` lists what waits.")
    return found


def revive(ledger: Ledger, names: Sequence[str] | None) -> int:
    """Another try for what was given up, all of it without names; how many. Raises NoSuchDelivery."""
    dead = [entity for (entity,) in ledger.connection.execute(GIVEN_UP).fetchall()]
    if names is not None:
        wanted = {name: [one for one in dead if one == name or one.endswith(f"/{name}")] for name in names}
        if missing := [name for name, found in wanted.items() if not found]:
            raise NoSuchDelivery(f"{missing[0]!r} was not given up: only what was can be tried again.")
        dead = sorted({one for found in wanted.values() for one in found})
    if dead:
        ledger.outcome(dead, "revived")
    return len(dead)
