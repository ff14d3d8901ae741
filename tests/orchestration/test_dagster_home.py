"""Dagster's storage: runs that were killed are closed, and old ones do not pile up."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration import dagster_home
from orchestration.dagster_home import PROCESS_TAG, close_interrupted_runs, forget_old_runs
from orchestration.definitions import defs

tick = defs.resolve_job_def("tick")
STARTED, FAILURE = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE


def ended_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_run_whose_process_was_killed_is_closed() -> None:
    with dg.instance_for_test() as instance:
        killed = instance.create_run_for_job(tick, status=STARTED, tags={PROCESS_TAG: str(ended_process())})
        alive = instance.create_run_for_job(tick, status=STARTED, tags={PROCESS_TAG: str(os.getpid())})

        close_interrupted_runs(instance, daemon_is_mine=False)

        status = {run.run_id: run.status for run in instance.get_runs()}
        assert status == {killed.run_id: FAILURE, alive.run_id: STARTED}


@pytest.mark.parametrize(("daemon_is_mine", "status"), [(True, FAILURE), (False, STARTED)])
def test_only_who_starts_the_daemon_closes_its_runs(daemon_is_mine: bool, status: dg.DagsterRunStatus) -> None:
    with dg.instance_for_test() as instance:
        instance.create_run_for_job(tick, status=STARTED)

        close_interrupted_runs(instance, daemon_is_mine)

        assert [run.status for run in instance.get_runs()] == [status]


def test_only_the_newest_runs_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dagster_home, "KEPT_RUNS", 3)
    with dg.instance_for_test() as instance:
        running = instance.create_run_for_job(tick, status=STARTED)
        finished = [instance.create_run_for_job(tick, status=FAILURE).run_id for _ in range(5)]

        forget_old_runs(instance)

        assert [run.run_id for run in instance.get_runs()] == [*reversed(finished[-3:]), running.run_id]
