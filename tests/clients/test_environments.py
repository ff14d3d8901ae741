"""The environments of the clients: built once, whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clients.environments import environment

pytestmark = pytest.mark.clients


@pytest.fixture
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A client that needs nothing, in a cache of its own."""
    monkeypatch.setenv("CLIENT_ENVIRONMENTS", str(tmp_path / "cache"))
    path = tmp_path / "nothing.txt"
    path.write_text("# nothing\n")
    return path


def test_an_environment_is_built_once_although_two_ask_at_once(requirements: Path):
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(environment, [requirements] * 2)
    assert first == second
    mark = first.parents[1] / "mark"
    mark.touch()
    assert environment(requirements) == first
    assert mark.exists()


def test_a_half_built_environment_is_built_again(requirements: Path):
    folder = environment(requirements).parents[1]
    (folder / "complete").unlink()
    (folder / "torn").touch()
    assert environment(requirements).exists()
    assert not (folder / "torn").exists()


def test_other_requirements_have_an_environment_of_their_own(requirements: Path):
    first = environment(requirements)
    requirements.write_text("# nothing, differently\n")
    assert environment(requirements) != first


def test_a_package_that_is_not_what_was_pinned_is_not_installed(requirements: Path):
    requirements.write_text("six==1.17.0 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(RuntimeError, match=r"(?i)hash"):
        environment(requirements)
    assert not list(requirements.parent.glob("cache/*/complete"))
