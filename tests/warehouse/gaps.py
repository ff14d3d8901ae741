"""Questions to the coverage marts."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from copy import copy
from pathlib import Path

from tests.warehouse.conftest import Warehouse
from tests.warehouse.log import Event
from tests.warehouse.records import account_id

SELECT = ("--select", "+path:models/marts/coverage")


def built_from(events: Iterable[Event], folder: Path, parsed: Path, select: tuple[str, ...] = SELECT) -> Warehouse:
    """A warehouse in `folder` with one load of `events` and the marts of `select` over it."""
    shutil.copytree(parsed / "dbt", folder / "dbt")
    warehouse = Warehouse(folder)
    warehouse.log.append(events)
    warehouse.build(*select)
    return warehouse


def copy_of(warehouse: Warehouse, folder: Path) -> Warehouse:
    """The same warehouse in another folder, to go on from there."""
    shutil.copytree(warehouse.folder, folder, dirs_exist_ok=True)
    other = copy(warehouse)
    other.folder, other.path, other.log = folder, folder / warehouse.path.name, copy(warehouse.log)
    other.log.path = other.path
    return other


def gaps(warehouse: Warehouse, account: int, *codes: str) -> list[tuple]:
    """(code, subject, opened, closed) of an account in order of opening; times are ISO text in UTC."""
    found = warehouse.rows(
        """select gap_code, subject_id, opened_at, closed_at from marts.fct_contact_coverage_gaps
        where account_id = ? order by opened_at, gap_code, organization_id, subject_id""",
        account_id(account),
    )
    return [(code, who, iso(since), iso(until)) for code, who, since, until in found if not codes or code in codes]


def iso(instant) -> str | None:
    return instant and instant.strftime("%Y-%m-%dT%H:%M:%SZ")
