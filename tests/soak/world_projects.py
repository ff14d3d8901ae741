"""What happens in GitLab in the soak's world: collaboration projects, and issues with feedback."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.soak.world_desk import PROJECTS

Line = dict[str, Any]

FEEDBACK = 278_964


class Projects:
    """Projects come, go and come again; issues only change."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._issues = 0
        self._there: set[int] = set()

    def ground(self, _changes: int) -> Iterator[Line]:
        # The others are named by organizations and never seen.
        for identity in range(1, PROJECTS // 2):
            yield self._project(identity)

    def act(self, _at: datetime) -> Iterator[Line]:
        rng = self._rng
        if rng.random() < 0.3:
            identity = rng.randrange(1, PROJECTS)
            if identity in self._there and rng.random() < 0.3:
                self._there.discard(identity)
                yield self._line("project", identity, delete=True)
            else:
                yield self._project(identity)
        elif self._issues and rng.random() < 0.6:
            values = rng.choice(({"state": "closed"}, {"state": "opened"}, {"title": f"Ümlaut {rng.randrange(9)}"}))
            yield self._line("issue", rng.randrange(1, self._issues + 1), set=values)
        else:
            yield self._issue()

    def tie(self, rows: int) -> Iterator[Line]:
        """More issues of one millisecond than fit a page."""
        for _ in range(rows):
            yield self._issue()

    def _line(self, kind: str, identity: int, **change: Any) -> Line:
        return {"system": "gitlab", "object": kind, "id": identity, **change}

    def _project(self, identity: int) -> Line:
        self._there.add(identity)
        values = {"path_with_namespace": f"customers/p{identity}", "description": str(self._rng.randrange(5))}
        return self._line("project", identity, set=values)

    def _issue(self) -> Line:
        self._issues += 1
        return self._line("issue", self._issues, set={"title": f"Feedback {self._issues}", "project_id": FEEDBACK})
