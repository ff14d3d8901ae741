"""Faults that a test orders: per system, route prefix and number of the call."""

from collections import deque
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

# Played around any answer.
TRANSPORT = frozenset({"status", "reset", "truncate", "delay", "token_expired"})
# Played by the handlers themselves, which ask `call.suffers(kind)`; elsewhere they change nothing.
ZENDESK = frozenset({"empty_page", "repeated_row", "row_moves", "stuck_second"})
SALESFORCE = frozenset({
    "app_usage", "no_sforce_headers", "empty_body", "job_failed", "job_aborted", "locator_409", "invalid_locator",
    "upsert_race", "upsert_several", "row_lock",
})  # fmt: skip
KINDS = TRANSPORT | ZENDESK | SALESFORCE


@dataclass(slots=True)
class Fault:
    """`calls` are the numbers (from 1) of the matching calls that fail; an empty set means every call.

    `rate` (0 to 1) strikes that share of the matching calls instead: which ones follows from `seed`, so that a run can
    be repeated.

    `route` is a prefix of the path behind `/zendesk/<instance>`, `/salesforce` or `/gitlab`.
    """

    route: str
    kind: str
    calls: frozenset[int] = frozenset()
    system: str | None = None
    instance: str | None = None
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = ""
    seconds: float = 0
    rate: float | None = None
    seed: int = 0
    seen: int = 0

    def strikes(self) -> bool:
        """Whether the call that was just counted fails."""
        if self.rate is not None:
            drawn = blake2b(f"{self.seed}/{self.route}/{self.kind}/{self.seen}".encode(), digest_size=8).digest()
            return int.from_bytes(drawn) < self.rate * (1 << 64)
        return not self.calls or self.seen in self.calls


class Faults:
    """The orders in force; each counts its own matching calls."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self.happened: deque[dict[str, Any]] = deque(maxlen=1000)

    def order(self, raw: dict[str, Any]) -> None:
        """Raises ValueError naming what is wrong with an order."""
        if raw.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}, not {raw.get('kind')!r}")
        if not isinstance(raw.get("route"), str):
            raise ValueError("route must be the beginning of a path")
        calls = raw.get("calls") or ([raw["call"]] if "call" in raw else [])
        known = {name: value for name, value in raw.items() if name not in ("call", "calls", "seen")}
        try:
            self._orders.append(Fault(**known, calls=frozenset(map(int, calls))))
        except TypeError as error:
            raise ValueError(str(error)) from None

    def clear(self) -> None:
        self._orders.clear()

    def take(self, system: str, instance: str | None, path: str) -> Fault | None:
        """Counts a call at every order that it matches; answers with the first that strikes."""
        struck = None
        for fault in self._orders:
            if not path.startswith(fault.route) or fault.system not in (None, system):
                continue
            if fault.instance not in (None, instance):
                continue
            fault.seen += 1
            if struck is None and fault.strikes():
                struck = fault
                self.happened.append({"route": fault.route, "kind": fault.kind, "call": fault.seen})
        return struck
