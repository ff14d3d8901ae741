"""What a reader yields: pages of records, each with the cursor that the server gave with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ingestion.envelope import Rejected, Stamp

Cursor = dict[str, Any]


class Window(NamedTuple):
    """From when to read, and the moment at which a history walk has met the live one; None is unbounded."""

    start: datetime | None
    end: datetime | None = None


@dataclass(frozen=True)
class Page:
    """`cursor` continues after this page; `end` says that nothing further is there now.

    A record comes as the API gave it, or as `Stamped` where the reader had to decide its stamp itself.
    """

    records: list[Any]
    cursor: Cursor
    end: bool
    rejected: tuple[Rejected, ...] = ()
    warning: str | None = None
    finding: str | None = None


def _never(_entity_id: str) -> bool:
    return False


@dataclass(frozen=True)
class Reader:
    """How one stream is read: its pages from a cursor (None: from the window's start), and what identifies a record.

    `is_there` asks for one record that a walk over the whole stream has not met, where a list may withhold some.
    `tells_gone` is false where what a walk has not met may still be there.
    """

    pages: Callable[[Window, Cursor | None], Iterator[Page]]
    stamp: Callable[[dict[str, Any]], Stamp]
    is_there: Callable[[str], bool] = _never
    tells_gone: bool = True


def whole(records: list[Any]) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """Records that are there already, as one page that moves no cursor."""
    return lambda _window, _cursor: iter([Page(records, {}, end=True)])
