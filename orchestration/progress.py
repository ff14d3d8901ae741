"""What a person sees while `make run` works: a line when a layer begins, and a sign of life every few seconds."""

import logging
import sys
import time

import dagster as dg
from dagster import DagsterEvent, DagsterEventType

EVERY_SECONDS = 2.0
# Steps whose own words are shown.
TALKING = ("event_log", "deliveries")


class Progress(logging.Handler):
    """Turns the log of a Dagster run into lines for the terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._began = self._last = time.monotonic()
        self._step, self._built = "", 0

    def emit(self, record: logging.LogRecord) -> None:
        event: DagsterEvent | None = getattr(record, "dagster_event", None)
        if event is None:
            # What reading and delivering say; of the others only that they wait. Errors are said once, at the end.
            said = getattr(record, "dagster_meta", {}).get("orig_message") or record.getMessage()
            if logging.INFO <= record.levelno <= logging.WARNING and (self._step in TALKING or "waiting" in said):
                self._say(said)
        elif event.event_type == DagsterEventType.STEP_START:
            self._step, self._built = (event.step_key or "").split("__")[0], 0
            self._say("begins")
        elif event.event_type == DagsterEventType.ASSET_MATERIALIZATION and event.asset_key:
            self._built += 1
            if time.monotonic() - self._last > EVERY_SECONDS:
                self._say(f"{self._built} built, now in {event.asset_key.path[0]}")
        elif event.event_type == DagsterEventType.STEP_SUCCESS:
            self._say("done")

    def _say(self, text: str) -> None:
        self._last = time.monotonic()
        # The real one: what dbt prints is sent to a file meanwhile.
        print(f"{self._last - self._began:6.1f} s  {self._step:<11}{text}", file=sys.__stdout__, flush=True)


def _logger(_: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.Logger("support_signals.progress")
    logger.addHandler(Progress())
    return logger


progress_logger = dg.LoggerDefinition(_logger, description="Lines for the person who typed make run.")
