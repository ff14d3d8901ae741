"""`make run` without make: the command in a process of its own, with an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "orchestration.run")
TIMEOUT = 900
KEPT = ("PATH", "HOME", "TMPDIR", "LANG")


def environment(data_dir: Path | str, **variables: str) -> dict[str, str]:
    """Nothing of the caller's settings leaks in."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"DATA_DIR": str(data_dir)} | variables


def run(data_dir: Path | str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=environment(data_dir, **variables),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def published(data_dir: Path) -> Path:
    return data_dir / "published" / "support_signals.duckdb"


def rows(data_dir: Path, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(published(data_dir)), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(query, list(values)).fetchall()


def marts(data_dir: Path, without: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every mart, in one order, without the columns named."""
    names = rows(
        data_dir,
        "select table_name from information_schema.tables "
        "where table_schema = 'marts' and table_name <> 'snapshot' order by 1",
    )
    query = "select columns(name -> not list_contains(?, name)) from marts.{} order by all"
    return {name: rows(data_dir, query.format(name), [list(without)]) for (name,) in names}
