"""Who may write the warehouse, and who may move the cursors: one at a time, and whoever waits says so."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingestion.settings import Settings

# Reading and loading take turns inside this process, and need no words for it.
_in_this_process = threading.RLock()


@contextmanager
def writer_lock(settings: Settings, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """The one writer of the warehouse. Whoever comes second waits, and says so."""
    with (
        _in_this_process,
        _waiting_lock(settings.warehouse_path.with_name("warehouse.duckdb.lock"), "the warehouse", say),
    ):
        yield


@contextmanager
def writer_lock_within(settings: Settings, seconds: float) -> Iterator[bool]:
    """The writer's lock if it is free within `seconds`: whether it is held."""
    lock = FileLock(settings.warehouse_path.with_name("warehouse.duckdb.lock"), is_singleton=True)
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


@contextmanager
def reader_lock(settings: Settings, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """One ingestion at a time: two would move the same cursors."""
    with _waiting_lock(settings.dlt_path / "ingestion.lock", "ingestion", say):
        yield


@contextmanager
def _waiting_lock(path: Path, what: str, say: Callable[[str], None] | None) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A singleton counts its holders: a caller that already holds the lock may call one that takes it.
    lock = FileLock(path, is_singleton=True)
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        (say or _say)(f"another process is using {what}; waiting until it is done")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
