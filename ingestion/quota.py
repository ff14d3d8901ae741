"""How much of each API quota may be spent, and waiting for the rest where one can see it."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ingestion.errors import QuotaSpent
from ingestion.timer import Timer

ACCOUNT, DAILY = "account", "daily"
ZENDESK = "zendesk-ratelimit-"
# After that the bucket is asked again, whatever it said.
MAX_WAIT_SECONDS = 600.0
SHOWN_SECONDS = 2.0
# A live read of an account where little happened: one page each of tickets, audits and organizations.
LIVE_CALLS = 3
# What live reading has not used by then would be lost: history takes it, and a live read waits so long at most.
RELEASED_SECONDS = 10.0
# Two answers of one window name its end this exactly, in whole seconds and with the way in between.
SAME_WINDOW_SECONDS = 5.0
LONGEST_NUMBER = 15
_PARTS = re.compile(rf"(\w+)=(\d{{1,{LONGEST_NUMBER}}})(?!\d)", re.ASCII)


class Left(NamedTuple):
    """A bucket as last seen: calls used by everyone, calls that our share allows, calls in all."""

    used: int
    allowed: int
    total: int


@dataclass
class Meter:
    """What reading a stream has cost: calls in all, calls by bucket, seconds waited by reason.

    A call that draws on two buckets counts once in `calls` and once in each.
    """

    calls: int = 0
    by_bucket: Counter[str] = field(default_factory=Counter)
    waited: dict[str, float] = field(default_factory=dict)

    @property
    def waited_seconds(self) -> float:
        return sum(self.waited.values())


@dataclass
class Bucket:
    """What the last answer said, and our calls since. `resets_at` is None where nothing is gained by waiting."""

    total: int
    used: int
    resets_at: float | None = None
    live_was_read: bool = False


@dataclass
class Limiter:
    """Spends at most a share of each bucket of one instance; other integrations live there too (R11).

    Buckets are learnt from answers. Their windows are fixed to the minute, so what the next one holds is known with its
    first answer, and one call is made for that. `deadline` (the timer's seconds) bounds how long reading may wait: None
    waits as long as the bucket says, up to ten minutes.

    History leaves LIVE_CALLS of a window to live reading, unless live reading had its turn in it, until the window's
    last RELEASED_SECONDS: then it takes them, so that a backfill spends the whole share.
    """

    share_account: float
    share_export: float
    say: Callable[[str], None]
    timer: Timer
    deadline: float | None = None
    phase: Literal["live", "history"] = "live"
    meter: Meter = field(default_factory=Meter)
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def wait_for(self, names: tuple[str, ...]) -> None:
        """Waits until every named bucket has a call left for this phase. Raises QuotaSpent past the deadline."""
        while waits := [wait for wait in map(self._wait, names) if wait]:
            seconds, reason, kind = max(waits)
            self.pause(seconds, reason, kind)
        self.meter.calls += 1
        self.meter.by_bucket.update(names)
        for name in names:
            if bucket := self._buckets.get(name):
                # The answer says it better, but not every call is answered.
                bucket.used += 1
                bucket.live_was_read |= self.phase == "live"

    def pause(self, seconds: float, reason: str, kind: str | None = None) -> None:
        """A wait that the log shows, counted under `kind`. Raises QuotaSpent when it would pass the deadline."""
        # Up to the millisecond: a sleep that ends before the window does would spend a call of the old one.
        seconds = min(math.ceil(max(seconds, 0.0) * 1000) / 1000, MAX_WAIT_SECONDS)
        if self.deadline is not None and self.timer.now() + seconds > self.deadline:
            raise QuotaSpent(f"{reason}; calls are free again in {seconds:.0f} s")
        if seconds >= SHOWN_SECONDS:
            self.say(f"{reason}; waiting {seconds:.0f} s")
        kind = kind or reason
        self.meter.waited[kind] = self.meter.waited.get(kind, 0.0) + seconds
        self.timer.sleep(seconds)

    def learn(self, names: tuple[str, ...], headers: Mapping[str, str], server_seconds: float) -> None:
        """Takes what the answer to a call on `names` says; the last of them is the one that unnamed counters speak of.

        `server_seconds` is the server's time, for resets given as a moment, and for those not given at all.
        """
        for header, value in headers.items():
            if header.lower().startswith(ZENDESK):
                parts = {key: int(number) for key, number in _PARTS.findall(value)}
                if parts.keys() >= {"total", "remaining", "resets"}:
                    name = header.lower().removeprefix(ZENDESK)
                    self._set(name, parts["total"], parts["remaining"], parts["resets"])
        limit = _number(headers.get("ratelimit-limit") or headers.get("x-rate-limit"))
        remaining = _number(headers.get("ratelimit-remaining") or headers.get("x-rate-limit-remaining"))
        if limit is None or remaining is None or not names:
            return
        reset = _number(headers.get("ratelimit-reset"))
        to_the_minute = 60 - server_seconds % 60
        # Zendesk gives seconds to go, its help center nothing, GitLab a moment.
        seconds = to_the_minute if reset is None else reset - server_seconds if reset > 1_000_000 else reset
        self._set(names[-1], limit, remaining, seconds)

    def note(self, name: str, used: int, total: int) -> None:
        """A bucket that is shown and never waited for: who watches it acts on it."""
        self._buckets[name] = Bucket(total, used)

    def left(self, names: Iterable[str]) -> dict[str, Left]:
        """The named buckets as last seen."""
        found = {name: self._buckets[name] for name in names if name in self._buckets}
        return {name: Left(b.used, self._allowed(name, b), b.total) for name, b in found.items()}

    def scarcest(self, names: Iterable[str]) -> tuple[str | None, int | None]:
        """The bucket that allows the fewest calls a minute, and how many; two times None where no window limits."""
        windows = [(self._allowed(n, b), n) for n in names if (b := self._buckets.get(n)) and b.resets_at is not None]
        allowed, name = min(windows, default=(None, None))
        return name, allowed

    def _wait(self, name: str) -> tuple[float, str, str] | None:
        """Seconds to wait for a bucket, why, and what that counts as."""
        bucket = self._buckets.get(name)
        if bucket is None or bucket.resets_at is None:
            return None
        seconds, allowed = bucket.resets_at - self.timer.now(), self._allowed(name, bucket)
        if seconds < 0.001:
            # What the next window holds is learnt from its first answer, never guessed.
            del self._buckets[name]
            return None
        if bucket.used >= allowed:
            return seconds, f"{name}: {bucket.used} of {bucket.total} calls of this window are used", f"{name} used up"
        is_kept = self.phase == "history" and not bucket.live_was_read and bucket.used >= allowed - LIVE_CALLS
        if is_kept and seconds - RELEASED_SECONDS >= 0.001:
            kept = f"{name}: {allowed - bucket.used} calls of this window are kept for live reading"
            return seconds - RELEASED_SECONDS, kept, f"{name} kept for live reading"
        return None

    def _allowed(self, name: str, bucket: Bucket) -> int:
        is_whole = name in (ACCOUNT, DAILY) or name.startswith("guide/")
        share = self.share_account if is_whole else self.share_export
        # 0.29 of 100 is 28.999999999999996 to a float.
        return max(math.floor(bucket.total * share + 1e-9), 1)

    def _set(self, name: str, total: int, remaining: int, seconds: float) -> None:
        resets_at = self.timer.now() + min(max(seconds, 0.0), MAX_WAIT_SECONDS)
        before = self._buckets.get(name)
        is_same = before and before.resets_at is not None and abs(resets_at - before.resets_at) < SAME_WINDOW_SECONDS
        live_was_read = bool(before and is_same and before.live_was_read) or self.phase == "live"
        self._buckets[name] = Bucket(total, total - remaining, resets_at, live_was_read)


def _number(text: str | None) -> int | None:
    """None for anything else: a counter that cannot be read is no reason to lose the answer that came with it."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None
