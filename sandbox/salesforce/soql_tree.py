"""The words of a SOQL text, and the tree that they are parsed into."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.http import Refused

_TOKEN = re.compile(
    r"\s*(?:(?P<datetime>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?)|'(?P<text>(?:[^'\\]|\\.)*)'|(?P<word>[A-Za-z_][\w.]*(?::\d+)?)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),]))"
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value` is (kind, text): datetime, date, number, text or word; a list of those for IN."""

    field: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Combination:
    """`operator` is and, or, not."""

    operator: str
    parts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """`order` holds (field, descending, nulls last or None for the default)."""

    fields: tuple[str, ...]
    object: str
    where: Comparison | Combination | None
    order: tuple[tuple[str, bool, bool | None], ...]
    limit: int | None
    offset: int
    is_count: bool


def malformed(message: str) -> Refused:
    return Refused(400, [{"message": message, "errorCode": "MALFORMED_QUERY"}])


def tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of every word. Raises MALFORMED_QUERY at what is no word of the language."""
    found: list[tuple[str, str]] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise malformed(f"unexpected token: {text[place:].strip()[:20]!r}")
        kind = str(match.lastgroup)
        value = match[kind]
        found.append((kind, re.sub(r"\\(.)", r"\1", value) if kind == "text" else value))
        place = match.end()
    return found
