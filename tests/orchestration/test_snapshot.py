"""Publishing: the reader's file is whole, audited, and never replaced by something worse."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.mart_copy import NothingToPublish
from orchestration.snapshot import AuditFailed, last_snapshot, publish


def rows(published: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_published_file_holds_the_marts_and_what_is_known_about_them(warehouse: Path, published: Path) -> None:
    publish(warehouse, published, "run-1", [])

    tables = {name for (name,) in rows(published, "select table_name from information_schema.tables")}
    assert tables == {
        *(
            "fct_notification_events",
            "fct_notification_deliveries",
            "fct_contact_coverage_gaps",
            "fct_account_coverage",
        ),
        *("fct_coverage_work_list", "fct_collaboration_links", "fct_field_drift", "fct_csm_handoffs", "fct_follow_ups"),
        *("fct_account_briefs", "fct_ticket_practices", "fct_practice_rates", "fct_survey_reach"),
        *("fct_feedback", "fct_feedback_trends", "dim_accounts", "dim_contacts", "dim_csms", "dim_tickets"),
        "snapshot",
    }
    snapshot = last_snapshot(published)
    assert snapshot is not None
    assert snapshot.run_id == "run-1"
    assert snapshot.as_of == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert snapshot.row_counts["fct_notification_events"] == 100
    assert all(audit.passed for audit in snapshot.audits)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("insert into marts.fct_feedback values ('f1', 'survey')", "fct_feedback repeats 1 of its keys"),
        ("drop table marts.fct_account_coverage", "fct_account_coverage is missing"),
        ("delete from marts.fct_notification_events where ticket_id >= 49", "had 100 rows and now has 49"),
        (
            "insert into marts.fct_notification_events values "
            "('x', 7, 'notify', 'https://gitlab.zendesk.com/api/v2/tickets/7.json')",
            "fct_notification_events.ticket_url holds 1 addresses of the API",
        ),
        ("delete from projections.horizons", "how new the marts are is unknown"),
    ],
)
def test_a_failed_audit_keeps_the_last_good_file(
    warehouse: Path, published: Path, change: Callable[[str], None], damage: str, complaint: str
) -> None:
    publish(warehouse, published, "good", [])
    before = published.read_bytes()
    change(damage)

    with pytest.raises(AuditFailed, match="stays") as failure:
        publish(warehouse, published, "bad", [])

    assert complaint in str(failure.value)
    assert published.read_bytes() == before
    assert list(published.parent.iterdir()) == [published]


def test_nothing_is_published_after_a_build_whose_tests_failed(warehouse: Path, published: Path) -> None:
    with pytest.raises(AuditFailed, match="unique_fct_feedback_feedback_id"):
        publish(warehouse, published, "run-1", ["the test unique_fct_feedback_feedback_id failed"])

    assert not published.exists()


def test_a_replay_of_an_earlier_time_may_hold_less(
    warehouse: Path, published: Path, change: Callable[[str], None]
) -> None:
    publish(warehouse, published, "now", [])
    change("delete from marts.fct_notification_events where ticket_id > 0")
    change("update projections.horizons set horizon = timestamptz '2025-01-01 00:00:00+00'")

    publish(warehouse, published, "replay", [])

    assert rows(published, "select count(*) from marts.fct_notification_events") == [(1,)]


def test_without_marts_there_is_nothing_to_publish(tmp_path: Path, published: Path) -> None:
    with pytest.raises(NothingToPublish):
        publish(tmp_path / "warehouse.duckdb", published, "run-1", [])


def test_what_a_killed_publication_left_behind_is_cleared_away(warehouse: Path, published: Path) -> None:
    published.parent.mkdir()
    (published.parent / ".support_signals.killed.duckdb").write_bytes(b"half")
    (published.parent / ".support_signals.killed.duckdb.wal").write_bytes(b"half")

    publish(warehouse, published, "run-1", [])

    assert list(published.parent.iterdir()) == [published]


def test_a_damaged_published_file_is_replaced(warehouse: Path, published: Path) -> None:
    published.parent.mkdir()
    published.write_bytes(b"not a database")

    publish(warehouse, published, "run-1", [])

    assert last_snapshot(published) is not None


def same_marts(warehouse: Path, published: Path) -> bool:
    with duckdb.connect(str(published), read_only=True) as connection:
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        names = connection.execute(
            "select database_name = 'warehouse', table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
        marts = {name for is_there, name in names if is_there and name.startswith(("fct_", "dim_"))}
        assert marts == {name for is_there, name in names if not is_there} - {"snapshot"}
        return not any(
            connection.execute(f"(from {one} except all from {other}) limit 1").fetchall()
            for mart in marts
            for one, other in [
                (f"marts.{mart}", f"warehouse.marts.{mart}"),
                (f"warehouse.marts.{mart}", f"marts.{mart}"),
            ]
        )


@pytest.mark.parametrize(
    "changes",
    [
        "update marts.fct_notification_events set disposition = 'suppressed' where ticket_id % 7 = 0",
        "delete from marts.fct_notification_events where ticket_id < 5; "
        "insert into marts.fct_notification_events select 'n', 1000, null, null",
        "alter table marts.fct_feedback add column reason varchar; update marts.fct_feedback set reason = 'late'",
        "create table marts.fct_more as select 1 as more; drop table marts.int_private",
    ],
)
def test_only_what_changed_is_written_and_the_copy_is_the_warehouses(
    warehouse: Path, published: Path, change: Callable[[str], None], changes: str
) -> None:
    publish(warehouse, published, "run-1", [])
    change("create or replace table marts.dim_csms as select 'salesforce/main' as account_source, '006' as csm_user_id")
    change(changes)

    publish(warehouse, published, "run-2", [])

    assert same_marts(warehouse, published)
    snapshot = last_snapshot(published)
    assert snapshot is not None
    assert snapshot.run_id == "run-2"


def test_a_mart_that_is_gone_is_no_longer_published(
    warehouse: Path, published: Path, change: Callable[[str], None]
) -> None:
    change("create table marts.fct_more as select 1 as more")
    publish(warehouse, published, "run-1", [])
    change("drop table marts.fct_more")

    publish(warehouse, published, "run-2", [])

    assert same_marts(warehouse, published)


def test_a_row_that_is_there_twice_is_seen_although_the_first_one_is_published(
    warehouse: Path, published: Path, change: Callable[[str], None]
) -> None:
    publish(warehouse, published, "run-1", [])
    change("insert into marts.dim_tickets from marts.dim_tickets")

    with pytest.raises(AuditFailed, match="dim_tickets repeats 1 of its keys"):
        publish(warehouse, published, "run-2", [])


@pytest.mark.parametrize("values", ["('f1', 'indirect')", "('f9', 'indirect'), ('f9', 'mid_ticket')"])
def test_a_key_that_comes_again_with_another_row_is_seen_beside_published_and_beside_new_ones(
    warehouse: Path, published: Path, change: Callable[[str], None], values: str
) -> None:
    publish(warehouse, published, "run-1", [])
    change(f"insert into marts.fct_feedback values {values}")

    with pytest.raises(AuditFailed, match="fct_feedback repeats 1 of its keys"):
        publish(warehouse, published, "run-2", [])


def test_a_published_file_that_cannot_be_continued_is_written_anew(warehouse: Path, published: Path) -> None:
    publish(warehouse, published, "run-1", [])
    with duckdb.connect(str(published)) as connection:
        connection.execute("drop table marts.dim_tickets; create view marts.dim_tickets as select 't1' as ticket_key")

    publish(warehouse, published, "run-2", [])

    assert same_marts(warehouse, published)
