"""What a run did, stream by stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingestion.quota import Left


@dataclass(frozen=True)
class StreamResult:
    """One stream of one instance in one run.

    rows: events that are new to the log. pages: pages read. reached_end: live reading came to the end.
    history_complete: nothing is left to read of the time before. error: why the stream failed, None when it did not;
    what it had not committed by then will be read again. calls: answers asked for, by bucket too; waited: seconds by
    reason; quota: the buckets as the stream left them. finding: what a reconcile found, None when it is not through.
    """

    stream: str
    source: str
    rows: int = 0
    rejected: int = 0
    pages: int = 0
    newest_occurred_at: datetime | None = None
    reached_end: bool = False
    history_complete: bool = True
    calls: int = 0
    calls_by_bucket: Mapping[str, int] = field(default_factory=dict)
    waited: Mapping[str, float] = field(default_factory=dict)
    quota: Mapping[str, Left] = field(default_factory=dict)
    error: str | None = None
    warning: str | None = None
    finding: str | None = None

    @property
    def waited_seconds(self) -> float:
        return sum(self.waited.values())
