"""The sandbox's own time: it starts where it is told, runs or stands still, and only ever moves forward."""

import time


class Clock:
    """Milliseconds since 1970; `running` adds the real time that passes."""

    def __init__(self, now_ms: int, *, running: bool) -> None:
        self._base = now_ms
        self._running = running
        self._started = time.monotonic()

    def now(self) -> int:
        if not self._running:
            return self._base
        return self._base + int((time.monotonic() - self._started) * 1000)

    def move_to(self, now_ms: int) -> None:
        """Raises ValueError for a time before the present one: what was shown cannot be unshown."""
        present = self.now()
        if now_ms < present:
            raise ValueError(f"the clock cannot go back: it is at {present} ms, asked for {now_ms} ms")
        self._base = now_ms
        self._started = time.monotonic()
