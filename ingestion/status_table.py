"""The overview for a terminal: one line for each stream, in 120 columns."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from textwrap import wrap

from ingestion.status import Overview, StreamStatus

WIDTH = 120
_LINE = "{:<36}{:>11}{:>11}  {:<16}{:>8}  {:<18}{:>6}{:>8}"


def table(found: Overview) -> str:
    """Lines grouped by instance, the reason below a stream that failed, and totals."""
    heading = _LINE.format("", "last poll", "rows", "newest", "lag", "history", "calls", "waited").rstrip()
    lines = [f"as of {found.as_of:%Y-%m-%d %H:%M:%S} UTC", "", heading]
    for source, statuses in groupby(found.streams, key=lambda status: status.source):
        lines += [source, *(line for status in statuses for line in _lines(status))]
    return "\n".join([*lines, "", *_totals(found)])


def _lines(status: StreamStatus) -> Iterator[str]:
    yield _LINE.format(
        f"  {status.stream}",
        _moment(status.polled_at, "%m-%d %H:%M"),
        f"{status.rows:,}",
        _moment(status.newest_occurred_at, "%Y-%m-%d %H:%M"),
        duration(status.lag_seconds),
        history(status),
        status.calls,
        duration(status.waited_seconds),
    ).rstrip()
    if status.error:
        yield from wrap(f"failed: {status.error}", WIDTH, initial_indent="    ", subsequent_indent="    ")


def _totals(found: Overview) -> Iterator[str]:
    streams = found.streams
    reading = [status for status in streams if status.history in ("reading", "unknown")]
    left = [status.history_seconds_left for status in reading]
    known = [seconds for seconds in left if seconds is not None]
    if not reading:
        whole = "history is complete"
    elif len(known) < len(left):
        whole = f"history is not complete in {len(reading)} of them"
    else:
        whole = f"history is complete in about {duration(max(known))}"
    failed = sum(1 for status in streams if status.error)
    yield (
        f"{len(streams)} streams, {sum(status.rows for status in streams):,} rows; {whole}; last runs: "
        f"{sum(status.calls for status in streams):,} calls, waited "
        f"{duration(sum(status.waited_seconds for status in streams))}{f'; {failed} failed' if failed else ''}"
    )


def history(status: StreamStatus) -> str:
    """`complete`, `43 %, 25 min left`, `unknown`; a dash where there is none."""
    if status.history != "reading":
        return "-" if status.history == "none" else status.history
    # Rounded down: what is not complete is never shown as 100 %.
    share = "" if status.history_share is None else f"{int(status.history_share * 100)} %"
    left = "" if status.history_seconds_left is None else f"{duration(status.history_seconds_left)} left"
    return ", ".join(filter(None, (share, left))) or "unknown"


def duration(seconds: float | None) -> str:
    """In the largest unit that gives two of it at least: `95 s`, `25 min`, `3 h`, `4 days`."""
    if seconds is None:
        return "-"
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _moment(moment: datetime | None, pattern: str) -> str:
    return f"{moment:{pattern}}" if moment else "never" if pattern.startswith("%m") else "-"
