"""Changes wait here until the clock reaches them, then reach the system that they belong to."""

import gc
import heapq
from collections.abc import Callable, Iterable

from sandbox.changes import Change

Apply = Callable[[Change], Iterable[Change]]


class Timeline:
    """Applies each change once, in the order of visibility; ties keep the order of arrival.

    `apply` may answer with consequences (deleting an organization empties its tickets seconds later): they queue up
    like any other change.
    """

    def __init__(self, apply: Apply) -> None:
        self._apply = apply
        self._waiting: list[tuple[int, int, Change]] = []
        self._arrivals = 0
        self.first_change: int | None = None
        self.last_change: int | None = None

    def add(self, changes: Iterable[Change]) -> int:
        """Queues changes, also such as lie in the past (they show from now on); returns how many."""
        added = [self._entry(change) for change in changes]
        if len(added) > len(self._waiting) // 8:
            self._waiting.extend(added)
            self._waiting.sort()
        else:
            for entry in added:
                heapq.heappush(self._waiting, entry)
        for visible_at, _, change in added:
            self.first_change = min(change.at, self.first_change or change.at)
            self.last_change = max(visible_at, self.last_change or visible_at)
        return len(added)

    def advance(self, now: int) -> None:
        """Applies everything visible at `now` (milliseconds)."""
        if not self._waiting or self._waiting[0][0] > now:
            return
        if len(self._waiting) < 10_000:
            self._drain(now)
            return
        # Loading allocates millions of small objects and frees almost none: collecting meanwhile only costs.
        gc.disable()
        try:
            self._drain_sorted(now)
        finally:
            gc.enable()
            gc.freeze()

    def _drain(self, now: int) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            for consequence in self._apply(heapq.heappop(self._waiting)[2]):
                heapq.heappush(self._waiting, self._entry(consequence))

    def _drain_sorted(self, now: int) -> None:
        changes = sorted(self._waiting, reverse=True)
        self._waiting = []
        try:
            while changes and changes[-1][0] <= now:
                is_earlier = self._waiting and self._waiting[0] < changes[-1]
                entry = heapq.heappop(self._waiting) if is_earlier else changes.pop()
                for consequence in self._apply(entry[2]):
                    heapq.heappush(self._waiting, self._entry(consequence))
        finally:
            # Also when a change cannot happen, the others still wait.
            self._waiting.extend(changes)
            heapq.heapify(self._waiting)
        self._drain(now)

    def _entry(self, change: Change) -> tuple[int, int, Change]:
        self._arrivals += 1
        return change.visible_at, self._arrivals, change
