"""Run one command as a child process and account for it: seconds, processor seconds, peak memory, seconds asleep."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.005
# What /proc says of a thread that runs or could, and of one that waits for the disk.
BUSY = frozenset({"R", "D"})


@dataclass(frozen=True)
class Usage:
    """What one finished child process took.

    wall_seconds: from start to exit; cpu_seconds: user and system time of the process and its waited-for
    children; peak_mib: largest resident size of the largest single process among them (getrusage's
    `ru_maxrss`, which Linux counts in KiB); asleep_seconds: moments, sampled every 5 ms, in which none of the process's
    own threads ran, could have run, or waited for the disk: it was waiting for somebody else.
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
        sleep = _Sleep(child.pid)
        sleep.start()
        # wait4 instead of Popen.wait: only it returns the usage of this one child.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        sleep.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        tail = log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{tail}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, sleep.share * wall)


class _Sleep(threading.Thread):
    """Looks at the threads of a process until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._tasks = Path(f"/proc/{pid}/task")
        self._looks = self._asleep = 0

    @property
    def share(self) -> float:
        return self._asleep / self._looks if self._looks else 0.0

    def run(self) -> None:
        while states := self._states():
            if "Z" in states:
                return
            self._looks += 1
            self._asleep += BUSY.isdisjoint(states)
            time.sleep(SAMPLE_SECONDS)

    def _states(self) -> set[str]:
        states = set()
        with suppress(FileNotFoundError):  # the process has ended
            for task in self._tasks.iterdir():
                with suppress(OSError):  # this thread has, while we looked
                    # pid (name) state …; the name may hold anything.
                    states.add((task / "stat").read_text().rpartition(") ")[2][0])
        return states
