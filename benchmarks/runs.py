"""Whole runs: `make run` on a fresh clone, again, and a tick with nothing new.

    python -m benchmarks.runs

The clone gets an environment of its own, so the first figure holds everything a newcomer waits for (a package cache on
the machine makes it shorter: its size is printed with it).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.process import Usage, run_measured
from orchestration.embedded_sandbox import connect, embedded_sandbox
from orchestration.environment import PROJECT_ROOT

SANDBOX = ("--port", "0", "--quota", "off", "--clock", "frozen")
TICKS = 3


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        clone = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(PROJECT_ROOT), str(clone)], check=True)
        # The clone must not see what this process runs in.
        environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "DATA_DIR")}
        os.environ.clear()
        os.environ.update(environment)
        print(f"{'what':<40}{'wall s':>9}{'cpu s':>8}{'peak MiB':>10}")
        report("make run, fresh clone", ["make", "run"], clone, clone)
        report("make run, again", ["make", "run"], clone, clone)
        os.environ["DATA_DIR"] = str(clone / "data")
        with embedded_sandbox(clone / "data", SANDBOX) as (where, _):
            connect(where)
            for number in range(1, TICKS + 1):
                usage = tick(clone / "data", clone / "benchmark.txt", clone)
                show(f"tick with nothing new, {number} of {TICKS}", usage)


def tick(data: Path, log: Path, cwd: Path) -> Usage:
    """The job of that name as the schedule asks for it: tests that read whole tables are left to the night."""
    config = data / "tick.json"
    config.write_text('{"ops": {"warehouse": {"config": {"daily_tests": false}}}}')
    job = ["job", "execute", "-m", "orchestration.definitions", "-j", "tick", "-c", str(config)]
    environment = {"DAGSTER_HOME": str(data / "dagster")}
    return run_measured([sys.executable, "-m", "dagster", *job], environment=environment, log=log, cwd=cwd)


def report(what: str, command: list[str], cwd: Path, clone: Path) -> None:
    show(what, run_measured(command, environment={}, log=clone / "benchmark.txt", cwd=cwd))


def show(what: str, usage: Usage) -> None:
    print(f"{what:<40}{usage.wall_seconds:>9.1f}{usage.cpu_seconds:>8.1f}{usage.peak_mib:>10,.0f}", flush=True)


if __name__ == "__main__":
    main()
