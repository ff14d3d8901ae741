"""`make run`: everything once, from the sources to the published file, and what was found.

Runs the job `tick` in this process, with Dagster's storage in DATA_DIR, so that the UI of `make up` shows the run.
"""

import os
import sys
import time
from contextlib import ExitStack, redirect_stdout
from pathlib import Path

from ingestion.errors import SourceError
from ingestion.settings import Settings, load_settings

RUN_CONFIG = {
    "ops": {"event_log": {"config": {"until_complete": True}}},
    "loggers": {"progress": {}},
}


def main() -> int:
    """0 when a snapshot was published; 1, with one sentence, when not: then the last good one stays."""
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            settings = _connected(stack)
            problem = _tick(settings)
    except SourceError as error:
        problem = str(error)
    except KeyboardInterrupt:
        problem = "Stopped. What was committed stays; the next run goes on from there."
    if problem:
        print(problem, file=sys.stderr)
        return 1
    _report(settings, time.monotonic() - began)
    return 0


def _connected(stack: ExitStack) -> Settings:
    """The settings, after a sandbox was started if there is no real system to read."""
    settings = load_settings()
    if settings.connections:
        print(f"Reading {', '.join(settings.connections)}.", flush=True)
        return settings
    from orchestration.embedded_sandbox import connect, embedded_sandbox

    print("No real system is configured (see .env.example): starting the sandbox.", flush=True)
    options = ("--port", "0", "--quota", "off", "--clock", "frozen")
    served, _ = stack.enter_context(embedded_sandbox(settings.data_dir, options))
    print(f"The sandbox's clock stands at {served.now:%Y-%m-%d %H:%M:%S} UTC.", flush=True)
    return connect(served)


def _tick(settings: Settings) -> str | None:
    """Runs the job; returns why it failed, in one sentence."""
    # Only now: it takes seconds, and a wrong setting should be said at once.
    from orchestration.dagster_home import PROCESS_TAG, close_interrupted_runs, open_home
    from orchestration.definitions import defs

    settings.data_dir = settings.data_dir.absolute()
    with open_home(settings) as instance:
        close_interrupted_runs(instance, daemon_is_mine=False)
        job = defs.resolve_job_def("tick")
        settings.dbt_path.mkdir(parents=True, exist_ok=True)
        # dbt prints hundreds of lines; the person sees one every few seconds.
        with (settings.dbt_path / "build.log").open("w") as log, redirect_stdout(log):
            result = job.execute_in_process(
                run_config=RUN_CONFIG, instance=instance, tags={PROCESS_TAG: str(os.getpid())}, raise_on_error=False
            )
        return None if result.success else _reason(result)


def _reason(result) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            if failure.user_failure_data:
                return failure.user_failure_data.description
            return f"{event.step_key} failed: {failure.error.message if failure.error else 'unknown'}"
    return "The run failed; make up shows why."


def _report(settings: Settings, seconds: float) -> None:
    from orchestration.answers import answers

    published = settings.published_path
    shown = published.relative_to(Path.cwd()) if published.is_relative_to(Path.cwd()) else published
    print()
    for line in answers(published):
        print(line)
    print()
    print(f"Done in {seconds:.0f} s. Everything above and much more is in {shown}:")
    print(f"  duckdb -readonly {shown}")
    print(f"  duckdb.connect('{shown}', read_only=True).sql('from marts.fct_contact_coverage_gaps').df()")
    print("  make up    shows it live: http://localhost:3000 (Dagster), http://localhost:8501 (dashboard)")


if __name__ == "__main__":
    sys.exit(main())
