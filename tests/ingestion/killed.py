"""Runs ingestion and kills it with SIGKILL when a named function is about to be entered, or has just returned.

python -m tests.ingestion.killed <module:qualified.name> <call number> <before|after> <stream> …
"""

import importlib
import os
import signal
import sys
from functools import reduce
from typing import Any

from ingestion.__main__ import main


def arm(target: str, number: int, when: str) -> None:
    """From the given call on nothing of this process survives: no handler, no buffer, no lock is tidied up."""
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    original = getattr(owner, name)
    calls = 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = original(*args, **kwargs)
        if calls == number and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, deadly)


if __name__ == "__main__":
    arm(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    sys.exit(main([*sys.argv[4:], "--until-complete"]))
