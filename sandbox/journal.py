"""Changes that were posted while a world was served, kept so that the same world goes on after a restart."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from sandbox.changes import Change, read_changes
from sandbox.timestamps import guide_time


class Journal:
    """One file for each world file, beside the mail."""

    def __init__(self, folder: Path, world: Path) -> None:
        self.digest = sha256(world.read_bytes()).hexdigest()[:16]
        self._path = folder / f"changes-{self.digest}.jsonl"

    def read(self) -> Iterator[Change]:
        """What earlier runs kept."""
        if self._path.exists():
            yield from read_changes(self._path)

    def keep(self, changes: Iterable[Change | dict[str, Any]], now: int) -> None:
        """Appends changes; one that named no time happened `now`."""
        lines = b"".join(orjson.dumps(_raw(change, now)) + b"\n" for change in changes)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(lines)


def _raw(change: Change | dict[str, Any], now: int) -> dict[str, Any]:
    if isinstance(change, dict):
        return {"at": guide_time(now)} | change
    raw = {name: value for name, value in asdict(change).items() if value not in (None, False) and name != "line"}
    return raw | {"at": guide_time(change.at), "visible_at": guide_time(change.visible_at)}
