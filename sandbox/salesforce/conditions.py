"""A WHERE clause -> a predicate over rows, and the lower bound that it puts on the order of reading."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.salesforce.fields import FieldPath, resolve
from sandbox.salesforce.org import Org, Row
from sandbox.salesforce.soql_tree import Combination, Comparison, malformed
from sandbox.timestamps import parse_ms

Predicate = Callable[[Row], bool]


def predicate(org: Org, name: str, node: Any, now: int) -> Predicate:
    """Raises INVALID_FIELD for unknown fields, MALFORMED_QUERY for values of a wrong kind."""
    if isinstance(node, Combination):
        parts = [predicate(org, name, part, now) for part in node.parts]
        if node.operator == "not":
            return lambda row: not parts[0](row)
        if node.operator == "and":
            return lambda row: all(part(row) for part in parts)
        return lambda row: any(part(row) for part in parts)
    return _comparison(resolve(org, name, node.field), node, now)


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
    get, kind = path.get, path.type
    if node.operator in ("in", "not in"):
        wanted = {_literal(kind, value, now) for value in node.value}
        inside = node.operator == "in"
        return lambda row: (_comparable(kind, get(row)) in wanted) == inside
    if node.operator == "like":
        pattern = _like(node.value[1])
        return lambda row: pattern.match(str(get(row) or "")) is not None
    value = _literal(kind, node.value, now)
    if node.operator == "=":
        return lambda row: _comparable(kind, get(row)) == value
    if node.operator == "!=":
        return lambda row: _comparable(kind, get(row)) != value
    order = {"<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__}[node.operator]

    def compare(row: Row) -> bool:
        found = _comparable(kind, get(row))
        if found is None or value is None:
            return False
        return order((found > value) - (found < value), 0)

    return compare


def _comparable(kind: str, value: Any) -> Any:
    if kind in ("id", "reference", "boolean", "double", "int", "currency") or value is None:
        return value
    if kind == "datetime":
        return parse_ms(value) if isinstance(value, str) else value
    return str(value).lower()


def _literal(kind: str, value: tuple[str, str], now: int) -> Any:
    token, text = value
    word = text.lower() if token == "word" else ""
    if word == "null":
        return None
    if kind == "datetime":
        if token == "datetime":
            return parse_ms(text)
        if token == "date":
            return parse_ms(text + "T00:00:00Z")
        if token == "word":
            return _relative(word, now)
        raise malformed(
            f"value of filter criterion for field must be of type dateTime and should not be enclosed: {text}"
        )
    if kind == "boolean":
        if word not in ("true", "false"):
            raise malformed(f"value of filter criterion for field must be of type boolean: {text}")
        return word == "true"
    if kind in ("double", "int", "currency"):
        if token != "number":
            raise malformed(f"value of filter criterion for field must be of type number: {text}")
        return float(text)
    if token != "text":
        raise malformed(f"value of filter criterion for field must be of type string and should be enclosed: {text}")
    return text if kind in ("id", "reference") else text.lower()


def _relative(word: str, now: int) -> int:
    moment = datetime.fromtimestamp(now / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    name, _, number = word.partition(":")
    starts = {
        "today": moment,
        "yesterday": moment - timedelta(days=1),
        "tomorrow": moment + timedelta(days=1),
        "this_month": moment.replace(day=1),
        "last_n_days": moment - timedelta(days=int(number or 0)),
    }
    if name not in starts:
        raise malformed(f"unexpected token: {word}")
    return int(starts[name].timestamp() * 1000)


def _like(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace("%", ".*").replace("_", "."), re.IGNORECASE | re.DOTALL)
