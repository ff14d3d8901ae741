"""One row, three APIs, one form: REST's JSON, the CSV of Bulk API 2.0, and the JSON of the first Bulk API."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion.envelope import canonical, envelopes
from ingestion.sources.salesforce.bulk_results import ResultPage
from ingestion.sources.salesforce.records import by_modstamp, normal_form, widened
from ingestion.streams import STREAMS

KINDS = {
    "Id": "id",
    "SystemModstamp": "datetime",
    "IsDeleted": "boolean",
    "Name": "string",
    "Description": "textarea",
    "Levels__c": "multipicklist",
    "Seats__c": "int",
    "Amount__c": "currency",
    "Share__c": "percent",
    "Signed_On__c": "date",
    "Renewed_At__c": "datetime",
    "OwnerId": "reference",
    "Owner__r.Email": "email",
    "Owner__r.LastSeen__c": "datetime",
    "Owner__r.Score__c": "double",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IDS = st.from_regex(r"[a-zA-Z0-9]{15}", fullmatch=True)
TRICKY = ("NA", "N/A", "null", "None", "nan", "007", "1e5", "true", "2026-03-01", "a\0b", 'say "x"', "a,b\r\nc\n", " ")
TEXTS = st.one_of(st.sampled_from(TRICKY), st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.integers(0, 4_000_000_000_000).map(lambda ms: EPOCH + timedelta(milliseconds=ms))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": IDS,
    "reference": IDS,
    "datetime": MOMENTS,
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "currency": NUMBERS,
    "percent": NUMBERS,
    "double": NUMBERS,
    "date": st.dates(date(1970, 1, 1), date(2100, 1, 1)),
}
NEEDED = ("Id", "SystemModstamp")
ROWS = st.fixed_dictionaries(
    {
        name: VALUES.get(kind, TEXTS) if name in NEEDED else st.none() | VALUES.get(kind, TEXTS)
        for name, kind in KINDS.items()
    }
)


def rest(row: dict[str, Any], in_milliseconds: bool) -> bytes:
    """A row as JSON, relations nested, a relation that leads nowhere null."""

    def shown(value: Any) -> Any:
        if isinstance(value, datetime):
            if in_milliseconds:
                return (value - EPOCH) // timedelta(milliseconds=1)
            return value.isoformat(timespec="milliseconds").replace("+00:00", "+0000")
        if isinstance(value, date):
            midnight = datetime(value.year, value.month, value.day, tzinfo=UTC)
            return (midnight - EPOCH) // timedelta(milliseconds=1) if in_milliseconds else value.isoformat()
        return value

    record: dict[str, Any] = {"attributes": {"type": "Account", "url": "/services/data/v68.0/sobjects/Account/x"}}
    for name, value in row.items():
        relation, dot, field = name.partition(".")
        if dot:
            record.setdefault(relation, {"attributes": {"type": "User"}})[field] = shown(value)
        else:
            record[name] = shown(value)
    if all(row[name] is None for name in row if "." in name):
        record["Owner__r"] = None
    return orjson.dumps(record)


def as_csv(row: dict[str, Any], order: list[str], numbers: str) -> bytes:
    """A row as Bulk API 2.0 writes it: columns in the server's order and case, null as nothing."""

    def shown(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime):
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return format(value, numbers) if isinstance(value, float) else str(value)

    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([name.upper() if place % 2 else name for place, name in enumerate(order)])
    writer.writerow([shown(row[name]) for name in order])
    return written.getvalue().encode()


@settings(deadline=None)
@given(ROWS, st.permutations(list(KINDS)), st.sampled_from(["", ".17E"]))
@example(dict.fromkeys(KINDS) | {"Id": "001000000000001", "SystemModstamp": EPOCH}, list(KINDS), "")
def test_a_row_has_the_same_form_and_the_same_event_id_by_rest_bulk_and_the_first_bulk(
    row: dict[str, Any], order: list[str], numbers: str
) -> None:
    """R22: one normal form of times, numbers, null and "", ids and relations."""
    normal = normal_form(KINDS)
    ((line,),) = ResultPage(as_csv(row, order, numbers), tuple(KINDS)).rows(10)
    forms = [
        normal(orjson.loads(rest(row, in_milliseconds=False))),
        normal(line),
        normal(orjson.loads(rest(row, in_milliseconds=True))),
    ]
    assert {canonical(form) for form in forms} == {canonical(forms[0])}
    made = [envelopes(STREAMS["salesforce__account"], "salesforce/main", [form], by_modstamp) for form in forms]
    assert {ids.table["event_id"][0].as_py() for ids in made} == {made[0].table["event_id"][0].as_py()}


@settings(deadline=None)
@given(ROWS)
def test_what_is_in_a_row_survives(row: dict[str, Any]) -> None:
    """R25: text stays as it is, whatever it looks like; numbers and truth values keep their worth."""
    ((line,),) = ResultPage(as_csv(row, list(KINDS), ""), tuple(KINDS)).rows(10)
    form = normal_form(KINDS)(line)
    for name in ("Name", "Description", "Levels__c", "Seats__c", "Amount__c", "Share__c", "IsDeleted"):
        assert form[name] == row[name]
    assert form["Id"] == widened(row["Id"])
    assert type(form["Seats__c"]) in (int, type(None))


@pytest.mark.parametrize("value", ["many", "1_000", "nan", "1e999", "١٢", "2026", "yes", ["a"], {"b": 1}])
@pytest.mark.parametrize("kind", ["int", "double", "boolean", "datetime", "date", "time", "reference", "anyType"])
def test_a_value_that_does_not_fit_its_type_stays_as_it_came(kind: str, value: Any) -> None:
    """R21: a field that was retyped a moment ago costs no row."""
    form = normal_form({"Id": "id", "Odd__c": kind})({"Id": "001000000000001AAA", "Odd__c": value})
    assert str(form["Odd__c"]) in (str(value), f"{value}.0", orjson.dumps(value).decode())


@pytest.mark.parametrize(
    ("kind", "by_rest", "by_csv", "form"),
    [
        ("Boolean", True, "true", True),
        ("Double", 5, "5.0", 5.0),
        ("EntityId", "0014M00001sGJ8x", "0014M00001sGJ8xQAG", "0014M00001sGJ8xQAG"),
        ("DateTime", "2026-03-01T09:00:00.000+0000", "2026-03-01T09:00:00.000Z", "2026-03-01T09:00:00.000Z"),
        ("Text", "007", "007", "007"),
        ("DynamicEnum", "NA", "NA", "NA"),
        ("Unheard of", True, "true", "true"),
    ],
)
def test_a_value_of_the_field_history_follows_the_type_of_its_row(
    kind: str, by_rest: Any, by_csv: str, form: Any
) -> None:
    """R22: OldValue and NewValue have no type of their own."""
    normal = normal_form({"DataType": "picklist", "OldValue": "anyType"})
    for value in (by_rest, by_csv):
        found = normal({"DataType": kind, "OldValue": value})["OldValue"]
        assert (found, type(found)) == (form, type(form))
