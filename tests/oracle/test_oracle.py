"""An oracle in plain Python reads the world file and says what the marts must say. It shares no code with them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.pipeline import published, run
from tests.end_to_end.truth import compared
from tests.oracle.feedback import Feedback
from tests.oracle.gaps import Gaps
from tests.oracle.notices import Notices
from tests.oracle.random_worlds import GO_LIVE_AT, NOW, write_worlds
from tests.oracle.world import World

WORLDS, SEED = 200, 1
MARTS = ("fct_notification_events", "fct_contact_coverage_gaps", "fct_account_coverage", "fct_feedback")


def oracle(world: World, go_live_at: str) -> dict[str, list[dict[str, Any]]]:
    notices = Notices(world, go_live_at)
    gaps = Gaps(notices)
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "fct_notification_events": notices.rows(),
        "fct_contact_coverage_gaps": gaps.rows(),
        "fct_account_coverage": gaps.accounts(),
        "fct_feedback": Feedback(notices).rows(),
    }
    return {mart: list(found) for mart, found in rows.items()}


@pytest.fixture(scope="module")
def random_worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[dict[str, Any]]]]:
    folder = tmp_path_factory.mktemp("random")
    path = write_worlds(folder / "worlds.jsonl", WORLDS, SEED)
    done = run(folder / "data", SANDBOX_WORLD=str(path), SANDBOX_NOW=NOW, GO_LIVE_AT=GO_LIVE_AT)
    assert done.returncode == 0, done.stdout + done.stderr
    return published(folder / "data"), oracle(World(path, NOW), GO_LIVE_AT)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mart", MARTS)
def test_two_hundred_random_worlds_are_told_as_the_oracle_tells_them(
    random_worlds: tuple[Path, dict[str, list[dict[str, Any]]]], mart: str
) -> None:
    answers, told = random_worlds
    assert compared(told[mart], answers, mart) == "", f"seed {SEED}"
