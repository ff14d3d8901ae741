"""`make run`: everything once, from the sources to the published file, and what was found."""

import sys
import time
from contextlib import ExitStack
from pathlib import Path

from ingestion.errors import SourceError
from ingestion.settings import Settings, load_settings
from orchestration.embedded_sandbox import connect, embedded_sandbox
from orchestration.first_world import another_world


def main() -> int:
    """0 when a snapshot was published; 1, with one sentence, when not: then the last good one stays."""
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            settings = _connected(stack)
            # Only now: Dagster takes seconds to load, and a wrong setting should be said at once.
            from orchestration.execute import execute

            problem = execute(settings)
        if problem is None:
            _report(settings, time.monotonic() - began)
            return 0
    except SourceError as error:
        problem = str(error)
    except KeyboardInterrupt:
        problem = "Stopped. What was committed stays; the next run goes on from there."
    print(problem, file=sys.stderr)
    return 1


def _connected(stack: ExitStack) -> Settings:
    """The settings, after a sandbox was started if there is no real system to read."""
    settings = load_settings()
    if settings.support_as_of:
        print(f"Replaying {settings.support_as_of:%Y-%m-%d %H:%M:%S} UTC: nothing is read.", flush=True)
        return settings
    if settings.connections:
        print(f"Reading {', '.join(settings.connections)}.", flush=True)
        return settings
    print("No real system is configured (see .env.example): starting the sandbox.", flush=True)
    options = ("--port", "0", "--quota", "off", "--clock", "frozen")
    served, _ = stack.enter_context(embedded_sandbox(settings.data_dir, options))
    print(f"The sandbox's clock stands at {served.now:%Y-%m-%d %H:%M:%S} UTC.", flush=True)
    if notice := another_world(settings.data_dir, served.world):
        print(notice, flush=True)
    return connect(served)


def _report(settings: Settings, seconds: float) -> None:
    from orchestration.answers import answers
    from orchestration.replay import published_path

    published = published_path(settings)
    shown = published.relative_to(Path.cwd()) if published.is_relative_to(Path.cwd()) else published
    print()
    for line in answers(published):
        print(line)
    print()
    print(f"Done in {seconds:.0f} s. Everything above and much more is in {shown}:")
    print(f"  duckdb -readonly {shown}")
    print(f"  duckdb.connect('{shown}', read_only=True).sql('from marts.fct_contact_coverage_gaps').df()")
    print("  .venv/bin/python -m deliveries preview    shows the newest mail to a CSM, `pending` what waits")
    print("  make up    shows it live: http://localhost:3000 (Dagster), http://localhost:8501 (dashboard)")


if __name__ == "__main__":
    sys.exit(main())
