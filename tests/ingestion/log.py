"""What tests ask of a log, and how they fill one."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ingestion import event_log
from ingestion.results import StreamResult
from ingestion.run import ingest
from ingestion.settings import Settings, load_settings
from tests.sandbox_process import RunningSandbox

PREFIXES = (
    "ZENDESK_",
    "SALESFORCE_",
    "GITLAB_",
    "START_DATE",
    "GO_LIVE_AT",
    "DATA_DIR",
    "QUOTA_",
    "HISTORY_",
    "MASS_",
    "RECONCILE_",
    "SIGNALS_",
)


def environment(running: RunningSandbox | None, folder: Path, **variables: str) -> dict[str, str]:
    """The variables of a run, without those of the machine that the tests run on."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
    given = running.environment() | {"START_DATE": running.ready["first_change"]} if running else {}
    return clean | given | {"DATA_DIR": str(folder)} | variables


def settings_for(running: RunningSandbox | None, folder: Path, **variables: str) -> Settings:
    with patch.dict(os.environ, environment(running, folder, **variables), clear=True):
        return load_settings(env_file=None)


class SkippedTime:
    """A run on it waits for nothing: a sleep is over at once, and its seconds have passed all the same."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> float:
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class SandboxTime:
    """A run on it waits on the frozen clock of a sandbox: a sleep moves that clock, and so opens its next window."""

    def __init__(self, running: RunningSandbox) -> None:
        self._running, self.slept = running, 0.0

    def now(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self._running.post("/_sandbox/clock", {"advance_seconds": seconds})
        self.slept += seconds


def load(settings: Settings, *streams: str, **options: Any) -> list[StreamResult]:
    """A run without the waits that a server asks for."""
    options = {"progress": lambda _: None, "timer": SkippedTime()} | options
    return ingest(settings, streams or None, **options)


def rows(settings: Settings, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with event_log.connected(settings) as connection:
        return connection.execute(sql, parameters).fetchall()


def value(settings: Settings, sql: str) -> Any:
    return rows(settings, sql)[0][0]


def event_ids(settings: Settings) -> list[str]:
    """Every event of a source, doubles included; the settings are dated by the run that wrote them."""
    found = rows(settings, "select event_id from event_log.events where source <> 'pipeline' order by event_id")
    return [identity for (identity,) in found]


def result(results: list[StreamResult], stream: str) -> StreamResult:
    (found,) = (r for r in results if r.stream == stream)
    return found
