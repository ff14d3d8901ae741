"""The words of a SOQL text, and the tree that they are parsed into."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox import settings
from sandbox.salesforce.errors import malformed

_TOKEN = re.compile(
    r"\s*(?:(?P<datetime>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?)|'(?P<text>(?:[^'\\]|\\.)*)'|(?P<word>[A-Za-z_][\w.]*(?::\d+)?)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),]))",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value` is (kind, text): datetime, date, number, text or word; a list of those for IN. Texts keep escapes."""

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
    """`order` holds (field, descending, nulls last or None for the default).

    `is_count` is `COUNT()`; `count_of` is the field of `COUNT(field)` and `count_as` the name that its column has.
    """

    fields: tuple[str, ...]
    object: str
    where: Comparison | Combination | None = None
    order: tuple[tuple[str, bool, bool | None], ...] = ()
    limit: int | None = None
    offset: int = 0
    is_count: bool = False
    count_of: str | None = None
    count_as: str = "expr0"


def tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of every word. Raises MALFORMED_QUERY at what is no word of the language."""
    if len(text) > settings.SOQL_CHARACTERS:
        raise malformed(f"SOQL statements cannot be longer than {settings.SOQL_CHARACTERS} characters.")
    found: list[tuple[str, str]] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise malformed(f"unexpected token: {text[place:].strip()[:20]!r}")
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        place = match.end()
    return found


def unescaped(text: str) -> str:
    """The characters that a quoted text stands for."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1].lower(), found[1]), text, flags=re.DOTALL)
