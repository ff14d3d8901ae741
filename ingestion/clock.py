"""The servers' clock: what time it is where the records are stamped, measured from the Date header of each answer."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


class Clock:
    """Local time until a server has answered; then local time corrected by the newest answer.

    A machine whose clock is wrong, and a sandbox whose clock is somewhere else, both give records and `recorded_at` on
    one time line.
    """

    def __init__(self) -> None:
        self._offset: timedelta | None = None

    @property
    def is_measured(self) -> bool:
        return self._offset is not None

    def observe(self, date_header: str | None) -> None:
        if not date_header:
            return
        try:
            self._offset = parsedate_to_datetime(date_header) - local_now()
        except (TypeError, ValueError, OverflowError):
            return  # an unreadable Date header is no reason to lose the answer that came with it

    @property
    def ahead_seconds(self) -> float | None:
        """How far the servers are ahead of this machine; None before the first answer."""
        return None if self._offset is None else self._offset.total_seconds()

    def now(self) -> datetime:
        return local_now() + (self._offset or timedelta())


def local_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)
