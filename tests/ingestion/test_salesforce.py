"""Salesforce: the keyset, what commits late, and one normal form."""

from collections.abc import Callable
from unittest.mock import patch

import pytest

from ingestion.sources.salesforce import fields, keyset
from ingestion.sources.salesforce.fields import Fields
from ingestion.sources.salesforce.records import normal, widened
from tests.ingestion.log import load, result, rows, value
from tests.ingestion.worlds import ground, salesforce

AT = "2026-03-01T09:00:00Z"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("0014M00001sGJ8x", "0014M00001sGJ8xQAG"),
        ("001000000000001", "001000000000001AAA"),
        ("001aBcDeFgHiJkL", "001aBcDeFgHiJkLQKV"),
        ("0014M00001sGJ8xQAG", "0014M00001sGJ8xQAG"),
        ("not an id at all", "not an id at all"),
    ],
)
def test_short_ids_are_widened_by_their_capitals(short: str, long: str) -> None:
    assert widened(short) == long


@pytest.mark.parametrize(
    "stamp", ["2026-03-01T09:00:00.000+0000", "2026-03-01T09:00:00.000Z", "2026-03-01T10:00:00+01:00"]
)
def test_the_same_row_is_the_same_by_whatever_route_it_came(stamp: str) -> None:
    row = {"attributes": {"type": "Account"}, "Id": "0014M00001sGJ8x", "CreatedDate": stamp, "Name": "NA", "Phone": ""}
    assert normal(row, {"CreatedDate"}, {"Id"}) == {
        "Id": "0014M00001sGJ8xQAG",
        "CreatedDate": "2026-03-01T09:00:00.000Z",
        "Name": "NA",
        "Phone": None,
    }


def accounts(count: int) -> list[dict[str, object]]:
    return [salesforce(AT, "Account", widened(f"0014M00001acc{n:02d}"), set={"Name": f"A{n}"}) for n in range(count)]


def test_a_tie_larger_than_a_page_completes(served: Callable) -> None:
    _, settings = served([*ground(), *accounts(11)])
    with patch.object(keyset, "PAGE", 4):
        load(settings, "salesforce__account", until_complete=True)
    assert value(settings, "select count(distinct entity_id) from event_log.salesforce__account_events") == 11


def test_a_row_that_was_committed_late_is_found(served: Callable) -> None:
    late = salesforce("2026-03-01T09:00:30Z", "Account", "0014M00001lateAQAY", set={"Name": "Late"})
    world = [*ground(), *accounts(2), {**late, "visible_at": "2026-03-01T09:05:00Z"}]
    world.append(salesforce("2026-03-01T09:01:00Z", "Account", "0014M00001nextAQAY", set={"Name": "Next"}))
    sandbox, settings = served(sorted(world, key=lambda change: str(change["at"])), "2026-03-01T09:02:00Z")
    load(settings, "salesforce__account", until_complete=True)
    assert value(settings, "select count(*) from event_log.salesforce__account_events") == 3
    sandbox.post("/_sandbox/clock", {"now": "2026-03-01T09:06:00Z"})
    assert result(load(settings, "salesforce__account"), "salesforce__account").rows == 1


def test_a_deleted_account_is_a_tombstone_and_comes_back(served: Callable) -> None:
    sandbox, settings = served([*ground(), *accounts(1)], "2026-03-01T09:30:00Z")
    load(settings, "salesforce__account", until_complete=True)
    identity = accounts(1)[0]["id"]
    for hour, change in ((10, {"delete": True}), (11, {"restore": True})):
        sandbox.post("/_sandbox/changes", [salesforce(f"2026-03-01T{hour}:00:00Z", "Account", str(identity), **change)])
        sandbox.post("/_sandbox/clock", {"now": f"2026-03-01T{hour}:30:00Z"})
        load(settings, "salesforce__account")
    types = rows(settings, "select event_type from event_log.salesforce__account_events order by occurred_at")
    assert [event_type.rpartition(".")[2] for (event_type,) in types] == ["observed", "deleted", "observed"]


def test_a_long_list_of_fields_is_read_in_several_statements(served: Callable) -> None:
    _, settings = served([*ground(), *accounts(5)])
    whole = "select payload from event_log.salesforce__account_events order by entity_id"
    with patch.object(fields, "SELECT_BYTES", 200), patch.object(keyset, "PAGE", 2):
        load(settings, "salesforce__account", until_complete=True)
    in_parts = rows(settings, whole)
    assert len(in_parts) == 5
    other = settings.model_copy(update={"data_dir": settings.data_dir / "again"})
    load(other, "salesforce__account", until_complete=True)
    assert rows(other, whole) == in_parts


def test_every_chunk_of_fields_carries_its_key_and_nothing_is_left_out() -> None:
    names = tuple(f"Field_{n}__c" for n in range(3000))
    chunks = list(Fields(("Id", "SystemModstamp", *names), frozenset(), frozenset()).chunks(("Id", "SystemModstamp")))
    assert all(chunk[:2] == ("Id", "SystemModstamp") for chunk in chunks)
    assert [name for chunk in chunks for name in chunk[2:]] == list(names)
    assert max(len("%2C+".join(chunk)) for chunk in chunks) < 12_000
