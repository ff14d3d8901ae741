"""A round in a process of its own that kills itself at the n-th step: python -m tests.deliveries.killed FOLDER PORT N.

A step is the moment before or after a write to the ledger or a message to the server. The last line printed is the
step at which it died.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deliveries.ledger import Ledger
from deliveries.round import deliver
from deliveries.smtp import Sender
from ingestion.settings import Settings
from tests.deliveries.desk import mailing

STEPS = ((Sender, "ready"), (Ledger, "attempt"), (Sender, "send"), (Ledger, "outcome"))


def main() -> None:
    folder, port, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    count = itertools.count(1)

    def step(name: str) -> None:
        if next(count) == last:
            sys.stdout.write(name)
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS:
        setattr(owner, name, _watched(getattr(owner, name), name, step))
    settings = Settings(data_dir=folder)
    deliver(settings, mailing(folder, port), settings.published_path)


def _watched(function: Callable[..., Any], name: str, step: Callable[[str], None]) -> Callable[..., Any]:
    def watched(*args: Any, **kwargs: Any) -> Any:
        step(f"before {name}")
        found = function(*args, **kwargs)
        step(f"after {name}")
        return found

    return watched


if __name__ == "__main__":
    main()
