"""How much of each API quota may be spent, and waiting for the rest where one can see it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ingestion.errors import QuotaSpent
from ingestion.timer import Timer

ACCOUNT = "account"
MAX_WAIT_SECONDS = 600.0
_PARTS = re.compile(r"(\w+)=(\d+)")


@dataclass
class Bucket:
    """What the last answer said of a bucket: calls in all, calls left, seconds until it is full again."""

    total: int
    remaining: int
    resets_at: float


@dataclass
class Limiter:
    """Spends at most a share of each bucket; other integrations live there too.

    Buckets are learnt from response headers: a bucket that no header has named yet is free. `deadline` (the
    timer's seconds) bounds how long reading may wait: None waits as long as the bucket says, up to ten minutes.
    """

    share_account: float
    share_export: float
    say: Callable[[str], None]
    timer: Timer
    deadline: float | None = None
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def wait_for(self, names: tuple[str, ...]) -> None:
        """Waits until every named bucket has calls left within our share. Raises QuotaSpent past the deadline."""
        for name in names:
            bucket = self._buckets.get(name)
            if bucket is None:
                continue
            share = self.share_account if name == ACCOUNT else self.share_export
            seconds = bucket.resets_at - self.timer.now()
            used = bucket.total - bucket.remaining
            if seconds > 0 and used >= max(int(bucket.total * share), 1):
                self.pause(seconds, f"{name}: {used} of {bucket.total} calls of this window are used")
                # What the next window holds is learnt from its first answer, never guessed.
                del self._buckets[name]

    def pause(self, seconds: float, reason: str) -> None:
        """A wait that the log shows. Raises QuotaSpent when it would pass the deadline."""
        seconds = min(max(seconds, 0.0), MAX_WAIT_SECONDS)
        if self.deadline is not None and self.timer.now() + seconds > self.deadline:
            raise QuotaSpent(f"{reason}; the next window opens in {seconds:.0f} s")
        if seconds >= 2:
            self.say(f"{reason}; waiting {seconds:.0f} s")
        self.timer.sleep(seconds)

    def learn(self, headers: Mapping[str, str], server_seconds: float) -> None:
        """Takes what an answer's headers say; `server_seconds` is the server's time, for resets given as a moment."""
        for name, value in headers.items():
            if name.lower().startswith("zendesk-ratelimit-"):
                parts = {key: int(number) for key, number in _PARTS.findall(value)}
                if parts.keys() >= {"total", "remaining", "resets"}:
                    self._set(name.lower(), parts["total"], parts["remaining"], parts["resets"])
        limit = _number(headers.get("ratelimit-limit") or headers.get("x-rate-limit"))
        remaining = _number(headers.get("ratelimit-remaining") or headers.get("x-rate-limit-remaining"))
        if limit is None or remaining is None:
            return
        reset = _number(headers.get("ratelimit-reset"))
        # Zendesk gives seconds to go, GitLab a moment.
        reset = 60 if reset is None else reset - server_seconds if reset > 1_000_000 else reset
        self._set(ACCOUNT, limit, remaining, reset)

    def _set(self, name: str, total: int, remaining: int, seconds: float) -> None:
        self._buckets[name] = Bucket(total, remaining, self.timer.now() + seconds)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None
