"""Run one command as a child process and account for it: seconds, processor seconds, peak memory."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """What one finished child process took.

    wall_seconds: from start to exit; cpu_seconds: user and system time of the process and its waited-for
    children; peak_mib: largest resident size of the largest single process among them (getrusage's
    `ru_maxrss`, which Linux counts in KiB).
    """

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float


def run_measured(command: Sequence[str], *, environment: Mapping[str, str], log: Path, cwd: Path) -> Usage:
    """Run `command` to its end, its output in `log`. Raises RuntimeError with the log's tail if it fails."""
    with log.open("wb") as output:
        started = time.perf_counter()
        child = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
        )
        # wait4 instead of Popen.wait: only it returns the usage of this one child.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        tail = log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{tail}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
