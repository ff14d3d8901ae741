"""What a person gets who made a mistake: one sentence that names it, no traceback, and the last good snapshot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.pipeline import ROOT, published, run
from tests.sandbox_process import RunningSandbox, sandbox


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSandbox]:
    with sandbox("tiny") as running:
        yield running


def refused(data_dir: Path, **variables: str) -> str:
    """The sentence of a run that must fail."""
    done = run(data_dir, **variables)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def good_snapshot(data_dir: Path) -> bytes:
    path = published(data_dir)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"the last good one")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"START_DATE": "yesterday"}, "START_DATE=yesterday"),
        ({"SANDBOX_WORLD": "nowhere.jsonl"}, "SANDBOX_WORLD=nowhere.jsonl"),
        ({"SANDBOX_WORLD": "tiny", "SANDBOX_NOW": "soon"}, "soon"),
        ({"ZENDESK_GLOBAL_URL": "https://example.zendesk.com", "START_DATE": "2025-01-01"}, "ZENDESK_GLOBAL_CLIENT_ID"),
        ({"GITLAB_URL": "not an address"}, "GITLAB_URL"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, variables: dict[str, str], named: str) -> None:
    before = good_snapshot(tmp_path)

    assert named in refused(tmp_path, **variables)
    assert published(tmp_path).read_bytes() == before


def test_a_world_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    world = tmp_path / "world.jsonl"
    world.write_text('{"at": "2026-03-02T08:00:00Z", "system": "zendesk", "object": "user", "id": 5}\nnot json\n')

    assert "2" in refused(tmp_path, SANDBOX_WORLD=str(world))


def test_wrong_credentials_are_said_without_the_secret(tmp_path: Path, served: RunningSandbox) -> None:
    before = good_snapshot(tmp_path)
    variables = served.environment() | {"START_DATE": "2026-01-01", "ZENDESK_GLOBAL_CLIENT_SECRET": "wrong"}

    sentence = refused(tmp_path, **variables)

    assert "zendesk" in sentence.lower()
    assert published(tmp_path).read_bytes() == before


def test_a_host_that_does_not_answer_is_named(tmp_path: Path, served: RunningSandbox) -> None:
    before = good_snapshot(tmp_path)
    variables = served.environment() | {"START_DATE": "2026-01-01", "SALESFORCE_URL": "http://localhost:1"}

    assert "localhost" in refused(tmp_path, **variables)
    assert published(tmp_path).read_bytes() == before


def test_a_mapped_field_that_does_not_exist_is_named_with_its_setting(tmp_path: Path, served: RunningSandbox) -> None:
    before = good_snapshot(tmp_path)
    signals = tmp_path / "signals.toml"
    shipped = (ROOT / "signals.toml").read_text()
    signals.write_text(shipped.replace('"Technical_Account_Manager_LU__c"', '"Technical_Account_Manager__c"'))
    variables = served.environment() | {"START_DATE": "2026-01-01", "SIGNALS_FILE": str(signals)}

    sentence = refused(tmp_path, **variables)

    assert "csm_user_id" in sentence
    assert "Technical_Account_Manager__c" in sentence
    assert "Technical_Account_Manager_LU__c" in sentence, "the near name that the API offers"
    assert published(tmp_path).read_bytes() == before


def test_a_build_that_fails_is_said_with_the_place_that_tells_why(tmp_path: Path) -> None:
    before = good_snapshot(tmp_path)
    log = tmp_path / "dbt" / "build.log"

    # Too little memory for any model, but enough to open the warehouse.
    said = refused(tmp_path, SANDBOX_WORLD="tiny", WAREHOUSE_MEMORY_LIMIT="12MB")
    assert said.startswith("The warehouse did not build: the model prj_")
    assert said.endswith(f"Why: see the end of {log}.")
    assert "Out of Memory Error" in log.read_text()

    said = refused(tmp_path, SANDBOX_WORLD="tiny", WAREHOUSE_MEMORY_LIMIT="plenty")
    assert said == f"The warehouse did not build: dbt could not start. Why: see the end of {log}."
    assert "Memory must have a number" in log.read_text()
    assert published(tmp_path).read_bytes() == before
