"""The settings of this process, and the part of them that dbt, a child process, must see."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.settings import Settings, load_settings

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def current_settings() -> Settings:
    """The settings as they are now, read when something runs and never when the definitions load.

    Relative paths count from where the process was started; dbt starts somewhere else and gets absolute ones.
    Raises SettingsError.
    """
    settings = load_settings()
    settings.data_dir = settings.data_dir.absolute()
    os.environ["DATA_DIR"] = str(settings.data_dir)
    if settings.support_as_of:
        os.environ["SUPPORT_AS_OF"] = settings.support_as_of.isoformat()
    return settings


@contextmanager
def dbt_writes_to(settings: Settings) -> Iterator[None]:
    """For a replay, whose folder is not DATA_DIR."""
    os.environ["REPLAY_DIR"] = str(settings.data_dir)
    try:
        yield
    finally:
        del os.environ["REPLAY_DIR"]
