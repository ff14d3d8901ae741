"""Run one command as a child process and account for it: seconds, processor seconds, peak memory, seconds asleep."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.01
# Adding up the pages of a process holds up that process: milliseconds for a small one, a tenth of a second for one of
# gigabytes. It may cost a fiftieth of the time; a peak in between is known from the system's own record.
SIZE_SECONDS, SIZE_SHARE = 0.05, 1 / 50
# What /proc says of a thread that runs or could, and of one that waits for the disk.
BUSY = frozenset({"R", "D"})


@dataclass(frozen=True)
class Usage:
    """What one finished child process took.

    wall_seconds: from start to exit; cpu_seconds: user and system time of the process and its waited-for children;
    peak_mib: most memory that it and its children held together, sampled, what they share counted once (Linux's
    proportional set size), or that one of them held at any moment, where that is more; asleep_seconds: moments, sampled
    every 10 ms, in which none of their threads ran, could have run, or waited for the disk: they waited for others.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    asleep_seconds: float


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
        watch = _Watch(child.pid)
        watch.start()
        # wait4 instead of Popen.wait: only it returns the usage of this one child.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        watch.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        tail = log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{tail}")
    peak = max(watch.peak, usage.ru_maxrss * 1024)
    return Usage(wall, usage.ru_utime + usage.ru_stime, peak / 2**20, watch.asleep_share * wall)


class _Watch(threading.Thread):
    """Looks at a process and its children until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self._looks = self._asleep = 0
        self.peak = 0

    @property
    def asleep_share(self) -> float:
        return self._asleep / self._looks if self._looks else 0.0

    def run(self) -> None:
        family, size_due = [self._process], 0.0
        with suppress(psutil.NoSuchProcess):
            while self._process.status() != psutil.STATUS_ZOMBIE:
                now = time.perf_counter()
                if now >= size_due:
                    family = [self._process, *self._process.children(recursive=True)]
                    self.peak = max(self.peak, sum(map(_size, family)))
                    finished = time.perf_counter()
                    size_due = finished + max(SIZE_SECONDS, (finished - now) / SIZE_SHARE)
                self._looks += 1
                self._asleep += BUSY.isdisjoint(state for one in family for state in _states(one.pid))
                time.sleep(SAMPLE_SECONDS)


def _size(process: psutil.Process) -> int:
    with suppress(psutil.NoSuchProcess):
        return process.memory_full_info().pss
    return 0


def _states(pid: int) -> set[str]:
    states = set()
    with suppress(FileNotFoundError):  # the process has ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # the thread has
                states.add((task / "stat").read_bytes().rpartition(b")")[2].split()[0].decode())
    return states
