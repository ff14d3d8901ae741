"""The marts in a file for readers: copied whole, or only the rows that differ from an earlier copy."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

PREFIXES = ("fct_", "dim_")


class NothingToPublish(Exception):
    """The warehouse has no marts yet. One sentence."""


class Copied(NamedTuple):
    """`rows` of a mart; those from `first_new` on, counted by DuckDB's rowid, were not in the file before."""

    rows: int
    first_new: int


def copy_marts(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> dict[str, Copied]:
    """Makes schema `marts` of the connected file hold the rows of the warehouse's, which stays attached as `warehouse`.

    What the file holds already is kept where it is the same: then a copy costs what changed and a look at every row.
    Raises NothingToPublish.
    """
    nothing = "There is nothing to publish yet: build the warehouse first."
    if not warehouse.exists():
        raise NothingToPublish(nothing)
    path = str(warehouse).replace("'", "''")
    connection.execute(f"attach '{path}' as warehouse (read_only)")
    marts = _columns(connection, "warehouse")
    if not marts:
        raise NothingToPublish(nothing)
    connection.execute("create schema if not exists marts")
    kept = _columns(connection, "current_database()")
    for gone in kept.keys() - marts.keys():
        connection.execute(f'drop table marts."{gone}"')
    return {mart: _copy(connection, mart, kept.get(mart) == columns) for mart, columns in marts.items()}


def _copy(connection: duckdb.DuckDBPyConnection, mart: str, is_alike: bool) -> Copied:
    here, there = f'marts."{mart}"', f'warehouse.marts."{mart}"'
    first_new = 0
    if is_alike:
        # Each row is looked at once, on either side.
        for table, rows in (("kept", here), ("wanted", there)):
            connection.execute(
                f"create or replace temp table {table} as "
                f"select rowid as place, hash(line) as content from {rows} as line"
            )
        only = "select place from {} anti join {} using (content)"
        connection.execute(f"delete from {here} where rowid in ({only.format('kept', 'wanted')})")
        first_new = _number(connection, f"select coalesce(max(rowid) + 1, 0) from {here}")
        connection.execute(f"insert into {here} from {there} where rowid in ({only.format('wanted', 'kept')})")
    # Rows that a mart holds twice have one hash: only their number tells.
    rows = _number(connection, f"select count(*) from {there}")
    if not is_alike or _number(connection, f"select count(*) from {here}") != rows:
        connection.execute(f"create or replace table {here} as from {there}")
        first_new = 0
    return Copied(rows, first_new)


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return row[0] if row else 0


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[tuple[str, str]]]:
    """Names and types of each mart's columns, in their order."""
    return dict(_found(connection, database))


def _found(connection: duckdb.DuckDBPyConnection, database: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    name = database if database.endswith("()") else f"'{database}'"
    rows = connection.execute(
        "select table_name, list((column_name, data_type) order by column_index) from duckdb_columns() "
        f"where database_name = {name} and schema_name = 'marts' group by table_name order by table_name"
    ).fetchall()
    return ((table, columns) for table, columns in rows if table.startswith(PREFIXES))
