"""A fork server for runs of ingestion: imports once, forks a child for each run, and kills it when it is told to.

python -m tests.soak.forks, with one JSON order per line:
  {"start": {"environment": …, "arguments": …, "output": FILE, "die": [target, number, when] or null}}  ->  {}
  {"wait": SECONDS, "kill": true|false}  ->  {"status": null while it runs, else exit code or -signal, "phase": …}

The server itself opens nothing and has one thread, so that a fork of it is a fresh process.
"""

import gc
import json
import mmap
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.sandbox_process import ROOT


class Forks:
    """The client's side: one run at a time."""

    def __enter__(self) -> "Forks":
        command = [sys.executable, "-m", "tests.soak.forks"]
        self._server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    def start(self, environment: dict[str, str], arguments: list[str], output: Path, die: Any = None) -> None:
        """Begins a run; `die` is (target, call number, before or after) of tests/ingestion/killed.py, or None."""
        order = {"environment": environment, "arguments": arguments, "output": str(output), "die": die}
        self._ask({"start": order})

    def wait(self, seconds: float) -> dict[str, Any]:
        """Waits up to so long for the run to end."""
        return self._ask({"wait": seconds, "kill": False})

    def kill(self) -> dict[str, Any]:
        """SIGKILL; the run may have ended a moment before."""
        return self._ask({"wait": 0, "kill": True})

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        if not answer:
            raise RuntimeError("the fork server has died")
        return json.loads(answer)


def serve() -> None:
    """Reads orders until its input ends."""
    from tests.soak import child

    assert threading.active_count() == 1
    phase = mmap.mmap(-1, 64)
    pid = 0
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            phase[:] = b"starting".ljust(64, b"\0")
            pid = os.fork()
            if pid == 0:
                child.run(order["start"], phase)
            answer: dict[str, Any] = {}
        else:
            answer = {"status": _reap(pid, order["wait"], order["kill"]), "phase": phase[:].rstrip(b"\0").decode()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _reap(pid: int, seconds: float, kill: bool) -> int | None:
    if kill:
        os.kill(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    # Waiting costs nothing: the descriptor of a process can be read once it has ended.
    descriptor = os.pidfd_open(pid)
    try:
        ended, _, _ = select.select([descriptor], [], [], seconds)
    finally:
        os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if ended else None


if __name__ == "__main__":
    serve()
