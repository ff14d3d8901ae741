"""Query -> the rows that it finds, in order, as REST shows them."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sandbox.salesforce.conditions import lower_bound, predicate
from sandbox.salesforce.errors import malformed, refused
from sandbox.salesforce.fields import FieldPath, resolve, shown
from sandbox.salesforce.org import Org, Row
from sandbox.salesforce.soql_tree import Query

Show = Callable[[str, Any], Any]


def object_name(org: Org, name: str) -> str:
    """The object's own spelling. Raises INVALID_TYPE."""
    for known in org.rows:
        if known.lower() == name.lower():
            return known
    message = (
        f"\nFROM {name}\n     ^\nERROR at Row:1:Column:1\nsObject type '{name}' is not supported. "
        "If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
    )
    raise refused("INVALID_TYPE", message)


def columns(org: Org, query: Query) -> list[FieldPath]:
    """The selected fields, FIELDS(…) expanded. Raises INVALID_FIELD."""
    name = object_name(org, query.object)
    found: list[str] = []
    for field in query.fields:
        if field.startswith("FIELDS("):
            found += _all_fields(org, name, field[7:-1], query.limit)
        else:
            found.append(field)
    return [resolve(org, name, field) for field in dict.fromkeys(found)]


def select(org: Org, query: Query, *, deleted: bool, now: int) -> list[Row]:
    """The rows of a query; `deleted` also shows those in the recycle bin."""
    name = object_name(org, query.object)
    stamp_field = "CreatedDate" if name == "AccountHistory" else "SystemModstamp"
    keep = predicate(org, name, query.where, now) if query.where is not None else None
    start = lower_bound(query.where, stamp_field) if query.where is not None else None
    walk = _walk(org, name, start, deleted, now)
    if keep is not None:
        walk = (row for row in walk if keep(row))
    if query.count_of is not None:
        counted = resolve(org, name, query.count_of)
        walk = (row for row in walk if counted.get(row) is not None)
    most = None if query.limit is None else query.limit + query.offset
    if [(field.lower(), down) for field, down, _ in query.order] in (
        [],
        [(stamp_field.lower(), False)],
        [(stamp_field.lower(), False), ("id", False)],
    ):
        return list(islice(walk, most))[query.offset :]
    rows = list(walk)
    for field, down, nulls_last in reversed(query.order):
        rows = _ordered(org, name, field, rows, down, nulls_last)
    return rows[query.offset : most]


def record(org: Org, name: str, row: Row, paths: list[FieldPath], version: str, show: Show = shown) -> dict[str, Any]:
    """One record with its attributes; relationships are nested, null when they lead nowhere."""
    shape: dict[str, Any] = {"attributes": _attributes(name, row.id, version)}
    for path in paths:
        if len(path.parts) == 1:
            shape[path.parts[0]] = show(path.type, path.get(row))
            continue
        relationship = path.parts[0]
        found = org.related(row, relationship)
        if found is None:
            shape[relationship] = None
            continue
        nested = shape.setdefault(relationship, {})
        if not nested and not isinstance(found, dict):
            nested["attributes"] = _attributes(found[0], found[1].id, version)
        for part in path.parts[1:-1]:
            nested = nested.setdefault(part, {})
        nested[path.parts[-1]] = show(path.type, path.get(row))
    return shape


def _all_fields(org: Org, name: str, wanted: str, limit: int | None) -> list[str]:
    if wanted not in ("ALL", "STANDARD", "CUSTOM"):
        raise malformed(f"unexpected token: '{wanted}'")
    if limit is None or limit > 200:
        raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
    return [
        known.name
        for known in org.types[name].values()
        if wanted == "ALL" or (wanted == "CUSTOM") == known.name.endswith("__c")
    ]


def _ordered(org: Org, name: str, field: str, rows: list[Row], down: bool, nulls_last: bool | None) -> list[Row]:
    path = resolve(org, name, field)
    if not path.filterable:
        raise refused("INVALID_FIELD", f"field '{field}' can not be sorted in a query call")

    def key(row: Row) -> Any:
        value = path.get(row)
        return value.lower() if isinstance(value, str) and path.type not in ("id", "reference") else value

    nulls = [row for row in rows if path.get(row) is None]
    known = sorted((row for row in rows if path.get(row) is not None), key=key, reverse=down)
    return known + nulls if nulls_last else nulls + known


def _walk(org: Org, name: str, start: int | None, deleted: bool, now: int) -> Iterator[Row]:
    ordered = org.ordered(name)
    rows = org.rows[name]
    for place in range(0 if start is None else bisect_left(ordered, (start, "")), len(ordered)):
        row = rows[ordered[place][1]]
        if row.deleted_at is None or (deleted and not row.is_gone(now)):
            yield row


def _attributes(name: str, row_id: str, version: str) -> dict[str, str]:
    return {"type": name, "url": f"/services/data/v{version}/sobjects/{name}/{row_id}"}
