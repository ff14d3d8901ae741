"""The feedback inbox: CSV and JSONL files, each loaded once.

DATA_DIR/inbox/feedback/*.csv, *.jsonl  ->  event_log.file__feedback_events
"""

import csv
import io
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from ingestion.envelope import Rejected, Stamp, Stamped, canonical, moment, raw_text
from ingestion.pages import Cursor, Page, Window
from ingestion.settings import Settings

STREAM = "file__feedback"
COLUMNS = (
    "received_at",
    "ticket_id",
    "source",
    "instance",
    "account_id",
    "polarity",
    "reporter",
    "text",
    "manager_contact_requested",
)
POLARITIES = ("positive", "negative", "neutral")
YES, NO = {"true", "yes", "1"}, {"false", "no", "0", ""}


def inbox_pages(settings: Settings) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """One page per file. The cursor lists the digests of what is done, so that a renamed file stays done."""

    def pages(_window: Window, cursor: Cursor | None) -> Iterator[Page]:
        done = list((cursor or {}).get("digests", []))
        found = settings.inbox_path.glob("*") if settings.inbox_path.is_dir() else ()
        for path in sorted(p for p in found if p.suffix in (".csv", ".jsonl") and p.is_file()):
            content = path.read_bytes()
            digest = sha256(content).hexdigest()
            if digest in done:
                continue
            done = [*done, digest]
            records, rejected = _read(path, content)
            warning = f"{path.name}: {len(rejected)} lines rejected" if rejected else None
            yield Page(records, {"digests": done}, False, tuple(rejected), warning)
        yield Page([], {"digests": done} if done else {}, end=True)

    return pages


def _read(path: Path, content: bytes) -> tuple[list[Any], list[Rejected]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [Rejected(STREAM, f"{path.name}: not UTF-8 ({error.reason})", ascii(content[:200]))]
    records: list[Any] = []
    rejected: list[Rejected] = []
    repeated: dict[str, int] = {}
    for number, raw, row in _jsonl(text) if path.suffix == ".jsonl" else _csv(text):
        try:
            if isinstance(row, Exception):
                raise row
            record = _feedback(row)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            said = f"no {error.args[0]}" if isinstance(error, KeyError) else str(error)
            rejected.append(Rejected(STREAM, f"{path.name} line {number}: {said}"[:300], raw[:20_000]))
            continue
        # The line itself identifies it, so that a longer export of the same notes adds only what is new; the count
        # keeps two equal lines of one file apart.
        identity = sha256(canonical(record)).hexdigest()[:32]
        repeated[identity] = repeated.get(identity, 0) + 1
        if repeated[identity] > 1:
            identity = f"{identity}-{repeated[identity]}"
        stamp = Stamp(identity, record["received_at"], moment(record["received_at"]))
        records.append(Stamped(stamp, {**record, "file_name": path.name}))
    return records, rejected


def _jsonl(text: str) -> Iterator[tuple[int, str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield number, line, orjson.loads(line)
            except orjson.JSONDecodeError as error:
                yield number, line, ValueError(f"no JSON: {error}")


def _csv(text: str) -> Iterator[tuple[int, str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    while True:
        number = reader.line_num + 1 if reader.line_num else 2
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, "", ValueError(f"no CSV: {error}")
            return
        if "" in row:
            yield number, raw_text(row), ValueError("more values than columns")
        else:
            yield number, raw_text(row), {name: value or None for name, value in row.items()}


def _feedback(row: Any) -> dict[str, Any]:
    """One line in normal form. Raises ValueError or KeyError with what is wrong."""
    if not isinstance(row, dict):
        raise ValueError("not an object")
    unknown = sorted(str(name) for name in row.keys() - set(COLUMNS))
    if unknown:
        raise ValueError(f"unknown column {unknown[0]!r}; known are {', '.join(COLUMNS)}")
    received_at, polarity, ticket_id = row["received_at"], row["polarity"], row.get("ticket_id")
    if not isinstance(received_at, str):
        raise ValueError("received_at is empty")
    moment(received_at)
    polarity = str(polarity).strip().lower()
    if polarity not in POLARITIES:
        raise ValueError(f"polarity is {polarity!r}, not one of {', '.join(POLARITIES)}")
    asked = str(row.get("manager_contact_requested") or "").strip().lower()
    if asked not in YES | NO:
        raise ValueError(f"manager_contact_requested is {asked!r}, not true or false")
    return {
        "received_at": received_at,
        "ticket_id": None if ticket_id in (None, "") else int(str(ticket_id).strip().removeprefix("#")),
        "instance": (row.get("instance") or row.get("source") or "global").removeprefix("zendesk/"),
        "account_id": row.get("account_id") or None,
        "polarity": polarity,
        "reporter": row.get("reporter") or None,
        "text": row.get("text") or None,
        "manager_contact_requested": asked in YES,
    }
