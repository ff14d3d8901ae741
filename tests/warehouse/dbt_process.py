"""dbt as the tests run it: parsed once, then a forked process for each build.

In this process dbt would keep the database file open, and a process of its own from scratch would spend most of its
time on imports and parsing.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dbt.cli.main import dbtRunner

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).parents[2] / "dbt_project"


@cache
def manifest() -> Manifest:
    folder = tempfile.mkdtemp(prefix="dbt-parse-")
    result = dbtRunner().invoke(["--quiet", "parse", *_places(Path(folder))])
    assert result.success, result.exception
    return result.result  # type: ignore[return-value]


def models_of(*schemas: str) -> list[str]:
    """`schema.name` of every model in these schemas, views left out: what a build leaves behind."""
    nodes = manifest().nodes.values()
    return sorted(
        f"{node.schema}.{node.name}"
        for node in nodes
        if node.resource_type == "model" and node.schema in schemas and node.config.materialized != "view"
    )


def dbt(command: str, data_dir: Path, *args: str) -> None:
    """Runs `dbt <command>` over the warehouse in `data_dir`; fails the test with dbt's output when dbt fails."""
    parsed = manifest()
    output = data_dir / "dbt-output.txt"
    child = os.fork()
    if child == 0:
        code = 1
        # What the parent has not collected yet is not this process's to destroy: a database connection among it would
        # wait for threads that were not forked with it.
        gc.freeze()
        try:
            stream = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(stream, 1)
            os.dup2(stream, 2)
            os.environ["DATA_DIR"] = str(data_dir)
            result = dbtRunner(manifest=parsed).invoke([command, *_places(data_dir / "dbt"), *args])
            print(result.exception or "")  # noqa: T201
            sys.stdout.flush()
            code = 0 if result.success else 1
        finally:
            # no cleanup: the parent's fixtures and exit handlers are not this process's to run
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert status == 0, output.read_text()


def _places(target: Path) -> list[str]:
    return [
        *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
        *("--target-path", str(target), "--log-path", str(target), "--log-level-file", "none"),
    ]
