"""The warehouse file while somebody writes: one writer, and whoever comes second waits and says so."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from ingestion.errors import SourceError
from ingestion.event_log import writer_lock
from ingestion.settings import Settings

# A dbt whose parent was killed finishes within this; a person's shell may stay open for hours.
WAIT_SECONDS = 60.0


@contextmanager
def writing(settings: Settings, say: Callable[[str], None]) -> Iterator[None]:
    """The writer lock, with the file free. Raises SourceError when a program that knows no lock keeps it open."""
    with writer_lock(settings, say):
        wait_until_free(settings, say)
        yield


def wait_until_free(settings: Settings, say: Callable[[str], None]) -> None:
    path, give_up, said = settings.warehouse_path, time.monotonic() + WAIT_SECONDS, False
    while path.exists():
        try:
            duckdb.connect(str(path)).close()
        except duckdb.IOException as error:
            if time.monotonic() > give_up:
                raise SourceError(
                    f"{path} is open in another program: close it there, and read the published copy instead."
                ) from error
            if not said:
                say(f"waiting for another program to close {path.name}")
                said = True
            time.sleep(0.5)
        else:
            return
