"""The code location. Read top to bottom: event log -> warehouse -> published -> deliveries."""

import dagster as dg

from orchestration import progress
from orchestration.event_log import event_log
from orchestration.incidents import incidents
from orchestration.notifications import notifications
from orchestration.published import support_signals
from orchestration.schedules import (
    a_source_failed,
    carry_on,
    every_day,
    every_minute,
    every_night,
    rebuild,
    reconcile,
    tick,
)
from orchestration.warehouse import dbt_resource, warehouse

defs = dg.Definitions(
    assets=[event_log, warehouse, support_signals, notifications],
    jobs=[tick, reconcile, rebuild, carry_on],
    schedules=[every_minute, every_day, every_night],
    sensors=[a_source_failed, incidents],
    resources={"dbt": dbt_resource()},
    loggers={"progress": progress.progress_logger},
    executor=dg.in_process_executor,  # one process, one writer of the DuckDB file
)
