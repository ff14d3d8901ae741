"""Query -> the rows that it finds, in order, as REST shows them."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sandbox.http import Refused
from sandbox.salesforce.conditions import lower_bound, predicate
from sandbox.salesforce.fields import FieldPath, resolve, shown
from sandbox.salesforce.org import Org, Row
from sandbox.salesforce.soql_tree import Query, malformed


def object_name(org: Org, name: str) -> str:
    """The object's own spelling. Raises INVALID_TYPE."""
    for known in org.rows:
        if known.lower() == name.lower():
            return known
    message = f"sObject type '{name}' is not supported."
    raise Refused(400, [{"message": message, "errorCode": "INVALID_TYPE"}])


def columns(org: Org, query: Query) -> list[FieldPath]:
    """The selected fields, FIELDS(…) expanded. Raises INVALID_FIELD."""
    name = object_name(org, query.object)
    found: list[str] = []
    for field in query.fields:
        if field.startswith("FIELDS("):
            if query.limit is None or query.limit > 200:
                raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
            wanted = field[7:-1]
            found += [
                known.name
                for known in org.types[name].values()
                if wanted == "ALL" or (wanted == "CUSTOM") == known.name.endswith("__c")
            ]
        else:
            found.append(field)
    return [resolve(org, name, field) for field in found]


def select(org: Org, query: Query, *, deleted: bool, now: int) -> list[Row]:
    """The rows of a query; `deleted` also shows those in the recycle bin."""
    name = object_name(org, query.object)
    stamp_field = "CreatedDate" if name == "AccountHistory" else "SystemModstamp"
    keep = predicate(org, name, query.where, now) if query.where is not None else None
    start = lower_bound(query.where, stamp_field) if query.where is not None else None
    walk = _walk(org, name, start, deleted)
    if keep is not None:
        walk = (row for row in walk if keep(row))
    most = None if query.limit is None else query.limit + query.offset
    if [(field.lower(), down) for field, down, _ in query.order] in (
        [],
        [(stamp_field.lower(), False)],
        [(stamp_field.lower(), False), ("id", False)],
    ):
        return list(islice(walk, most))[query.offset :]
    rows = list(walk)
    for field, down, nulls_last in reversed(query.order):
        path = resolve(org, name, field)
        nulls = [row for row in rows if path.get(row) is None]
        known = sorted((row for row in rows if path.get(row) is not None), key=path.get, reverse=down)
        rows = known + nulls if nulls_last else nulls + known
    return rows[query.offset : most]


def record(org: Org, name: str, row: Row, paths: list[FieldPath], version: str) -> dict[str, Any]:
    """One record with its attributes; relationships are nested, null when they lead nowhere."""
    shape: dict[str, Any] = {"attributes": _attributes(name, row.id, version)}
    for path in paths:
        if len(path.parts) == 1:
            shape[path.parts[0]] = shown(path.type, path.get(row))
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
        nested[path.parts[-1]] = shown(path.type, path.get(row))
    return shape


def _walk(org: Org, name: str, start: int | None, deleted: bool) -> Iterator[Row]:
    ordered = org.ordered(name)
    rows = org.rows[name]
    for place in range(0 if start is None else bisect_left(ordered, (start, "")), len(ordered)):
        row = rows[ordered[place][1]]
        if not row.purged and (deleted or row.deleted_at is None):
            yield row


def _attributes(name: str, row_id: str, version: str) -> dict[str, str]:
    return {"type": name, "url": f"/services/data/v{version}/sobjects/{name}/{row_id}"}
