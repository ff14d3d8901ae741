"""GitLab refuses or is busy: one sentence that says what to do, a cursor that stays, and nothing taken for gone."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion.pipelines import states
from ingestion.settings import Settings
from tests.ingestion.log import SkippedTime, load, result, rows, settings_for
from tests.ingestion.worlds import BEGIN, gitlab, ground
from tests.sandbox_process import RunningSandbox, sandbox

ISSUE, PROJECT, ORGANIZATION = "gitlab__issue", "gitlab__project", "zendesk__organization"
FEEDBACK = "/api/v4/projects/gitlab-com%2Fsupport%2Ffeedback"
ISSUES = f"{FEEDBACK}/issues"
NOW = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
SCOPE = "(403: The token has too few scopes): grant that scope to the client of GITLAB_TOKEN"
UNKNOWN = "has no project 'gitlab-com/support/feedback' that this token may see: correct [gitlab] feedback_projects"


def issue(identity: int, at: str) -> dict[str, Any]:
    return gitlab(at, "issue", identity, set={"project_id": 1, "title": "Positive feedback for ticket 1"})


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningSandbox, Path]]:
    """A feedback project with one issue that is in the log, and one that is not; a collaboration project."""
    world = [
        *ground(),
        gitlab(BEGIN, "project", 77, set={"path_with_namespace": "gitlab-com/alpine"}),
        issue(100, "2026-03-01T09:00:00Z"),
        issue(101, "2026-03-01T09:30:00Z"),
    ]
    with sandbox(world, "2026-03-01T09:10:00Z") as running:
        folder = tmp_path_factory.mktemp("gitlab") / "data"
        load(settings_for(running, folder), ORGANIZATION, ISSUE, PROJECT, until_complete=True)
        running.post("/_sandbox/clock", {"now": NOW.isoformat()})
        yield running, folder


@pytest.fixture
def read(begun: tuple[RunningSandbox, Path], tmp_path: Path) -> Iterator[tuple[RunningSandbox, Settings]]:
    """A log of the test's own."""
    running, folder = begun
    shutil.copytree(folder, tmp_path / "data")
    yield running, settings_for(running, tmp_path / "data")
    running.delete("/_sandbox/faults")


def known(settings: Settings) -> list[str]:
    return [i for (i,) in rows(settings, "select entity_id from event_log.gitlab__issue_events order by 1")]


@pytest.mark.parametrize("route", [FEEDBACK, ISSUES])
@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("401", "refused the credentials while reading {what}: check GITLAB_TOKEN"),
        ("403_scope", f"does not let this client read {{what}}, for want of a scope {SCOPE}"),
        ("403_plan", "does not let this client read {what} (403: 403 Forbidden): grant it or check the plan"),
        ("404", UNKNOWN),
        ("429_no_retry_after", "answered 429 5 times in a row for /gitlab/api/v4/projects/gitlab-com%2Fsupport%2F"),
    ],
)
def test_a_refusal_is_one_sentence_and_the_next_run_loses_nothing(
    kind: str, says: str, route: str, read: tuple[RunningSandbox, Settings]
) -> None:
    """R2: found at the start or while issues are read; the cursor is where it was."""
    running, settings = read
    before = states(settings, "gitlab/main")["gitlab__issue_events"]
    running.post("/_sandbox/faults", {"route": route, "system": "gitlab", "kind": kind})
    failed = result(load(settings, ISSUE), ISSUE)
    what = "issues of gitlab-com/support/feedback" if route == ISSUES else "project gitlab-com/support/feedback"
    assert failed.error is not None
    assert failed.error.startswith("gitlab/main")
    assert says.format(what=what) in failed.error
    assert "\n" not in failed.error
    assert states(settings, "gitlab/main")["gitlab__issue_events"] == before
    assert known(settings) == ["100"]

    running.delete("/_sandbox/faults")
    assert (result(load(settings, ISSUE), ISSUE).error, known(settings)) == (None, ["100", "101"])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "93"}, 93),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=45), usegmt=True)}, 45),
        ({"Retry-After": "0"}, 1),
        ({}, 10),
    ],
)
def test_a_busy_gitlab_is_asked_again_when_it_says(
    headers: dict[str, str], seconds: int, read: tuple[RunningSandbox, Settings]
) -> None:
    """R11: in seconds or as a date, and after a guess where it says nothing."""
    running, settings = read
    fault = {"route": ISSUES, "kind": "status", "status": 429, "body": "Retry later\n", "calls": [1]}
    running.post("/_sandbox/faults", {**fault, "headers": headers})
    time, said = SkippedTime(), []
    found = result(load(settings, ISSUE, timer=time, progress=said.append), ISSUE)
    assert (found.error, known(settings)) == (None, ["100", "101"])
    assert [round(slept) for slept in time.slept] == [seconds]
    assert any(f"gitlab/main answered 429; waiting {seconds} s" in line for line in said) == (seconds > 1)


def test_a_gitlab_that_asks_for_too_long_a_wait_is_left_to_the_next_run(read: tuple[RunningSandbox, Settings]) -> None:
    """R11: waiting has an end."""
    running, settings = read
    running.post("/_sandbox/faults", {"route": ISSUES, "kind": "429", "headers": {"Retry-After": "3600"}})
    time = SkippedTime()
    failed = result(load(settings, ISSUE, timer=time), ISSUE)
    assert failed.error is not None
    assert failed.error.endswith("/issues and asks to wait 3600 s: try again later.")
    assert time.slept == []


def test_a_spent_quota_is_waited_for_until_the_moment_that_gitlab_names(read: tuple[RunningSandbox, Settings]) -> None:
    """R11: `RateLimit-Reset` is a moment here, and the wait comes before the call that would be refused."""
    running, settings = read
    spent = {"RateLimit-Limit": "2000", "RateLimit-Remaining": "0"}
    spent["RateLimit-Reset"] = str(int(NOW.timestamp()) + 40)
    body = {"id": 1, "path_with_namespace": "gitlab-com/support/feedback", "last_activity_at": BEGIN}
    fault = {"route": FEEDBACK, "kind": "status", "status": 200, "body": body, "headers": spent, "calls": [1]}
    running.post("/_sandbox/faults", fault)
    time = SkippedTime()
    found = result(load(settings, ISSUE, timer=time), ISSUE)
    assert (found.error, known(settings)) == (None, ["100", "101"])
    (slept,) = time.slept
    assert 38 < slept <= 41
    assert found.waited == {"account used up": slept}


@pytest.mark.parametrize("kind", ["403_scope", "403_plan"])
def test_a_forbidden_project_is_a_warning_and_never_a_tombstone(
    kind: str, read: tuple[RunningSandbox, Settings]
) -> None:
    """R17: a token that may see less has deleted nothing."""
    running, settings = read
    running.post("/_sandbox/faults", {"route": "/api/v4/projects/77", "system": "gitlab", "kind": kind})
    found = result(load(settings, PROJECT), PROJECT)
    assert found.error is None
    assert found.warning is not None
    assert "does not let this client read project 77" in found.warning
    events = rows(settings, "select entity_id, event_type from event_log.gitlab__project_events order by 1")
    assert events == [("1", "gitlab.project.observed"), ("77", "gitlab.project.observed")]
