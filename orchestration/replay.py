"""Replay: what was known at an earlier time, in a warehouse and a published file of its own.

With SUPPORT_AS_OF set, building and publishing go by the settings that `answering` gives. They lead to a copy of the
log as far as it went then, so that neither the warehouse nor the published file of today is touched.
"""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from ingestion import event_log
from ingestion.errors import SourceError
from ingestion.settings import Settings
from orchestration.warehouse_file import writing

# Rules come from the newest settings of the time, or from the first ones that there ever were.
WHOLE = ("pipeline__settings_events",)


def answering(settings: Settings) -> Settings:
    """The settings to build and to publish by: those given, or with SUPPORT_AS_OF those of the replay."""
    if settings.support_as_of is None:
        return settings
    name = f"{settings.support_as_of:%Y%m%dT%H%M%SZ}"
    return settings.model_copy(update={"data_dir": settings.data_dir / "replays" / name})


def published_path(settings: Settings) -> Path:
    """Where readers find the answers: the published file, or with SUPPORT_AS_OF one that is named for the time."""
    if settings.support_as_of is None:
        return settings.published_path
    return settings.published_path.with_name(f"support_signals_as_of_{settings.support_as_of:%Y%m%dT%H%M%SZ}.duckdb")


def copy_log(settings: Settings, replay: Settings, say: Callable[[str], None]) -> None:
    """A new warehouse with what the log held at SUPPORT_AS_OF, in the place of one that an earlier try left.

    Raises SourceError when nothing was known then, or nothing is known at all.
    """
    as_of = settings.support_as_of
    assert as_of
    forget(replay)
    if not settings.warehouse_path.exists():
        raise SourceError("There is no event log to replay yet: run once without SUPPORT_AS_OF.")
    with writing(settings, say):
        _require_knowledge(settings, as_of)
        say(f"replaying what was known at {as_of:%Y-%m-%d %H:%M:%S} UTC")
        with event_log.connected(replay) as connection:
            event_log.create(connection)
            live = str(settings.warehouse_path).replace("'", "''")
            connection.execute(f"attach '{live}' as live (read_only)")
            for table in _tables(connection):
                connection.execute(
                    f"insert into event_log.{table} by name select * from live.event_log.{table} "
                    "where recorded_at <= $as_of or $whole",
                    {"as_of": as_of, "whole": table in WHOLE},
                )


def _require_knowledge(settings: Settings, as_of: datetime) -> None:
    with event_log.connected(settings) as connection:
        row = connection.execute("select min(recorded_at) from event_log.polls").fetchone()
    began = row[0] if row else None
    if began is None or began > as_of:
        since = f" The log begins at {began:%Y-%m-%d %H:%M:%S} UTC." if began else ""
        raise SourceError(f"Nothing was known yet at {as_of:%Y-%m-%d %H:%M:%S} UTC.{since} Set SUPPORT_AS_OF later.")


def forget(replay: Settings) -> None:
    """The copied log goes once its answers are published: what is erased from the log must not live on in a copy."""
    shutil.rmtree(replay.data_dir, ignore_errors=True)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Those that hold events, polls and what was rejected; the loader's own stay behind."""
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'live' and schema_name = 'event_log' "
        "and not starts_with(table_name, '_') order by table_name"
    ).fetchall()
    return [name for (name,) in rows]
