"""The demo world: generated from a seed, in time order, with its truth beside it.

    python -m sandbox.world --out DIR [--accounts N] [--tickets N] [--months N] [--seed S]

writes DIR/demo-<digest>/world.jsonl and DIR/demo-<digest>/truth/. Memory depends on the accounts and on the tickets
open at one time, not on the number of tickets.
"""

import argparse
import hashlib
import os
import random
import shutil
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import orjson

from sandbox.truth import Truth
from sandbox.truth_coverage import write_coverage
from sandbox.world_plan import World
from sandbox.world_stream import world_lines
from sandbox.world_time import iso, months_before

SEED = 1
NOW = datetime(2026, 3, 31, 23, 31, 1, tzinfo=UTC)


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
