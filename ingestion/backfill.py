"""How far history is, and when it may be complete, from what the log's own polls have measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

# The newest pace counts: what was read hours ago may have been thinner.
RECENT = timedelta(hours=1)
# Longer than between two ticks: nobody was reading then.
IDLE = timedelta(minutes=10)


class Step(NamedTuple):
    """One history poll: when it was committed, what it cost, and up to which moment it had read then."""

    at: datetime
    seconds: float
    calls: int
    reached: datetime


@dataclass(frozen=True)
class Walk:
    """The history of one stream: from `start` (None: not known before the first event is) to `until`."""

    start: datetime | None
    until: datetime
    steps: Sequence[Step]
    bucket: str | None = None
    calls_per_minute: int | None = None


class Pace(NamedTuple):
    """What recent steps came to: source time gained, time that passed, calls made, source time that is left."""

    gained: float
    elapsed: float
    calls: int
    left: float

    @property
    def calls_left(self) -> float:
        return self.left * self.calls / self.gained


def share_done(walk: Walk) -> float | None:
    """Between 0 and 1, by time; None while nothing says where it stands."""
    if not walk.steps:
        return 0.0
    reached = walk.steps[-1].reached
    # A walk that stands at its end and is not done goes on elsewhere, in another project for example.
    if walk.start is None or reached >= walk.until:
        return None
    return max((reached - walk.start) / (walk.until - walk.start), 0.0)


def seconds_left(walks: Mapping[str, Walk]) -> dict[str, float]:
    """Until each stream's history is complete; streams without a measurement are not in it.

    `walks` are the unfinished streams of one instance. The pace measured on the clock counts, waits and other work
    included; but never a faster one than the quota allows to all that draw on it, for a window begins with a burst.
    """
    paces = {name: pace for name, walk in walks.items() if (pace := _pace(walk))}
    return {
        name: max(pace.left * pace.elapsed / pace.gained, _by_quota(name, walks, paces)) for name, pace in paces.items()
    }


def _pace(walk: Walk) -> Pace | None:
    if not walk.steps or share_done(walk) is None:
        return None
    first, last = walk.steps[0], walk.steps[-1]
    steps = list(walk.steps)
    if walk.start is not None and first.reached >= walk.start:
        steps.insert(0, Step(first.at - timedelta(seconds=first.seconds), 0.0, 0, walk.start))
    gained = elapsed = 0.0
    calls = 0
    for before, step in pairwise(steps):
        if last.at - step.at > RECENT:
            continue
        passed = step.at - before.at
        elapsed += step.seconds if passed > IDLE else passed.total_seconds()
        gained += (step.reached - before.reached).total_seconds()
        calls += step.calls
    left = (walk.until - last.reached).total_seconds()
    return Pace(gained, elapsed, calls, left) if gained > 0 and elapsed > 0 else None


def _by_quota(name: str, walks: Mapping[str, Walk], paces: Mapping[str, Pace]) -> float:
    """Streams of a bucket take turns: until one is through, the others make as many calls each, or all they need."""
    allowed, pace = walks[name].calls_per_minute, paces[name]
    # More calls than the windows could have held: nobody enforces this quota.
    if not allowed or pace.calls > allowed * (pace.elapsed / 60 + 2):
        return 0.0
    sharing = [other for other in paces if walks[other].bucket == walks[name].bucket]
    return sum(min(paces[other].calls_left, pace.calls_left) for other in sharing) / allowed * 60
