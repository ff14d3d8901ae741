"""A sandbox and a data folder for tests that read sources for real."""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestion.settings import Settings
from tests.ingestion.log import load, settings_for
from tests.ingestion.orgs import Org
from tests.ingestion.worlds import ground
from tests.sandbox_process import RunningSandbox, sandbox


@pytest.fixture(scope="session")
def tiny() -> Iterator[RunningSandbox]:
    """The tiny world, read-only: tests that change a world start their own."""
    with sandbox("tiny") as running:
        yield running


@pytest.fixture(scope="session")
def tiny_log(tiny: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tiny world, loaded whole, once; tests only look at it."""
    settings = settings_for(tiny, tmp_path_factory.mktemp("tiny"), GO_LIVE_AT="2026-03-01T00:00:00Z")
    results = load(settings, until_complete=True)
    assert [result.error for result in results if result.error] == []
    return settings


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., tuple[RunningSandbox, Settings]]]:
    """Serves a world of the test's own and gives settings that read it into an empty folder."""
    running = []

    def serve(world: list[dict[str, Any]] | str, now: str | None = None, **variables: str):
        manager = sandbox(world, now)
        running.append(manager)
        found = manager.__enter__()
        return found, settings_for(found, tmp_path / "data", **variables)

    yield serve
    for manager in running:
        manager.__exit__(None, None, None)


@pytest.fixture(scope="session")
def orgs() -> Iterator[RunningSandbox]:
    """One sandbox for every test that founds an org of its own; its clock stands still and only ever goes on."""
    with sandbox(ground(), "2026-03-01T12:00:00Z") as running:
        yield running


@pytest.fixture
def org(orgs: RunningSandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Org:
    """An org that no other test knows."""
    name = f"org{zlib.crc32(request.node.nodeid.encode()):08x}"
    orgs.post(
        "/_sandbox/changes", [{"system": "salesforce", "instance": name, "object": "ExternalClientApp", "id": "-"}]
    )
    return Org(orgs, name, tmp_path)
