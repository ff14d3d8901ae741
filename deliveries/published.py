"""The published file: what deliveries may know."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb


class NotPublished(Exception):
    """There is nothing to read yet, or not what is asked for. One sentence."""


def path() -> Path:
    return Path(os.environ.get("DATA_DIR") or "data") / "published" / "support_signals.duckdb"


def query(file: Path, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Rows by column name, times in UTC. Raises NotPublished."""
    if not file.exists():
        raise NotPublished(f"{file} is not there yet: `make run` publishes it.")
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            found = connection.execute(sql, list(values))
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error as error:
        reason = str(error).splitlines()[0][:200]
        raise NotPublished(f"{file} cannot answer ({reason}): publish it again with `make run`.") from error
