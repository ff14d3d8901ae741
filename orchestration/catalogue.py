"""What the catalogue shows of a model after a build: where its columns come from; of a mart also what is in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliInvocation
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from ingestion.settings import Settings
from orchestration.column_lineage import Lineage, LineageBook

PUBLISHED = dg.AssetKey(["published", "support_signals"])
SHOWN_ROWS = 5
LONGEST = 60


def described(
    build: DbtCliInvocation,
    keys: Mapping[str, dg.AssetKey],
    settings: Settings,
    published: Path,
    warn: Callable[[str], None],
) -> Iterator[Any]:
    """The events of a build, with lineage beside them; raises what the build raises, after all events.

    Those of marts come last: until dbt has ended nobody else can look into the warehouse. `keys` are the assets of
    dbt's ids.
    """
    manifest = build.manifest
    book = LineageBook(manifest, settings.dbt_path / "lineage.json")
    marts: list[tuple[Mapping[str, Any], dg.Output]] = []
    failure = None
    try:
        for event in build.stream():
            if not isinstance(event, dg.Output) or not (unique_id := _id(event)).startswith("model."):
                yield event
                continue
            node = manifest["nodes"][unique_id]
            compiled = build.target_path / "compiled" / node["package_name"] / node["original_file_path"]
            came_from = column_lineage(book.of(unique_id, compiled, warn), keys)
            told = event.with_metadata({**event.metadata, **came_from})
            if node["schema"] == "marts":
                marts.append((node, told))
            else:
                yield told
    except DagsterDbtCliRuntimeError as error:
        failure = error
    book.keep()
    yield from _with_contents(marts, settings.warehouse_path, published)
    if failure:
        raise failure


def _with_contents(
    marts: Sequence[tuple[Mapping[str, Any], dg.Output]], warehouse: Path, published: Path
) -> Iterator[dg.Output]:
    if not marts:
        return
    snapshot = {
        "published_in": dg.MetadataValue.asset(PUBLISHED),
        "published_file": dg.MetadataValue.path(str(published)),
    }
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for node, event in marts:
            held = contents(connection, node["name"], node["columns"])
            yield event.with_metadata({**event.metadata, **held, **snapshot})


def _id(event: dg.Output) -> str:
    return str(event.metadata["unique_id"].value)


def column_lineage(lineage: Lineage, keys: Mapping[str, dg.AssetKey]) -> dict[str, Any]:
    """Under the name that Dagster gives it, and as a table with links: the open-source UI shows only the latter."""
    deps = {
        column: [dg.TableColumnDep(keys[parent], its_column) for parent, its_column in parents if parent in keys]
        for column, parents in lineage.items()
    }
    lines = [
        f"| {column} | {', '.join(map(_linked, came)) or 'a constant or a count'} |" for column, came in deps.items()
    ]
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps),
        "columns_come_from": dg.MetadataValue.md("\n".join(["| column | comes from |", "| --- | --- |", *lines])),
    }


def _linked(dep: dg.TableColumnDep) -> str:
    return f"[{dep.asset_key.path[-1]}](/assets/{'/'.join(dep.asset_key.path)}).{dep.column_name}"


def contents(
    connection: duckdb.DuckDBPyConnection, mart: str, columns: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Number of rows, and some of them without what may name a person; `columns` as dbt's manifest has them."""
    row = connection.execute(f'select count(*) from marts."{mart}"').fetchone()
    named = [name for name, column in columns.items() if not column["config"].get("meta", {}).get("contains_pii")]
    listed = ", ".join(f'left(cast("{name}" as varchar), {LONGEST})' for name in named)
    rows = connection.execute(f'select {listed} from marts."{mart}" limit {SHOWN_ROWS}').fetchall()
    lines = [named, ["---"] * len(named), *([_cell(value) for value in row] for row in rows)]
    return {
        "dagster/row_count": row[0] if row else 0,
        "preview": dg.MetadataValue.md("\n".join(f"| {' | '.join(line)} |" for line in lines)),
    }


def _cell(value: str | None) -> str:
    # A bar or a tag in a customer's words must not become a part of the table.
    text = value or ""
    for character in "\\|<>`[]\r\n":
        text = text.replace(character, " ")
    return text
