"""The ids that a walk over a whole stream has met so far: in a database of their own, not in memory."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa


class Seen:
    """Without a path the ids live as long as the object; with one, a walk that breaks off can go on in the next run."""

    def __init__(self, path: Path | None = None) -> None:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._connection = duckdb.connect(str(path) if path else ":memory:")
        self._connection.execute("create table if not exists seen (entity_id varchar not null)")
        self._connection.execute("create table if not exists walk (walk varchar not null)")

    def begin(self, walk: str) -> None:
        """Forgets what an earlier walk met."""
        self._connection.execute("delete from seen; delete from walk")
        self._connection.execute("insert into walk values (?)", [walk])

    def is_of(self, walk: str) -> bool:
        return self._connection.execute("select walk from walk").fetchall() == [(walk,)]

    def add(self, entity_ids: Sequence[str]) -> None:
        if entity_ids:
            self._connection.execute("insert into seen select unnest(?)", [list(entity_ids)])

    def ids(self) -> pa.Table:
        return self._connection.execute("select distinct entity_id from seen").to_arrow_table()

    def drop(self) -> None:
        self._connection.close()
        if self._path:
            self._path.unlink(missing_ok=True)
            self._path.with_name(f"{self._path.name}.wal").unlink(missing_ok=True)
