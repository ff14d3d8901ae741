"""A poll: what one commit did for one stream, with all that `status` later tells from the log alone."""

from datetime import datetime
from typing import NamedTuple


class Poll(NamedTuple):
    """One completed poll: so that "nothing new" and "not asked" are different facts.

    `cursor` is that of its `phase`. The costs are those since the stream's poll before in the same run. `bucket` is the
    quota that allows the fewest calls, `calls_per_minute` what our share of it comes to; null without a quota.
    `history_done` is null for a stream that has no history. `clock_ahead_seconds`: the servers' clock against ours.
    """

    source: str
    stream: str
    polled_at: datetime
    cursor: str
    rows: int
    reached_end: bool
    phase: str = "live"
    run_id: str | None = None
    calls: int = 0
    waited_seconds: float = 0.0
    seconds: float = 0.0
    bucket: str | None = None
    calls_per_minute: int | None = None
    history_from: datetime | None = None
    history_until: datetime | None = None
    history_done: bool | None = None
    clock_ahead_seconds: float | None = None


CREATED = """
    source varchar not null, stream varchar not null, polled_at timestamptz not null, recorded_at timestamptz not null,
    cursor varchar, rows bigint not null, reached_end boolean not null
"""
# Warehouses that are older than these columns get them with the next run.
ADDED = (
    "phase varchar",
    "run_id varchar",
    "calls bigint",
    "waited_seconds double",
    "seconds double",
    "bucket varchar",
    "calls_per_minute bigint",
    "history_from timestamptz",
    "history_until timestamptz",
    "history_done boolean",
    "clock_ahead_seconds double",
)
