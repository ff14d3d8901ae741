"""What the UI shows of a stream, from a real materialization of a small world."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dagster as dg
import pytest

from ingestion import reading
from ingestion.sources.zendesk import api
from ingestion.streams import STREAMS
from orchestration.event_log import event_log, key
from tests.ingestion.log import environment
from tests.sandbox_process import RunningSandbox, sandbox

AUDITS = "/api/v2/incremental/ticket_events"
TICKET = "zendesk__ticket"


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSandbox]:
    with sandbox("tiny") as running:
        yield running


@pytest.fixture(scope="module")
def runs(served: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dg.ExecuteInProcessResult]]:
    """History that stops after a page of one record; all of it; audits that fail; a comparison with it all."""
    folder = tmp_path_factory.mktemp("dagster")
    with dg.instance_for_test() as instance:
        with patch.object(api, "EXPORT_PAGE", 1), patch.object(reading, "CHUNK_ROWS", 1):
            begun = materialize(instance, served, folder, until_complete=False, HISTORY_BUDGET_SECONDS="0")
        complete = materialize(instance, served, folder, until_complete=True)
        compared = materialize(instance, served, folder, until_complete=False, reconcile=True)
        yield [begun, complete, failing(instance, served, folder), compared]


def materialize(
    instance: dg.DagsterInstance,
    served: RunningSandbox,
    folder: Path,
    until_complete: bool,
    reconcile: bool = False,
    **variables: str,
) -> dg.ExecuteInProcessResult:
    given = environment(served, folder, GO_LIVE_AT="2026-03-08T00:00:00Z", **variables)
    config = {"ops": {"event_log": {"config": {"until_complete": until_complete, "reconcile": reconcile}}}}
    with patch.dict(os.environ, given, clear=True):
        return dg.materialize([event_log], instance=instance, run_config=config, raise_on_error=False)


def failing(instance: dg.DagsterInstance, served: RunningSandbox, folder: Path) -> dg.ExecuteInProcessResult:
    served.post("/_sandbox/faults", {"route": AUDITS, "kind": "status", "status": 400, "body": {"error": "no"}})
    return materialize(instance, served, folder, until_complete=True)


def shown(run: dg.ExecuteInProcessResult, stream: str) -> dict[str, Any]:
    (found,) = (
        event.step_materialization_data.materialization.metadata
        for event in run.get_asset_materialization_events()
        if event.asset_key == key(STREAMS[stream])
    )
    return dict(found)


def test_numbers_are_numbers_so_that_the_ui_plots_them(runs: list[dg.ExecuteInProcessResult]) -> None:
    found = shown(runs[1], TICKET)
    types = {name: type(value) for name, value in found.items()}
    assert types == {
        "rows": dg.IntMetadataValue,
        "pages": dg.IntMetadataValue,
        "rejected": dg.IntMetadataValue,
        "calls": dg.IntMetadataValue,
        "waited_seconds": dg.FloatMetadataValue,
        "rows_in_log": dg.IntMetadataValue,
        "history_complete": dg.BoolMetadataValue,
        "newest_occurred_at": dg.TimestampMetadataValue,
        "polled_at": dg.TimestampMetadataValue,
        "lag_seconds": dg.FloatMetadataValue,
        "history_share": dg.FloatMetadataValue,
        "history_seconds_left": dg.FloatMetadataValue,
        "history": dg.TextMetadataValue,
        "quota": dg.MarkdownMetadataValue,
    }


def test_rows_of_the_run_and_rows_of_the_log_are_two_numbers(runs: list[dg.ExecuteInProcessResult]) -> None:
    begun, whole = shown(runs[0], TICKET), shown(runs[1], TICKET)
    names = ("rows", "rows_in_log", "history_complete")
    assert [begun[name].value for name in names] == [3, 3, False]
    assert [whole[name].value for name in names] == [2, 5, True]
    assert whole["newest_occurred_at"].value == pytest.approx(1773054000)  # 2026-03-09 11:00 UTC
    assert whole["lag_seconds"].value >= 60


def test_history_is_shown_on_its_way_and_when_it_is_done(runs: list[dg.ExecuteInProcessResult]) -> None:
    begun, done = shown(runs[0], TICKET), shown(runs[1], TICKET)
    assert 0 < begun["history_share"].value < 1
    assert begun["history_seconds_left"].value > 0
    assert begun["history"].value.startswith(f"zendesk/global: {int(begun['history_share'].value * 100)} %, ")
    assert [done[name].value for name in ("history", "history_share", "history_seconds_left")] == [
        "zendesk/global: complete",
        1.0,
        0.0,
    ]


def test_the_quota_is_a_table_of_every_bucket_that_the_stream_draws_on(runs: list[dg.ExecuteInProcessResult]) -> None:
    rows = shown(runs[1], TICKET)["quota"].value.splitlines()
    assert rows[0].startswith("| instance | quota | calls of this stream |")
    assert "| zendesk/global | incremental-exports | 2 | 1 | 8 | 10 |" in rows
    assert "daily" in shown(runs[1], "salesforce__account")["quota"].value


def test_a_stream_that_failed_says_why_and_its_siblings_are_there(runs: list[dg.ExecuteInProcessResult]) -> None:
    run = runs[2]
    assert not run.success
    (observed,) = (event.asset_observation_data.asset_observation for event in run.get_asset_observation_events())
    assert observed.asset_key == key(STREAMS["zendesk__ticket_audit"])
    assert "refused the request" in str(observed.metadata["error"].value)
    assert observed.metadata["rows_in_log"].value == shown(runs[1], "zendesk__ticket_audit")["rows_in_log"].value
    assert shown(run, TICKET)["rows"].value == 0


def test_a_reconcile_says_what_it_found_and_reads_nothing_new(runs: list[dg.ExecuteInProcessResult]) -> None:
    assert runs[3].success
    assert shown(runs[3], "zendesk__organization")["reconciled"].value.startswith("3 records compared, 0 differed")
    assert shown(runs[3], "zendesk__organization")["rows"].value == 0
