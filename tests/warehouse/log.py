"""An event log for warehouse tests: the tables of ingestion, filled by hand with payloads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

STREAMS = (
    "salesforce__account",
    "salesforce__contact",
    "salesforce__subscription",
    "salesforce__user",
    "salesforce__case",
    "salesforce__account_field_history",
    "salesforce__field",
    "delivery__attempt",
    "delivery__outcome",
    "zendesk__organization",
    "zendesk__user",
    "zendesk__ticket",
    "zendesk__ticket_audit",
    "zendesk__organization_membership",
    "zendesk__satisfaction_rating",
    "zendesk__survey_response",
    "zendesk__ticket_field",
    "gitlab__project",
    "gitlab__issue",
    "file__feedback",
    "pipeline__erasure",
    "pipeline__settings",
)
FEEDS = {
    "zendesk__ticket_audit",
    "salesforce__account_field_history",
    "pipeline__erasure",
    "pipeline__settings",
    "delivery__attempt",
    "delivery__outcome",
}
COLUMNS = """
    event_id varchar not null, event_type varchar not null, source varchar not null,
    entity_id varchar not null, occurred_at timestamptz not null, recorded_at timestamptz not null,
    position bigint not null, payload json not null
"""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One record as ingestion would envelope it; `occurred_at` is ISO text, `deleted` a tombstone."""

    stream: str
    entity_id: str | int
    occurred_at: str
    payload: Mapping[str, Any]
    source: str = ""
    deleted: bool = False

    @property
    def event_type(self) -> str:
        word = "deleted" if self.deleted else "recorded" if self.stream in FEEDS else "observed"
        return f"{self.stream.replace('__', '.')}.{word}"

    @property
    def origin(self) -> str:
        defaults = {"zendesk": "zendesk/global", "salesforce": "salesforce/main"}
        system = self.stream.split("__")[0]
        other = {
            "gitlab": "gitlab/main",
            "file": "file/feedback",
            "pipeline": "pipeline",
            "delivery": "delivery",
        }
        return self.source or (defaults | other)[system]

    @property
    def text(self) -> str:
        return json.dumps(self.payload, sort_keys=True, separators=(",", ":"))

    @property
    def event_id(self) -> str:
        parts = (
            self.event_type,
            self.origin,
            str(self.entity_id),
            self.occurred_at,
            self.text,
        )
        return hashlib.sha256("|".join(parts).encode()).hexdigest()


class EventLog:
    """The log of one warehouse file. Opens the file for each call only: dbt needs it in between."""

    def __init__(self, path: Path, first_load: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.path = path
        self.clock = first_load
        self.sources = {"salesforce/main", "zendesk/global", "gitlab/main", "file/feedback", "pipeline"}
        # streams that loads do not read, as if their API failed
        self.behind: set[str] = set()
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema if not exists event_log")
            for stream in STREAMS:
                connection.execute(f"create table event_log.{stream}_events ({COLUMNS})")
            connection.execute(
                """create table event_log.polls (source varchar, stream varchar, polled_at timestamptz,
                recorded_at timestamptz, cursor varchar, rows bigint, reached_end boolean)"""
            )

    def append(self, events: Iterable[Event], at: datetime | None = None, commit: bool = True) -> datetime:
        """Writes one load: one recorded_at, events already in the log left out, then its poll.

        `commit=False` leaves out the poll, as a crash between the two would.
        """
        events = list(events)
        self.clock = max(at or self.clock, self.clock + timedelta(microseconds=1))
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            seen: set[str] = set()
            for position, event in enumerate(events):
                if event.event_id in seen:
                    continue
                seen.add(event.event_id)
                connection.execute(
                    f"""insert into event_log.{event.stream}_events
                    select * from (values (?, ?, ?, ?, ?::timestamptz, ?::timestamptz, ?, ?::json)) as event(id)
                    where id not in (select event_id from event_log.{event.stream}_events)""",
                    [
                        event.event_id,
                        event.event_type,
                        event.origin,
                        str(event.entity_id),
                        event.occurred_at,
                        self.clock,
                        position,
                        event.text,
                    ],
                )
            if commit:
                self.sources |= {event.origin for event in events}
                connection.executemany(
                    "insert into event_log.polls values (?, ?, ?, ?, null, ?, true)",
                    [
                        [source, stream, self.clock, self.clock, len(seen)]
                        for stream in STREAMS
                        for source in self.sources
                        if source.split("/")[0] == stream.split("__")[0] and stream not in self.behind
                    ],
                )
        return self.clock
