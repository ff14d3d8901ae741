"""What the UI shows of a stream beside its asset: numbers that it plots over time, and the quota as a table."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import dagster as dg

from ingestion.results import StreamResult
from ingestion.status import StreamStatus
from ingestion.status_table import duration, history

Metadata = dict[str, dg.MetadataValue]


def materialized(results: Sequence[StreamResult], statuses: Sequence[StreamStatus]) -> Metadata:
    """What this run did (`rows`, `pages`, `calls`, …), and how far the stream is after it, over all its instances.

    The furthest behind speaks for all: the largest lag, the smallest share of history, the longest time left.
    """
    found = {
        "rows": dg.MetadataValue.int(sum(result.rows for result in results)),
        "pages": dg.MetadataValue.int(sum(result.pages for result in results)),
        "rejected": dg.MetadataValue.int(sum(result.rejected for result in results)),
        "calls": dg.MetadataValue.int(sum(result.calls for result in results)),
        "waited_seconds": dg.MetadataValue.float(float(sum(result.waited_seconds for result in results))),
        **state(statuses),
    }
    if not results:
        found["note"] = dg.MetadataValue.text("not due, or not configured")
    if quota := _quota(results):
        found["quota"] = dg.MetadataValue.md(quota)
    if findings := [result.finding for result in results if result.finding]:
        found["reconciled"] = dg.MetadataValue.text("; ".join(findings))
    if warnings := dict.fromkeys(result.warning for result in results if result.warning):
        found["warnings"] = dg.MetadataValue.text("; ".join(warnings))
    return found


def state(statuses: Sequence[StreamStatus]) -> Metadata:
    """How far the stream is; a key is left out while its value is not known."""
    if not statuses:
        return {}
    found: Metadata = {
        "rows_in_log": dg.MetadataValue.int(sum(status.rows for status in statuses)),
        "history_complete": dg.MetadataValue.bool(all(s.history in ("none", "complete") for s in statuses)),
    }
    if newest := max((s.newest_occurred_at for s in statuses if s.newest_occurred_at), default=None):
        found["newest_occurred_at"] = _moment(newest)
    if polled_at := max((s.polled_at for s in statuses if s.polled_at), default=None):
        found["polled_at"] = _moment(polled_at)
    lags = [status.lag_seconds for status in statuses]
    if None not in lags:
        found["lag_seconds"] = dg.MetadataValue.float(float(max(filter(None, lags), default=0.0)))
    walks = [status for status in statuses if status.history in ("reading", "complete")]
    shares = [1.0 if status.history == "complete" else status.history_share for status in walks]
    if known := [share for share in shares if share is not None]:
        found["history_share"] = dg.MetadataValue.float(min(known))
    left = [0.0 if status.history == "complete" else status.history_seconds_left for status in walks]
    if left and len(known_left := [seconds for seconds in left if seconds is not None]) == len(left):
        found["history_seconds_left"] = dg.MetadataValue.float(max(known_left))
    if walks:
        lines = [f"{status.source}: {history(status)}" for status in walks]
        found["history"] = dg.MetadataValue.text("; ".join(lines))
    return found


def failed(results: Sequence[StreamResult], statuses: Sequence[StreamStatus]) -> Metadata:
    """Of a stream that is not materialized because an instance failed."""
    reasons = [result.error for result in results if result.error]
    return {"error": dg.MetadataValue.text(" ".join(dict.fromkeys(reasons))), **state(statuses)}


def _quota(results: Sequence[StreamResult]) -> str:
    rows = [row for result in results for row in _rows(result)]
    if not rows:
        return ""
    heading = (
        "| instance | quota | calls of this stream | used by all | our share | in all |\n|---|---|--:|--:|--:|--:|"
    )
    waits = [
        f"- {result.source} waited {duration(seconds)}: {reason}"
        for result in results
        for reason, seconds in result.waited.items()
    ]
    return "\n".join([heading, *rows, *(["", *waits] if waits else [])])


def _rows(result: StreamResult) -> Iterator[str]:
    for name, calls in result.calls_by_bucket.items():
        left = result.quota.get(name)
        used = f"{left.used} | {left.allowed} | {left.total}" if left else "- | - | -"
        yield f"| {result.source} | {name} | {calls} | {used} |"


def _moment(moment: datetime) -> dg.MetadataValue:
    return dg.MetadataValue.timestamp(moment)
