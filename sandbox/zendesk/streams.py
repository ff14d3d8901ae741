"""The two orders in which Zendesk exports rows: latest versions by (stamp, id), and events by time of arrival."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import Generic, TypeVar

Row = TypeVar("Row")


class ChangedSince:
    """Each id once, at its newest stamp (seconds). An id that is touched again moves to its new place.

    Old places stay in the sorted list as stale keys and are skipped, until there are too many of them.
    """

    def __init__(self) -> None:
        self.stamps: dict[int, int] = {}
        self._keys: list[tuple[int, int]] = []

    def touch(self, row_id: int, stamp: int) -> None:
        if self.stamps.get(row_id) == stamp:
            return
        self.stamps[row_id] = stamp
        key = (stamp, row_id)
        if not self._keys or key > self._keys[-1]:
            self._keys.append(key)
        else:
            insort(self._keys, key)
        if len(self._keys) > 2 * len(self.stamps) + 10_000:
            self._keys = sorted((stamp, row_id) for row_id, stamp in self.stamps.items())

    def after(self, key: tuple[int, int], until: int) -> Iterator[tuple[int, int]]:
        """(stamp, id) strictly after `key`, up to and including the second `until`."""
        return self._walk(bisect_right(self._keys, key), until)

    def since(self, stamp: int, until: int) -> Iterator[tuple[int, int]]:
        """(stamp, id) from the second `stamp`, up to and including the second `until`."""
        return self._walk(bisect_left(self._keys, (stamp, -1)), until)

    def before(self, stamp: int) -> int | None:
        """The id of the last row before the second `stamp`."""
        place = bisect_left(self._keys, (stamp, -1)) - 1
        while place >= 0 and self.stamps[self._keys[place][1]] != self._keys[place][0]:
            place -= 1
        return self._keys[place][1] if place >= 0 else None

    def _walk(self, start: int, until: int) -> Iterator[tuple[int, int]]:
        stamps = self.stamps
        previous = None
        for place in range(start, len(self._keys)):
            key = self._keys[place]
            if key[0] > until:
                return
            # An id that came back to a stamp it had before has two equal keys.
            if stamps[key[1]] == key[0] and key != previous:
                previous = key
                yield key


class Feed(Generic[Row]):
    """Rows that never change place: ordered by second, then by arrival."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self.rows: list[Row] = []

    def add(self, time: int, row: Row) -> None:
        if not self.times or time >= self.times[-1]:
            self.times.append(time)
            self.rows.append(row)
            return
        place = bisect_right(self.times, time)
        self.times.insert(place, time)
        self.rows.insert(place, row)

    def since(self, time: int, until: int) -> Iterator[tuple[int, Row]]:
        """(second, row) from the second `time`, up to and including `until`."""
        for place in range(bisect_left(self.times, time), bisect_right(self.times, until)):
            yield self.times[place], self.rows[place]

    def before(self, time: int) -> Row | None:
        """The last row before the second `time`."""
        place = bisect_left(self.times, time) - 1
        return self.rows[place] if place >= 0 else None

    def backwards(self, time: int) -> Iterator[Row]:
        """Rows from the last one of the second `time`, newest first."""
        for place in range(bisect_right(self.times, time) - 1, -1, -1):
            yield self.rows[place]
