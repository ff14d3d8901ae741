"""A warehouse made by hand: the marts that publishing copies, without a source or a build before it."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

MARTS = """
create schema projections;
create table projections.horizons as
    from (values ('fct_notification_events', timestamptz '2026-03-01 12:00:00+00')) as horizons(model, horizon);
create schema marts;
create table marts.fct_notification_events as
    select
        md5(cast(range as varchar)) as notification_id, range as ticket_id, 'notify' as disposition,
        'https://gitlab.zendesk.com/agent/tickets/' || range as ticket_url
    from range(100);
create table marts.fct_notification_deliveries as select 'y1' as delivery_id;
create table marts.fct_contact_coverage_gaps as select 'g1' as gap_id, '001' as account_id;
create table marts.fct_account_coverage as
    select 'salesforce/main' as account_source, '001' as account_id, true as is_established;
create table marts.fct_coverage_work_list as select 'salesforce/main' as account_source, '001' as account_id;
create table marts.fct_collaboration_links as
    select 'salesforce/main' as account_source, '001' as account_id, 'zendesk/global' as source, 9 as organization_id;
create table marts.fct_field_drift as select 'd1' as drift_id;
create table marts.fct_csm_handoffs as select 'h1' as handoff_id;
create table marts.fct_account_briefs as select '001' as account_key;
create table marts.fct_follow_ups as select 'u1' as follow_up_id;
create table marts.fct_ticket_practices as select 'p1' as practice_id;
create table marts.fct_survey_reach as select 's1' as reach_id;
create table marts.fct_practice_rates as select 'r1' as rate_id;
create table marts.fct_feedback as select 'f1' as feedback_id, 'survey' as channel;
create table marts.fct_feedback_trends as
    select
        date '2026-02-01' as period_start, 'month' as period_grain, 'all' as dimension, 'all' as dimension_value,
        'ces_7pt' as instrument, 3 as offered;
create table marts.dim_accounts as select 'salesforce/main' as account_source, '001' as account_id;
create table marts.dim_contacts as select 'c1' as contact_key;
create table marts.dim_csms as select 'salesforce/main' as account_source, '005' as csm_user_id;
create table marts.dim_tickets as select 't1' as ticket_key;
create table marts.int_private as select 1 as not_for_readers;
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(MARTS)
    return path


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published" / "support_signals.duckdb"


@pytest.fixture
def change(warehouse: Path) -> Callable[[str], None]:
    """Runs SQL in the warehouse."""

    def run(sql: str) -> None:
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(sql)

    return run
