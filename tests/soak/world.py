"""A world for soaking: seeded, streamed to a file, with everything in it that ever lost or doubled a change.

Left out is what no incremental reading can see, because no stamp moves and nothing stays behind: a field of another
record that an account shows (its sold-to and the CSM's name never change here), a new custom ticket field, a deleted
issue or survey.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.soak.world_crm import Crm
from tests.soak.world_desk import Desk
from tests.soak.world_projects import Projects

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS_PER_CHANGE = 104
INSTANCES = ("global", "us_government")

Line = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """`changes` in all; `tie` of them are accounts, and as many tickets and audits, that change in one second."""

    changes: int
    tie: int


def text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write(path: Path, size: Size, seed: int) -> int:
    """Writes the world; returns how many changes it has."""
    written = 0
    with path.open("w") as file:
        for line in lines(size, seed):
            file.write(json.dumps(line) + "\n")
            written += 1
    return written


def lines(size: Size, seed: int) -> Iterator[Line]:
    """Every change, oldest first: the ground, life, and in the middle of it the second in which everything changes."""
    rng = random.Random(seed)
    desks = [Desk(rng, instance) for instance in INSTANCES]
    crm, projects = Crm(rng), Projects(rng)
    at = BEGIN
    count = 0
    for line in [line for system in (*desks, crm, projects) for line in system.ground(size.changes)]:
        count += 1
        yield {"at": text(at), **line}
    # Ties need accounts and tickets that are there already: half of a tie is new, half is old.
    tie_at = size.changes // 2
    actions: list[Callable[[datetime], Iterator[Line]]] = [desks[0].act, desks[1].act, crm.act, projects.act]
    while count < size.changes:
        if size.tie and count >= tie_at:
            tie_at = size.changes + 1
            at = at.replace(microsecond=0) + timedelta(seconds=1)
            tie = [*desks[0].tie(size.tie), *crm.tie(size.tie), *projects.tie(150)]
            count += len(tie)
            yield from ({"at": text(at + timedelta(milliseconds=line.pop("ms", 0))), **line} for line in tie)
        at = _later(rng, at)
        (act,) = rng.choices(actions, (55, 15, 26, 4))
        for line in act(at):
            count += 1
            yield {"at": text(at), **line}


def _later(rng: random.Random, at: datetime) -> datetime:
    """Every fifth change shares its second with the one before."""
    if rng.random() < 0.2:
        return at.replace(microsecond=min(at.microsecond + 1000, 999_000))
    return at + timedelta(milliseconds=rng.randrange(1, 2 * SECONDS_PER_CHANGE * 1250))
