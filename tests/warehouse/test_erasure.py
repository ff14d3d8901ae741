"""An erasure in the log reaches every model that keeps text, and leaves what a rebuild would give."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from ingestion.erasures.rewrite import rewrite
from ingestion.settings import Settings
from tests.warehouse.conftest import Warehouse
from tests.warehouse.dbt_process import models_of
from tests.warehouse.log import Event
from tests.warehouse.records import ticket, user
from tests.warehouse.test_replay import NO_TESTS, copy, differences

SUBJECT, NAME = "Xk3-Falcon-7714-Mp", "Vr8-Badger-2265-Ly"


def erasure(stream: str, entity_id: int, *fields: str) -> Event:
    payload: dict[str, Any] = {
        "source": "zendesk/global",
        "stream": stream,
        "entity_ids": [str(entity_id)],
        "fields": list(fields),
        "caused_by": f"purge of {entity_id}",
    }
    return Event(
        stream="pipeline__erasure",
        entity_id=f"{stream}/{entity_id}",
        occurred_at="2024-03-05T00:00:00Z",
        payload=payload,
    )


def erase(warehouse: Warehouse, text: str, stream: str) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(
            f"update event_log.{stream}_events set payload = replace(payload::varchar, ?, 'erased')", [text]
        )


@pytest.mark.timeout(600)  # three builds, and CI machines are shared
def test_erased_text_leaves_every_model_and_file_and_increments_equal_a_rebuild(warehouse: Warehouse) -> None:
    """R10: what was erased in the log is in no model after the next build, nor in the file's bytes."""
    warehouse.log.append(
        [
            user(55, "2024-03-01T00:00:00Z", name=NAME),
            user(55, "2024-03-02T00:00:00Z", name="Ana"),
            ticket(1, "2024-03-01T09:00:00Z", requester=55, subject=SUBJECT),
            ticket(1, "2024-03-02T09:00:00Z", requester=55, subject="Later"),
        ]
    )
    warehouse.build(*NO_TESTS)
    assert tables_with(warehouse, SUBJECT, NAME) != set()

    erase(warehouse, SUBJECT, "zendesk__ticket")
    erase(warehouse, NAME, "zendesk__user")
    warehouse.log.append([erasure("zendesk__ticket", 1, "subject"), erasure("zendesk__user", 55, "name")])
    warehouse.build(*NO_TESTS)
    rewrite(Settings(data_dir=warehouse.folder))

    assert tables_with(warehouse, SUBJECT, NAME) == set()
    content = warehouse.path.read_bytes()
    assert [text for text in (SUBJECT, NAME) if text.encode() in content] == []
    lived = copy(warehouse.path)
    warehouse.build("--full-refresh", *NO_TESTS)
    assert differences(lived, warehouse.path) == {}


def tables_with(warehouse: Warehouse, *texts: str) -> set[str]:
    return {
        table
        for table in models_of("staging", "projections", "marts")
        for text in texts
        if warehouse.value(f"select count(*) from {table} as found where contains(found::varchar, ?)", text)
    }
