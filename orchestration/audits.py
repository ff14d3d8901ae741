"""What a snapshot must hold before anyone may read it. Each audit is one question to the new file."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import duckdb

from orchestration.mart_copy import Copied

# Mart -> its key. A mart that readers rely on and that is not here is published unaudited, so add it.
KEYS: Mapping[str, tuple[str, ...]] = {
    "fct_notification_events": ("notification_id",),
    "fct_notification_deliveries": ("delivery_id",),
    "fct_contact_coverage_gaps": ("gap_id",),
    "fct_account_coverage": ("account_source", "account_id"),
    "fct_coverage_work_list": ("account_source", "account_id"),
    "fct_collaboration_links": ("account_source", "account_id", "source", "organization_id"),
    "fct_field_drift": ("drift_id",),
    "fct_csm_handoffs": ("handoff_id",),
    "fct_ticket_practices": ("practice_id",),
    "fct_practice_rates": ("rate_id",),
    "fct_follow_ups": ("follow_up_id",),
    "fct_account_briefs": ("account_key",),
    "fct_feedback": ("feedback_id",),
    "fct_survey_reach": ("reach_id",),
    "fct_feedback_trends": ("period_start", "period_grain", "dimension", "dimension_value", "instrument"),
    "dim_accounts": ("account_source", "account_id"),
    "dim_contacts": ("contact_key",),
    "dim_csms": ("account_source", "csm_user_id"),
    "dim_tickets": ("ticket_key",),
}

# These only grow with history; half of one gone is a broken build, not news. Gaps and coverage may rightly shrink.
GROWING = ("fct_notification_events", "fct_feedback")
FLOOR = 0.5

# An address of the API instead of the page a person opens (rules.md F-1).
API_PATH = "/api/v2/"


class Audit(NamedTuple):
    """`detail` is a sentence for people; it is shown when the audit failed and kept either way."""

    name: str
    passed: bool
    detail: str


class Before(NamedTuple):
    """What the last published snapshot says about itself."""

    as_of: datetime | None
    row_counts: Mapping[str, int]


def audit(
    snapshot: duckdb.DuckDBPyConnection,
    as_of: datetime | None,
    copied: Mapping[str, Copied],
    before: Before | None,
    build_failures: list[str],
) -> list[Audit]:
    """All audits of the marts in schema `marts` of the new file. Rows that an earlier audit has read are not read again
    where a row can be judged by itself."""
    row_counts = {mart: copy.rows for mart, copy in copied.items()}
    return [
        _named("build_tests_pass", build_failures, "every test of the warehouse passed"),
        _named("required_marts_are_present", _missing(row_counts), "every mart is there"),
        _named("keys_are_unique", _repeated_keys(snapshot, copied), "every key is there once"),
        _named("no_row_vanished", _shrunk(as_of, row_counts, before), "no mart lost rows"),
        _named("links_lead_to_pages", _api_addresses(snapshot, copied), "no address of the API in any mart"),
        Audit(
            "freshness_is_known",
            as_of is not None,
            f"the marts know everything until {as_of}" if as_of else "how new the marts are is unknown",
        ),
    ]


def _named(name: str, problems: Iterator[str] | list[str], good: str) -> Audit:
    found = list(problems)
    return Audit(name, not found, "; ".join(found) if found else good)


def _missing(row_counts: Mapping[str, int]) -> Iterator[str]:
    for mart in KEYS:
        if mart not in row_counts:
            yield f"{mart} is missing"


def _repeated_keys(snapshot: duckdb.DuckDBPyConnection, copied: Mapping[str, Copied]) -> Iterator[str]:
    for mart, key in KEYS.items():
        if mart not in copied:
            continue
        columns = ", ".join(key)
        keys = f"select {columns} from marts.{mart} where rowid"
        # Rows that were there before have keys of their own: they passed this audit.
        bad = snapshot.execute(
            f"""select count(*) from (
                ({keys} >= $first_new group by all having count(*) > 1)
                union ({keys} < $first_new intersect {keys} >= $first_new)
            )""",
            {"first_new": copied[mart].first_new},
        ).fetchone()
        if bad and bad[0]:
            yield f"{mart} repeats {bad[0]} of its keys ({columns})"


def _shrunk(as_of: datetime | None, row_counts: Mapping[str, int], before: Before | None) -> Iterator[str]:
    # A replay of an earlier time rightly holds less.
    if before is None or as_of is None or before.as_of is None or as_of < before.as_of:
        return
    for mart in GROWING:
        was, now = before.row_counts.get(mart, 0), row_counts.get(mart, 0)
        if now < was * FLOOR:
            yield f"{mart} had {was} rows and now has {now}"


def _api_addresses(snapshot: duckdb.DuckDBPyConnection, copied: Mapping[str, Copied]) -> Iterator[str]:
    columns = snapshot.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' "
        "and data_type not in ('BIGINT', 'INTEGER', 'DOUBLE', 'BOOLEAN', 'DATE', 'TIMESTAMP WITH TIME ZONE')"
    ).fetchall()
    for mart, column in columns:
        found = snapshot.execute(
            f"""select count(*) from marts."{mart}" where rowid >= ? and contains(cast("{column}" as varchar), ?)""",
            [copied[mart].first_new, API_PATH],
        ).fetchone()
        if found and found[0]:
            yield f"{mart}.{column} holds {found[0]} addresses of the API"
