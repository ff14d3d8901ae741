"""A round in a process of its own that kills itself at the n-th step: python -m tests.deliveries.killed PORT N.

A step is the moment before or after a write to the ledger, a message to the server or a call to Salesforce. Prints the
step at which it died. The environment says which folder and which organization.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from deliveries.cases import Cases
from deliveries.ledger import Ledger
from deliveries.round import deliver
from deliveries.smtp import Sender
from ingestion.settings import load_settings
from tests.deliveries.desk import mailing

STEPS = ((Sender, "ready"), (Ledger, "attempt"), (Sender, "send"), (Ledger, "outcome"), (Cases, "upsert"))


def main() -> None:
    port, last = int(sys.argv[1]), int(sys.argv[2])
    count = itertools.count(1)

    def step(name: str) -> None:
        if next(count) == last:
            sys.stdout.write(name)
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS:
        setattr(owner, name, _watched(getattr(owner, name), name, step))
    settings = load_settings(None)
    chosen = mailing(settings.data_dir, port, salesforce_create_cases=True, case_wait_seconds=3600)
    deliver(settings, chosen, settings.published_path)


def _watched(function: Callable[..., Any], name: str, step: Callable[[str], None]) -> Callable[..., Any]:
    def watched(*args: Any, **kwargs: Any) -> Any:
        step(f"before {name}")
        found = function(*args, **kwargs)
        step(f"after {name}")
        return found

    return watched


if __name__ == "__main__":
    main()
