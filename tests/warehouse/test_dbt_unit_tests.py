"""dbt's unit tests stand beside the models; a tick leaves them out, so this is where they run."""

from __future__ import annotations

from tests.warehouse.conftest import Warehouse


def test_the_hard_rules_hold(warehouse: Warehouse) -> None:
    warehouse.build("--exclude-resource-type", "test")
    warehouse.build("--select", "test_type:unit", command="test")
