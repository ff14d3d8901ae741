"""World file -> Change: one line of JSON is one change that somebody made in one of the systems."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from sandbox.fault_orders import read_order
from sandbox.timestamps import parse_ms

OBJECTS = {
    "zendesk": frozenset({
        "organization", "user", "organization_membership", "ticket", "ticket_field", "organization_field",
        "user_field", "survey_response", "group",
    }),
    "salesforce": frozenset({"Account", "Contact", "User", "Case"}),
    "gitlab": frozenset({"project", "issue"}),
    "sandbox": frozenset({"fault"}),
}  # fmt: skip


class UnreadableWorld(ValueError):
    """A change that cannot be understood or cannot happen; the message names its line in the world file."""


@dataclass(slots=True)
class Change:
    """`at` is the time it was made, `visible_at` the time from which the APIs show it (both milliseconds)."""

    at: int
    visible_at: int
    system: str
    instance: str
    object: str
    id: Any
    by: int | str | None = None
    set: dict[str, Any] = field(default_factory=dict)
    comment: dict[str, Any] | None = None
    delete: bool = False
    restore: bool = False
    purge: bool = False
    merge_into: Any = None
    silent: bool = False
    line: int = 0


def read_changes(path: Path) -> Iterator[Change]:
    """Every change of a world file, in file order. Raises UnreadableWorld with the line number."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    change = to_change(orjson.loads(line))
                except (ValueError, TypeError, KeyError) as error:
                    raise UnreadableWorld(f"{path}, line {number}: {reason(error)}") from error
                change.line = number
                yield change


def to_change(raw: Any, default_at: int | None = None) -> Change:
    """One change from its JSON object. Raises ValueError or KeyError saying what is wrong with it."""
    if not isinstance(raw, dict):
        raise ValueError("a change is a JSON object")
    system = raw["system"]
    if raw["object"] not in OBJECTS.get(system, ()):
        raise ValueError(f"system {system!r} has no object {raw['object']!r}")
    at = default_at if "at" not in raw and default_at is not None else parse_ms(raw["at"])
    values = raw.get("set")
    if not isinstance(values, dict | None):
        raise ValueError("'set' is a JSON object")
    if system == "sandbox" and not raw.get("delete"):
        read_order(values)
    return Change(
        at=at,
        visible_at=max(at, parse_ms(raw["visible_at"])) if raw.get("visible_at") else at,
        system=system,
        instance=raw.get("instance") or "global",
        object=raw["object"],
        id=_id(system, raw["object"], raw["id"]),
        by=raw.get("by"),
        set=values or {},
        comment=raw.get("comment"),
        delete=bool(raw.get("delete")),
        restore=bool(raw.get("restore")),
        purge=bool(raw.get("purge")),
        merge_into=raw.get("merge_into"),
        silent=bool(raw.get("silent")),
    )


def _id(system: str, kind: str, given: Any) -> Any:
    if system in ("salesforce", "sandbox") or kind == "survey_response":
        return str(given)
    return int(given)


def reason(error: Exception) -> str:
    """What is wrong, in words that need no knowledge of Python."""
    if isinstance(error, orjson.JSONDecodeError):
        return f"not JSON ({error})"
    if isinstance(error, KeyError):
        return f"the key {error} is missing"
    return str(error)
