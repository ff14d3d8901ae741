"""Every stream, loaded from the tiny world."""

import json
import re
from pathlib import Path

import pytest

from ingestion.settings import Settings
from ingestion.streams import STREAMS
from tests.ingestion.log import event_ids, load, rows, value

FILLED = {
    "salesforce__account": 3,
    "salesforce__contact": 3,
    "salesforce__user": 3,
    "salesforce__case": 1,
    "salesforce__account_field_history": 5,
    "zendesk__organization": 3,
    "zendesk__user": 7,
    "zendesk__ticket": 5,
    "zendesk__organization_membership": 6,
    "zendesk__satisfaction_rating": 2,
    "gitlab__issue": 1,
    "gitlab__project": 2,
    "pipeline__settings": 1,
}


@pytest.mark.parametrize(("stream", "entities"), FILLED.items())
def test_every_entity_of_the_tiny_world_is_in_the_log(tiny_log: Settings, stream: str, entities: int) -> None:
    """R-PL-1."""
    assert value(tiny_log, f"select count(distinct entity_id) from event_log.{stream}_events") == entities


def test_every_stream_has_a_table_even_when_it_is_empty(tiny_log: Settings) -> None:
    tables = {
        name for (name,) in rows(tiny_log, "select table_name from duckdb_tables() where schema_name = 'event_log'")
    }
    assert {stream.table for stream in STREAMS.values()} <= tables
    assert value(tiny_log, "select count(*) from event_log.events") > 50


def test_payloads_are_canonical_and_keep_their_ids(tiny_log: Settings) -> None:
    for payload, entity_id in rows(tiny_log, "select payload, entity_id from event_log.zendesk__user_events"):
        record = json.loads(payload)
        assert payload == json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert str(record["id"]) == entity_id


def test_salesforce_times_and_relations_are_in_normal_form(tiny_log: Settings) -> None:
    payloads = [json.loads(p) for (p,) in rows(tiny_log, "select payload from event_log.salesforce__account_events")]
    assert all(payload["SystemModstamp"].endswith("Z") and "attributes" not in payload for payload in payloads)
    related = [p["Latest_Sold_To_Contact__r"] for p in payloads if p["Latest_Sold_To_Contact__r"]]
    assert related
    assert all(set(contact) == {"Email", "Name"} for contact in related)


def test_the_order_of_commits_is_the_order_of_recorded_at(tiny_log: Settings) -> None:
    loads = rows(tiny_log, "select distinct source, recorded_at from event_log.events order by recorded_at")
    assert len({recorded_at for _, recorded_at in loads}) == len(loads)
    positions = rows(
        tiny_log,
        "select count(*), count(distinct (source, position)) from event_log.events group by recorded_at",
    )
    assert all(count == distinct for count, distinct in positions)
    assert value(tiny_log, "select max(recorded_at) from event_log.polls") >= loads[-1][1]


def test_live_changes_are_committed_before_history(tiny_log: Settings) -> None:
    """R13: what was read is committed before the next is."""
    live, history = rows(
        tiny_log,
        """
        select max(recorded_at) filter (where occurred_at >= '2026-03-01'),
            min(recorded_at) filter (where occurred_at < '2026-03-01')
        from event_log.zendesk__ticket_audit_events
        """,
    )[0]
    assert live < history


def test_reading_everything_again_appends_nothing(tiny_log: Settings) -> None:
    """E-69, R3: replaying any page is a no-op."""
    before = event_ids(tiny_log)
    results = load(tiny_log, until_complete=True)
    assert sum(result.rows for result in results) == 0
    assert event_ids(tiny_log) == before


def test_a_run_without_news_only_marks_its_polls(tiny_log: Settings) -> None:
    loads = value(tiny_log, "select count(*) from event_log._dlt_loads")
    polls = value(tiny_log, "select count(*) from event_log.polls")
    load(tiny_log, "zendesk__ticket", "zendesk__ticket_audit")
    assert value(tiny_log, "select count(*) from event_log._dlt_loads") == loads
    assert value(tiny_log, "select count(*) from event_log.polls") > polls


def test_importing_the_table_of_streams_needs_no_settings() -> None:
    assert {stream.name for stream in STREAMS.values()} == set(STREAMS)
    assert STREAMS["zendesk__ticket"].event_type("observed") == "zendesk.ticket.observed"


def test_payloads_are_packed(tiny_log: Settings) -> None:
    packed = rows(
        tiny_log,
        "select distinct compression from pragma_storage_info('event_log.zendesk__ticket_audit_events') "
        "where column_name = 'payload' and segment_type <> 'VALIDITY'",
    )
    assert packed == [("ZSTD",)]


def test_cursors_are_our_own_and_dlt_is_pinned() -> None:
    """R30: dlt is locked to one version, and its incremental state is not relied on."""
    root = Path(__file__).resolve().parents[2]
    locked = (root / "requirements.lock").read_text()
    assert len(re.findall(r"^dlt(\[[\w,]+\])?==", locked, flags=re.MULTILINE)) == 1
    code = "".join(path.read_text() for path in (root / "ingestion").rglob("*.py"))
    assert "allow_external_schedulers" not in code
    assert "dlt.sources.incremental" not in code
