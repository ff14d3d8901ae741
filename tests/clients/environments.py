"""The environment of each third-party client: built once from its pinned requirements and kept outside the tree."""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

REQUIREMENTS = Path(__file__).parent / "requirements"
UV = Path(sys.executable).with_name("uv")


def cache_folder() -> Path:
    """`CLIENT_ENVIRONMENTS`, else a folder in the user's cache."""
    given = os.environ.get("CLIENT_ENVIRONMENTS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else cache / "support-signals" / "clients"


def environment(requirements: Path) -> Path:
    """The Python of the environment of a requirements file; builds it when there is none, or only a part of one.

    Raises RuntimeError with the installer's own words.
    """
    key = sha256(f"{sys.version}\n{sys.base_prefix}\n".encode() + requirements.read_bytes()).hexdigest()[:16]
    folder = cache_folder() / f"{requirements.stem}-{key}"
    python, complete = folder / "bin" / "python", folder / "complete"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(folder.name + ".lock")):
        if not (complete.exists() and python.exists()):
            shutil.rmtree(folder, ignore_errors=True)
            _build(folder, python, requirements)
            complete.touch()
    return python


def _build(folder: Path, python: Path, requirements: Path) -> None:
    _run(sys.executable, "-m", "venv", "--without-pip", folder)
    hashed = ("--require-hashes", "-r", requirements)
    try:
        _run(UV, "pip", "install", "--system-certs", "--python", python, *hashed)
    except (RuntimeError, FileNotFoundError):
        # Only pip is told which index this machine uses.
        _run(python, "-m", "ensurepip")
        _run(python, "-m", "pip", "install", "--disable-pip-version-check", *hashed)


def _run(*command: str | Path) -> None:
    # An environment for tests must not take its packages from the paths of whoever runs them.
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(command, env=inherited, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
