"""GitLab: projects and issues."""

import pytest

from tests.sandbox.calls import call, line
from tests.sandbox_process import sandbox

WORLD = [
    line("08:00:00", "project", 1, {"path_with_namespace": "group/sub/feedback"}),
    *(
        line(
            "09:00:00",
            "issue",
            100 + number,
            {"project_id": 1, "title": f"Issue {number}", "labels": ["a"] * (number % 2)},
        )
        for number in range(5)
    ),
    line("2026-03-01T09:30:00.250Z", "issue", 101, {"state": "closed"}),
    line("09:40:00", "issue", 104, delete=True),
]
TOKEN = {"PRIVATE-TOKEN": "right"}
ISSUES = "projects/group%2Fsub%2Ffeedback/issues"


@pytest.fixture(scope="module")
def base():
    with sandbox(WORLD, now="2026-03-01T11:00:00Z") as running:
        yield f"{running.gitlab}/api/v4"


def test_a_project_is_found_by_id_and_by_encoded_path(base: str):
    found = call(f"{base}/projects/1", TOKEN).body
    assert found == call(f"{base}/projects/group%2Fsub%2Ffeedback", TOKEN).body
    assert found["web_url"] == "https://gitlab.com/group/sub/feedback"
    missing = call(f"{base}/projects/2", TOKEN)
    assert (missing.status, missing.body) == (404, {"message": "404 Project Not Found"})


def test_a_wrong_token_is_refused(base: str):
    for headers in ({}, {"PRIVATE-TOKEN": "wrong"}):
        refused = call(f"{base}/projects/1", headers)
        assert (refused.status, refused.body) == (401, {"message": "401 Unauthorized"})
    assert call(f"{base}/projects/1", {"Authorization": "Bearer right"}).status == 200


def test_issues_come_page_by_page_along_the_link_header(base: str):
    url, found = f"{base}/{ISSUES}?order_by=updated_at&sort=asc&per_page=2", []
    while url:
        answer = call(url, TOKEN)
        found += [row["id"] for row in answer.body]
        links = dict(part.split("; ")[::-1] for part in answer.headers["link"].split(", "))
        url = links.get('rel="next"', "").strip("<>")
    assert found == [100, 102, 103, 101]


def test_updated_after_includes_the_moment_itself(base: str):
    rows = call(f"{base}/{ISSUES}?updated_after=2026-03-01T09:30:00.250Z", TOKEN).body
    assert [row["id"] for row in rows] == [101]
    assert (rows[0]["state"], rows[0]["closed_at"]) == ("closed", "2026-03-01T09:30:00.250Z")
    assert call(f"{base}/{ISSUES}?updated_after=2026-03-01T09:30:00.251Z", TOKEN).body == []
    assert len(call(f"{base}/{ISSUES}?labels=a", TOKEN).body) == 2
    assert call(f"{base}/{ISSUES}?updated_after=soon", TOKEN).status == 400
