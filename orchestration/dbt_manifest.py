"""dbt's manifest: what the code location knows about the models without building any."""

import os
import subprocess
import sys
import time
from pathlib import Path

from dagster_dbt import DbtProject
from filelock import FileLock

from orchestration.environment import PROJECT_ROOT

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
DBT = Path(sys.executable).with_name("dbt")
SOURCES = ("*.sql", "*.yml", "*.csv")


class ParseFailed(Exception):
    """dbt cannot read the project; holds what dbt said."""


def prepared_project() -> DbtProject:
    """The dbt project with a manifest that is not older than any of its files. Raises ParseFailed."""
    project = DbtProject(project_dir=DBT_PROJECT)
    # The code server and a run may both find the manifest missing.
    target = DBT_PROJECT / "target"
    target.mkdir(exist_ok=True)
    with FileLock(target / ".manifest.lock"):
        if not _is_current(project.manifest_path):
            _parse(target)
    return project


def _is_current(manifest: Path) -> bool:
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    folders = [DBT_PROJECT / name for name in ("models", "macros", "seeds", "tests")]
    files = [path for folder in folders for pattern in SOURCES for path in folder.rglob(pattern)]
    # A folder's own time moves when a file in it is deleted.
    deleted_in = [path for folder in folders for path in (folder, *folder.rglob("*")) if path.is_dir()]
    return all(path.stat().st_mtime <= made for path in (*DBT_PROJECT.glob("*.yml"), *files, *deleted_in))


def _parse(target: Path) -> None:
    beside, began = target / "parsing", time.time()
    command = [str(DBT), "--quiet", "--no-version-check", "parse", "--target-path", str(beside)]
    environment = {**os.environ, "DBT_LOG_PATH": str(beside), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    done = subprocess.run(command, cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ParseFailed(f"dbt cannot read {DBT_PROJECT.name}:\n{done.stdout}{done.stderr}")
    # As old as the reading began: an edit made meanwhile must count as newer.
    os.utime(beside / "manifest.json", (began, began))
    (beside / "manifest.json").replace(target / "manifest.json")
