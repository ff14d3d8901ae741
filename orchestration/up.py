"""`make up`: the sandbox with a running clock, the Dagster UI with its schedule, and the dashboard, until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import BinaryIO

from ingestion.errors import SourceError
from ingestion.settings import Settings, load_settings
from orchestration.embedded_sandbox import CHILD, connect, embedded_sandbox
from orchestration.environment import PROJECT_ROOT
from orchestration.first_world import another_world

# Of the sandbox, unless SANDBOX_TICKETS_PER_HOUR says otherwise.
TICKETS_PER_HOUR = "60"
STOP_SECONDS = 20


def main() -> int:
    """0 after Ctrl-C; 1, with one sentence, when something cannot start or stopped by itself."""
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.default_int_handler)
    try:
        with ExitStack() as stack:
            return _up(stack)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
        return 0


def _up(stack: ExitStack) -> int:
    settings, watched = _connected(stack)
    data_dir = settings.data_dir.absolute()
    settings.data_dir = data_dir
    os.environ["DATA_DIR"] = str(data_dir)
    os.environ["SUPPORT_SIGNALS_LIVE"] = "1"
    # Only now: it takes seconds, and a wrong setting should be said at once.
    from orchestration.dagster_home import close_interrupted_runs, open_home

    with open_home(settings) as instance:
        close_interrupted_runs(instance, daemon_is_mine=True)
    logs = data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    dagster, dashboard = os.environ.get("DAGSTER_PORT", "3000"), os.environ.get("DASHBOARD_PORT", "8501")
    commands = {
        "Dagster": [*CHILD, "dagster", "dev", "-w", "workspace.yaml", "-p", dagster],
        "the dashboard": [*CHILD, "streamlit", "run", "dashboard/app.py", "--server.port", dashboard],
    }
    for name, command in commands.items():
        log = stack.enter_context((logs / f"{command[len(CHILD)]}.log").open("wb"))
        watched[name] = stack.enter_context(_running(command, log))
    print(f"Dagster    http://localhost:{dagster}   a tick every minute, the first within two", flush=True)
    print(f"Dashboard  http://localhost:{dashboard}", flush=True)
    print(f"Their logs are in {logs}. Ctrl-C stops everything.", flush=True)
    stack.callback(print, "\nStopping …", flush=True)
    while True:
        for name, process in watched.items():
            if process.poll() is not None:
                print(f"{name[0].upper()}{name[1:]} stopped by itself; its log in {logs} says why.", file=sys.stderr)
                return 1
        time.sleep(0.5)


def _connected(stack: ExitStack) -> tuple[Settings, dict[str, subprocess.Popen[bytes]]]:
    settings = load_settings()
    if settings.connections:
        print(f"Reading {', '.join(settings.connections)}.", flush=True)
        return settings, {}
    print("No real system is configured (see .env.example): starting the sandbox.", flush=True)
    rate = os.environ.get("SANDBOX_TICKETS_PER_HOUR", TICKETS_PER_HOUR)
    options = ("--port", os.environ.get("SANDBOX_PORT", "8910"), "--clock", "running", "--live", rate)
    served, process = stack.enter_context(embedded_sandbox(settings.data_dir, options))
    print(f"Sandbox    {served.url}   its clock runs from {served.now:%Y-%m-%d %H:%M} UTC", flush=True)
    if notice := another_world(settings.data_dir, served.world):
        print(notice, flush=True)
    return connect(served), {"the sandbox": process}


@contextmanager
def _running(command: list[str], log: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, stopped with all its children when the block ends."""
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process
    finally:
        # dagster dev stops its daemon, its code server and a tick under way when it is interrupted.
        for sign in (signal.SIGINT, signal.SIGKILL):
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, sign)
                process.wait(timeout=STOP_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
