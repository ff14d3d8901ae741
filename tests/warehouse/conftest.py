"""Fixtures of the warehouse tests: an empty log in a folder of its own, and dbt as it runs for real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.dbt_process import dbt
from tests.warehouse.log import EventLog
from tests.warehouse.settings_event import settings


class Warehouse:
    """One warehouse file: its log, dbt builds over it, and questions to the result."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "warehouse.duckdb"
        self.log = EventLog(self.path)
        self.log.append([settings()])

    def build(self, *args: str, command: str = "build") -> None:
        """Builds what `args` select, without dbt's unit tests: those need no warehouse of their own."""
        unless_unit_tests = ("--exclude-resource-type", "unit_test") if command == "build" else ()
        dbt(command, self.folder, *unless_unit_tests, *args)

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(query, parameters).fetchall()

    def value(self, query: str, *parameters: object) -> Any:
        ((value,),) = self.rows(query, *parameters)
        return value


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty `dbt` folder in it, for modules that lay out a warehouse themselves."""
    folder = tmp_path_factory.mktemp("parsed")
    (folder / "dbt").mkdir()
    return folder
