"""What a person sees while a run goes on: a line when a layer begins, and a sign of life every few seconds."""

import logging
import sys
import time

import dagster as dg

EVERY_SECONDS = 2.0
LAYERS = ("event_log", "seeds", "staging", "projections", "marts", "published")


class Progress(logging.Handler):
    """Turns the events of a Dagster run into lines on standard output."""

    def __init__(self) -> None:
        super().__init__()
        self._began, self._last, self._layer, self._built = time.monotonic(), 0.0, "", 0

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            # What ingestion, dbt or a lock says while it works.
            if record.levelno >= logging.INFO and getattr(record, "dagster_meta", {}).get("orig_message"):
                self._say(record.dagster_meta["orig_message"])  # pyright: ignore[reportAttributeAccessIssue]
            return
        if event.event_type_value == "STEP_START":
            self._layer, self._built = event.step_key, 0
            self._say("")
        elif event.event_type_value == "ASSET_MATERIALIZATION" and event.step_key == "warehouse":
            self._built += 1
            if time.monotonic() - self._last > EVERY_SECONDS:
                self._say(f"{self._built} tables built, now in {event.asset_key.path[0]}")

    def _say(self, text: str) -> None:
        self._last = time.monotonic()
        name = self._layer.split("__")[0]
        sys.stdout.write(f"{self._last - self._began:6.1f} s  {name:<12}{text}\n")
        sys.stdout.flush()


@dg.logger(description="Lines for the person who typed make run.")
def progress_logger(_: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.Logger("progress", logging.INFO)  # noqa: LOG001
    logger.addHandler(Progress())
    return logger
