"""kill -9 at any moment: nothing is lost, nothing is there twice, and nothing half-written is visible."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion import pipelines
from ingestion.settings import Settings
from tests.ingestion.log import environment, event_ids, load, rows, settings_for, value
from tests.ingestion.worlds import ground, ticket
from tests.sandbox_process import ROOT, RunningSandbox, sandbox

STREAMS = ("zendesk__organization", "zendesk__ticket", "zendesk__ticket_audit")
GO_LIVE = {"GO_LIVE_AT": "2026-03-03T00:00:00Z"}
# The first load of a run is that of the settings: the second is live changes, the third is history.
POINTS = [
    ("ingestion.reading:Reading.chunk", 3, "after"),
    ("dlt.extract.extract:Extract.commit_packages", 2, "before"),
    ("dlt.extract.extract:Extract.commit_packages", 2, "after"),
    ("dlt.extract.extract:Extract.commit_packages", 3, "after"),
    ("dlt.normalize.normalize:Normalize.run", 3, "after"),
    ("dlt.load.load:Load.start_new_jobs", 2, "after"),
    # The rows are copied, and dlt does not know it yet.
    ("dlt.common.storages.load_package:PackageStorage.save_pending_transition", 4, "before"),
    ("dlt.common.storages.load_package:PackageStorage.save_pending_transition", 10, "before"),
    ("dlt.load.load:Load.complete_package", 3, "before"),
    ("dlt.load.load:Load.complete_package", 3, "after"),
    ("ingestion.event_log:mark_committed", 2, "before"),
]


@pytest.fixture(scope="module")
def world() -> Iterator[RunningSandbox]:
    with sandbox(ground() + [ticket(f"2026-03-0{day}T09:00:00Z", day) for day in range(1, 6)]) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(world: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    settings = settings_for(world, tmp_path_factory.mktemp("undisturbed"), **GO_LIVE)
    load(settings, *STREAMS, until_complete=True)
    return event_ids(settings)


@pytest.mark.parametrize(("function", "number", "when"), POINTS)
def test_a_killed_run_loses_nothing_and_doubles_nothing(
    function: str, number: int, when: str, world: RunningSandbox, undisturbed: list[str], tmp_path: Path
) -> None:
    """R13, R15: a backfill that is killed resumes at its last commit."""
    command = [sys.executable, "-m", "tests.ingestion.killed", function, str(number), when, *STREAMS]
    killed = subprocess.run(
        command, cwd=ROOT, env=environment(world, tmp_path, **GO_LIVE), capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    settings = settings_for(world, tmp_path, **GO_LIVE)

    load(settings, *STREAMS, until_complete=True)

    assert event_ids(settings) == undisturbed
    assert _is_in_order(settings)


@pytest.mark.parametrize(
    ("function", "number"), [("shutil:rmtree", 2), ("dlt.pipeline.pipeline:Pipeline.sync_destination", 1)]
)
def test_a_run_killed_while_it_takes_a_torn_load_back_loses_nothing(
    function: str, number: int, world: RunningSandbox, undisturbed: list[str], tmp_path: Path
) -> None:
    torn = ("dlt.common.storages.load_package:PackageStorage.save_pending_transition", 4)
    for target, call in (torn, (function, number)):
        command = [sys.executable, "-m", "tests.ingestion.killed", target, str(call), "before", *STREAMS]
        killed = subprocess.run(
            command, cwd=ROOT, env=environment(world, tmp_path, **GO_LIVE), capture_output=True, text=True, check=False
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    settings = settings_for(world, tmp_path, **GO_LIVE)
    # No cursor is ahead of the log: those of the torn load went with it.
    assert dict(pipelines.states(settings, "zendesk/global")) == {}
    load(settings, *STREAMS, until_complete=True)
    assert event_ids(settings) == undisturbed


def test_a_load_that_was_left_half_written_goes_first_and_under_its_own_time(
    world: RunningSandbox, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.ingestion.killed", "dlt.load.load:Load.run", "2", "before", *STREAMS]
    subprocess.run(command, cwd=ROOT, env=environment(world, tmp_path, **GO_LIVE), capture_output=True, check=False)
    settings = settings_for(world, tmp_path, **GO_LIVE)
    assert pipelines.pipeline(settings, "zendesk/global").has_pending_data
    said: list[str] = []

    load(settings, "zendesk__user", progress=said.append)

    assert said[0] == "zendesk_global: finished the load that an earlier run had begun"
    tickets, users = (
        value(settings, f"select max(recorded_at) from event_log.zendesk__{entity}_events")
        for entity in ("ticket", "user")
    )
    assert tickets < users


def _is_in_order(settings: Settings) -> bool:
    """One time per load, and what the commit mark shows is all that is there."""
    loads = rows(settings, "select recorded_at, count(distinct source) from event_log.events group by all")
    newest = value(settings, "select max(recorded_at) from event_log.events")
    shown = value(settings, "select max(recorded_at) from event_log.polls")
    return all(sources == 1 for _, sources in loads) and newest <= shown


def test_cursors_come_back_from_the_warehouse_when_their_folder_is_gone(world: RunningSandbox, tmp_path: Path) -> None:
    settings = settings_for(world, tmp_path, **GO_LIVE)
    load(settings, *STREAMS, until_complete=True)
    before = dict(pipelines.states(settings, "zendesk/global"))
    moved = settings.model_copy(update={"data_dir": tmp_path / "restored"})
    moved.data_dir.mkdir()
    settings.warehouse_path.rename(moved.warehouse_path)
    assert dict(pipelines.states(moved, "zendesk/global")) == before
