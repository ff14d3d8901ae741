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
        "user_field", "survey_response", "group", "user_identity",
    }),
    # A Field is a field that comes, changes or goes; an ExternalClientApp registers the certificate of a client.
    "salesforce": frozenset({
        "Account", "Contact", "User", "Case", "Zuora__Subscription__c", "Field", "ExternalClientApp",
    }),
    "gitlab": frozenset({"project", "issue"}),
    "sandbox": frozenset({"fault"}),
}  # fmt: skip


KEYS = frozenset({
    "at", "visible_at", "system", "instance", "object", "id", "by", "set", "comment", "delete", "restore", "purge",
    "merge_into", "silent", "redact", "make_private",
})  # fmt: skip
REDACTION_KEYS = frozenset({"comment", "text", "attachment"})


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
    redact: dict[str, Any] | None = None
    make_private: int | None = None
    is_consequence: bool = False
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
    if not raw.keys() <= KEYS:
        raise ValueError(f"unknown key {min(raw.keys() - KEYS)!r}")
    system = raw["system"]
    if raw["object"] not in OBJECTS.get(system, ()):
        raise ValueError(f"system {system!r} has no object {raw['object']!r}")
    at = default_at if "at" not in raw and default_at is not None else parse_ms(raw["at"])
    values = raw.get("set")
    if not isinstance(values, dict | None):
        raise ValueError("'set' is a JSON object")
    if system == "sandbox" and not raw.get("delete"):
        read_order(values)
    if raw.get("comment") is not None and not isinstance(raw["comment"], dict):
        raise ValueError("'comment' is a JSON object")
    if raw.keys() & {"redact", "make_private"}:
        _check_erasure(raw)
    return Change(
        at=at,
        visible_at=max(at, parse_ms(raw["visible_at"])) if raw.get("visible_at") else at,
        system=system,
        instance=raw.get("instance") or ("main" if system == "salesforce" else "global"),
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
        redact=raw.get("redact"),
        make_private=raw.get("make_private"),
    )


def _check_erasure(raw: dict[str, Any]) -> None:
    if raw["object"] != "ticket":
        raise ValueError(f"'redact' and 'make_private' are for tickets, not for {raw['object']!r}")
    order = raw.get("redact")
    if not isinstance(order, dict | None):
        raise ValueError("'redact' is a JSON object, such as {\"comment\": 1}")
    if order is not None:
        if "comment" not in order:
            raise ValueError("'redact' needs the number of the comment, such as {\"comment\": 1}")
        if not order.keys() <= REDACTION_KEYS:
            raise ValueError(f"'redact' has no key {min(order.keys() - REDACTION_KEYS)!r}")
        if "text" in order and "attachment" in order:
            raise ValueError("'redact' is for a text or for an attachment, not for both")
        if "text" in order and not (isinstance(order["text"], str) and order["text"]):
            raise ValueError("the 'text' to redact is a part of the comment")
    counts = {"make_private": raw.get("make_private"), **(order or {})}
    for name in ("comment", "attachment", "make_private"):
        number = counts.get(name)
        if number is not None and (type(number) is not int or number < 1):
            raise ValueError(f"{name!r} counts from 1, it cannot be {number!r}")


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
