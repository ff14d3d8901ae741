"""Reconcile: once a day the log is compared with the systems; what differs becomes events for the next tick."""

import dagster as dg

from ingestion.__main__ import summary
from ingestion.errors import SourceError
from ingestion.run import ingest
from orchestration.environment import current_settings
from orchestration.warehouse_file import wait_until_free


@dg.op(description="Walks accounts, organizations, users and issues as they are now, and counts tickets.")
def compare_with_the_systems(context: dg.OpExecutionContext) -> None:
    """Fails, with a sentence for each, when a stream could not be compared, or when too much of one has vanished."""
    settings = current_settings()
    try:
        wait_until_free(settings, context.log.warning)
        results = ingest(settings, phase="reconcile", progress=context.log.info)
    except SourceError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    for result in results:
        (context.log.warning if result.warning or result.error else context.log.info)(summary(result))
    context.add_output_metadata(
        {
            f"{result.source} {result.stream}": result.error or result.warning or result.finding or "nothing to compare"
            for result in results
        }
    )
    errors = list(dict.fromkeys(result.error for result in results if result.error))
    if errors:
        raise dg.Failure(" ".join(errors), allow_retries=False)


@dg.job(description="Find what no change feed tells: hard deletes, fields that moved in silence, missed rows.")
def reconcile() -> None:
    compare_with_the_systems()
