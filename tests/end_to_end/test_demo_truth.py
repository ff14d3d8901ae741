"""The demo world's generator knows what it made happen. The marts must say the same, row by row."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.pipeline import published, rows, run
from tests.end_to_end.truth import KEYS, compared, differences, read
from tests.oracle.oracle import MARTS, oracle
from tests.oracle.world import World


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("demo")
    done = run(data_dir, SANDBOX_WORLD="demo")
    assert done.returncode == 0, done.stdout + done.stderr
    return data_dir


def truth(data_dir: Path) -> Path:
    (found,) = (data_dir / "sandbox").glob("demo-*/truth")
    return found


def test_every_truth_is_compared(demo: Path) -> None:
    assert {path.stem for path in truth(demo).glob("*.jsonl")} == set(KEYS)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mart", list(KEYS))
def test_the_mart_says_what_happened(demo: Path, mart: str) -> None:
    found = differences(truth(demo) / f"{mart}.jsonl", published(demo), mart)
    assert not found, f"{mart}:\n{found}"


@pytest.fixture(scope="module")
def told(demo: Path) -> dict[str, list[dict[str, Any]]]:
    made = json.loads((truth(demo) / "meta.json").read_text())
    return oracle(World(truth(demo).parent / "world.jsonl", made["now"]), made["go_live_at"])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mart", MARTS)
def test_the_mart_says_what_the_oracle_says(demo: Path, told: dict[str, list[dict[str, Any]]], mart: str) -> None:
    """The oracle reads only the world file; the generator's own truth is not asked."""
    found = compared(told[mart], published(demo), mart)
    assert not found, f"{mart}:\n{found}"


def test_no_open_gap_is_dated_later_than_it_began(demo: Path) -> None:
    """Where the systems keep no history, a gap reaches back as far as the record itself; never less far."""
    key = KEYS["fct_contact_coverage_gaps"]
    gaps = read(truth(demo) / "fct_contact_coverage_gaps.jsonl")
    began = {tuple(gap[name] for name in key): gap["opened_at"] for gap in gaps if gap["is_open"]}
    dated = rows(
        demo,
        f"select {', '.join(key)}, strftime(opened_at, '%Y-%m-%dT%H:%M:%SZ') "
        "from marts.fct_contact_coverage_gaps where is_open",
    )
    assert [row for row in dated if row[-1] > began[row[:-1]]] == []
