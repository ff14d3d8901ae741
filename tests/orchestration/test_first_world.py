"""A data folder that was filled from one world of the sandbox, and is then run over another one."""

import json
from pathlib import Path

import pytest

from orchestration.embedded_sandbox import embedded_sandbox
from orchestration.first_world import another_world
from tests.ingestion.worlds import ground


def test_another_world_over_the_same_data_is_told_each_time_until_the_data_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, data_dir = tmp_path / "world.jsonl", tmp_path / "data"
    monkeypatch.setenv("SANDBOX_WORLD", str(world))

    def said(changes: int) -> str | None:
        world.write_text("\n".join(json.dumps(change) for change in ground()[:changes]))
        with embedded_sandbox(data_dir, ("--port", "0", "--clock", "frozen")) as (served, _):
            return another_world(data_dir, served.world)

    first, same, other, again, back = (said(changes) for changes in (3, 3, 2, 2, 3))
    assert first is same is back is None
    assert other == again
    assert other is not None
    assert f"delete {data_dir} to begin anew" in other
