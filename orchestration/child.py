"""Runs a module as a process that ends with the one that started it, however that one ends.

    python -m orchestration.child <module> [argument …]

A parent that is killed cannot clean up: its sandbox would keep the port, and its dbt build the warehouse.
"""

import os
import runpy
import signal
import sys
import threading
import time

EVERY_SECONDS = 0.5


def main() -> None:
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)
    os._exit(1)


if __name__ == "__main__":
    main()
