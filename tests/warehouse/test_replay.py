"""The promise of event sourcing: however the events came in, a rebuild gives the same rows."""

from __future__ import annotations

import os
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.warehouse.conftest import Warehouse
from tests.warehouse.dbt_process import models_of
from tests.warehouse.script import everything

EXAMPLES = int(os.environ.get("REPLAY_EXAMPLES", "2"))
NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
EVENTS = everything()
NUMBERS = list(range(len(EVENTS)))
# as told, and then other rules; and the other way round
SETTINGS_LAST = [NUMBERS[:-1], NUMBERS[-1:]]
BACKWARDS = [NUMBERS[60:][::-1], NUMBERS[30:60][::-1], NUMBERS[:30][::-1]]


@st.composite
def histories(draw: st.DrawFn) -> list[list[int]]:
    """The events' numbers in an order of arrival, cut into loads, some of them seen twice."""
    order = draw(st.permutations(NUMBERS))
    twice = draw(st.lists(st.sampled_from(order), max_size=5))
    arrivals = [*order, *twice]
    cuts = draw(st.sets(st.integers(1, len(arrivals) - 1), min_size=1, max_size=2))
    borders = [0, *sorted(cuts), len(arrivals)]
    return [arrivals[begin:end] for begin, end in pairwise(borders)]


@pytest.mark.timeout(1200)  # a dozen builds, and CI machines are shared
@hypothesis_settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    # a failing example takes half a minute: to report it as it is beats an hour of making it smaller
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@example(SETTINGS_LAST)
@example(BACKWARDS)
@given(histories())
def test_replay_equals_history(history: list[list[int]]) -> None:
    """R-PL-3."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        for load in history:
            warehouse.log.append([EVENTS[number] for number in load])
            warehouse.build(*NO_TESTS)
        lived = copy(warehouse.path)

        warehouse.build("--full-refresh", *NO_TESTS)

        assert differences(lived, warehouse.path) == {}


def copy(path: Path) -> Path:
    # the last writer's changes may still stand in the write-ahead log beside the file
    with duckdb.connect(str(path)) as connection:
        connection.execute("checkpoint")
    return Path(shutil.copy(path, path.with_stem("lived")))


def differences(lived: Path, rebuilt: Path) -> dict[str, list[tuple[object, ...]]]:
    """Rows that only one of the two files has, per table of every layer; the last column says which."""
    found = {}
    with duckdb.connect() as connection:
        connection.execute(f"set TimeZone = 'UTC'; attach '{lived}' as lived; attach '{rebuilt}' as rebuilt")
        for table in models_of("staging", "projections", "marts"):
            rows = connection.execute(
                f"""select *, 'lived' from (from lived.{table} except all from rebuilt.{table})
                union all select *, 'rebuilt' from (from rebuilt.{table} except all from lived.{table})"""
            ).fetchall()
            if rows:
                found[table] = rows
    return found
