"""The demo world: generated from a seed, in time order, with its truth beside it.

    python -m sandbox.world --out DIR [--accounts N] [--tickets N] [--months N] [--seed S]

writes DIR/demo-<digest>/world.jsonl and DIR/demo-<digest>/truth/. Memory depends on the accounts and on the tickets
open at one time, not on the number of tickets.
"""

import argparse
import hashlib
import heapq
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

from sandbox import (
    world_situations_accounts,
    world_situations_contacts,
    world_situations_csm,
    world_situations_projects,
)
from sandbox.truth import Truth
from sandbox.truth_coverage import write_coverage
from sandbox.world_accounts import plan_account
from sandbox.world_desk import Desk
from sandbox.world_kinds import KINDS, RATES, open_kind
from sandbox.world_lines import change, planned_lines
from sandbox.world_people import add_staff
from sandbox.world_plan import Opening, World
from sandbox.world_seats import Seats
from sandbox.world_situations import give_situations
from sandbox.world_support import support_lines, support_of
from sandbox.world_time import DAY, HOUR, iso, months_before

# Importing them is what registers their situations.
SITUATION_FILES = (
    world_situations_accounts, world_situations_contacts, world_situations_csm, world_situations_projects,
)  # fmt: skip
SEED = 1
NOW = datetime(2026, 3, 31, 23, 31, 1, tzinfo=UTC)
FEDERAL_SHARE = 1 / 40
WEEKEND = 0.3
# New users are written up to ten minutes before their first ticket.
LINES_MAY_PRECEDE = 15 * 60


def generate(
    directory: Path,
    *,
    seed: int = SEED,
    accounts: int = 400,
    tickets: int = 20_000,
    months: int = 18,
    now: datetime = NOW,
) -> Path:
    """The path of the world file; generated unless `directory` already holds the same world.

    `tickets` are those of the global instance; us_government gets a fortieth more. `now` is the clock at which the
    world ends: its last change is 61 seconds earlier.
    """
    digest = _digest(seed, accounts, tickets, months, now)
    final = directory / f"demo-{digest}"
    world_file = final / "world.jsonl"
    if world_file.exists():
        return world_file
    unfinished = directory / f".demo-{digest}-{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    last = int(now.timestamp())
    world = World(random.Random(seed), months_before(last, months), last, accounts, tickets)
    _write(world, unfinished)
    try:
        unfinished.rename(final)
    except OSError:
        # Another process finished the same world first; both are equal.
        shutil.rmtree(unfinished)
    return world_file


def _digest(*parameters: object) -> str:
    """Of the parameters and of the generator itself, so that a changed generator never finds an old world."""
    digest = hashlib.sha256(repr(parameters).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        if file.name.startswith(("world", "truth")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _write(world: World, folder: Path) -> None:
    truth = Truth(world, folder / "truth")
    lines = 0
    with (folder / "world.jsonl").open("wb") as file:
        for line in world_lines(world, truth):
            file.write(line + b"\n")
            lines += 1
    write_coverage(world, truth)
    truth.close()
    meta = {
        "now": iso(world.now),
        "go_live_at": iso(world.go_live_at),
        "first_change": iso(world.start),
        "last_change": iso(world.last_change),
        "counts": {"lines": lines, **truth.counts, **_counts(world)},
        "situations": dict(sorted(world.occurred.items())),
    }
    (folder / "truth" / "meta.json").write_bytes(orjson.dumps(meta, option=orjson.OPT_INDENT_2))


def _counts(world: World) -> Counter[str]:
    counts = Counter({"accounts": len(world.accounts), "salesforce_users": len(world.staff)})
    counts.update(f"organizations/{each.source}" for account in world.accounts for each in account.organizations)
    return counts


def world_lines(world: World, truth: Truth) -> Iterator[bytes]:
    """Plans the accounts, then lets tickets come in order of time; a change is final once none can precede it."""
    add_staff(world)
    give_situations(world, [plan_account(world, number) for number in range(world.accounts_wanted)])
    supports = {source: support_of(world, source) for source in ("global", "us_government")}
    desk = Desk(world, supports, truth, Seats(world).draw)
    for support in supports.values():
        for line in support_lines(world, support):
            desk.put(line)
    for line in planned_lines(world):
        desk.put(line)
    for opening in world.openings:
        desk.queue(opening)
    federal = int(world.tickets_wanted * FEDERAL_SHARE)
    arrivals = heapq.merge(_arrivals(world, "global", world.tickets_wanted), _arrivals(world, "us_government", federal))
    for at, source in arrivals:
        yield from _open_queued(desk, at)
        yield from desk.lines_before(at - LINES_MAY_PRECEDE)
        if seat := desk.seat(source, at):
            kind = world.rng.choices(tuple(KINDS), [RATES[name] or 0.0 for name in KINDS])[0]
            open_kind(desk, Opening(at, kind, *seat))
    yield from _open_queued(desk, world.end)
    yield from desk.lines_before(world.end + 1)
    # Any change will do that no mart looks at: it only sets the time at which the world ends.
    values = {"last_login_at": iso(world.last_change)}
    agent = supports["global"].agents[0]
    yield orjson.dumps(change(world.last_change, "zendesk", "user", agent.id, values, instance="global")[1])


def _open_queued(desk: Desk, before: int) -> Iterator[bytes]:
    while desk.openings and desk.openings[0][0] < before:
        opening = heapq.heappop(desk.openings)[2]
        yield from desk.lines_before(opening.at - LINES_MAY_PRECEDE)
        open_kind(desk, opening)


def _arrivals(world: World, source: str, tickets: int) -> Iterator[tuple[int, str]]:
    """Times of tickets that come by chance: more on working days, from the second day to two hours before the end."""
    days = range(world.start + DAY, world.end, DAY)
    weights = [WEEKEND if day // DAY % 7 in (2, 3) else 1.0 for day in days]  # 1970 began on a Thursday
    total, done, passed = sum(weights), 0, 0.0
    for day, weight in zip(days, weights, strict=True):
        passed += weight
        wanted = round(tickets * passed / total) - done
        done += wanted
        last = min(DAY, world.end - 2 * HOUR - day)
        for second in sorted(int(world.rng.triangular(0, last, last * 0.55)) for _ in range(wanted)):
            yield day + second, source


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.world", description="Generate a demo world.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write demo-<digest>/ into")
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--months", type=int, default=18)
    parser.add_argument("--seed", type=int, default=SEED)
    wanted = parser.parse_args()
    path = generate(
        wanted.out, seed=wanted.seed, accounts=wanted.accounts, tickets=wanted.tickets, months=wanted.months
    )
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
