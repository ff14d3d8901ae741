"""Writes: single records, upserts by external id, and collections of up to 200."""

from typing import Any

import pytest
from simple_salesforce.api import Salesforce as Client
from simple_salesforce.exceptions import SalesforceMoreThanOneRecord, SalesforceResourceNotFound

from sandbox.salesforce.ids import widen
from tests.sandbox.calls import Salesforce, call, line, loopback, salesforce
from tests.sandbox_process import sandbox

ACME, GONE = "001000000000001", "001000000000002"
KEY = "Zendesk_Ticket_Id__c"
WORLD = [
    line("08:00:00", "Account", ACME, {"Name": "Acme"}),
    line("08:00:00", "Account", GONE, {"Name": "Gone"}),
    line("09:00:00", "Account", GONE, delete=True),
    *(line("08:00:00", "Case", f"50000000000000{number}", {KEY: "twice"}) for number in (1, 2)),
]


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD) as started:
        yield started


@pytest.fixture
def org(running) -> Salesforce:
    call(f"{running.url}/_sandbox/faults", method="DELETE")
    return salesforce(running)


def upsert(org: Salesforce, value: str, body: dict[str, Any], **more: Any):
    return org.send("PATCH", f"sobjects/Case/{KEY}/{value}", body, **more)


def cases(org: Salesforce, value: str) -> list[dict[str, Any]]:
    return org.records(f"SELECT Id, Subject, Status, IsClosed FROM Case WHERE {KEY} = '{value}'")


def test_what_was_written_is_read_at_once_and_stamped_now(running, org: Salesforce):
    created = org.send("POST", "sobjects/Case", {"Subject": "New", "AccountId": ACME, "Origin": "Zendesk"})
    assert (created.status, created.body["success"], created.body["errors"]) == (201, True, [])
    running.post("/_sandbox/clock", {"advance_seconds": 60})
    row_id = created.body["id"]
    assert org.send("PATCH", f"sobjects/Case/{row_id}", {"Status": "Closed"}).status == 204
    names = "Subject, Account.Name, IsClosed, CaseNumber, CreatedDate, SystemModstamp"
    soql = f"SELECT {names} FROM Case WHERE Id = '{row_id}'"
    (found,) = org.records(soql)
    assert (found["Subject"], found["Account"]["Name"], found["IsClosed"]) == ("New", "Acme", True)
    assert found["CaseNumber"]
    assert found["CreatedDate"] < found["SystemModstamp"] == f"{running.get('/_sandbox/world')['now'][:19]}.000+0000"
    assert org.send("DELETE", f"sobjects/Case/{row_id}").status == 204
    assert org.records(soql) == []
    again = org.send("DELETE", f"sobjects/Case/{row_id}")
    assert (again.status, again.body[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("Account", {}, "REQUIRED_FIELD_MISSING"),
        ("Case", {"Nope__c": 1}, "INVALID_FIELD"),
        ("Case", {"CreatedDate": "2026-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Contact", {"LastName": "L", "Name": "N"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Case", {KEY: "TWICE"}, "DUPLICATE_VALUE"),
        ("Case", {"AccountId": "001000000000077"}, "INVALID_CROSS_REFERENCE_KEY"),
        ("Case", {"AccountId": GONE}, "ENTITY_IS_DELETED"),
        ("Case", {"AccountId": "003000000000001"}, "MALFORMED_ID"),
        ("Case", {"Subject": "x" * 256}, "STRING_TOO_LONG"),
        ("Case", {"Subject": 5}, "JSON_PARSER_ERROR"),
        ("Case", {"SuppliedEmail": "nobody"}, "INVALID_EMAIL_ADDRESS"),
        ("Case", [], "JSON_PARSER_ERROR"),
        ("AccountHistory", {}, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
    ],
)
def test_a_record_that_cannot_be_is_refused(org: Salesforce, path: str, body: Any, code: str):
    refused = org.send("POST", f"sobjects/{path}", body)
    assert (refused.status, refused.body[0]["errorCode"]) == (400, code)


def test_an_upsert_makes_a_record_once_and_then_changes_it(org: Salesforce):
    first = upsert(org, "global%2F7", {"Subject": "One"})
    assert (first.status, first.body["created"]) == (201, True)
    second = upsert(org, "global%2F7", {"Subject": "Two"})
    assert (second.status, second.body) == (200, first.body | {"created": False})
    old = upsert(org, "GLOBAL%2F7", {"Subject": "Three"}, version="45.0")
    assert (old.status, old.body) == (204, b"")
    assert [(row["Id"], row["Subject"]) for row in cases(org, "global/7")] == [(first.body["id"], "Three")]


def test_an_upsert_that_may_not_create_finds_nothing(org: Salesforce):
    assert upsert(org, "unheard-of?updateOnly=true", {"Subject": "x"}).status == 404
    assert cases(org, "unheard-of") == []


def test_an_upsert_by_a_field_that_is_no_external_id_is_refused(org: Salesforce):
    for field in ("Subject", "Nope__c"):
        assert org.send("PATCH", f"sobjects/Case/{field}/x", {"Status": "New"}).status == 404
    assert upsert(org, "x", {KEY: "x"}).body[0]["errorCode"] == "INVALID_FIELD"


def test_an_upsert_that_several_records_match_names_them(org: Salesforce):
    answer = upsert(org, "twice", {"Subject": "x"})
    assert answer.status == 300
    ids = (widen("500000000000001"), widen("500000000000002"))
    assert answer.body == [f"/services/data/v62.0/sobjects/Case/{row_id}" for row_id in ids]


def test_the_loser_of_a_race_is_told_of_the_record_that_the_winner_made(running, org: Salesforce):
    running.post("/_sandbox/faults", {"route": "/services/data/v62.0/sobjects/Case", "kind": "upsert_race", "call": 1})
    lost = upsert(org, "race", {"Subject": "x"})
    assert (lost.status, lost.body[0]["errorCode"]) == (400, "DUPLICATE_VALUE")
    assert upsert(org, "race", {"Subject": "x"}).body["created"] is False
    assert len(cases(org, "race")) == 1


def test_a_locked_row_and_several_matches_can_be_ordered_and_change_nothing(running, org: Salesforce):
    route = "/services/data/v62.0/sobjects/Case"
    for call_number, kind in ((1, "row_lock"), (2, "upsert_several")):
        running.post("/_sandbox/faults", {"route": route, "kind": kind, "calls": [call_number]})
    locked, several = upsert(org, "locked", {"Subject": "x"}), upsert(org, "locked", {"Subject": "x"})
    assert (locked.status, locked.body[0]["errorCode"]) == (400, "UNABLE_TO_LOCK_ROW")
    assert (several.status, len(several.body)) == (300, 2)
    assert cases(org, "locked") == []


def collection(org: Salesforce, *values: str | None, all_or_none: bool = False, method: str = "PATCH", path: str = ""):
    records = [{"attributes": {"type": "Case"}} | ({} if value is None else {KEY: value}) for value in values]
    body = {"allOrNone": all_or_none, "records": records}
    return org.send(method, f"composite/sobjects{path or f'/Case/{KEY}'}", body)


def test_items_of_a_collection_fail_alone_and_answer_in_their_order(org: Salesforce):
    answer = collection(org, "c-1", "twice", None, "c-1", "c-2")
    assert answer.status == 200
    assert [item["success"] for item in answer.body] == [True, False, False, False, True]
    assert [item["errors"][0]["statusCode"] for item in answer.body[1:4]] == [
        "DUPLICATE_EXTERNAL_ID", "MISSING_ARGUMENT", "DUPLICATE_VALUE",
    ]  # fmt: skip
    assert [item["created"] for item in collection(org, "c-1", "c-3").body] == [False, True]


def test_all_or_none_writes_nothing_when_one_item_fails(org: Salesforce):
    answer = collection(org, "n-1", "twice", "n-2", all_or_none=True)
    codes = [item["errors"][0]["statusCode"] for item in answer.body]
    rolled_back = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert (answer.status, codes) == (200, [rolled_back, "DUPLICATE_EXTERNAL_ID", rolled_back])
    assert cases(org, "n-1") == cases(org, "n-2") == []


def test_a_collection_creates_changes_and_deletes(org: Salesforce):
    made = collection(org, "m-1", "m-2", method="POST", path="/").body
    records = [{"attributes": {"type": "Case"}, "id": item["id"], "Subject": "Both"} for item in made]
    assert all(item["success"] for item in org.send("PATCH", "composite/sobjects", {"records": records}).body)
    assert [case["Subject"] for value in ("m-1", "m-2") for case in cases(org, value)] == ["Both", "Both"]
    ids = ",".join([*(item["id"] for item in made), "500000000000099"])
    deleted = org.send("DELETE", f"composite/sobjects?ids={ids}&allOrNone=false").body
    assert [item["success"] for item in deleted] == [True, True, False]
    assert cases(org, "m-1") == cases(org, "m-2") == []


def test_a_collection_holds_at_most_two_hundred(org: Salesforce):
    assert all(item["success"] for item in collection(org, *(f"200-{number}" for number in range(200))).body)
    refused = collection(org, *(f"201-{number}" for number in range(201)))
    assert (refused.status, refused.body[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")


def test_an_unmodified_client_writes(running):
    client: Any = Client(consumer_key="me", consumer_secret="x", domain="acme.my", session=loopback(running))
    made = client.Case.create({"Subject": "From a client"})
    assert client.Case.get(made["id"])["Subject"] == "From a client"
    assert client.Case.upsert(f"{KEY}/by-client", {"Subject": "x"}) == 201
    assert client.Case.upsert(f"{KEY}/by-client", {"Subject": "y"}) == 200
    assert client.Case.get_by_custom_id(KEY, "by-client")["Subject"] == "y"
    assert client.Case.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Case.get(made["id"])
    with pytest.raises(SalesforceMoreThanOneRecord):
        client.Case.upsert(f"{KEY}/twice", {"Subject": "z"})


def test_what_was_written_is_there_again_after_a_restart(tmp_path):
    world = tmp_path / "world.jsonl"
    world.write_text(
        '{"at":"2026-03-01T10:00:00Z","system":"salesforce","object":"Account","id":"001000000000001","set":{"Name":"A"}}\n'
    )
    ids = []
    for count in (1, 2):
        with sandbox(world, "2026-03-01T10:05:00Z", data_dir=tmp_path) as running:
            org = salesforce(running)
            ids.append(org.send("POST", "sobjects/Case", {"Subject": "Kept"}).body["id"])
            assert {row["Id"] for row in org.records("SELECT Id FROM Case")} == set(ids)
            assert len(set(ids)) == count
