"""One normal form of a Salesforce record, whichever API it came from (R22).

REST gives nested JSON, Bulk API 2.0 CSV with dotted columns, the first Bulk API times as milliseconds. What a value is
follows from the type that describe gives its field, never from how it looks: `NA`, `null` and `007` stay text (R25). A
value that does not fit its type, because the field was retyped a moment ago, stays as it came (R21).
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeGuard

import orjson

from ingestion.envelope import Stamp, moment
from ingestion.sources.identity import entity_id

Record = dict[str, Any]
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# int() and float() also read underscores, blanks, other digits and `nan`: none of these is a number here.
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
# What a row of field history calls its type, in lower case -> the type in describe's words.
_HISTORY = {
    "entityid": "reference",
    "boolean": "boolean",
    "datetime": "datetime",
    "date": "date",
    "double": "double",
    "currency": "double",
    "percent": "double",
    "int": "int",
    "integer": "int",
}


def widened(value: str) -> str:
    """The 18-character form of a 15-character id: three letters that say which of its letters are capitals."""
    if len(value) != 15 or not (value.isascii() and value.isalnum()):
        return value
    suffix = ""
    for block in (value[0:5], value[5:10], value[10:15]):
        suffix += _ALPHABET[sum(1 << place for place, letter in enumerate(block) if "A" <= letter <= "Z")]
    return value + suffix


def stamped(value: datetime) -> str:
    """`2026-03-01T12:00:00.000Z`"""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def normal_form(kinds: Mapping[str, str]) -> Callable[[Record], Record]:
    """How to write a row of these columns. `kinds`: column, dotted where it is a related one -> describe's type.

    "" and null are one, because Bulk does not tell them apart; so are a related record that is not there and one whose
    selected fields are all empty.
    """
    own = [(name, _CONVERT.get(kind)) for name, kind in kinds.items() if "." not in name]
    related = [(name, *name.split("."), _CONVERT.get(kind)) for name, kind in kinds.items() if "." in name]
    untyped = [name for name, kind in kinds.items() if kind == "anyType"]

    def normal(row: Record) -> Record:
        result: Record = {name: _converted(row.get(name), convert) for name, convert in own}
        for name, relation, field, convert in related:
            nested = row.get(relation)
            value = nested.get(field) if isinstance(nested, dict) else row.get(name)
            result.setdefault(relation, {})[field] = _converted(value, convert)
        for relation in {relation for _, relation, *_ in related}:
            if all(value is None for value in result[relation].values()):
                result[relation] = None
        kind = _HISTORY.get(str(row.get("DataType")).lower())
        for name in untyped:
            result[name] = _converted(result[name], _CONVERT[kind] if kind else _as_text)
        return result

    return normal


def _converted(value: Any, convert: Callable[[Any], Any] | None) -> Any:
    if value is None or value == "":
        return None
    if convert is None:
        return value
    try:
        return convert(value)
    except (ValueError, OverflowError):
        return value


def _boolean(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _integer(value: Any) -> Any:
    number = Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
    # Larger ones than JSON's parsers take stay as they came.
    is_whole = isinstance(number, float | Decimal) and abs(number) < 2**63 and number == int(number)
    return int(number) if is_whole else value


def _decimal(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and _NUMBER.fullmatch(value)):
        return value
    number = float(value)
    # Zero has one form; what is too large for a number stays text.
    return number + 0.0 if math.isfinite(number) else value


def _datetime(value: Any) -> Any:
    if isinstance(value, str):
        return stamped(moment(value))
    return stamped(_EPOCH + timedelta(milliseconds=value)) if _is_milliseconds(value) else value


def _date(value: Any) -> Any:
    if isinstance(value, str):
        return date.fromisoformat(value).isoformat()
    return (_EPOCH + timedelta(milliseconds=value)).date().isoformat() if _is_milliseconds(value) else value


def _time(value: Any) -> Any:
    if isinstance(value, str) and ":" in value:
        of_day = time.fromisoformat(value).replace(tzinfo=None)
    elif _is_milliseconds(value):
        of_day = (_EPOCH + timedelta(milliseconds=value)).time()
    else:
        return value
    return of_day.isoformat(timespec="milliseconds") + "Z"


def _is_milliseconds(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _id(value: Any) -> Any:
    return widened(value) if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "id": _id,
    "reference": _id,
    "boolean": _boolean,
    "int": _integer,
    "long": _integer,
    "double": _decimal,
    "currency": _decimal,
    "percent": _decimal,
    "datetime": _datetime,
    "date": _date,
    "time": _time,
}


def by_modstamp(record: Record) -> Stamp:
    """SystemModstamp moves for people and automation alike; LastModifiedDate does not."""
    changed = record["SystemModstamp"]
    word = "deleted" if record.get("IsDeleted") else "observed"
    return Stamp(entity_id(record, "Id"), changed, moment(changed), word)


def by_creation(record: Record) -> Stamp:
    """A row of field history never changes: its id is its version."""
    identity = entity_id(record, "Id")
    return Stamp(identity, identity, moment(record["CreatedDate"]), "recorded")
