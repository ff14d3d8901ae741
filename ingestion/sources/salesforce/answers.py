"""What an org's answers must hold before anything of them is taken. All raise when it does not.

Raises KeyError, TypeError, ValueError, AttributeError or OverflowError, which `SalesforceApi` turns into a sentence.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ingestion.envelope import moment
from ingestion.sources.salesforce.records import widened

# Statements and addresses are made of these: whatever else stands there is no name and no id.
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
SHOWN = 200


class Results(NamedTuple):
    """One page of a query job. `rows` and `locator` are as the headers say: None where a proxy took them away."""

    body: bytes
    rows: int | None
    locator: str | None


class Job(NamedTuple):
    """How far a query job is: `UploadComplete`, `InProgress`, `JobComplete`, `Failed` or `Aborted`."""

    state: str
    rows: int
    error: str


class Deletions(NamedTuple):
    """Id -> when it was deleted, and up to when that is all."""

    when: dict[str, datetime]
    covered: datetime


def is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def fields_in(answer: Any) -> list[dict[str, Any]]:
    """Fields with a name and a type; those that refer to other objects say to which."""
    fields = answer["fields"]
    for field in fields:
        relation, targets = field.get("relationshipName"), field.get("referenceTo") or []
        if (
            not isinstance(field["name"], str)
            or not _NAME.fullmatch(field["name"])
            or not isinstance(field["type"], str)
        ):
            raise TypeError(f"the field {shown(field['name'])} has no name or no type")
        if not isinstance(relation, str | None) or not isinstance(targets, list):
            raise TypeError(f"the field {field['name']} does not say what it refers to")
        if any(not isinstance(target, str) or not _NAME.fullmatch(target) for target in targets):
            raise TypeError(f"the field {field['name']} refers to {shown(targets)}")
    return [{**field, "referenceTo": field.get("referenceTo") or []} for field in fields]


def rows_in(answer: Any) -> tuple[list[dict[str, Any]], str | None]:
    """The records of an answer, and where the next one is."""
    rows, is_done = answer["records"], answer["done"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TypeError("records are no list of objects")
    if not isinstance(is_done, bool):
        raise TypeError(f"done is {shown(is_done)}")
    if is_done and not rows and answer["totalSize"]:
        raise ValueError(f"no records of {shown(answer['totalSize'])}")
    return rows, None if is_done else answer["nextRecordsUrl"].rpartition("/")[2]


def job_id_in(answer: Any) -> str:
    return _id(answer["id"])


def job_in(answer: Any) -> Job:
    error = one_line(answer.get("errorMessage") or "no reason given")
    return Job(one_line(answer["state"]), int(answer.get("numberRecordsProcessed") or 0), error)


def results_in(body: bytes, headers: Mapping[str, str]) -> Results:
    count = headers.get("Sforce-NumberOfRecords", "")
    # Digits of other scripts, and more than an int takes, are no count.
    is_count = count.isascii() and count.isdecimal() and len(count) < SHOWN
    return Results(body, int(count) if is_count else None, headers.get("Sforce-Locator") or None)


def deletions_in(answer: Any) -> Deletions:
    when = {_id(row["id"]): moment(row["deletedDate"]) for row in answer["deletedRecords"]}
    return Deletions(when, moment(answer["latestDateCovered"]))


def _id(value: Any) -> str:
    if not is_id(value):
        raise ValueError(f"an id is {shown(value)}")
    return widened(value)


def first_error(content: Any) -> tuple[str, str]:
    """The code and the message of a refusal."""
    first = content[0] if isinstance(content, list) and content else content
    if not isinstance(first, dict):
        return "", one_line(first)
    return one_line(first.get("errorCode", "")), one_line(first.get("message", ""))


def one_line(value: Any) -> str:
    """An org shows where a statement is wrong by several lines."""
    return " ".join(str(value).split())[:SHOWN]


def shown(value: Any) -> str:
    return ascii(value)[:SHOWN]
