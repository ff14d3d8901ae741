"""Event log: one asset per stream, all read in one go by ingestion, which knows no orchestrator."""

from collections.abc import Iterator

import dagster as dg

from ingestion import status
from ingestion.errors import SourceError
from ingestion.run import ingest
from ingestion.streams import STREAMS, Stream
from orchestration import rejections, stream_metadata
from orchestration.environment import current_settings
from orchestration.every_asset import ONCE_MORE, OWNERS
from orchestration.freshness import CHECK as IS_FRESH
from orchestration.freshness import checked, freshness, policy
from orchestration.run_tags import listed, tag
from orchestration.warehouse_file import wait_until_free

GROUP = "event_log"
# Shapes that come from a system; the others come from files and from this project itself.
READ = ("changes", "list")
COLUMNS = dg.TableSchema(
    columns=[
        dg.TableColumn("event_id", "varchar", "The same observation always has the same id."),
        dg.TableColumn("event_type", "varchar", "<system>.<entity>.observed, .deleted or .recorded"),
        dg.TableColumn("source", "varchar", "The instance it was read from."),
        dg.TableColumn("entity_id", "varchar", "The system's own id; unique only together with source."),
        dg.TableColumn("occurred_at", "timestamptz", "The source's own time of the change: orders history."),
        dg.TableColumn("recorded_at", "timestamptz", "When it was committed here: drives increments."),
        dg.TableColumn("position", "bigint", "Order of arrival inside one load."),
        dg.TableColumn("payload", "json", "The record as the source gave it."),
    ]
)


class ReadConfig(dg.Config):
    """`until_complete`: go on until all history is read, instead of stopping when this run's time for it is up.

    `reconcile`: read nothing new, but compare whole streams with the log.
    """

    until_complete: bool = False
    reconcile: bool = False


def key(stream: Stream) -> dg.AssetKey:
    """The name that dbt's source() resolves to."""
    return dg.AssetKey([GROUP, stream.table])


@dg.multi_asset(
    name=GROUP,
    specs=[
        dg.AssetSpec(
            key(stream),
            group_name=GROUP,
            description=f"{stream.description} One row per observation, inserted once; only redacted text goes.",
            kinds={"dlt", stream.system} if stream.shape in READ else {"dlt"},
            metadata={"dagster/column_schema": COLUMNS},
            owners=OWNERS,
            freshness_policy=policy(stream) if stream.shape in READ else None,
        )
        for stream in STREAMS.values()
    ],
    check_specs=[
        dg.AssetCheckSpec(IS_FRESH, asset=key(stream), description="No instance is further behind than three turns.")
        for stream in checked(STREAMS.values())
    ]
    + [
        dg.AssetCheckSpec(rejections.CHECK, asset=key(stream), description="Nothing was refused in the last week.")
        for stream in STREAMS.values()
    ],
    can_subset=True,
    retry_policy=ONCE_MORE,
)
def event_log(
    context: dg.AssetExecutionContext, config: ReadConfig
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Reads what is due; a stream that was selected by name is read whether due or not."""
    settings = current_settings()
    chosen = [stream for stream in STREAMS.values() if key(stream) in context.selected_asset_keys]
    named = None if len(chosen) == len(STREAMS) else [stream.name for stream in chosen]
    try:
        wait_until_free(settings, context.log.warning)
        results = ingest(
            settings,
            named,
            phase="reconcile" if config.reconcile else "all",
            until_complete=config.until_complete,
            progress=context.log.info,
        )
        statuses = status.kept(settings).streams
    except SourceError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    tag(
        context,
        new_events=sum(result.rows for result in results),
        failed_sources=listed(result.source for result in results if result.error),
    )
    errors = []
    for stream in chosen:
        of_stream = [result for result in results if result.stream == stream.name]
        failed = [result.error for result in of_stream if result.error]
        errors += failed
        of_status = [found for found in statuses if found.stream == stream.name]
        # A failed stream is not materialized, so that the graph shows it; its siblings are.
        if failed:
            metadata = stream_metadata.failed(of_stream, of_status)
            context.log_event(dg.AssetObservation(key(stream), description=failed[0], metadata=metadata))
        else:
            yield dg.MaterializeResult(
                asset_key=key(stream), metadata=stream_metadata.materialized(of_stream, of_status)
            )
    for warning in dict.fromkeys(result.warning for result in results if result.warning):
        context.log.warning(warning)
    for found in freshness(settings, chosen):
        yield _checked(found.stream, IS_FRESH, found.is_fresh, found.finding)
    for found in rejections.rejections(settings, chosen):
        yield _checked(found.stream, rejections.CHECK, found.refused == 0, found.finding)
    if errors:
        # One reason often stops every stream of an instance: it is said once.
        raise dg.Failure(" ".join(dict.fromkeys(errors)), allow_retries=False)


def _checked(stream: Stream, check: str, passed: bool, finding: str) -> dg.AssetCheckResult:
    # A warning: what did arrive is right, and goes on.
    return dg.AssetCheckResult(
        asset_key=key(stream),
        check_name=check,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"finding": finding},
    )
