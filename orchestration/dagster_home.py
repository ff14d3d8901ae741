"""Dagster's own storage in DATA_DIR: where the UI finds the runs that happened outside it."""

import os
import shutil

import dagster as dg
from dagster import DagsterInstance, DagsterRunStatus

from ingestion.settings import Settings
from orchestration.environment import PROJECT_ROOT

# Marks a run that lives in the process that started it, not in one that the daemon watches.
PROCESS_TAG = "support_signals/process"
UNFINISHED = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
KEPT_RUNS = 500
FORGOTTEN_AT_ONCE = 20


def open_home(settings: Settings) -> DagsterInstance:
    home = settings.dagster_path
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT_ROOT / ".dagster" / "dagster.yaml", home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home)
    return DagsterInstance.from_config(str(home))


def close_interrupted_runs(instance: DagsterInstance, daemon_is_mine: bool) -> None:
    """Mark runs as failed whose process was killed. One that seems to run for ever would keep the schedule waiting.

    A run of the daemon has no process tag; only who is about to start the daemon knows that none of its runs is alive.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)):
        process = run.tags.get(PROCESS_TAG)
        if daemon_is_mine if process is None else not _is_alive(int(process)):
            instance.report_run_failed(run, "The process of this run ended before the run did.")


def forget_old_runs(instance: DagsterInstance) -> None:
    """Keep the newest runs. Each leaves a megabyte behind, and a tick a minute would make that gigabytes a day."""
    newest = instance.get_run_ids(limit=KEPT_RUNS)
    if len(newest) < KEPT_RUNS:
        return
    for record in instance.get_run_records(limit=FORGOTTEN_AT_ONCE, cursor=newest[-1]):
        run = record.dagster_run
        if run.is_finished:
            instance.delete_run(run.run_id)
            instance.compute_log_manager.delete_logs(prefix=[run.run_id])


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
