"""More GitLab issues of one moment than fill a page, some of which are touched while they are read."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.gitlab.api import V4
from tests.ingestion.log import SandboxTime, load, result, rows, settings_for
from tests.ingestion.worlds import gitlab, ground
from tests.sandbox_process import sandbox

ISSUE = "gitlab__issue"
ISSUES = f"{V4}/projects/gitlab-com%2Fsupport%2Ffeedback/issues"
MOMENT = "2026-03-01T09:30:00.123Z"
TIED = range(1, 321)
# The first ones, so that all others shift; and one that is alone on its side of an edge.
TOUCHED = (1, 2, 3, 101)


def world() -> list[dict[str, Any]]:
    born = [gitlab(MOMENT, "issue", key, set={"project_id": 1, "title": f"Feedback {key}"}) for key in TIED]
    touched = [gitlab("2026-03-01T10:00:05Z", "issue", key, set={"state": "closed"}) for key in TOUCHED]
    return [*ground(), *born, gitlab("2026-03-01T09:40:00Z", "issue", 900, set={"project_id": 1}), *touched]


@pytest.mark.parametrize("call", [3, 5, 7, 9])
def test_issues_that_are_touched_while_a_tie_is_read_shift_no_other_one_out_of_it(call: int, tmp_path: Path) -> None:
    """The wait before one of the calls is when the first ones change, and leave the tie."""
    with sandbox(world(), "2026-03-01T10:00:00Z") as running:
        fault = {"kind": "429", "headers": {"Retry-After": "10"}, "calls": [call]}
        running.post("/_sandbox/faults", {"route": ISSUES, "system": "gitlab", **fault})
        settings = settings_for(running, tmp_path / "data")
        time = SandboxTime(running)
        assert result(load(settings, ISSUE, until_complete=True, timer=time), ISSUE).error is None
        assert time.slept >= 10
        assert result(load(settings, ISSUE), ISSUE).error is None
        calls = len(running.get("/_sandbox/requests")["requests"])
        assert result(load(settings, ISSUE), ISSUE).error is None
        # Nothing new costs the question whether the project is there, and one page.
        assert len(running.get("/_sandbox/requests")["requests"]) - calls <= 2
    log = rows(
        settings,
        "select entity_id::int, arg_max(payload ->> 'state', (occurred_at, recorded_at)), count(*) "
        "from event_log.gitlab__issue_events group by all",
    )
    assert {key for key, _, _ in log} == {*TIED, 900}
    assert {key for key, state, _ in log if state == "closed"} == set(TOUCHED)
    assert all(count <= 1 + (key in TOUCHED) for key, _, count in log)
