"""Progress lines: silent while things are quick, a line whenever more than two seconds have passed."""

import time
from collections.abc import Callable

EVERY_SECONDS = 2.0


class Progress:
    """Calling it always prints; `step` prints only when it has been quiet for a while."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write, self._last = write, time.monotonic()

    def __call__(self, line: str) -> None:
        self._last = time.monotonic()
        self._write(line)

    def step(self, line: str) -> None:
        if time.monotonic() - self._last >= EVERY_SECONDS:
            self(line)
