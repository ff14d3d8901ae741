"""SOQL's date literals (TODAY, LAST_N_DAYS:7, THIS_MONTH, …) -> the period that they name, in UTC."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sandbox import settings
from sandbox.salesforce.errors import malformed

Period = tuple[int, int]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period(word: str, now: int) -> Period:
    """(first millisecond, millisecond after the last). Raises MALFORMED_QUERY for what is no date literal."""
    name, _, number = word.lower().partition(":")
    today = datetime.fromtimestamp(now / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    found = _fixed(name, today) if not number else _counted(name, int(number), today)
    if found is None:
        raise malformed(f"unexpected token: '{word}'")
    return _ms(found[0]), _ms(found[1])


def _fixed(name: str, today: datetime) -> tuple[datetime, datetime] | None:
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if name in days:
        start = today + timedelta(days=days[name])
        return start, start + timedelta(days=1)
    if name in ("last_90_days", "next_90_days"):
        return _counted(f"{name[:4]}_n_days", 90, today)
    when, _, unit = name.partition("_")
    steps = {"last": -1, "this": 0, "next": 1}
    if when not in steps or unit not in ("week", *_MONTHS):
        return None
    return _move(unit)(today, steps[when]), _move(unit)(today, steps[when] + 1)


def _counted(name: str, count: int, today: datetime) -> tuple[datetime, datetime] | None:
    """LAST_N_DAYS reaches to the end of today; the longer units end before the present one begins."""
    tomorrow = today + timedelta(days=1)
    if name == "last_n_days":
        return today - timedelta(days=count), tomorrow
    if name == "next_n_days":
        return tomorrow, tomorrow + timedelta(days=count)
    if name == "n_days_ago":
        return today - timedelta(days=count), today - timedelta(days=count - 1)
    when, _, unit = name.partition("_n_")
    unit = unit.removesuffix("s")
    if when not in ("last", "next") or unit not in ("week", *_MONTHS):
        return None
    move = _move(unit)
    return (move(today, -count), move(today, 0)) if when == "last" else (move(today, 1), move(today, count + 1))


def _move(unit: str) -> Callable[[datetime, int], datetime]:
    """The beginning of the week, month, quarter or year that lies so many steps from the present one."""

    def week(today: datetime, steps: int) -> datetime:
        since = (today.weekday() - settings.WEEK_STARTS_ON) % 7
        return today + timedelta(days=7 * steps - since)

    def months(today: datetime, steps: int) -> datetime:
        size = _MONTHS[unit]
        count = (today.year * 12 + today.month - 1) // size * size + steps * size
        return today.replace(year=count // 12, month=count % 12 + 1, day=1)

    return week if unit == "week" else months


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
