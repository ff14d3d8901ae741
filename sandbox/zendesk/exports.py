"""What all incremental exports share: where a page starts, how far rows may be shown, how the next page is named."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from sandbox import settings
from sandbox.http import Call, Refused
from sandbox.zendesk.errors import bad_parameter
from sandbox.zendesk.instance import Instance

Row = TypeVar("Row")

SCOPES = {"all": ("agent", "ai_agent"), "agent": ("agent",), "ai_agent": ("ai_agent",)}
_DIGITS = re.compile(r"\d+")


def visible_until(name: str, call: Call) -> int:
    """The last second whose rows may be shown."""
    return call.seconds - settings.WITHHELD_SECONDS[name]


def start_time(call: Call, too_recent: Refused | None) -> int:
    """The number that the text begins with (an ISO date is read as its year). Raises `too_recent`, if there is one."""
    given = call.query.get("start_time", "")
    digits = _DIGITS.match(given)
    if digits is None:
        raise bad_parameter("start_time", given)
    if too_recent is not None and int(digits[0]) > call.seconds - settings.START_TIME_MIN_AGE_SECONDS:
        raise too_recent
    return int(digits[0])


def page_rows(call: Call) -> int:
    """`per_page`, 1 to 1000."""
    given = call.query.get("per_page", str(settings.EXPORT_PAGE_ROWS))
    if not given.isdigit() or not 1 <= int(given) <= settings.EXPORT_PAGE_ROWS:
        raise bad_parameter("per_page", given)
    return int(given)


def ticket_filter(instance: Instance, call: Call) -> Callable[[int], bool] | None:
    """Which tickets an export shows: those of `support_type_scope`, on request without deleted ones; None for all."""
    scope = call.query.get("support_type_scope", "agent")
    if scope not in SCOPES:
        raise bad_parameter("support_type_scope", scope)
    allowed, hide_deleted = SCOPES[scope], call.query.get("exclude_deleted") == "true"
    if scope == "all" and not hide_deleted:
        return None
    found = instance.tickets

    def shown(row_id: int) -> bool:
        fields = found[row_id].fields
        return fields.get("support_type", "agent") in allowed and not (hide_deleted and fields["status"] == "deleted")

    return shown


def time_page(
    call: Call, walk: Iterator[tuple[int, Row]], before: Callable[[int], Row | None]
) -> tuple[list[Row], dict[str, Any]]:
    """One page by time, extended to hold every row of its last second; `before` finds the last row before a second."""
    start = start_time(call, None)
    if call.suffers("empty_page"):
        return [], _time_envelope(call, 0, start, False)
    most = page_rows(call)
    page: list[Row] = []
    last, is_end = 0, True
    for at, row in walk:
        if len(page) >= most and at != last:
            is_end = False
            break
        page.append(row)
        last = at
    if call.suffers("stuck_second"):
        return page, _time_envelope(call, len(page), start, False)
    if call.suffers("repeated_row") and (repeated := before(start)) is not None:
        page.insert(0, repeated)
    return page, _time_envelope(call, len(page), _end_time(last, is_end) if page else None, is_end)


def _time_envelope(call: Call, count: int, end_time: int | None, is_end: bool) -> dict[str, Any]:
    path = call.path.rstrip("/").removesuffix(".json") + ".json"
    following = None if end_time is None else link(call, path, {"start_time": end_time})
    return {"count": count, "end_of_stream": is_end, "end_time": end_time, "next_page": following}


def _end_time(last: int, is_end: bool) -> int:
    if settings.END_TIME_MODE == "recorded":
        return last if is_end else last + 1
    return last + 1 if settings.END_TIME_MODE == "last_plus_one" else last


def includes(call: Call) -> set[str]:
    return {name.strip() for name in call.query.get("include", "").split(",")}


def encode_cursor(key: tuple[int, int]) -> str:
    return base64.b64encode(f"{key[0]}.0||{key[1]}|".encode()).decode()


def decode_cursor(text: str) -> tuple[int, int]:
    """(stamp, id). Raises the 400 of an unusable cursor."""
    try:
        stamp, _, row_id, _ = base64.b64decode(text, validate=True).decode().split("|")
        return int(float(stamp)), int(row_id)
    except (binascii.Error, ValueError):
        raise Refused(400, settings.INVALID_CURSOR) from None


def link(call: Call, path: str, changed: dict[str, Any]) -> str:
    """The address of the next page: the asked parameters, alphabetically, with some replaced (None removes)."""
    parameters = {name: value for name, value in (call.query | changed).items() if value is not None}
    return f"{call.base_url}{path}?{urlencode(sorted(parameters.items()), quote_via=quote)}"
