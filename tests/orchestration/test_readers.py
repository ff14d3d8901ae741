"""Dashboards query the published file while it is replaced: no error, and never a half-written state (R-PL-4)."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from orchestration.snapshot import publish

READER = """
import sys, time, pathlib, duckdb
published, stop = map(pathlib.Path, sys.argv[1:])
seen, queries = set(), 0
while not stop.exists():
    with duckdb.connect(str(published), read_only=True) as connection:
        counts, marked = connection.execute('''
            select
                (select count(*) from marts.fct_notification_events),
                (select row_counts ->> '$.fct_notification_events' from marts.snapshot)
        ''').fetchone()
        assert counts == int(marked), (counts, marked)
        seen.add(counts)
        queries += 1
print(len(seen), queries)
"""
TICKS = 10


def test_two_readers_see_whole_snapshots_during_ten_publications(
    warehouse: Path, published: Path, tmp_path: Path, change: Callable[[str], None]
) -> None:
    """R-PL-4."""
    publish(warehouse, published, "run-0", [])
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(published), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for tick in range(1, TICKS + 1):
        change(
            "insert into marts.fct_notification_events "
            f"select 'tick-{tick}-' || range, 1000 + range, 'notify', '' from range(10)"
        )
        publish(warehouse, published, f"run-{tick}", [])
        time.sleep(0.1)
    stop.touch()

    for reader in readers:
        out, error = reader.communicate(timeout=60)
        assert reader.returncode == 0, error
        states, queries = map(int, out.split())
        assert states > 1, "the readers must have read while the file was replaced"
        assert queries >= states


def test_a_reader_that_keeps_the_file_open_holds_nobody_up(
    warehouse: Path, published: Path, change: Callable[[str], None]
) -> None:
    publish(warehouse, published, "run-0", [])
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); "
            "input(); print(c.execute('select run_id from marts.snapshot').fetchone()[0])",
            str(published),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"

    publish(warehouse, published, "run-1", [])
    publish(warehouse, published, "run-2", [])

    out, _ = holder.communicate("\n", timeout=60)
    assert out == "run-0\n"
