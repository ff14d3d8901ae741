"""Incidents: a tick that fails twice in a row is told by one mail, and the next one that succeeds by another."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
from dagster import DagsterEventType, DagsterInstance, DagsterRunStatus, DefaultSensorStatus

from deliveries.incident import tell
from deliveries.settings import load_delivery_settings
from orchestration.schedules import IS_LIVE, tick

# One failure may be a stumble that the next tick mends.
FAILURES = 2
SHOWN = 5
WHAT = "Reading, building or delivering"
FINISHED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE]


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=DefaultSensorStatus.RUNNING if IS_LIVE else DefaultSensorStatus.STOPPED,
)
def incidents(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Mails ALERT_TO when ticks begin to fail and when they succeed again; the cursor holds the incident under way.

    A mail that is not taken leaves the cursor as it is, so that the next evaluation sends it.
    """
    runs = context.instance.get_run_records(dg.RunsFilter(job_name=tick.name, statuses=FINISHED), limit=FAILURES)
    known = json.loads(context.cursor) if context.cursor else None
    if not runs:
        return dg.SkipReason("no tick has ended yet")
    newest, failed = runs[0], [run for run in runs if run.dagster_run.status == DagsterRunStatus.FAILURE]
    at = datetime.fromtimestamp(newest.end_time or newest.update_timestamp.timestamp(), UTC)
    if known and newest not in failed:
        tell(load_delivery_settings(), WHAT, datetime.fromisoformat(known["since"]), at, known["failures"], [])
        context.update_cursor("")
        return dg.SkipReason("the incident is over")
    if known:
        if known["last"] != newest.dagster_run.run_id:
            again = {"failures": known["failures"] + 1, "last": newest.dagster_run.run_id}
            context.update_cursor(json.dumps(known | again))
        return dg.SkipReason("the incident goes on, and was told")
    if len(failed) < FAILURES:
        return dg.SkipReason("ticks succeed, or only one has failed")
    since = datetime.fromtimestamp(failed[-1].start_time or failed[-1].create_timestamp.timestamp(), UTC)
    tell(
        load_delivery_settings(), WHAT, since, at, FAILURES, list(_reasons(context.instance, newest.dagster_run.run_id))
    )
    told = {"since": since.isoformat(), "failures": FAILURES, "last": newest.dagster_run.run_id}
    context.update_cursor(json.dumps(told))
    return dg.SkipReason("a new incident was told")


def _reasons(instance: DagsterInstance, run_id: str) -> Iterator[str]:
    """What each failed step says of itself; a run that died says only that."""
    found = []
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.STEP_FAILURE):
        failure = entry.dagster_event and entry.dagster_event.step_failure_data
        if failure and failure.user_failure_data and failure.user_failure_data.description:
            found.append(str(failure.user_failure_data.description))
        elif failure and failure.error:
            found.append(f"{entry.step_key}: {(failure.error.cause or failure.error).message.strip().splitlines()[0]}")
    yield from found[:SHOWN] or ["The run was interrupted; Dagster shows its log."]
