"""Writes the warehouse file anew: DuckDB keeps the old bytes of changed rows, in free blocks and in shared ones."""

import duckdb

from ingestion import event_log
from ingestion.settings import Settings

# Smaller files are written anew at once; larger ones by the daily reconcile, for that holds up reading.
AT_ONCE_BYTES = 2_000_000_000


def is_small(settings: Settings) -> bool:
    return settings.warehouse_path.stat().st_size <= AT_ONCE_BYTES


def rewrite(settings: Settings) -> None:
    """A copy of what can be read, put in the file's place when it is whole. Call it under the writer's lock."""
    path = settings.warehouse_path
    copy = path.with_name(f"{path.stem}.rewritten.duckdb")
    for leftover in (copy, copy.with_name(f"{copy.name}.wal")):
        leftover.unlink(missing_ok=True)
    with event_log.connected(settings) as connection:
        connection.execute("checkpoint")
        (catalog,) = connection.execute("select current_database()").fetchone() or ("warehouse",)
        connection.execute(f"attach '{_quoted(str(copy))}' as rewritten ({event_log.FILE_FORMAT})")
        connection.execute(f'copy from database "{catalog}" to rewritten')
        connection.execute("detach rewritten")
    with duckdb.connect(str(copy)) as connection:
        connection.execute("checkpoint")
    copy.replace(path)


def _quoted(text: str) -> str:
    return text.replace("'", "''")
