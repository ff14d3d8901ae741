"""A project's issues in the order of their changes, page by page, with none missed that is touched meanwhile."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from ingestion.envelope import moment

PAGE = 100
AHEAD = timedelta(minutes=10)
MOMENT = timedelta(milliseconds=1)
ORDER: dict[str, Any] = {"order_by": "updated_at", "sort": "asc", "scope": "all", "per_page": PAGE}

Records = list[dict[str, Any]]
Ask = Callable[[dict[str, Any]], Records]


def walk(
    ask: Ask, since: str | None, end: datetime | None, now: Callable[[], datetime]
) -> Iterator[tuple[Records, str | None]]:
    """Pages of issues with the moment up to which they reach; `ask` gives the page that its parameters describe.

    Each page asks again from the last moment, inclusive, instead of for the next page number: an issue that is touched
    meanwhile moves to the end and would shift another one over the edge of a numbered page.
    """
    number = 1
    while True:
        records = ask(_after(since) | {"page": number})
        reached = _reached(records, now()) or since
        yield records, reached
        if len(records) < PAGE or (end and reached and moment(reached) > end):
            return
        if since and _reached(records[-1:], now()) == since:
            yield from ((page, since) for page in _of_one_moment(ask, since))
            since, number = _next_moment(since), 1
        else:
            # Times still to come say nothing of where the next page begins.
            since, number = reached, number + 1 if reached == since else 1


def _of_one_moment(ask: Ask, at: str) -> Iterator[Records]:
    """Issues of one moment whose first page is full: by number from the second to the last page, and back to the first.

    One that is touched meanwhile leaves the moment and shifts those behind it to an earlier page, which may have been
    read on the way there, and is still to come on the way back.
    """
    params = _after(at) | {"updated_before": _next_moment(at)}
    for last in count(2):
        records = ask(params | {"page": last})
        yield records
        if len(records) < PAGE:
            yield from (ask(params | {"page": number}) for number in range(last - 1, 0, -1))
            return


def _after(since: str | None) -> dict[str, Any]:
    return ORDER | ({"updated_after": since} if since else {})


def _next_moment(at: str) -> str:
    """GitLab shows milliseconds of what it keeps in microseconds."""
    return (moment(at) + MOMENT).isoformat(timespec="milliseconds")


def _reached(records: Records, now: datetime) -> str | None:
    """The newest time on a page; one still to come must not carry the cursor over what happens till then."""
    for record in reversed(records):
        try:
            if moment(record["updated_at"]) <= now + AHEAD:
                return record["updated_at"]
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
    return None
