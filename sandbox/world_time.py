"""Time in the generator: seconds since 1970, their text, and values that change with it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

MINUTE, HOUR, DAY = 60, 3_600, 86_400

T = TypeVar("T")

_days: dict[int, str] = {}


def iso(seconds: int) -> str:
    """`2026-03-01T09:00:00Z`; the date part is remembered, for a world writes the same days very often."""
    day, second = divmod(seconds, DAY)
    date = _days.get(day)
    if date is None:
        date = _days[day] = datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m-%dT")
    return f"{date}{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def month_start(moment: int) -> int:
    """The first second of the month (UTC) that `moment` lies in."""
    first = datetime.fromtimestamp(moment, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return int(first.timestamp())


def months_before(moment: int, months: int) -> int:
    """The first second of the month that lies `months` months before the one after `moment`."""
    following = datetime.fromtimestamp(month_start(moment), UTC) + timedelta(days=32)
    count = following.year * 12 + following.month - 1 - months
    return int(datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC).timestamp())


@dataclass(slots=True)
class Timeline(Generic[T]):
    """A value and its changes, oldest first; of two changes at one instant the later entry wins."""

    changes: list[tuple[int, T]]

    def set(self, at: int, value: T) -> None:
        assert not self.changes or self.changes[-1][0] <= at
        self.changes.append((at, value))

    def at(self, moment: int) -> T | None:
        """The value at `moment`; before the first change None."""
        found = None
        for changed_at, value in self.changes:
            if changed_at > moment:
                break
            found = value
        return found

    def begin_at(self, at: int) -> None:
        self.changes[0] = (at, self.first)

    def begin_with(self, value: T) -> None:
        self.changes[0] = (self.changes[0][0], value)

    @property
    def first(self) -> T:
        return self.changes[0][1]
