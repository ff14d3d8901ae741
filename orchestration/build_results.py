"""What the last build of each dbt model and test came to, remembered across partial builds.

Somebody may build one model in the UI after a test of another one failed. The failure still counts until that test has
passed, so results are kept per node and not per build.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FAILED = ("fail", "error", "runtime error")


def remember(record: Path, run_results: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Merge one run_results.json into `record`. Nodes that the manifest `known` no longer has are forgotten.

    A skipped node keeps what it was: skipping is the consequence of another node's failure, which is remembered.
    """
    results = _read(record)
    for result in run_results["results"]:
        if result["status"] != "skipped":
            results[result["unique_id"]] = result["status"]
    kept = {name: status for name, status in sorted(results.items()) if name in known}
    record.parent.mkdir(parents=True, exist_ok=True)
    beside = record.with_suffix(".writing")
    beside.write_text(json.dumps(kept, indent=1))
    beside.replace(record)


def failures(record: Path) -> list[str]:
    """One short phrase for each model that did not build and each error-severity test that did not pass."""
    return [
        f"the {name.split('.')[0]} {name.split('.')[2]} {'failed' if status == 'fail' else 'could not run'}"
        for name, status in _read(record).items()
        if status in FAILED
    ]


def _read(record: Path) -> dict[str, str]:
    return json.loads(record.read_text()) if record.exists() else {}
