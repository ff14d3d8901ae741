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
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.history import change, grow
from benchmarks.process import Usage, run_measured
from benchmarks.runs import SANDBOX, tick
from orchestration.embedded_sandbox import connect, embedded_sandbox
from orchestration.environment import PROJECT_ROOT

CHANGES, TICKS, SHOWN = 200, 5, 12
DBT = Path(sys.executable).with_name("dbt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    sizes = parser.parse_args().tickets
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        demo = Path(scratch) / "demo"
        run = [sys.executable, "-m", "orchestration.run"]
        run_measured(run, environment={"DATA_DIR": str(demo)}, log=Path(scratch) / "run.txt", cwd=PROJECT_ROOT)
        print(
            f"{'tickets':>9}{'audits':>11}{'rebuild s':>11}{'peak MiB':>10}{'tick s':>8}{'its models s':>14}",
            flush=True,
        )
        found = {size: measured(Path(scratch) / str(size), demo, size) for size in sizes}
    smallest, largest = found[sizes[0]], found[sizes[-1]]
    print(f"\na tick at {sizes[-1]:,} against {sizes[0]:,} tickets: {largest[0] / smallest[0]:.2f} times")
    print(f"\n{'model':<36}" + "".join(f"{size:>11,}" for size in sizes) + f"{'grows by s':>12}   (seconds in a tick)")
    growth = {name: seconds - smallest[1].get(name, 0) for name, seconds in largest[1].items()}
    for name in sorted(growth, key=lambda name: -growth[name])[:SHOWN]:
        print(f"{name:<36}" + "".join(f"{found[s][1].get(name, 0):>11.2f}" for s in sizes) + f"{growth[name]:>12.2f}")


def measured(folder: Path, demo: Path, size: int) -> tuple[float, dict[str, float]]:
    """Median seconds of a tick, and of each model in it, at about `size` tickets."""
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("published"))
    warehouse = folder / "warehouse.duckdb"
    tickets, audits = grow(warehouse, size)
    rebuild = rebuilt(folder)
    slowest = sorted(models(folder / "rebuild").items(), key=lambda model: -model[1])[:SHOWN]
    ticks: list[tuple[Usage, dict[str, float]]] = []
    os.environ.update(DATA_DIR=str(folder), DELIVERY_MODE="off")
    with embedded_sandbox(folder, SANDBOX) as (where, _):
        connect(where)
        for number in range(TICKS + 1):
            change(warehouse, CHANGES, number)
            ticks.append((tick(folder, folder / "tick.txt", PROJECT_ROOT), models(folder / "dbt" / "target")))
    # The first one finds the disk's cache cold, and nothing published.
    del ticks[0]
    wall = median(usage.wall_seconds for usage, _ in ticks)
    each = {name: median(seconds.get(name, 0) for _, seconds in ticks) for name in ticks[0][1]}
    row = f"{tickets:>9,}{audits:>11,}{rebuild.wall_seconds:>11.1f}{rebuild.peak_mib:>10,.0f}"
    print(f"{row}{wall:>8.1f}{sum(each.values()):>14.1f}", flush=True)
    print("          rebuild: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in slowest), flush=True)
    shutil.rmtree(folder)
    return wall, each


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
