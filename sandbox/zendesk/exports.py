"""What all incremental exports share: where a page starts, how far rows may be shown, how the next page is named."""

import base64
import binascii
import re
from typing import Any
from urllib.parse import quote, urlencode

from sandbox import settings
from sandbox.http import Call, Refused
from sandbox.zendesk.errors import bad_parameter

_DIGITS = re.compile(r"\d+")


def visible_until(name: str, call: Call) -> int:
    """The last second whose rows may be shown."""
    return call.seconds - settings.WITHHELD_SECONDS[name]


def start_time(call: Call, too_recent: Refused) -> int:
    """The number that the text begins with (an ISO date is read as its year). Raises `too_recent`."""
    given = call.query.get("start_time", "")
    digits = _DIGITS.match(given)
    if digits is None:
        raise bad_parameter("start_time", given)
    if int(digits[0]) > call.seconds - settings.START_TIME_MIN_AGE_SECONDS:
        raise too_recent
    return int(digits[0])


def page_rows(call: Call) -> int:
    """`per_page`, 1 to 1000."""
    given = call.query.get("per_page", str(settings.EXPORT_PAGE_ROWS))
    if not given.isdigit() or not 1 <= int(given) <= settings.EXPORT_PAGE_ROWS:
        raise bad_parameter("per_page", given)
    return int(given)


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
