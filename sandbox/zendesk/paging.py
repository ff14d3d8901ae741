"""List paging of Zendesk: by cursor when `page[size]` or `page[after]` is asked, else by offset."""

import base64
import binascii
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from sandbox import settings
from sandbox.http import Call, Refused
from sandbox.zendesk.errors import bad_parameter, too_deep

Key = tuple[Any, ...]


def page(
    call: Call,
    rows: Sequence[Any],
    key: Callable[[Any], Key],
    columns: str = "id",
    *,
    whole: bool = False,
    most: int = settings.LIST_PAGE_ROWS,
) -> tuple[list[Any], dict[str, Any]]:
    """The rows of the asked page and the envelope around them; `rows` are sorted by `key`, ascending.

    `whole` lists give everything to who asks for no page at all. `sort=-…` and `sort_order=desc` turn the order round.
    """
    if any(name.startswith("page[") for name in call.query):
        return _by_cursor(call, rows, key, columns, most)
    if _is_descending(call):
        rows = rows[::-1]
    if whole and "page" not in call.query and "per_page" not in call.query:
        return list(rows), {"count": len(rows), "next_page": None, "previous_page": None}
    return _by_offset(call, rows)


def number(call: Call, name: str, default: int, most: int = settings.LIST_PAGE_ROWS) -> int:
    """A parameter that is a number from 1; more than `most` is `most`. Raises the 400 of anything else."""
    given = call.query.get(name)
    if given is None:
        return default
    if not given.isdigit() or int(given) < 1:
        raise bad_parameter(name, given)
    return min(int(given), most)


def address(call: Call) -> str:
    """This list's address without its parameters; links always say `.json`."""
    return call.base_url + call.path.rstrip("/").removesuffix(".json") + ".json"


def _by_cursor(
    call: Call, rows: Sequence[Any], key: Callable[[Any], Key], columns: str, most: int
) -> tuple[list[Any], dict[str, Any]]:
    size = number(call, "page[size]", settings.LIST_PAGE_ROWS, most)
    before, after, is_descending = call.query.get("page[before]"), call.query.get("page[after]"), _is_descending(call)
    cursor = before or after
    if bool(before) == is_descending:
        start = bisect_right(rows, _decode(cursor), key=key) if cursor else 0
        end = start + size
        has_more = end < len(rows)
    else:
        end = bisect_left(rows, _decode(cursor), key=key) if cursor else len(rows)
        start = max(0, end - size)
        has_more = start > 0
    if call.suffers("empty_page"):
        start, end, has_more = 0, 0, True
    elif call.suffers("repeated_row") and cursor and not is_descending:
        start = max(0, start - 1)
    found = list(rows[start:end])
    if is_descending:
        found.reverse()
    first = _encode(columns, key(found[0])) if found else None
    last = _encode(columns, key(found[-1])) if found else after
    return found, {
        "meta": {"has_more": has_more, "after_cursor": last, "before_cursor": first},
        "links": {
            "prev": _link(call, {"page[before]": first}) if first else None,
            "next": _link(call, {"page[after]": last} if last else {}) if last or has_more else None,
        },
    }


def _by_offset(call: Call, rows: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    place, size = number(call, "page", 1, most=1 << 40), number(call, "per_page", settings.LIST_PAGE_ROWS)
    start = (place - 1) * size
    if start >= settings.OFFSET_DEPTH_ROWS:
        raise too_deep()
    found = list(rows[start : start + size])
    return found, {"count": len(rows), **offset_links(call, place, start + size < len(rows))}


def offset_links(call: Call, place: int, more: bool) -> dict[str, str | None]:
    """`next_page` and `previous_page` of the page with this number."""

    def to(other: int) -> str:
        return f"{address(call)}?{urlencode(call.query | {'page': other}, quote_via=quote)}"

    return {"next_page": to(place + 1) if more else None, "previous_page": to(place - 1) if place > 1 else None}


def _is_descending(call: Call) -> bool:
    return call.query.get("sort", "").startswith("-") or call.query.get("sort_order", "").lower() == "desc"


def _link(call: Call, place: dict[str, str]) -> str:
    others = {name: value for name, value in call.query.items() if name not in ("page[after]", "page[before]")}
    size = others.pop("page[size]", None)
    parameters = others | place | ({"page[size]": size} if size else {})
    return f"{address(call)}?{urlencode(parameters, quote_via=quote)}"


def _encode(columns: str, key: Key) -> str:
    packed = b"".join(_pack(name, value) for name, value in zip(columns.split(","), key, strict=True))
    return base64.b64encode(orjson.dumps({"o": columns, "v": base64.b64encode(packed).decode()})).decode()


def _pack(column: str, value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return b"s" + struct.pack("<i", len(text)) + text
    return (b"d" if column.endswith("_at") else b"i") + struct.pack("<q", value)


def _decode(cursor: str) -> Key:
    found, place = [], 0
    try:
        packed = base64.b64decode(orjson.loads(base64.b64decode(cursor))["v"])
        while place < len(packed):
            is_text = packed[place : place + 1] == b"s"
            (value,) = struct.unpack_from("<i" if is_text else "<q", packed, place + 1)
            place += 5 if is_text else 9
            if is_text:
                found.append(packed[place : place + value].decode())
                place += value
            else:
                found.append(value)
    except (binascii.Error, ValueError, KeyError, TypeError, struct.error):
        raise Refused(400, settings.INVALID_CURSOR) from None
    return tuple(found)
