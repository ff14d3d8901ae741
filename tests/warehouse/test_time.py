"""What a build may see: committed loads, and on request only what was known at a time."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.warehouse.conftest import Warehouse
from tests.warehouse.records import account

SELECT = ("--select", "+prj_accounts", "+prj_contacts")


def name(warehouse: Warehouse) -> str:
    return warehouse.value("select name from projections.prj_accounts")


def build(warehouse: Warehouse, *args: str) -> str:
    warehouse.build(*SELECT, *args)
    return name(warehouse)


def test_a_half_landed_load_is_invisible_and_a_replay_shows_what_was_known(warehouse: Warehouse) -> None:
    first = warehouse.log.append([account(1, "2024-01-01T00:00:00Z", Name="One")], at=datetime(2026, 2, 1, tzinfo=UTC))
    assert build(warehouse) == "One"

    warehouse.log.append([account(1, "2024-02-01T00:00:00Z", Name="Two")], commit=False)
    assert build(warehouse) == "One"

    warehouse.log.append([])
    assert build(warehouse) == "Two"

    assert build(warehouse, "--vars", f"as_of: '{first.isoformat()}'") == "One"
    assert build(warehouse) == "Two"


def test_a_model_built_alone_does_not_lose_what_its_upstream_learns_later(warehouse: Warehouse) -> None:
    warehouse.log.append([account(1, "2024-01-01T00:00:00Z", Name="One")])
    assert build(warehouse) == "One"

    warehouse.log.append([account(1, "2024-02-01T00:00:00Z", Name="Two")])
    warehouse.build("--select", "prj_accounts")
    assert name(warehouse) == "One"
    assert build(warehouse) == "Two"
