"""The warehouse at 10,000, 100,000 and 1,000,000 tickets: a rebuild, ticks of 200 changes, and what grows.

    python -m benchmarks.warehouse --tickets 10000 100000 1000000

Reads the demo world once, then makes its log larger (benchmarks/history.py). A tick is the whole job of that name, as
the schedule starts it: reading, dbt without the tests that are left to the night, publishing; delivering is off, for
the copies of tickets would be news to all. A rebuild is `dbt build` as the job of that name starts it.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.history import change, grow
from benchmarks.process import Usage, run_measured
from benchmarks.runs import SANDBOX, tick
from orchestration.embedded_sandbox import connect, embedded_sandbox
from orchestration.environment import PROJECT_ROOT

CHANGES, TICKS, SHOWN = 200, 5, 12
DBT = Path(sys.executable).with_name("dbt")


class Ticks(NamedTuple):
    wall_seconds: float
    cpu_seconds: float
    models: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    sizes = parser.parse_args().tickets
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        demo = Path(scratch) / "demo"
        run = [sys.executable, "-m", "orchestration.run"]
        run_measured(run, environment={"DATA_DIR": str(demo)}, log=Path(scratch) / "run.txt", cwd=PROJECT_ROOT)
        folders = {size: Path(scratch) / str(size) for size in sizes}
        print(f"{'tickets':>9}{'audits':>11}{'rebuild s':>11}{'peak MiB':>10}   the slowest models of the rebuild")
        for size, folder in folders.items():
            prepare(folder, demo, size)
        found = ticked(folders)
    print(f"\n{'tickets':>9}{'tick s':>8}{'cpu s':>8}{'its models s':>14}   (medians of {TICKS}, taken in turns)")
    for size, (wall, cpu, each) in found.items():
        print(f"{size:>9,}{wall:>8.1f}{cpu:>8.1f}{sum(each.values()):>14.1f}")
    smallest, largest = found[sizes[0]], found[sizes[-1]]
    times = largest.wall_seconds / smallest.wall_seconds
    print(f"\na tick at {sizes[-1]:,} against {sizes[0]:,} tickets: {times:.2f} times")
    print(f"\n{'model':<36}" + "".join(f"{size:>11,}" for size in sizes) + f"{'grows by s':>12}   (seconds in a tick)")
    growth = {name: seconds - smallest.models.get(name, 0) for name, seconds in largest.models.items()}
    for name in sorted(growth, key=lambda name: -growth[name])[:SHOWN]:
        print(
            f"{name:<36}" + "".join(f"{found[s].models.get(name, 0):>11.2f}" for s in sizes) + f"{growth[name]:>12.2f}"
        )


def prepare(folder: Path, demo: Path, size: int) -> None:
    """A warehouse of about `size` tickets, rebuilt once."""
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("published"))
    tickets, audits = grow(folder / "warehouse.duckdb", size)
    rebuild = rebuilt(folder)
    slowest = sorted(models(folder / "rebuild").items(), key=lambda model: -model[1])[:SHOWN]
    row = f"{tickets:>9,}{audits:>11,}{rebuild.wall_seconds:>11.1f}{rebuild.peak_mib:>10,.0f}   "
    print(row + ", ".join(f"{name} {seconds:.1f}" for name, seconds in slowest), flush=True)


def ticked(folders: Mapping[int, Path]) -> dict[int, Ticks]:
    """Size -> median seconds, processor seconds, and seconds of each model of its ticks.

    The sizes take turns: a machine that is slower for some minutes is so for all of them.
    """
    ticks: dict[int, list[tuple[Usage, dict[str, float]]]] = {size: [] for size in folders}
    first = next(iter(folders.values()))
    os.environ.update(DATA_DIR=str(first), DELIVERY_MODE="off")
    with embedded_sandbox(first, SANDBOX) as (where, _):
        connect(where)
        for number in range(TICKS + 1):
            for size, folder in folders.items():
                os.environ["DATA_DIR"] = str(folder)
                change(folder / "warehouse.duckdb", CHANGES, number)
                usage = tick(folder, folder / "tick.txt", PROJECT_ROOT)
                ticks[size].append((usage, models(folder / "dbt" / "target")))
    # The first one of each finds the disk's cache cold, and nothing published.
    return {size: medians(found[1:]) for size, found in ticks.items()}


def medians(found: list[tuple[Usage, dict[str, float]]]) -> Ticks:
    each = {name: median(seconds.get(name, 0) for _, seconds in found) for name in found[0][1]}
    return Ticks(median(u.wall_seconds for u, _ in found), median(u.cpu_seconds for u, _ in found), each)


def rebuilt(folder: Path) -> Usage:
    target = str(folder / "rebuild")
    what = ["--no-version-check", "build", "--full-refresh", "--threads", "1", "--exclude-resource-type", "unit_test"]
    where = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project"]
    return run_measured(
        [str(DBT), *what, *where, "--target-path", target, "--log-path", target],
        environment={**os.environ, "DATA_DIR": str(folder)},
        log=folder / "rebuild.txt",
        cwd=PROJECT_ROOT,
    )


def models(target: Path) -> dict[str, float]:
    return dict(_models(json.loads((target / "run_results.json").read_bytes())))


def _models(results: dict) -> Iterator[tuple[str, float]]:
    for result in results["results"]:
        if result["unique_id"].startswith("model."):
            yield result["unique_id"].split(".")[-1], result["execution_time"]


if __name__ == "__main__":
    main()
