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

Key = tuple[int, ...]


def page(
    call: Call,
    path: str,
    rows: Sequence[Any],
    key: Callable[[Any], Key],
    columns: str = "id",
    *,
    whole: bool = False,
) -> tuple[list[Any], dict[str, Any]]:
    """The rows of the asked page and the envelope around them; `rows` are sorted by `key`.

    `whole` lists give everything to who asks for no page at all.
    """
    if any(name.startswith("page[") for name in call.query):
        return _by_cursor(call, path, rows, key, columns)
    if whole and "page" not in call.query and "per_page" not in call.query:
        return list(rows), {"count": len(rows), "next_page": None, "previous_page": None}
    return _by_offset(call, path, rows)


def _by_cursor(
    call: Call, path: str, rows: Sequence[Any], key: Callable[[Any], Key], columns: str
) -> tuple[list[Any], dict[str, Any]]:
    size = _number(call, "page[size]", settings.LIST_PAGE_ROWS)
    before = call.query.get("page[before]")
    if before:
        end = bisect_left(rows, _decode(before), key=key)
        start = max(0, end - size)
    else:
        after = call.query.get("page[after]")
        start = bisect_right(rows, _decode(after), key=key) if after else 0
        end = start + size
    found = list(rows[start:end])
    first = _encode(columns, key(found[0])) if found else None
    last = _encode(columns, key(found[-1])) if found else call.query.get("page[after]")
    return found, {
        "meta": {"has_more": (start > 0) if before else end < len(rows), "after_cursor": last, "before_cursor": first},
        "links": {
            "prev": _link(call, path, {"page[before]": first}) if first else None,
            "next": _link(call, path, {"page[after]": last}) if last else None,
        },
    }


def _by_offset(call: Call, path: str, rows: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    number, size = _number(call, "page", 1, most=1 << 40), _number(call, "per_page", settings.LIST_PAGE_ROWS)
    if number * size > settings.OFFSET_DEPTH_ROWS and (number - 1) * size >= settings.OFFSET_DEPTH_ROWS:
        raise too_deep()
    start = (number - 1) * size
    more = start + size < len(rows)
    base = {name: value for name, value in call.query.items() if name != "page"}
    address = f"{call.base_url}{path}.json?"
    return list(rows[start : start + size]), {
        "count": len(rows),
        "next_page": address + urlencode(base | {"page": number + 1}, quote_via=quote) if more else None,
        "previous_page": address + urlencode(base | {"page": number - 1}, quote_via=quote) if number > 1 else None,
    }


def _number(call: Call, name: str, default: int, most: int = settings.LIST_PAGE_ROWS) -> int:
    given = call.query.get(name)
    if given is None:
        return default
    if not given.isdigit() or int(given) < 1:
        raise bad_parameter(name, given)
    return min(int(given), most)


def _link(call: Call, path: str, place: dict[str, str]) -> str:
    others = {name: value for name, value in call.query.items() if name not in ("page[after]", "page[before]")}
    size = others.pop("page[size]", None)
    parameters = others | place | ({"page[size]": size} if size else {})
    return f"{call.base_url}{path}.json?{urlencode(parameters, quote_via=quote)}"


def _encode(columns: str, key: Key) -> str:
    packed = b"".join(b"i" + struct.pack("<q", value) for value in key)
    return base64.b64encode(orjson.dumps({"o": columns, "v": base64.b64encode(packed).decode()})).decode()


def _decode(cursor: str) -> Key:
    try:
        packed = base64.b64decode(orjson.loads(base64.b64decode(cursor))["v"])
        return tuple(struct.unpack_from("<q", packed, place + 1)[0] for place in range(0, len(packed), 9))
    except (binascii.Error, ValueError, KeyError, TypeError, struct.error):
        raise Refused(400, settings.INVALID_CURSOR) from None
