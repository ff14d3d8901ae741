"""Query locators: the rest of a query whose first page was given, until it goes stale."""

from dataclasses import dataclass

from sandbox import settings
from sandbox.http import Refused
from sandbox.salesforce.fields import FieldPath
from sandbox.salesforce.org import Org, Row


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows are fixed, their values are read page by page."""

    object: str
    rows: list[Row]
    paths: list[FieldPath]
    opened_at: int


def keep(org: Org, cursor: Cursor) -> str:
    """The locator that leads back to a cursor; only the newest ones are kept."""
    locator = org.new_id("01g", cursor.opened_at)
    cursors = org.opened.cursors
    cursors[locator] = cursor
    while len(cursors) > settings.QUERY_LOCATORS_KEPT:
        cursors.popitem(last=False)
    return locator


def find(org: Org, text: str, now: int) -> tuple[str, Cursor, int]:
    """(locator, cursor, first row) of `01g…-2000`. Raises INVALID_QUERY_LOCATOR."""
    locator, _, start = text.rpartition("-")
    cursor = org.opened.cursors.get(locator)
    if cursor is None or not start.isdigit() or cursor.opened_at < now - settings.QUERY_LOCATOR_SECONDS * 1000:
        raise Refused(400, settings.INVALID_QUERY_LOCATOR)
    return locator, cursor, int(start)
