"""Ingestion alone: rows a second and peak memory on a large world, quota off.

    python -m benchmarks.ingestion [--tickets 100000] [--accounts 2000]

The sandbox runs on the same machine and takes processor time of its own, so three figures are printed: what a clock on
the wall saw, the processor seconds of ingestion, and those of the sandbox meanwhile.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psutil

from benchmarks.process import Usage, run_measured
from orchestration.embedded_sandbox import connect, embedded_sandbox
from orchestration.environment import PROJECT_ROOT

SANDBOX = ("--port", "0", "--quota", "off", "--clock", "frozen")


def main() -> None:
    parser = argparse.ArgumentParser(description="Rows a second and peak memory of ingestion.")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--accounts", type=int, default=2_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        folder = Path(scratch)
        with served(folder, given.tickets, given.accounts) as sandbox:
            print(f"{'what':<26}{'events':>11}{'events/s':>10}{'wall s':>9}{'cpu s':>8}{'sandbox':>10}{'peak MiB':>10}")
            for what, arguments in (
                ("tickets", ["zendesk__ticket", "--until-complete"]),
                ("everything else", ["--until-complete"]),
                ("again, nothing new", ["--until-complete"]),
            ):
                report(what, folder / "data", sandbox, arguments)


@contextmanager
def served(folder: Path, tickets: int, accounts: int) -> Iterator[psutil.Process]:
    """A generated world, served, and this process's environment pointed at it; yields the sandbox's process."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "sandbox.world",
            "--out",
            str(folder),
            "--tickets",
            str(tickets),
            "--accounts",
            str(accounts),
        ],
        check=True,
        cwd=PROJECT_ROOT,
        stdout=subprocess.DEVNULL,
    )
    (world,) = folder.glob("*/world.jsonl")
    os.environ["SANDBOX_WORLD"] = str(world)
    os.environ["DATA_DIR"] = str(folder / "data")
    with embedded_sandbox(folder / "data", SANDBOX) as (where, process):
        connect(where)
        yield psutil.Process(process.pid)


def report(what: str, data: Path, sandbox: psutil.Process, arguments: list[str]) -> None:
    before, busy = events(data), processor_seconds(sandbox)
    usage: Usage = run_measured(
        [sys.executable, "-m", "ingestion", *arguments], environment={}, log=data / "benchmark.txt", cwd=PROJECT_ROOT
    )
    rows = events(data) - before
    print(
        f"{what:<26}{rows:>11,}{rows / usage.wall_seconds:>10,.0f}{usage.wall_seconds:>9.1f}{usage.cpu_seconds:>8.1f}"
        f"{processor_seconds(sandbox) - busy:>10.1f}{usage.peak_mib:>10,.0f}",
        flush=True,
    )


def events(data: Path) -> int:
    """Events in the log so far."""
    warehouse = data / "warehouse.duckdb"
    if not warehouse.exists():
        return 0
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        row = connection.execute("select count(*) from event_log.events").fetchone()
    return row[0] if row else 0


def processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
