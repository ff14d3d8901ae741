"""Warehouse: dbt models as assets, dbt tests as their checks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, DbtCliResource, DbtProject, dbt_assets
from dagster_dbt.errors import DagsterDbtCliRuntimeError
from dbt.version import __version__ as dbt_version
from packaging.version import Version, parse

from orchestration.build_results import failures, remember
from orchestration.catalogue import described
from orchestration.dbt_manifest import DBT, prepared_project
from orchestration.environment import current_settings, dbt_writes_to
from orchestration.every_asset import ONCE_MORE, OWNERS
from orchestration.freshness import policy
from orchestration.replay import answering, copy_log, published_path
from orchestration.warehouse_file import writing

project = prepared_project()
SHOWN = 3
MANIFEST: Mapping[str, Any] = json.loads(project.manifest_path.read_bytes())


class LayerTranslator(DagsterDbtTranslator):
    """Groups each node by its layer: models/<layer>/…, seeds in a group of their own."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return "seeds" if dbt_resource_props["resource_type"] == "seed" else dbt_resource_props["fqn"][1]

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.replace_attributes(owners=OWNERS, freshness_policy=policy() if spec.group_name == "marts" else None)


TRANSLATOR = LayerTranslator()
KEYS = {
    name: TRANSLATOR.get_asset_spec(MANIFEST, name, project).key
    for name in [*MANIFEST["nodes"], *MANIFEST["sources"]]
    if name.split(".")[0] in ("model", "seed", "source")
}


class Dbt(DbtCliResource):
    """dbt without two things that cost seconds on every tick: the question for its version, which also looks on the
    network for a newer one, and a connection of its own for row counts, which the catalogue takes in one."""

    @cached_property
    def _cli_version(self) -> Version:
        return parse(dbt_version)

    def _initialize_dbt_core_adapter(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        args: Sequence[str],  # noqa: ARG002 (the caller's signature)
    ) -> None:
        return None


class BuildConfig(dg.Config):
    """`full_refresh`: forget all tables and build them again from the event log.
    `daily_tests`: also run the tests that read whole tables, which a tick each minute leaves to the night."""

    full_refresh: bool = False
    daily_tests: bool = True


# What is known to fail says so itself, and is not tried again.
@dbt_assets(
    manifest=MANIFEST,
    project=project,
    name="warehouse",
    dagster_dbt_translator=TRANSLATOR,
    retry_policy=ONCE_MORE,
)
def warehouse(context: dg.AssetExecutionContext, config: BuildConfig, dbt: Dbt) -> Iterator[Any]:
    live = current_settings()
    settings = answering(live)
    if settings is not live:
        copy_log(live, settings, context.log.info)
    target = settings.dbt_path / "target"
    target.mkdir(parents=True, exist_ok=True)
    # Unit tests speak about the code, not about the data: `make test` runs them.
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    # One model at a time: each uses all cores by itself, and two of millions of rows hinder each other.
    arguments += ["--full-refresh", "--threads", "1"] if config.full_refresh else []
    arguments += [] if config.daily_tests else ["--exclude", "tag:daily"]
    with writing(settings, context.log.warning), dbt_writes_to(settings):
        (target / "run_results.json").unlink(missing_ok=True)
        # One folder for all builds, or each tick would leave one behind.
        build = dbt.cli(arguments, context=context, target_path=target)
        record = settings.dbt_path / "results.json"
        try:
            yield from described(build, KEYS, settings, published_path(live), context.log.warning)
        except DagsterDbtCliRuntimeError as error:
            is_ended = _remember_results(build, record)
            raise dg.Failure(_in_short(failures(record) if is_ended else ()), allow_retries=False) from error
        _remember_results(build, record)


def _in_short(found: Sequence[str]) -> str:
    """The first failures by name; the log of the run has all, each with its reason."""
    if not found:
        return "The warehouse did not build: dbt could not start."
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"The warehouse did not build: {'; '.join(found[:SHOWN])}{more}."


def _remember_results(build: DbtCliInvocation, record: Path) -> bool:
    """False where dbt came to no results: what the last build came to still stands."""
    if not (build.target_path / "run_results.json").exists():
        return False
    remember(record, build.get_artifact("run_results.json"), MANIFEST["nodes"])
    return True


def dbt_resource() -> Dbt:
    return Dbt(
        project_dir=str(project.project_dir), dbt_executable=str(DBT), global_config_flags=["--no-version-check"]
    )
