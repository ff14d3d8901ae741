"""Column lineage: from which columns of its parents a model's columns come, read from the SQL that dbt compiled."""

import csv
import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlglot import MappingSchema, exp, parse_one
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from orchestration.dbt_manifest import DBT_PROJECT
from orchestration.event_log import COLUMNS

DIALECT = "duckdb"
# What dbt calls the database only matters in that all tables are in the same one.
DATABASE = "warehouse"

# It warns of subqueries in conditions, which no column comes from.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

# A model's column -> (its parent, that one's column), parents by their dbt id.
Lineage = dict[str, list[tuple[str, str]]]


class LineageBook:
    """The lineage of every model, worked out once for each state of the project and kept in `path`.

    Parents come before their children, as dbt builds them: which columns a `select *` stands for is known from them.
    """

    def __init__(self, manifest: Mapping[str, Any], path: Path) -> None:
        self._manifest, self._path = manifest, path
        checksums = sorted(f"{name} {node['checksum']}" for name, node in manifest["nodes"].items())
        macros = sorted(f"{name} {macro['macro_sql']}" for name, macro in manifest["macros"].items())
        self._state = hashlib.sha256("\n".join(checksums + macros).encode()).hexdigest()
        kept = json.loads(path.read_bytes()) if path.exists() else {}
        self._known: dict[str, Lineage] = kept["lineage"] if kept.get("state") == self._state else {}

    def of(self, unique_id: str, compiled: Path, warn: Callable[[str], None]) -> Lineage:
        """Lineage of one model; none, with a warning, where its SQL cannot be read: that must never stop a build."""
        if unique_id not in self._known:
            parents = {name: self._node(name) for name in self._manifest["nodes"][unique_id]["depends_on"]["nodes"]}
            columns = {name: self._columns(name) for name in parents}
            try:
                self._known[unique_id] = read(compiled.read_text(), parents, columns)
            except Exception as error:  # a parser may stumble over anything, and the model is right all the same
                warn(f"{unique_id} has no lineage of columns, sqlglot cannot read it: {str(error)[:200]}")
                self._known[unique_id] = {}
        return self._known[unique_id]

    def keep(self) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps({"state": self._state, "lineage": self._known}))
        beside.replace(self._path)

    def _node(self, unique_id: str) -> Mapping[str, Any]:
        return self._manifest["sources" if unique_id.startswith("source.") else "nodes"][unique_id]

    def _columns(self, unique_id: str) -> Sequence[str]:
        if unique_id.startswith("source.") and _table(self._node(unique_id)).endswith("_events"):
            return [column.name for column in COLUMNS.columns]
        if unique_id.startswith("seed."):
            with (DBT_PROJECT / self._node(unique_id)["original_file_path"]).open(newline="") as seed:
                return next(csv.reader(seed))
        return list(self._known.get(unique_id, ()))


def read(sql: str, parents: Mapping[str, Mapping[str, Any]], columns: Mapping[str, Sequence[str]]) -> Lineage:
    """Raises SqlglotError, or whatever else sqlglot stumbles with, for SQL that it cannot read."""
    tables = {(node["schema"], _table(node)): name for name, node in parents.items()}
    schema: dict[str, Any] = {}
    for (database_schema, table), name in tables.items():
        if not columns[name]:
            continue  # its columns are taken as they are named
        schema.setdefault(DATABASE, {}).setdefault(database_schema, {})[table] = dict.fromkeys(columns[name], "text")
    known = MappingSchema(schema, dialect=DIALECT)
    query = qualify(parse_one(sql, dialect=DIALECT), schema=known, dialect=DIALECT, validate_qualify_columns=False)
    assert isinstance(query, exp.Query)
    scope = build_scope(query)
    found: Lineage = {}
    for column in query.named_selects:
        tree = lineage(column, query, known, scope=scope, dialect=DIALECT, trim_selects=False)
        leaves = [node for node in tree.walk() if not node.downstream]
        came = set()
        for leaf in leaves:
            table = leaf.expression.find(exp.Table)
            parent = tables.get((table.db, table.name)) if table is not None else None
            if parent:
                came.add((parent, leaf.name.rpartition(".")[2].strip('"')))
        found[column] = sorted(came)
    return found


def _table(node: Mapping[str, Any]) -> str:
    return node.get("identifier") or node.get("alias") or node["name"]
