"""Deliveries: whoever is to be told of a ticket is told, from the published marts; deliveries/ knows no Dagster."""

import dagster as dg

from deliveries.published import NotPublished
from deliveries.round import deliver
from deliveries.settings import load_delivery_settings
from ingestion.errors import SourceError
from orchestration.catalogue import PUBLISHED
from orchestration.environment import current_settings
from orchestration.every_asset import ONCE_MORE, OWNERS
from orchestration.freshness import policy
from orchestration.run_tags import tag

KEY = dg.AssetKey(["deliveries", "notifications"])
NOBODY_GIVEN_UP = "nobody_is_given_up"
MAIL_WORKS = "mail_works"


@dg.asset(
    key=KEY,
    deps=[PUBLISHED],
    group_name="deliveries",
    kinds={"email"},
    owners=OWNERS,
    freshness_policy=policy(),
    retry_policy=ONCE_MORE,
    check_specs=[
        dg.AssetCheckSpec(MAIL_WORKS, asset=KEY, description="The mail server took what was to be sent."),
        dg.AssetCheckSpec(NOBODY_GIVEN_UP, asset=KEY, description="No notification was given up in this run."),
    ],
)
def notifications(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Mails to CSMs about tickets of their customers, each written into the event log before and after it is sent.

    What cannot be sent now stays pending and is tried again by the next run.
    """
    settings = current_settings()
    if settings.support_as_of:
        # A replay shows what was known; it tells nobody.
        return dg.MaterializeResult(metadata={"mode": "replay"}, check_results=_checks(None, 0))
    try:
        chosen = load_delivery_settings()
        chosen.data_dir = settings.data_dir
        told = deliver(settings, chosen, settings.published_path, context.log.info)
    except (SourceError, NotPublished) as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    if told.problem:
        context.log.warning(told.problem)
    tag(context, mails=told.counts["sent"] + told.letters["sent"], given_up=told.counts["dead"])
    counts = {name: told.counts[name] for name in ("sent", "recorded", "failed", "dead")}
    return dg.MaterializeResult(
        metadata={"mode": chosen.delivery_mode, "waiting": told.waiting, **counts, "letters": told.letters.total()},
        check_results=_checks(told.problem, told.counts["dead"]),
    )


def _checks(problem: str | None, given_up: int) -> list[dg.AssetCheckResult]:
    # Warnings: the marts are right, and what waits goes with the next run.
    remedy = (
        f"{given_up} given up: `python -m deliveries pending` says why, `retry` tries again" if given_up else "none"
    )
    return [
        dg.AssetCheckResult(
            asset_key=KEY,
            check_name=name,
            passed=passed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"finding": finding},
        )
        for name, passed, finding in (
            (MAIL_WORKS, problem is None, problem or "nothing was refused as a whole"),
            (NOBODY_GIVEN_UP, given_up == 0, remedy),
        )
    ]
