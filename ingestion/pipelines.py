"""dlt: one pipeline per system instance, which commits events and the cursors that led to them in one load."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa
from dlt.pipeline.exceptions import PipelineStepFailed

from ingestion import dlt_context, event_log
from ingestion.envelope import MOMENT
from ingestion.errors import SourceError
from ingestion.settings import Settings
from ingestion.warehouse import Warehouse

dlt_context.use()

# Every event of a load was looked up in the log before (see commit.py), so that rows are only added: dlt's merge would
# write each of them twice. The frozen contract keeps new fields of a source inside `payload`, so that the log itself
# never changes its shape.
RULES: dict[str, Any] = {
    "write_disposition": "append",
    "schema_contract": {"tables": "evolve", "columns": "freeze", "data_type": "freeze"},
    "columns": {
        "event_id": {"data_type": "text", "nullable": False},
        "event_type": {"data_type": "text", "nullable": False},
        "source": {"data_type": "text", "nullable": False},
        "entity_id": {"data_type": "text", "nullable": False},
        "occurred_at": {"data_type": "timestamp", "nullable": False},
        "recorded_at": {"data_type": "timestamp", "nullable": False},
        "position": {"data_type": "bigint", "nullable": False},
        "payload": {"data_type": "json", "nullable": False},
    },
}

# What dlt keeps for one stream: {"live": …, "history": …}; see reading.py.
State = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """What one load writes for one stream: its events, still without the columns of the commit, and its state then."""

    table: str
    events: pa.Table
    state: State


def pipeline(settings: Settings, source: str) -> dlt.Pipeline:
    """The pipeline of an instance; `zendesk/global` keeps its packages in DATA_DIR/dlt/zendesk_global."""
    return _pipeline(source.replace("/", "_"), settings.dlt_path.resolve(), settings.warehouse_path.resolve())


# Building one costs as much as a small load; it keeps nothing in memory that is not on disk too.
@cache
def _pipeline(name: str, folder: Path, warehouse: Path) -> dlt.Pipeline:
    dlt.config["load.delete_completed_jobs"] = True
    # Packages live for a second, and packing them costs more than their bytes do.
    dlt.config["data_writer.compression"] = "none"
    is_new = not (folder / name / "state.json").exists()
    target = dlt.pipeline(
        pipeline_name=name,
        pipelines_dir=str(folder),
        destination=Warehouse(warehouse),
        dataset_name=event_log.SCHEMA,
    )
    if is_new:
        # DATA_DIR/dlt may be gone while the warehouse is not: its cursors are in there too.
        target.sync_destination()
    return target


def states(settings: Settings, source: str) -> Mapping[str, State]:
    """Table -> state, as committed."""
    found = pipeline(settings, source)
    return found.state.get("sources", {}).get(found.pipeline_name, {}).get("resources", {})


def load(settings: Settings, source: str, batches: list[Batch], recorded_at: datetime) -> None:
    """Commits the batches. All of them share `recorded_at`; `position` counts through them in order of arrival."""
    target = pipeline(settings, source)
    position = 0
    resources = []
    for batch in batches:
        rows = batch.events.num_rows
        events = batch.events.add_column(
            5, pa.field("recorded_at", MOMENT, False), pa.repeat(recorded_at, rows).cast(MOMENT)
        )
        counted = pa.array(range(position, position + rows), pa.int64())
        events = events.add_column(6, pa.field("position", pa.int64(), False), counted)
        position += rows
        resources.append(dlt.resource(_events, name=batch.table, **RULES)(_Carried(events, batch.state)))
    _finish(target, lambda: target.run(dlt.source(lambda: resources, name=target.pipeline_name)()))


def complete_pending(settings: Settings) -> list[str]:
    """Finishes what a run that died left half written, for every instance; returns their pipeline names.

    Nothing else may be committed before: its `recorded_at` would come out of order. Raises SourceError when it fails.
    """
    found = []
    for folder in sorted(settings.dlt_path.glob("*/state.json")) if settings.dlt_path.is_dir() else ():
        target = pipeline(settings, folder.parent.name)
        if not target.has_pending_data:
            continue
        if target.list_extracted_load_packages():
            with suppress(PipelineStepFailed):
                target.normalize()
        if target.list_extracted_load_packages():
            # Killed after the package and before its tables were written to dlt's own schema: dlt fails at it, or, when
            # it has no schema at all, leaves it and would load it later in the place of another batch. Nothing of it is
            # in the warehouse: it is read again.
            _take_back(folder.parent)
            continue
        if _is_torn(target):
            # Killed while rows were copied to the staging tables: whether they are there is not known, and dlt would
            # copy them again. What of it reached the log has its id, so that reading again adds only the rest.
            _take_back(folder.parent)
            continue
        _finish(target, target.load)
        found.append(target.pipeline_name)
    return found


def _is_torn(target: dlt.Pipeline) -> bool:
    packages = map(target.get_load_package_info, target.list_normalized_load_packages())
    return any(package.jobs["started_jobs"] for package in packages)


def _take_back(folder: Path) -> None:
    """Forgets all that is not committed, in one step: the cursors come back from the warehouse, as they are there.

    dlt's own abort removes the package first and the cursors that it moved later; killed in between, it loses rows.
    """
    gone = folder.parent / "taken_back" / folder.name
    shutil.rmtree(gone, ignore_errors=True)
    gone.parent.mkdir(exist_ok=True)
    folder.rename(gone)
    _pipeline.cache_clear()
    shutil.rmtree(gone, ignore_errors=True)


@dataclass
class _Carried:
    """Wrapped, because dlt takes the arguments of a resource apart to find configuration in them."""

    events: pa.Table | None
    state: State


def _events(carried: _Carried) -> Iterator[pa.Table]:
    if carried.events is not None and carried.events.num_rows:
        yield carried.events
    # dlt's objects refer to each other and go only when garbage is collected; the rows need not stay until then.
    carried.events = None
    kept = dlt.current.resource_state()
    kept.clear()
    kept.update(carried.state)


def _finish(target: dlt.Pipeline, action: Any) -> None:
    try:
        info = action()
    except Exception as error:
        raise SourceError(
            f"The warehouse did not take the load of {target.pipeline_name} ({_root(error)}): free disk space or "
            "memory, close other programs that use the file, and run again; what was read is kept and goes first."
        ) from error
    if info is not None:
        info.raise_on_failed_jobs()


def _root(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # pyright: ignore[reportAssignmentType]
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
