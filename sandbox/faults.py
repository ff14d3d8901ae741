"""The faults in force: which call each strikes, and what has struck so far."""

from collections import Counter, deque
from typing import Any

from sandbox.fault_kinds import Fault
from sandbox.timestamps import guide_time

HAPPENED_KEPT = 10_000


class Faults:
    """Each order counts its own matching calls; the oldest that strikes wins."""

    def __init__(self) -> None:
        self._orders: dict[str, Fault] = {}
        self._given = 0
        self.happened: deque[dict[str, Any]] = deque(maxlen=HAPPENED_KEPT)
        self.counts: Counter[str] = Counter()

    def put(self, fault: Fault) -> str:
        """The id of the order, which replaces one of the same id."""
        if not fault.id:
            self._given += 1
            fault.id = f"order-{self._given}"
        self._orders[fault.id] = fault
        return fault.id

    def end(self, order_id: str) -> None:
        """Raises ValueError for an order that is not in force."""
        if self._orders.pop(order_id, None) is None:
            raise ValueError(f"no fault {order_id!r} is in force")

    def clear(self) -> None:
        """Ends all orders and forgets what struck."""
        self._orders.clear()
        self.happened.clear()
        self.counts.clear()

    def take(self, system: str, instance: str | None, method: str, path: str, now: int) -> Fault | None:
        """Counts a call at every order that it matches; answers with the first that strikes."""
        struck = None
        for fault in self._orders.values():
            if not fault.matches(system, instance, method, path):
                continue
            fault.seen += 1
            if struck is None and fault.strikes():
                fault.struck += 1
                struck = fault.drawn(system)
                self.counts[struck.kind] += 1
                self.happened.append({
                    "at": guide_time(now), "id": fault.id, "route": fault.route, "kind": struck.kind,
                    "call": fault.seen, "method": method, "path": path, "after": struck.after,
                })  # fmt: skip
        return struck

    def described(self) -> dict[str, Any]:
        """What `GET /_sandbox/faults` says."""
        return {
            "orders": [fault.described() for fault in self._orders.values()],
            "counts": dict(self.counts),
            "happened": list(self.happened),
        }
