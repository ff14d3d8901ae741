"""The code location. Read top to bottom: event log -> warehouse -> published."""

import dagster as dg

from orchestration import progress
from orchestration.event_log import event_log
from orchestration.published import support_signals
from orchestration.reconcile import reconcile
from orchestration.schedules import (
    a_source_failed,
    before_daybreak,
    carry_on,
    every_minute,
    every_night,
    rebuild,
    tick,
)
from orchestration.warehouse import dbt_resource, warehouse

defs = dg.Definitions(
    assets=[event_log, warehouse, support_signals],
    jobs=[tick, rebuild, carry_on, reconcile],
    schedules=[every_minute, every_night, before_daybreak],
    sensors=[a_source_failed],
    resources={"dbt": dbt_resource()},
    loggers={"progress": progress.progress_logger},
    executor=dg.in_process_executor,  # one process, one writer of the DuckDB file
)
