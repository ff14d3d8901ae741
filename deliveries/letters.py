"""Mails that are not about one ticket: hand-offs, the weekly coverage list, and feedback that really changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import duckdb

from deliveries.preferences import Preferences
from ingestion.event_log import SCHEMA

GO_LIVE = f"""
select cast(payload ->> 'go_live_at' as timestamptz) from {SCHEMA}.pipeline__settings_events
order by recorded_at desc, position desc limit 1
"""
OPTED_OUT = "(select csm_user_id from published.marts.dim_csms where is_opted_out)"
# Since when the pipeline knew of the change and from when it is to tell: nobody gets a mail for history.
HANDOFFS = f"""
select * from published.marts.fct_csm_handoffs
where csm_email is not null and csm_user_id not in {OPTED_OUT} and handed_off_at >= $1
order by handed_off_at, handoff_id
"""
WORK = f"""
select * from published.marts.fct_coverage_work_list
where csm_email is not null and csm_user_id not in {OPTED_OUT}
order by csm_email, case severity when 'critical' then 1 when 'warning' then 2 else 3 end, first_seen_at, account_id
"""
# Those of a customer or a CSM go to the CSM; those of everybody, a region, a plan or a group to whoever gets alerts.
SIGNALS = """
select trends.*, coalesce(accounts.account_name, csms.csm_name, dimension_value) as whose,
    coalesce(accounts.csm_user_id, csms.csm_user_id) as csm_user_id,
    coalesce(accounts.csm_name, csms.csm_name) as csm_name,
    coalesce(accounts.csm_email, csms.csm_email) as csm_email
from published.marts.fct_feedback_trends as trends
left join published.marts.dim_accounts as accounts on dimension = 'account' and dimension_value = account_key
left join published.marts.dim_csms as csms on dimension = 'csm' and dimension_value = csm_key
where period_grain = 'month' and is_mature and period_end >= cast($1 as date)
    and (signal in ('special_cause_low', 'special_cause_high') or (signal = 'confirm_exact' and is_confirmed_exact))
order by period_start, trend_id
"""
# An older period is history, whenever it becomes known.
SIGNALS_OF_DAYS = 45
MONDAY = 0


@dataclass(frozen=True)
class Item:
    """One paragraph: a title, and lines of text."""

    title: str
    lines: list[str]


@dataclass(frozen=True)
class Letter:
    """`subject_id` is the same for the same thing, however often it is asked for."""

    kind: str
    subject_id: str
    recipient: str
    name: str | None
    subject: str
    intro: str
    items: list[Item] = field(default_factory=list)
    outro: str = ""

    @property
    def entity_id(self) -> str:
        return f"{self.kind}/email/{self.subject_id}"


def letters(
    connection: duckdb.DuckDBPyConnection, preferences: Preferences, alert_to: str, now: datetime
) -> Iterator[Letter]:
    """All that is due; what was sent before is for the ledger to know. Nothing before the go-live."""
    found = connection.execute(GO_LIVE).fetchone()
    if found is None or found[0] is None or now < found[0]:
        return
    yield from (_handoff(row) for row in _rows(connection, HANDOFFS, [found[0]]))
    yield from _work_lists(_rows(connection, WORK), preferences, now)
    since = max(found[0], now - timedelta(days=SIGNALS_OF_DAYS))
    for row in _rows(connection, SIGNALS, [since]):
        recipient = row["csm_email"] if row["dimension"] in ("account", "csm") else alert_to
        if recipient:
            yield _signal(row, recipient)


def _handoff(row: dict[str, Any]) -> Letter:
    account = row["account_name"] or row["account_id"]
    before = f" from {row['previous_csm_name']}" if row["previous_csm_name"] else ""
    lines = [
        f"Tickets with support: {row['open_tickets']}, waiting for the customer: {row['pending_tickets']}",
        f"Numbers: {', '.join(row['ticket_ids'])}" if row["ticket_ids"] else "No ticket is open.",
        f"Tickets rated bad in the last 90 days: {', '.join(row['bad_ticket_ids']) or 'none'}",
        f"Open contact gaps: {', '.join(_words(code) for code in row['open_gap_codes']) or 'none'}",
    ]
    if row["child_accounts"]:
        lines.append(f"{row['child_accounts']} accounts stand below it; their tickets and gaps are counted in.")
    return Letter(
        "handoff",
        row["handoff_id"],
        row["csm_email"],
        row["csm_name"],
        f"[Support] {account} is yours now",
        f"you took over {account}{before} on {row['handed_off_at']:%-d %B %Y}. At that moment:",
        [Item(account, lines)],
    )


def _work_lists(rows: list[dict[str, Any]], preferences: Preferences, now: datetime) -> Iterator[Letter]:
    """One letter a week for each CSM with an open gap, from Monday on at the hour of the CSM's own choice."""
    by_csm: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_csm[row["csm_user_id"]].append(row)
    for csm, accounts in by_csm.items():
        preference = preferences.of(csm)
        local = now.astimezone(preference.zone)
        if local.weekday() == MONDAY and local.time() < preference.daily_at:
            continue
        year, week, _ = local.isocalendar()
        first = accounts[0]
        yield Letter(
            "work_list",
            f"{csm}-{year}-W{week:02d}",
            first["csm_email"],
            first["csm_name"],
            f"[Support] {_customers(len(accounts))} something in support",
            "these customers cannot get help as they should, the most urgent first:",
            [_work(row) for row in accounts],
            "The list comes once a week, as long as something is open.",
        )


def _customers(count: int) -> str:
    return "One of your customers lacks" if count == 1 else f"{count} of your customers lack"


def _work(row: dict[str, Any]) -> Item:
    lines = [
        f"{', '.join(_words(code) for code in row['gap_codes'])}, since {row['first_seen_at']:%-d %B %Y}",
        f"Next: {row['next_action']}",
    ]
    if row["message_text"]:
        to = f"{row['sold_to_name'] or 'the sold-to contact'} ({row['sold_to_email'] or 'no address known'})"
        lines.append(f"A text for {to}: {row['message_text']}")
    return Item(row["account_name"] or row["account_id"], lines)


def _signal(row: dict[str, Any], recipient: str) -> Letter:
    whose = "all customers" if row["dimension"] == "all" else row["whose"]
    is_low = row["signal"] == "special_cause_low" or (row["score"] or 0) < (row["center"] or 0)
    judged = row["positive"] + row["negative"] + row["neutral"]
    way, month = ("fell" if is_low else "rose"), f"{row['period_start']:%B %Y}"
    lines = [
        f"{month}: {row['positive']} of {judged} answers were positive ({row['score']:.0%})",
        f"Usual until then: {row['center']:.0%}, over {row['baseline_periods']} months",
        f"Asked: {row['offered']}. Measured by: {row['instrument']}",
    ]
    return Letter(
        "signal",
        row["trend_id"],
        recipient,
        row["csm_name"],
        f"[Support] Satisfaction of {whose} {way} in {month}",
        f"satisfaction of {whose} {way} by more than chance explains:",
        [Item(whose, lines)],
        "Other ups and downs are noise, and nobody writes to you about them.",
    )


def _words(code: str) -> str:
    return code.replace("_", " ").lower()


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
    found = connection.execute(sql, values or [])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
