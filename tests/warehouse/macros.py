"""Macros that are plain Jinja, rendered without dbt: one query, no build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import jinja2

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"


def evaluate(folder: str, expression: str, relation: str = "(select 1)", **names: object) -> list[tuple]:
    """Rows of `expression`, Jinja over the macros of one folder and the engine's, selected from `relation`."""
    return duckdb.sql(f"select {rendered(folder, expression, **names)} from {relation}").fetchall()


def rendered(folder: str, expression: str, **names: object) -> str:
    """The SQL of `expression`; the engine's macros are those of DuckDB, as dbt would dispatch them."""
    files = [*sorted((MACROS / "engine").glob("*.sql")), *sorted((MACROS / folder).glob("*.sql"))]
    macros = "".join(path.read_text() for path in files)
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    engine = _Engine()
    dbt = {"adapter": engine, "return": lambda value: value}
    engine.module = environment.from_string(macros).make_module(dbt)
    return environment.from_string(macros + expression).render(dbt | names)


class _Engine:
    module: Any = None

    def dispatch(self, name: str) -> Any:
        return getattr(self.module, f"default__{name}")
