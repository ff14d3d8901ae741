"""Nothing lost, nothing there twice, nothing invented: whatever fails, and however often a run is killed.

Each seed is a world of its own that ingestion reads while it goes on. One call in twenty fails, runs are killed with
SIGKILL at random moments and at named functions, and afterwards the log is compared with every state that every
record really had. What a seed costs is its runs, far more than the size of its world.

SOAK_SEEDS=7,8,9 and SOAK_RESTARTS=500 (per seed) run other and longer ones, each with the full 50,000 changes.
"""

import os
import random
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from sandbox.timestamps import guide_time
from tests.ingestion.log import settings_for, value
from tests.sandbox_process import sandbox
from tests.soak.check import differences
from tests.soak.forks import Forks
from tests.soak.soaking import FAULTS, Soak
from tests.soak.truth import Truth
from tests.soak.world import Size, write

# The clock starts where a third of the world is history.
HISTORY_SHARE = 0.33


class Case(NamedTuple):
    """`end_time` is how Zendesk names the next page of the exports by time."""

    seed: int
    size: Size
    restarts: int
    end_time: str = "recorded"


FULL = Size(50_000, 2_500)
# A tie is longer than a page of the exports; one of them is longer than any page of Salesforce, several times.
CASES = [
    Case(1, Size(25_000, 2_500), 40),
    Case(2, Size(14_000, 5_000), 40, "last_plus_one"),
    Case(3, Size(8_000, 1_500), 40, "last_inclusive"),
    Case(4, Size(4_000, 0), 40, "last_inclusive"),
    Case(5, Size(4_000, 0), 40, "recorded"),
]
PROMISED = tuple(CASES)
if "SOAK_SEEDS" in os.environ or "SOAK_RESTARTS" in os.environ:
    modes = ("recorded", "last_plus_one", "last_inclusive")
    seeds = [int(seed) for seed in os.environ.get("SOAK_SEEDS", "1,2,3,4,5").split(",")]
    CASES = [Case(seed, FULL, int(os.environ.get("SOAK_RESTARTS", "40")), modes[seed % 3]) for seed in seeds]


def test_the_seeds_together_are_as_hard_as_promised() -> None:
    assert sum(case.restarts for case in PROMISED) >= 200
    assert sum(case.size.changes for case in PROMISED) >= 50_000
    assert max(case.size.tie for case in PROMISED) >= 5_000
    assert {"recorded", "last_plus_one", "last_inclusive"} == {case.end_time for case in PROMISED}
    assert sum(fault["rate"] for fault in FAULTS) >= 0.05 - 1e-9
    assert "token_expired" in {fault["kind"] for fault in FAULTS}


@pytest.mark.timeout(0)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"seed-{case.seed}")
def test_whatever_fails_the_log_is_the_truth(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = tmp_path / "world.jsonl"
    changes = write(world, case.size, case.seed)
    truth = Truth.of(world)
    first, last = truth.timeline.first_change or 0, truth.timeline.last_change or 0
    start = guide_time(first + int((last - first) * HISTORY_SHARE))
    with sandbox(world, start, end_time_mode=case.end_time) as running, Forks() as forks:
        settings = settings_for(running, tmp_path / "data")
        soak = Soak(running, settings, random.Random(case.seed), forks, tmp_path)
        soak.order_faults()
        soak.run_and_kill(case.restarts)
        soak.run_to_the_end()
    with capsys.disabled():
        # The standard error of a worker of xdist reaches the terminal, its output does not.
        sys.stderr.write(
            f"\nseed {case.seed} ({case.end_time}): {changes:,} changes, {soak.calls:,} calls, {soak.runs} runs; "
            f"{soak.faults.total()} faults {dict(soak.faults)}; {soak.kills.total()} kills {dict(soak.kills)}; "
            f"{value(settings, 'select count(*) from event_log.events'):,} events\n"
        )
    assert differences(settings, truth) == []
