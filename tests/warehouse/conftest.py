"""Fixtures of the warehouse tests: an empty log in a folder of its own, and dbt as it runs for real."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.log import EventLog
from tests.warehouse.settings_event import settings

PROJECT = Path(__file__).parents[2] / "dbt_project"


class Warehouse:
    """One warehouse file: its log, dbt builds over it, and questions to the result."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "warehouse.duckdb"
        self.log = EventLog(self.path)
        self.log.append([settings()])

    def build(self, *args: str, command: str = "build") -> None:
        """Runs dbt in its own process: inside this one it would keep the file open."""
        dbt(command, self.folder, *args)

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(query, parameters).fetchall()

    def value(self, query: str, *parameters: object) -> Any:
        ((value,),) = self.rows(query, *parameters)
        return value


def dbt(command: str, data_dir: Path, *args: str) -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--quiet", command, *args],
        cwd=PROJECT,
        env=os.environ
        | {
            "DATA_DIR": str(data_dir),
            "DBT_PROFILES_DIR": str(PROJECT),
            "DBT_TARGET_PATH": str(data_dir / "dbt"),
            "DBT_LOG_PATH": str(data_dir / "dbt"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with dbt's parse state, copied into each test's folder to spare it a full parse."""
    folder = tmp_path_factory.mktemp("parsed")
    EventLog(folder / "warehouse.duckdb")
    dbt("parse", folder)
    return folder


@pytest.fixture
def warehouse(tmp_path: Path, parsed: Path) -> Iterator[Warehouse]:
    shutil.copytree(parsed / "dbt", tmp_path / "dbt")
    yield Warehouse(tmp_path)
