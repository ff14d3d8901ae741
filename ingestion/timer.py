"""Time as a run spends it: one `now` and one `sleep`, so that waits and deadlines can pass on another clock."""

import time
from typing import Protocol


class Timer(Protocol):
    """`now`: seconds since any moment, never backwards. `sleep` returns when so many more have passed."""

    def now(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


class _ThisMachine:
    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


THIS_MACHINE: Timer = _ThisMachine()
