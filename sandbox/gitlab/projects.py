"""GitLab's projects and issues at the clock's time."""

from typing import Any

from sandbox.changes import Change
from sandbox.settings import FEEDBACK_PROJECT, FEEDBACK_PROJECT_SINCE, GITLAB_HOST
from sandbox.timestamps import guide_time, parse_ms


class GitLab:
    """Projects by id and by path; issues by project, each as the API shows it."""

    def __init__(self) -> None:
        self.projects: dict[int, dict[str, Any]] = {}
        self.paths: dict[str, int] = {}
        self.issues: dict[int, dict[str, Any]] = {}
        self._iids: dict[int, int] = {}
        self._project(
            Change(
                at=parse_ms(FEEDBACK_PROJECT_SINCE),
                visible_at=parse_ms(FEEDBACK_PROJECT_SINCE),
                system="gitlab",
                instance="main",
                object="project",
                id=FEEDBACK_PROJECT[0],
                set={"path_with_namespace": FEEDBACK_PROJECT[1]},
            )
        )

    def apply(self, change: Change) -> None:
        """Creates, changes or deletes (without trace) a project or an issue."""
        if change.object == "project":
            self._project(change)
        else:
            self._issue(change)

    def project(self, key: str) -> dict[str, Any] | None:
        """A project by its id or its path."""
        project_id = int(key) if key.isdigit() else self.paths.get(key)
        return self.projects.get(project_id) if project_id is not None else None

    def _project(self, change: Change) -> None:
        if change.delete or change.purge:
            gone = self.projects.pop(change.id, None)
            if gone:
                self.paths.pop(gone["path_with_namespace"], None)
            return
        row = self.projects.get(change.id)
        if row is None:
            path = change.set.get("path_with_namespace", f"group/project-{change.id}")
            row = self.projects[change.id] = {
                "id": change.id,
                "description": None,
                "path_with_namespace": path,
                "created_at": guide_time(change.at),
                "default_branch": "main",
                "tag_list": [],
                "topics": [],
                "archived": False,
                "visibility": "private",
                "issues_enabled": True,
                "last_activity_at": guide_time(change.at),
            }
        self.paths.pop(row["path_with_namespace"], None)
        row.update(change.set)
        path = row["path_with_namespace"]
        row["path"] = path.rsplit("/", 1)[-1]
        row["name"] = change.set.get("name", row["path"])
        row["web_url"] = change.set.get("web_url", f"https://{GITLAB_HOST}/{path}")
        if not change.silent and "last_activity_at" not in change.set:
            row["last_activity_at"] = guide_time(change.at)
        self.paths[path] = change.id

    def _issue(self, change: Change) -> None:
        if change.delete or change.purge:
            self.issues.pop(change.id, None)
            return
        row = self.issues.get(change.id)
        values = dict(change.set)
        if row is None:
            row = self.issues[change.id] = self._new_issue(change, values)
        was = row["state"]
        row.update(values)
        if was != row["state"] and "closed_at" not in values:
            row["closed_at"] = guide_time(change.at) if row["state"] == "closed" else None
        if not change.silent and "updated_at" not in values:
            row["updated_at"] = guide_time(change.at)
        for name in ("created_at", "updated_at", "closed_at"):
            if values.get(name):
                row[name] = guide_time(parse_ms(values[name]))
        if row["assignees"]:
            row["assignee"] = row["assignees"][0]

    def _new_issue(self, change: Change, values: dict[str, Any]) -> dict[str, Any]:
        project_id = int(values["project_id"]) if "project_id" in values else next(iter(self.projects), 0)
        iid = int(values.get("iid", self._iids.get(project_id, 0) + 1))
        self._iids[project_id] = max(self._iids.get(project_id, 0), iid)
        project = self.projects.get(project_id)
        path = project["path_with_namespace"] if project else f"group/project-{project_id}"
        return {
            "id": change.id,
            "iid": iid,
            "project_id": project_id,
            "title": "",
            "description": "",
            "state": "opened",
            "created_at": guide_time(change.at),
            "updated_at": guide_time(change.at),
            "closed_at": None,
            "closed_by": None,
            "labels": [],
            "milestone": None,
            "assignees": [],
            "author": {"id": 1, "username": "sandbox", "name": "Sandbox", "state": "active"},
            "type": "ISSUE",
            "assignee": None,
            "user_notes_count": 0,
            "due_date": None,
            "confidential": False,
            "issue_type": "issue",
            "web_url": f"https://{GITLAB_HOST}/{path}/-/issues/{iid}",
            "moved_to_id": None,
        }
