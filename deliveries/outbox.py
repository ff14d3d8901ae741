"""The outbox: notifications that nobody was told of yet, and the mails that tell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from deliveries.ledger import OUTCOME, SETTLED, STATES, Channel, Delivery, State
from deliveries.preferences import Preferences
from deliveries.published import NotPublished
from ingestion.event_log import SCHEMA

KIND = "ticket"
# What the CSM wants to know of the account beside the ticket: its open tickets and gaps, and the last feedback.
NOTICES = """
select
    notices.* exclude (recorded_at), briefs.open_tickets, briefs.pending_tickets, briefs.open_gaps,
    briefs.last_feedback_at, feedback.last_feedback_polarity
from published.marts.fct_notification_events as notices
left join published.marts.fct_account_briefs as briefs using (account_source, account_id)
left join (
    select account_source, account_id, max_by(polarity, received_at) as last_feedback_polarity
    from published.marts.fct_feedback group by all
) as feedback using (account_source, account_id)
where disposition = 'notify'
"""
# `case_id` is that of a case that was made or found here and that the marts do not know yet.
PENDING = f"""
with states(entity_id, attempts, recipient, message_id, status, retry_at, refusals) as ({STATES}),
made as (
    select split_part(entity_id, '/', 3) as notification_id, max(payload ->> 'case_id') as case_id
    from {SCHEMA}.{OUTCOME.table} where entity_id like '{KIND}/salesforce_case/%' group by all
)
select notices.*, made.case_id, cases.status = 'dead' as is_case_given_up, states.* exclude (entity_id)
from ({NOTICES}) as notices
left join states on states.entity_id = '{KIND}/' || $channel || '/' || notification_id
left join states as cases on cases.entity_id = '{KIND}/salesforce_case/' || notification_id
left join made using (notification_id)
where
    (states.status is null or states.status not in {SETTLED})
    and ($channel = 'email' or notices.salesforce_case_id is null)
order by coalesce(associated_at, opened_at), notification_id
"""


@dataclass(frozen=True)
class Notice:
    """One notification that is to be told, with what the log knows of earlier attempts (None: there was none)."""

    row: dict[str, Any]
    state: State | None
    channel: Channel = "email"

    @property
    def since(self) -> datetime:
        return self.row["associated_at"] or self.row["opened_at"]

    @property
    def is_repeat(self) -> bool:
        """Whether it goes again as it went before, because nobody knows whether it arrived."""
        return self.state is not None and self.state.is_unknown

    @property
    def recipient(self) -> str:
        """Whom the mart names; but while nobody knows whether an attempt arrived, whoever that one was for."""
        if self.state and self.is_repeat:
            return self.state.recipient
        return (self.row["csm_email"] or "").strip()

    @property
    def delivery(self) -> Delivery:
        return Delivery(KIND, self.channel, self.row["notification_id"], self.recipient)

    def can_get_case(self, orgs: Container[str]) -> bool:
        """Whether its account's org is one that we reach, and there is a ticket to name."""
        return self.row["account_source"] in orgs and bool(self.row["ticket_url"])

    def awaits_case(self, now: datetime, seconds: float, orgs: Container[str]) -> bool:
        """Whether a case may still come that the mail could link to."""
        has_case = self.row["salesforce_case_id"] or self.row["case_id"] or self.row["is_case_given_up"]
        return not has_case and self.can_get_case(orgs) and now < self.since + timedelta(seconds=seconds)

    def is_ready(self, now: datetime) -> bool:
        return self.state is None or self.state.retry_at is None or self.state.retry_at <= now


def attach(connection: duckdb.DuckDBPyConnection, published: Path) -> None:
    """The published marts as `published.marts`. Raises NotPublished."""
    if not published.exists():
        raise NotPublished(f"{published} is not there yet: `make run` publishes it.")
    name = str(published).replace("'", "''")
    connection.execute(f"attach '{name}' as published (read_only)")


def pending(connection: duckdb.DuckDBPyConnection, channel: Channel = "email") -> list[Notice]:
    """What the ledger does not call settled, oldest first; of cases, those that no system has yet."""
    found = []
    for row in _rows(connection, PENDING, {"channel": channel}):
        state = State(*(row.pop(name) for name in State._fields))
        found.append(Notice(row, None if state.attempts is None else state, channel))
    return found


def notices(connection: duckdb.DuckDBPyConnection) -> list[Notice]:
    """Everything that was or is to be told, without a ledger, oldest first."""
    return [Notice(row, None) for row in _rows(connection, f"{NOTICES} order by opened_at, notification_id")]


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    found = connection.execute(sql, values)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def mails(notices: Iterable[Notice], preferences: Preferences, now: datetime) -> Iterator[list[Notice]]:
    """The notices of each mail that is due: one, or for those who want a digest all that wait for the same person."""
    together: defaultdict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in notices:
        if not notice.is_ready(now):
            continue
        preference = preferences.of(notice.row["csm_user_id"])
        if notice.is_repeat:
            # The same mail as before, whatever the CSM chose since.
            assert notice.state is not None
            together["repeat", notice.state.message_id].append(notice)
        elif preference.digest == "immediate":
            yield [notice]
        elif preference.due_at(notice.since) <= now:
            together[notice.row["csm_user_id"], notice.recipient].append(notice)
    yield from together.values()
