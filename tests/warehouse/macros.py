"""Macros that are plain Jinja, rendered without dbt: one query, no build."""

from __future__ import annotations

from pathlib import Path

import duckdb
import jinja2

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"


def evaluate(folder: str, expression: str, relation: str = "(select 1)", **names: object) -> list[tuple]:
    """Rows of `expression`, Jinja over the macros of one folder, selected from `relation`."""
    macros = "".join(path.read_text() for path in sorted((MACROS / folder).glob("*.sql")))
    columns = jinja2.Environment().from_string(macros + expression).render(**names)
    return duckdb.sql(f"select {columns} from {relation}").fetchall()
