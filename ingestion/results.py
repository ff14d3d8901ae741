"""What a run did, stream by stream."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StreamResult:
    """One stream of one instance in one run.

    rows: events that are new to the log. pages: pages read. reached_end: live reading came to the end.
    history_complete: nothing is left to read of the time before. error: why the stream failed, None when it did not;
    what it had not committed by then will be read again. finding: what a reconcile found, None when it is not through.
    """

    stream: str
    source: str
    rows: int = 0
    rejected: int = 0
    pages: int = 0
    newest_occurred_at: datetime | None = None
    reached_end: bool = False
    history_complete: bool = True
    error: str | None = None
    warning: str | None = None
    finding: str | None = None
