"""One forked run: ingestion's own command, without waits, telling its parent in which phase it is."""

import importlib
import mmap
import os
import random
import sys
import traceback
from functools import reduce
from pathlib import Path
from typing import Any, NoReturn

# What a run imports only once it needs it costs half a second, which no child has to spend anew.
import dlt.common.libs.sql_alchemy_compat
import dlt.destinations.impl.duckdb.duck
import dlt.sources.helpers.requests  # noqa: F401
import duckdb  # noqa: F401
import pandas as pd  # noqa: F401
import pyarrow.dataset  # noqa: F401
import streamlit.runtime  # noqa: F401  (where it is installed, dlt looks for secrets there)

from ingestion import __main__ as command
from tests.ingestion.killed import arm
from tests.ingestion.log import SkippedTime

QUIET = {"RUNTIME__DLTHUB_TELEMETRY", "RUNTIME__LOG_LEVEL"}
# What a run does, and what it is doing once that is done.
PHASES = {
    "ingestion.pipelines:complete_pending": ("finishing a load", "between loads"),
    "ingestion.reading:Reading.chunk": ("reading", "read"),
    "dlt.extract.extract:Extract.extract": ("extracting", "extracted"),
    "dlt.normalize.normalize:Normalize.run": ("normalizing", "normalized"),
    "dlt.load.load:Load.run": ("loading", "loaded, not marked"),
    "ingestion.event_log:mark_committed": ("marking", "between loads"),
}
# Where a run can be made to die, before or after one of its first so many calls.
POINTS = {
    "ingestion.reading:Reading.chunk": 12,
    "ingestion.pipelines:load": 3,
    "dlt.extract.extract:Extract.commit_packages": 3,
    "dlt.normalize.normalize:Normalize.run": 3,
    "dlt.load.load:Load.start_new_jobs": 6,
    "dlt.common.storages.load_package:PackageStorage.save_pending_transition": 9,
    "dlt.load.load:Load.complete_package": 3,
    "ingestion.event_log:mark_committed": 4,
}


def run(order: dict[str, Any], phase: mmap.mmap) -> NoReturn:
    """Never returns: whatever happens, the child ends here."""
    code = 99
    try:
        with Path(order["output"]).open("a") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        # What importing ingestion has set stays: it quiets dlt.
        os.environ |= order["environment"]
        for name in os.environ.keys() - order["environment"].keys() - QUIET:
            del os.environ[name]
        random.seed()
        for target, names in PHASES.items():
            _tell(target, names, phase)
        if order["die"]:
            arm(*order["die"])
        _without_waits()
        code = command.main(order["arguments"])
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(code)


def _without_waits() -> None:
    ingest = command.ingest
    command.ingest = lambda *args, **options: ingest(*args, **options, timer=SkippedTime())


def _tell(target: str, names: tuple[str, str], phase: mmap.mmap) -> None:
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    original = getattr(owner, name)

    def telling(*args: Any, **kwargs: Any) -> Any:
        phase[:] = names[0].encode().ljust(64, b"\0")
        answer = original(*args, **kwargs)
        phase[:] = names[1].encode().ljust(64, b"\0")
        return answer

    setattr(owner, name, telling)
