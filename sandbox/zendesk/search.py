"""GET /search and /search/export: types, times, statuses, tags and words; offset pages end at a thousand rows."""

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.timestamps import parse_ms
from sandbox.zendesk import shapes, ticket_shape
from sandbox.zendesk.errors import bad_parameter
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import number, offset_links, page
from sandbox.zendesk.ticket_lists import listed

_TERM = re.compile(r'(?:(-?\w+)(:|>=|<=|>|<))?("[^"]*"|\S+)')
_OPERATORS = {":": operator.eq, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
_TIMES = frozenset({"created", "updated"})
_TEXTS = frozenset({"status", "priority", "tags", "email", "name", "subject", "external_id", "role"})
TYPES = ("ticket", "user", "organization", "group")
Test = Callable[[dict[str, Any]], bool]


def search(instance: Instance, call: Call) -> Response:
    """By offset only. Raises the 422 of a page beyond the thousandth row."""
    if any(name.startswith("page[") for name in call.query):
        raise bad_parameter("page", "page[size]: search is paged by number")
    place, size = number(call, "page", 1, most=1 << 40), number(call, "per_page", settings.LIST_PAGE_ROWS)
    if place * size > settings.SEARCH_DEPTH_ROWS:
        raise Refused(422, settings.SEARCH_TOO_DEEP)
    rows = sorted(_found(instance, call, None), key=lambda row: (row["updated_at"], row["id"]), reverse=True)
    start = (place - 1) * size
    links = offset_links(call, place, start + size < len(rows))
    return reply({"results": rows[start : start + size], "facets": None, "count": len(rows), **links})


def export(instance: Instance, call: Call) -> Response:
    """By cursor, one type at a time, oldest first."""
    kind = call.query.get("filter[type]", "")
    if kind not in TYPES:
        raise bad_parameter("filter[type]", kind)
    rows = sorted(_found(instance, call, kind), key=_place)
    call.query.setdefault("page[size]", str(settings.LIST_PAGE_ROWS))
    found, envelope = page(call, rows, _place, "created_at,id", most=settings.SEARCH_EXPORT_PAGE_ROWS)
    return reply({"results": found, "facets": None, **envelope})


def _found(instance: Instance, call: Call, kind: str | None) -> Iterator[dict[str, Any]]:
    query = call.query.get("query")
    if query is None:
        raise bad_parameter("query", "")
    tests: list[Test] = []
    for name, sign, value in _TERM.findall(query):
        value = value.strip('"')
        if name == "type":
            kind = value
        else:
            tests.append(_test(name, sign, value))
    return (row for row in _rows(instance, call, kind) if all(test(row) for test in tests))


def _rows(instance: Instance, call: Call, kind: str | None) -> Iterator[dict[str, Any]]:
    if kind in (None, "ticket"):
        for row in listed(instance, call):
            yield ticket_shape.ticket(instance, row) | {"result_type": "ticket"}
    if kind in (None, "user"):
        for user in instance.users.values():
            if user.fields.get("active", True):
                yield shapes.user(instance, user) | {"result_type": "user"}
    if kind in (None, "organization"):
        for organization in instance.organizations.values():
            if not organization.fields.get("deleted_at"):
                yield shapes.organization(instance, organization) | {"result_type": "organization"}
    if kind in (None, "group"):
        for group in instance.groups.values():
            yield shapes.group(instance, group) | {"result_type": "group"}


def _test(name: str, sign: str, value: str) -> Test:
    if not name:
        return lambda row: value.lower() in f"{row.get('name')} {row.get('subject')} {row.get('description')}".lower()
    field = name.removeprefix("-")
    if field in _TIMES:
        try:
            moment = parse_ms(value)
        except ValueError:
            raise _unclear(f"{name}{sign}{value}") from None
        compare = _OPERATORS[sign]
        return lambda row: compare(parse_ms(row[f"{field}_at"]), moment)
    if field not in _TEXTS:
        raise _unclear(name)
    if sign != ":":
        raise _unclear(f"{name}{sign}")
    is_wanted = not name.startswith("-")
    return lambda row: (value in _words(row.get(field))) is is_wanted


def _words(value: Any) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def _place(row: dict[str, Any]) -> tuple[int, int]:
    return parse_ms(row["created_at"]) // 1000, row["id"]


def _unclear(what: str) -> Refused:
    return Refused(422, {"error": "invalid_search", "description": f"The sandbox does not search by {what!r}"})
