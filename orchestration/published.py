"""Published: the marts, copied, audited, and put where everybody may read."""

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.audits import Audit
from orchestration.build_results import failures
from orchestration.catalogue import PUBLISHED as KEY
from orchestration.environment import current_settings
from orchestration.every_asset import ONCE_MORE, OWNERS
from orchestration.freshness import policy
from orchestration.mart_copy import NothingToPublish
from orchestration.replay import answering, forget, published_path
from orchestration.run_tags import tag
from orchestration.snapshot import AuditFailed, publish
from orchestration.warehouse import warehouse
from orchestration.warehouse_file import writing

MARTS = [key for key in warehouse.keys if key.path[0] == "marts"]
AUDITS = {
    "build_tests_pass": "Every error-severity test of the warehouse passed when it last ran.",
    "required_marts_are_present": "Every mart that readers rely on is there.",
    "keys_are_unique": "No mart repeats a key.",
    "no_row_vanished": "No growing mart lost half of its rows since the last snapshot.",
    "links_lead_to_pages": "No column holds an address of the API instead of a page.",
    "freshness_is_known": "It is known up to when the marts know everything.",
}


@dg.asset(
    key=KEY,
    deps=MARTS,
    group_name="published",
    kinds={"duckdb"},
    owners=OWNERS,
    freshness_policy=policy(),
    retry_policy=ONCE_MORE,
    check_specs=[dg.AssetCheckSpec(name, asset=KEY, description=sentence) for name, sentence in AUDITS.items()],
)
def support_signals(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """One DuckDB file with all marts, for dashboards, BI tools and pandas.

    It is written beside the last one, audited, and renamed over it: readers always see a whole snapshot and are never
    in the way. When an audit fails, the last good snapshot stays and this asset fails.
    """
    live = current_settings()
    settings, path = answering(live), published_path(live)
    try:
        with writing(settings, context.log.warning):
            build_failures = failures(settings.dbt_path / "results.json")
            snapshot = publish(settings.warehouse_path, path, context.run.run_id, build_failures)
    except AuditFailed as failure:
        yield from _checks(failure.audits)
        raise dg.Failure(str(failure), allow_retries=False) from None
    except NothingToPublish as failure:
        raise dg.Failure(str(failure), allow_retries=False) from None
    if settings is not live:
        forget(settings)
    tag(context, as_of=snapshot.as_of)
    yield dg.MaterializeResult(
        metadata={
            "file": dg.MetadataValue.path(str(path)),
            "as_of": str(snapshot.as_of),
            "dagster/row_count": sum(snapshot.row_counts.values()),
            "rows": dg.MetadataValue.md(_table(snapshot.row_counts)),
        }
    )
    yield from _checks(snapshot.audits)


def _checks(audits: Sequence[Audit]) -> Iterator[dg.AssetCheckResult]:
    for audit in audits:
        yield dg.AssetCheckResult(
            asset_key=KEY, check_name=audit.name, passed=audit.passed, metadata={"finding": audit.detail}
        )


def _table(row_counts: dict[str, int]) -> str:
    lines = [f"| {mart} | {count:,} |" for mart, count in row_counts.items()]
    return "\n".join(["| mart | rows |", "|---|---:|", *lines])
