"""An oracle in plain Python reads the world file and says what the marts must say. It shares no code with them."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.pipeline import published, run
from tests.end_to_end.truth import compared
from tests.oracle.oracle import MARTS, oracle
from tests.oracle.random_worlds import GO_LIVE_AT, NOW, write_worlds
from tests.oracle.world import World

WORLDS, SEED = 200, 2
# all but csm_opt_out, which is a setting
REASONS = {
    *("spam_or_suspended", "deleted", "merged_child", "internal_requester", "internal_form"),
    *("no_org", "no_csm", "before_go_live", None),
}
SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


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
    found = compared(told[mart], answers, mart)
    assert not found, f"seed {SEED}:\n{found}"


def test_the_random_worlds_hold_every_situation(
    random_worlds: tuple[Path, dict[str, list[dict[str, Any]]]],
) -> None:
    """Nobody is right about what never happens."""
    _, told = random_worlds
    notices = told["fct_notification_events"]
    assert {row["suppression_reason"] for row in notices} == REASONS
    assert {row["csm_source"] for row in notices} == {"account", "current", "manager", None}
    assert {row["kind"] for row in notices} == {"ticket_opened", "late_association"}
    for flag in ("is_csm_inferred", "is_on_behalf"):
        assert {row[flag] for row in notices} == {True, False}
    with (SEEDS / "gap_codes.csv").open() as codes:
        assert {row["gap_code"] for row in told["fct_contact_coverage_gaps"]} == {
            c["code"] for c in csv.DictReader(codes)
        }
    feedback = told["fct_feedback"]
    assert {row["channel"] for row in feedback} == {"survey", "mid_ticket", "indirect", "contact_request"}
    assert any(row["is_good_to_bad"] for row in feedback)
    assert any(row["is_bad_to_good"] for row in feedback)
