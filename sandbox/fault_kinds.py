"""The kinds of faults, and one fault: which calls it strikes, and how."""

import base64
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any

from sandbox.fault_answers import ANSWERS, Answer

# Answered here, whatever the handler would say.
FIXED = frozenset({"status", "body"})
# Played around the answer of the handler.
TRANSPORT = frozenset({"reset", "truncate", "delay", "slow_body", "token_expired"})
# Played by the handlers themselves, which ask `call.suffers(kind)`; elsewhere they change nothing.
ZENDESK = frozenset({"empty_page", "repeated_row", "row_moves", "stuck_second"})
SALESFORCE = frozenset({
    "app_usage", "no_sforce_headers", "empty_body", "job_failed", "job_aborted", "locator_409", "invalid_locator",
    "upsert_race", "upsert_several", "row_lock",
})  # fmt: skip
KINDS = FIXED | TRANSPORT | ZENDESK | SALESFORCE | ANSWERS.keys() | {"mix"}


@dataclass(slots=True, kw_only=True)
class Fault:
    """`calls` are the numbers (from 1) of the matching calls that fail; an empty set means every call.

    `rate` (0 to 1) strikes that share of the matching calls instead: which ones follows from `seed`, so that a run can
    be repeated. `route` is a prefix of the path behind `/zendesk/<instance>`, `/salesforce` or `/gitlab`. With `after`
    the call happens and its answer is lost; without it the call never happens.
    """

    kind: str
    route: str = "/"
    id: str = ""
    system: str | None = None
    instance: str | None = None
    method: str | None = None
    calls: frozenset[int] = frozenset()
    rate: float | None = None
    seed: int = 0
    kinds: tuple["Fault", ...] = ()
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    body_base64: str | None = None
    content_type: str | None = None
    seconds: float = 0
    after: bool = False
    when: str = "before"
    seen: int = 0
    struck: int = 0

    def matches(self, system: str, instance: str | None, method: str, path: str) -> bool:
        if not path.startswith(self.route) or self.method not in (None, method):
            return False
        if not self._is_known_to(system):
            return False
        return self.system in (None, system) and self.instance in (None, instance)

    def strikes(self) -> bool:
        """Whether the call that was just counted fails."""
        if self.rate is not None:
            return self._draw(self.kind) < self.rate
        return not self.calls or self.seen in self.calls

    def drawn(self, system: str) -> "Fault":
        """Itself; of a mix the kind that the call gets."""
        if self.kind != "mix":
            return self
        kinds = [fault for fault in self.kinds if fault._is_known_to(system)]
        return kinds[int(self._draw("which") * len(kinds))]

    def answer(self, system: str) -> Answer | None:
        """The fixed answer, if the kind has one; what the order says goes before what the kind says."""
        if self.kind not in FIXED and self.kind not in ANSWERS:
            return None
        usual = ANSWERS[self.kind][system] if self.kind in ANSWERS else Answer(500 if self.kind == "status" else 200)
        body = usual.body if self.body is None else self.body
        content_type = self.content_type or (usual.content_type if self.body is None else None)
        if self.body_base64 is not None:
            body = base64.b64decode(self.body_base64)
        return Answer(self.status or usual.status, body, dict(usual.headers) | self.headers, content_type)

    def described(self) -> dict[str, Any]:
        """The order as it was given, with how many calls it has seen and struck."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        given = {name: value for name, value in found.items() if name in ("seen", "struck") or value not in _NOTHING}
        if self.calls:
            given["calls"] = sorted(self.calls)
        if self.kinds:
            given["kinds"] = [fault.described() for fault in self.kinds]
        return given

    def _is_known_to(self, system: str) -> bool:
        if self.kind == "mix":
            return any(fault._is_known_to(system) for fault in self.kinds)
        return self.kind not in ANSWERS or system in ANSWERS[self.kind]

    def _draw(self, what: str) -> float:
        drawn = blake2b(f"{self.seed}/{self.route}/{what}/{self.seen}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) / (1 << 64)


_NOTHING = (None, "", frozenset(), (), {}, False, 0)
