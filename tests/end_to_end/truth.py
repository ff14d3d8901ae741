"""Compares a mart with the truth that the demo world's generator wrote down, row by row, as a readable diff."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

# Mart -> the columns by which a row of the truth finds its row of the mart.
KEYS: Mapping[str, tuple[str, ...]] = {
    "fct_notification_events": ("source", "ticket_id"),
    "fct_contact_coverage_gaps": ("gap_code", "account_id", "source", "organization_id", "subject_id"),
    "fct_account_coverage": ("account_id",),
    "fct_feedback": ("channel", "source", "ticket_id", "received_at"),
    "fct_feedback_trends": ("period_start", "instrument"),
}
# The truth speaks about one cut of the trends. Gaps are compared as they stand: the systems keep no history of who was
# suspended or which plan an organization had, so that what closed before the first run cannot be known by anybody.
WHERE = {
    "fct_feedback_trends": "where period_grain = 'month' and dimension = 'all'",
    "fct_contact_coverage_gaps": "where is_open",
}
NOT_COMPARED = {"fct_contact_coverage_gaps": ("opened_at", "closed_at")}
# Only surveys are rated; of other feedback the truth says nothing here.
MAY_BE_UNSAID = ("first_score", "last_score", "rating_changes", "is_good_to_bad", "is_bad_to_good")
SHOWN = 5

Row = dict[str, Any]


def differences(truth: Path, published: Path, mart: str) -> str:
    """Empty when every row of the truth is in the mart with the same values, and the mart has no row beyond it."""
    expected = read(truth)
    if mart == "fct_contact_coverage_gaps":
        expected = [row for row in expected if row["is_open"]]
    return compared(expected, published, mart)


def compared(expected: Sequence[Row], published: Path, mart: str) -> str:
    """The same for rows that are at hand; not even one of them is a difference, too."""
    if not expected:
        return f"nobody says anything about {mart}"
    columns = [name for name in expected[0] if name not in NOT_COMPARED.get(mart, ())]
    with duckdb.connect(str(published), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = connection.execute(f"select {', '.join(columns)} from marts.{mart} {WHERE.get(mart, '')}").fetchall()
    actual = [{name: _plain(value) for name, value in zip(columns, row, strict=True)} for row in rows]
    return _diff(expected, actual, KEYS[mart])


def read(truth: Path) -> list[Row]:
    return [json.loads(line) for line in truth.read_text().splitlines()]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _diff(expected: Sequence[Row], actual: Sequence[Row], key: tuple[str, ...]) -> str:
    wanted, found = _by_key(expected, key), _by_key(actual, key)
    kinds: Counter[str] = Counter()
    examples: dict[str, list[str]] = defaultdict(list)

    def note(kind: str, example: str) -> None:
        kinds[kind] += 1
        if len(examples[kind]) < SHOWN:
            examples[kind].append(example)

    for identity, row in wanted.items():
        if identity not in found:
            note(f"missing from the mart {_code(row)}", json.dumps(row))
            continue
        for name, is_now in found[identity].items():
            is_unsaid = name in MAY_BE_UNSAID and row[name] is None and row["channel"] != "survey"
            if row[name] != is_now and not is_unsaid:
                note(f"{name} differs", f"{identity}: true {row[name]!r}, mart {is_now!r}")
    for identity, row in found.items():
        if identity not in wanted:
            note(f"in the mart only {_code(row)}", json.dumps(row))
    return "\n".join(f"{count} x {kind}\n    " + "\n    ".join(examples[kind]) for kind, count in kinds.most_common())


def _code(row: Row) -> str:
    return next((f"({row[name]})" for name in ("gap_code", "channel", "instrument") if name in row), "")


def _by_key(rows: Sequence[Row], key: tuple[str, ...]) -> dict[tuple[Any, ...], Row]:
    """Rows with equal keys are told apart by their place among equals, in the order of all their values."""
    seen: Counter[tuple[Any, ...]] = Counter()
    found = {}
    for row in sorted(rows, key=lambda row: json.dumps(row, sort_keys=True)):
        identity = tuple(row[name] for name in key)
        found[*identity, seen[identity]] = row
        seen[identity] += 1
    return found
