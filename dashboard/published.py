"""The published file, opened for one query at a time: a snapshot that replaces it is seen by the next query."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd


def path() -> Path:
    return Path(os.environ.get("DATA_DIR") or "data") / "published" / "support_signals.duckdb"


def query(sql: str, values: Sequence[Any] = ()) -> pd.DataFrame:
    """Raises duckdb.Error when nothing was published yet."""
    with duckdb.connect(str(path()), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql, list(values)).df()
