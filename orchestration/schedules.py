"""When things run: `tick` does everything, `carry_on` goes on without a failed source.

`reconcile` compares whole streams with the log, `rebuild` replays it.
"""

import os

import dagster as dg
from dagster import AssetSelection, DagsterRunStatus, DefaultScheduleStatus, DefaultSensorStatus

from orchestration.dagster_home import UNFINISHED, forget_old_runs
from orchestration.event_log import ReadConfig
from orchestration.warehouse import BuildConfig

# Why a run was started, where it is not for the minute that passed.
TRIGGER = "support_signals/trigger"
ANSWERS = AssetSelection.groups("seeds", "staging", "projections", "marts", "published")
# `make up` sets it. By itself a code location only shows what there is.
IS_LIVE = os.environ.get("SUPPORT_SIGNALS_LIVE") == "1"
SCHEDULES = DefaultScheduleStatus.RUNNING if IS_LIVE else DefaultScheduleStatus.STOPPED

tick = dg.define_asset_job("tick", AssetSelection.all(), description="Read what changed, build, publish, deliver.")

rebuild = dg.define_asset_job(
    "rebuild",
    ANSWERS,
    config=dg.RunConfig(ops={"warehouse": BuildConfig(full_refresh=True)}),
    description="Forget every table but the event log, build all of them again from it, publish.",
)

reconcile = dg.define_asset_job(
    "reconcile",
    AssetSelection.groups("event_log"),
    config=dg.RunConfig(ops={"event_log": ReadConfig(reconcile=True)}),
    description="Compare accounts, organizations, people and memberships with the log, whole: what was deleted for "
    "good, moved in silence or missed becomes an event. The next tick builds from it.",
)

carry_on = dg.define_asset_job(
    "carry_on",
    ANSWERS | AssetSelection.groups("deliveries"),
    description="Build, publish and deliver from what the event log holds.",
)


@dg.schedule(
    job=tick,
    cron_schedule="* * * * *",
    default_status=SCHEDULES,
)
def every_minute(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A tick each minute, unless the last one still runs: ticks that queue up would only repeat each other."""
    forget_old_runs(context.instance)
    running = context.instance.get_run_records(dg.RunsFilter(job_name=tick.name, statuses=UNFINISHED), limit=1)
    if running:
        return dg.SkipReason("the last tick still runs")
    # No tag: what is not marked otherwise in the list of runs is one of these.
    return dg.RunRequest(run_config=dg.RunConfig(ops={"warehouse": BuildConfig(daily_tests=False)}))


every_night = dg.ScheduleDefinition(
    name="every_night",
    job=tick,
    cron_schedule="0 3 * * *",
    default_status=SCHEDULES,
    tags={TRIGGER: "night"},
    description="A tick that also runs the tests that read whole tables.",
)


@dg.schedule(
    job=reconcile,
    cron_schedule="0 4-23 * * *",
    default_status=SCHEDULES,
)
def every_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """The comparison that finds what no change told of: at four, and where that failed each hour until it succeeds."""
    today = context.scheduled_execution_time.replace(hour=0, minute=0, second=0, microsecond=0)
    underway = [*UNFINISHED, DagsterRunStatus.SUCCESS]
    wanted = dg.RunsFilter(job_name=reconcile.name, statuses=underway, created_after=today)
    if context.instance.get_run_records(wanted, limit=1):
        return dg.SkipReason("done today, or under way")
    return dg.RunRequest(tags={TRIGGER: "day"})


@dg.run_failure_sensor(
    monitored_jobs=[tick],
    request_job=carry_on,
    default_status=DefaultSensorStatus.RUNNING if IS_LIVE else DefaultSensorStatus.STOPPED,
    minimum_interval_seconds=15,
)
def a_source_failed(context: dg.RunFailureSensorContext) -> dg.RunRequest | dg.SkipReason:
    """One source that is down must not keep the answers from the others: build from what did arrive."""
    failed = {event.step_key for event in context.get_step_failure_events()}
    if not failed or any(step != "event_log" for step in failed):
        return dg.SkipReason("building, publishing or delivering failed, and would fail again")
    return dg.RunRequest(run_key=context.dagster_run.run_id, tags={TRIGGER: "a source failed"})
