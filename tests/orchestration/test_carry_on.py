"""One source that is down must not keep the answers from the others."""

import dagster as dg
import pytest

from orchestration.schedules import a_source_failed


def decision(failing_step: str) -> object:
    """What the sensor decides after a tick in which this step failed."""

    @dg.op(name=failing_step)
    def fails() -> None:
        raise dg.Failure("down")

    @dg.job(name="tick")
    def tick() -> None:
        fails()

    with dg.instance_for_test() as instance:
        result = tick.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="a_source_failed",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
        return a_source_failed(context)


def test_a_failed_source_starts_a_run_that_builds_from_the_rest() -> None:
    assert isinstance(decision("event_log"), dg.RunRequest)


@pytest.mark.parametrize("step", ["warehouse", "published__support_signals"])
def test_a_build_that_failed_is_not_tried_again(step: str) -> None:
    assert isinstance(decision(step), dg.SkipReason)
