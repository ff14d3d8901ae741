"""Tags of a run: what it brought and what failed in it, so that the list of runs says it."""

from collections.abc import Iterable

import dagster as dg

PREFIX = "support_signals/"


def tag(context: dg.AssetExecutionContext, **found: object) -> None:
    """Nothing found is no tag."""
    tags = {f"{PREFIX}{name}": str(value) for name, value in found.items() if value}
    if tags:
        context.instance.add_run_tags(context.run.run_id, tags)


def listed(names: Iterable[str]) -> str:
    """Each once, in order."""
    return ", ".join(sorted(set(names)))
