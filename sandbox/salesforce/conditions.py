"""A WHERE clause -> a predicate over rows, and the lower bound that it puts on the order of reading."""

import operator
import re
from collections.abc import Callable
from typing import Any

from sandbox.http import Refused
from sandbox.salesforce.date_literals import period
from sandbox.salesforce.errors import malformed, refused
from sandbox.salesforce.fields import FieldPath, resolve
from sandbox.salesforce.ids import widen
from sandbox.salesforce.org import Org, Row
from sandbox.salesforce.soql_tree import Combination, Comparison, unescaped
from sandbox.timestamps import parse_ms

Predicate = Callable[[Row], bool]

NUMBERS = ("double", "int", "currency", "percent")
_SPELLINGS = {"datetime": "dateTime", "date": "date", "boolean": "boolean", **dict.fromkeys(NUMBERS, "double")}
_AGAINST_VALUE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
# Which end of a period counts: its first millisecond, or the one after its last.
_AGAINST_PERIOD = {"<": (operator.lt, 0), "<=": (operator.lt, 1), ">": (operator.ge, 1), ">=": (operator.ge, 0)}


def predicate(org: Org, name: str, node: Any, now: int) -> Predicate:
    """Raises INVALID_FIELD for unknown fields and for values of a wrong kind."""
    if isinstance(node, Combination):
        parts = [predicate(org, name, part, now) for part in node.parts]
        if node.operator == "not":
            return lambda row: not parts[0](row)
        if node.operator == "and":
            return lambda row: all(part(row) for part in parts)
        return lambda row: any(part(row) for part in parts)
    path = resolve(org, name, node.field)
    if not path.filterable:
        raise refused("INVALID_FIELD", f"field '{node.field}' can not be filtered in a query call")
    return _comparison(path, node, now)


def lower_bound(node: Any, field: str) -> int | None:
    """No row below this value (milliseconds) of the datetime `field` can satisfy the clause; None: unbounded."""
    if isinstance(node, Combination):
        bounds = [lower_bound(part, field) for part in node.parts]
        known = [bound for bound in bounds if bound is not None]
        if node.operator == "and":
            return max(known, default=None)
        return min(known) if node.operator == "or" and len(known) == len(bounds) else None
    if isinstance(node, Comparison) and node.field.lower() == field.lower() and node.operator in ("=", ">", ">="):
        return parse_ms(node.value[1]) if node.value[0] == "datetime" else None
    return None


def _comparison(path: FieldPath, node: Comparison, now: int) -> Predicate:
    read = _reader(path)
    if node.operator == "like":
        pattern = _like(node.value[1])
        return lambda row: pattern.fullmatch(str(path.get(row) or "")) is not None
    if node.operator in ("in", "not in", "=", "!="):
        values = node.value if isinstance(node.value, list) else [node.value]
        return _membership(path, [_literal(path, value, now) for value in values], node.operator in ("in", "="))
    value = _literal(path, node.value, now)
    if value is None:
        raise malformed(f"NULL cannot be compared with '{node.operator}'")
    if isinstance(value, tuple):
        holds, end = _AGAINST_PERIOD[node.operator]
        bound = value[end]
    else:
        holds, bound = _AGAINST_VALUE[node.operator], value

    def compare(row: Row) -> bool:
        found = read(row)
        return found is not None and holds(found, bound)

    return compare


def _membership(path: FieldPath, wanted: list[Any], is_wanted: bool) -> Predicate:
    read = _reader(path)
    periods = [each for each in wanted if isinstance(each, tuple) and each[1] - each[0] > 1]
    single = {each[0] if isinstance(each, tuple) else each for each in wanted if each not in periods}
    if not periods:
        return lambda row: (read(row) in single) == is_wanted

    def within(row: Row) -> bool:
        found = read(row)
        return found in single or (found is not None and any(start <= found < end for start, end in periods))

    return lambda row: within(row) == is_wanted


def _reader(path: FieldPath) -> Callable[[Row], Any]:
    """Reads a value as it is compared: times in milliseconds, texts whatever their capitals."""
    get, kind = path.get, path.type
    if kind in ("id", "reference", "boolean", *NUMBERS):
        return get
    if kind == "datetime":
        return lambda row: parse_ms(value) if isinstance(value := get(row), str) else value
    if kind == "date":
        return lambda row: None if (value := get(row)) is None else parse_ms(f"{value[:10]}T00:00:00Z")
    return lambda row: None if (value := get(row)) is None else str(value).lower()


def _literal(path: FieldPath, value: tuple[str, str], now: int) -> Any:
    """Times become periods: a moment is one of a millisecond, a day one of a day."""
    (token, text), kind = value, path.type
    word = text.lower() if token == "word" else ""
    if word == "null":
        return None
    if kind in ("datetime", "date"):
        return _period(path, token, text, now)
    if kind == "boolean":
        if word not in ("true", "false"):
            raise _wrong(path, text)
        return word == "true"
    if kind in NUMBERS:
        if token != "number":
            raise _wrong(path, text)
        return float(text)
    if token != "text":
        raise _wrong(path, text)
    given = unescaped(text)
    return widen(given) if kind in ("id", "reference") else given.lower()


def _period(path: FieldPath, token: str, text: str, now: int) -> tuple[int, int]:
    if token == "word":
        return period(text, now)
    if token != path.type:
        raise _wrong(path, text)
    try:
        moment = parse_ms(text if token == "datetime" else f"{text}T00:00:00Z")
    except ValueError:
        raise malformed(f"unexpected token: '{text}'") from None
    return moment, moment + (1 if token == "datetime" else 86_400_000)


def _wrong(path: FieldPath, text: str) -> Refused:
    name, spelling = ".".join(path.parts), _SPELLINGS.get(path.type)
    ending = (
        f"{spelling} and should not be enclosed in quotes" if spelling else "string and should be enclosed in quotes"
    )
    return refused("INVALID_FIELD", f"\nvalue of filter criterion for field '{name}' must be of type {ending}: {text}")


def _like(text: str) -> re.Pattern[str]:
    """`%` is any text, `_` one character, unless a backslash stands before it."""
    parts = re.findall(r"\\.|%|_|[^\\%_]+", text, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return re.compile(
        "".join(wild.get(part) or re.escape(unescaped(part)) for part in parts), re.IGNORECASE | re.DOTALL
    )
