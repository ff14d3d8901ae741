"""One result page of a Bulk API 2.0 job: CSV read by its own header row (R24), as text and nothing else (R25)."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from ingestion.errors import SourceError

# A long text area has more characters than the parser takes by default.
csv.field_size_limit(16_000_000)


class BadResults(SourceError):
    """The page is not what it should be: nothing of it may be used."""


class ResultPage:
    """`columns` in any order and case. Reading it twice costs less memory than keeping its rows. Raises BadResults.

    `count` is how many rows there are; a body without a header row has none.
    """

    def __init__(self, body: bytes, columns: tuple[str, ...]) -> None:
        # Bytes that are no UTF-8 stay in their own row, which is then refused with its text.
        self._text = body.decode("utf-8-sig", "surrogateescape")
        lines = self._lines()
        header = next(lines, None)
        self.count, self._places = 0, {}
        if header is None:
            return
        found = {name.lower(): place for place, name in enumerate(header)}
        for name in columns:
            if name.lower() not in found:
                raise BadResults(f"the result lacks the column {name}")
            self._places[name] = found[name.lower()]
        for line in lines:
            if len(line) != len(header):
                raise BadResults(f"row {self.count + 1} of the result has {len(line)} of {len(header)} columns")
            self.count += 1

    def rows(self, size: int, skipped: int = 0) -> Iterator[list[dict[str, str]]]:
        """Slices of at most `size` rows, without the first ones; related fields stay dotted."""
        lines = islice(self._lines(), 1 + skipped, None)
        while part := list(islice(lines, size)):
            yield [{name: line[place] for name, place in self._places.items()} for line in part]

    def _lines(self) -> Iterator[list[str]]:
        try:
            yield from csv.reader(io.StringIO(self._text, newline=""), strict=True)
        except csv.Error as error:
            raise BadResults(f"the result is no CSV ({error})") from None
