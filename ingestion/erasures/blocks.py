"""Overwrites what DuckDB has freed: a checkpoint writes changed rows elsewhere and leaves the old bytes in the file."""

import os

import pyarrow as pa

from ingestion import event_log
from ingestion.settings import Settings

TABLE = f"{event_log.SCHEMA}._overwritten"
# Rows of one block each: random bytes, which no compression makes smaller.
BLOCKS_AT_ONCE = 64


def wipe(settings: Settings) -> None:
    """Fills every free block once, and frees it again. Costs as much writing as the file has free space."""
    with event_log.connected(settings) as connection:
        connection.execute("checkpoint")
        row = connection.execute("select block_size, free_blocks from pragma_database_size()").fetchone() or (0, 0)
        size, left = row[0], row[1] + 1
        connection.execute(f"create or replace table {TABLE} (bytes blob)")
        while left > 0:
            some = min(left, BLOCKS_AT_ONCE)
            filler = pa.table({"bytes": [os.urandom(size) for _ in range(some)]})
            connection.register("filler", filler)
            connection.execute(f"insert into {TABLE} select bytes from filler")
            connection.unregister("filler")
            left -= some
        connection.execute("checkpoint")
        connection.execute(f"drop table {TABLE}")
        connection.execute("checkpoint")
