"""The architecture, as claims about the asset graph and the code location."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from ingestion.streams import STREAMS
from orchestration.definitions import defs
from orchestration.environment import PROJECT_ROOT
from orchestration.schedules import every_day, every_minute, every_night

LAYERS = ["event_log", "staging", "projections", "marts", "published", "deliveries"]


Specs = dict[dg.AssetKey, dg.AssetSpec]


@pytest.fixture(scope="module")
def specs() -> Specs:
    return {spec.key: spec for spec in defs.resolve_all_asset_specs()}


def layer(specs: Specs, key: dg.AssetKey) -> int:
    """Seeds are given from outside and may be read by any layer; the log's own bookkeeping belongs to the log."""
    group = "event_log" if key.path[0] == "event_log" else specs[key].group_name
    return -1 if group == "seeds" else LAYERS.index(str(group))


def parents(spec: dg.AssetSpec) -> set[dg.AssetKey]:
    return {dependency.asset_key for dependency in spec.deps}


def test_data_only_flows_forward(specs: Specs) -> None:
    for key, spec in specs.items():
        for parent in parents(spec):
            assert layer(specs, parent) <= layer(specs, key), f"{key} reads {parent}"


def test_every_stream_is_read_by_staging_and_by_nothing_else(specs: Specs) -> None:
    for stream in STREAMS.values():
        table = dg.AssetKey(["event_log", stream.table])
        readers = {spec.group_name for spec in specs.values() if table in parents(spec)}
        assert readers == {"staging"}, f"{stream.table} is read by {readers or 'nothing'}"


def test_the_published_file_waits_for_every_mart(specs: Specs) -> None:
    """R-PL-2."""
    marts = {key for key in specs if key.path[0] == "marts"}
    assert len(marts) >= 9
    assert parents(specs[dg.AssetKey(["published", "support_signals"])]) == marts


def test_every_asset_says_what_it_holds(specs: Specs) -> None:
    assert [key.to_user_string() for key, spec in specs.items() if not spec.description] == []


def test_the_schedules_wait_to_be_switched_on() -> None:
    assert [schedule.default_status for schedule in (every_minute, every_day, every_night)] == [
        dg.DefaultScheduleStatus.STOPPED
    ] * 3
    assert every_minute.cron_schedule == "* * * * *"


def test_a_tick_is_skipped_while_the_last_one_runs() -> None:
    with dg.instance_for_test() as instance:
        context = dg.build_schedule_context(instance=instance)
        assert isinstance(every_minute(context), dg.RunRequest)

        instance.create_run_for_job(defs.resolve_job_def("tick"), status=dg.DagsterRunStatus.STARTED)
        assert isinstance(every_minute(context), dg.SkipReason)


def test_a_comparison_that_failed_is_tried_again_each_hour_and_one_that_succeeded_is_not() -> None:
    with dg.instance_for_test() as instance:
        job = defs.resolve_job_def("reconcile")

        def at(hour: int) -> object:
            now = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
            return every_day(dg.build_schedule_context(instance=instance, scheduled_execution_time=now))

        assert isinstance(at(4), dg.RunRequest)
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE)
        assert isinstance(at(5), dg.RunRequest)
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        assert isinstance(at(6), dg.SkipReason)
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.SUCCESS)
        assert isinstance(at(7), dg.SkipReason)


def test_every_step_is_tried_once_more_after_what_nobody_foresaw() -> None:
    steps = {node.name: node.definition for node in defs.resolve_job_def("tick").nodes}
    assert {name for name, step in steps.items() if getattr(step, "retry_policy", None) is None} == set()
    assert len(steps) == 4


def test_the_definitions_load_in_an_empty_environment(tmp_path: Path) -> None:
    dagster = Path(sys.executable).with_name("dagster")
    done = subprocess.run(
        [str(dagster), "definitions", "validate", "-w", str(PROJECT_ROOT / "workspace.yaml")],
        cwd=PROJECT_ROOT,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
