"""Runs a job in this process, in Dagster's storage of the data folder, so that the UI shows the run."""

import os
from contextlib import redirect_stdout
from pathlib import Path

import dagster as dg

from ingestion.settings import Settings
from orchestration.dagster_home import PROCESS_TAG, close_interrupted_runs, open_home
from orchestration.definitions import defs

RUN_CONFIG = {
    "ops": {"event_log": {"config": {"until_complete": True}}},
    "loggers": {"progress": {}},
}
REPLAYED = {"loggers": {"progress": {}}}


def execute(settings: Settings) -> str | None:
    """Everything once, until history is complete; a replay reads nothing. Returns why it failed, or None."""
    job, config = ("rebuild", REPLAYED) if settings.support_as_of else ("tick", RUN_CONFIG)
    settings.data_dir = settings.data_dir.absolute()
    settings.dbt_path.mkdir(parents=True, exist_ok=True)
    with open_home(settings) as instance:
        close_interrupted_runs(instance, daemon_is_mine=False)
        # dbt prints hundreds of lines; the person sees one every few seconds.
        build_log = settings.dbt_path / "build.log"
        with build_log.open("w") as log, redirect_stdout(log):
            result = defs.resolve_job_def(job).execute_in_process(
                run_config=config, instance=instance, tags={PROCESS_TAG: str(os.getpid())}, raise_on_error=False
            )
    return None if result.success else _reason(result, build_log)


def _reason(result: dg.ExecuteInProcessResult, build_log: Path) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            if failure.user_failure_data:
                more = f" Why: see the end of {build_log}." if event.step_key == "warehouse" else ""
                return f"{failure.user_failure_data.description}{more}"
            cause = failure.error.cause or failure.error if failure.error else None
            return f"{event.step_key} failed: {cause.message.strip() if cause else 'the UI shows why'}"
    return "The run failed; the UI shows why."
