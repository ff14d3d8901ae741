"""Seconds since 1970 to text and back: the generator counts in seconds and writes ISO-8601."""

from datetime import UTC, datetime, timedelta

MINUTE, HOUR, DAY = 60, 3_600, 86_400

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
