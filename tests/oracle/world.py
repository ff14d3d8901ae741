"""A world file read by itself: what each record held, and when. Knows nothing of the sandbox, the log or the models."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

# Values that change key by key.
NESTED = ("organization_fields",)


@dataclass
class Record:
    """One record and its changes, oldest first."""

    id: Any
    instance: str
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def born(self) -> datetime:
        return moment(self.lines[0]["at"])

    @property
    def ended(self) -> datetime | None:
        """When it was deleted, or merged into another; None while it lives."""
        since = None
        for line in self.lines:
            if line.get("restore"):
                since = None
            elif line.get("delete") or line.get("purge"):
                since = since or moment(line["at"])
        return since

    @property
    def merged_into(self) -> Any:
        return next((line["merge_into"] for line in self.lines if "merge_into" in line), None)

    def lives(self, at: datetime) -> bool:
        return self.born <= at and (self.ended is None or at < self.ended)

    def history(self, name: str, otherwise: Any = None) -> list[tuple[datetime, Any]]:
        """(since, value) for each change of one field, `a.b` for a key of a nested one."""
        found: list[tuple[datetime, Any]] = [(self.born, otherwise)]
        outer, _, inner = name.partition(".")
        for line in self.lines:
            values = line.get("set", {})
            if outer in NESTED and inner:
                values = {name: values[outer][inner]} if inner in (values.get(outer) or {}) else {}
            if name in values:
                found.append((moment(line["at"]), values[name]))
        if len(found) > 1 and found[1][0] == found[0][0]:
            found.pop(0)
        return [step for place, step in enumerate(found) if place == 0 or step[1] != found[place - 1][1]]

    def at(self, when: datetime, name: str, otherwise: Any = None) -> Any:
        """The value then; before the record there is its first one. The last of two in one second counts."""
        steps = self.history(name, otherwise)
        return next((value for since, value in reversed(steps) if since <= when), steps[0][1])


class World:
    """Records by (object, instance); `now` is the moment that is asked about."""

    def __init__(self, path: Path, now: str) -> None:
        self.now = moment(now)
        self._records: dict[tuple[str, str], dict[Any, Record]] = defaultdict(dict)
        # only line feeds end a line: texts hold other separators
        for line in filter(None, path.read_text().split("\n")):
            change = json.loads(line)
            instance = change.get("instance") or {"zendesk": "global"}.get(change["system"], "main")
            known = self._records[change["object"], instance]
            known.setdefault(change["id"], Record(change["id"], instance)).lines.append(change)

    def all(self, kind: str, instance: str | None = None) -> Iterator[Record]:
        for (name, where), records in self._records.items():
            if name == kind and instance in (None, where):
                yield from records.values()

    def get(self, kind: str, number: Any, instance: str = "main") -> Record | None:
        return self._records[kind, instance].get(number)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def stamp(when: datetime | None) -> str | None:
    return when and when.strftime("%Y-%m-%dT%H:%M:%SZ")
