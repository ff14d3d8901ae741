"""The demo world's generator knows what it made happen. The marts must say the same, row by row."""

from pathlib import Path

import pytest

from tests.end_to_end.pipeline import published, run
from tests.end_to_end.truth import KEYS, differences


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
