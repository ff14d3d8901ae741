"""What time does to an org: merges, the recycle bin, and fields that come, change and go."""

from urllib.parse import quote

import pytest

from sandbox.salesforce.ids import widen
from tests.sandbox.calls import Salesforce, line, salesforce
from tests.sandbox_process import sandbox

WINNER, LOSER, CHILD = (f"00100000000000{number}" for number in range(3))
CONTACT, CASE = "003000000000001", "500000000000001"
START = "2026-03-01T09:00:00Z"
WORLD = [
    line("08:00:00", "Account", WINNER, {"Name": "Winner", "Tier__c": "3"}),
    line("08:00:00", "Account", LOSER, {"Name": "Loser", "Tier__c": "low", "Since__c": "2026-01-01T00:00:00Z"}),
    line("08:00:00", "Account", CHILD, {"Name": "Child", "ParentId": LOSER}),
    line("08:00:00", "Contact", CONTACT, {"LastName": "C", "AccountId": LOSER}),
    line("08:00:00", "Case", CASE, {"Subject": "S", "AccountId": LOSER, "ContactId": CONTACT}),
    line("10:00:00", "Account", LOSER, merge_into=WINNER),
    line("2026-03-10T00:00:00Z", "Field", "Account.Region__c", {"type": "picklist"}),
    line("2026-03-10T00:00:01Z", "Account", WINNER, {"Region__c": "EMEA"}),
    line("2026-03-11T00:00:00Z", "Field", "Account.Tier__c", {"type": "double"}),
    line("2026-03-11T00:00:00Z", "Field", "Account.Since__c", {"type": "string", "externalId": True, "unique": True}),
    line("2026-03-12T00:00:00Z", "Field", "Account.Tier__c", delete=True),
    line("2026-04-01T00:00:00Z", "Contact", CONTACT, delete=True),
    line("2026-04-02T00:00:00Z", "Contact", CONTACT, restore=True),
    line("2026-04-03T00:00:00Z", "Case", CASE, delete=True, purge=True),
    line("2026-04-03T00:00:00Z", "Account", CHILD, purge=True),
]


@pytest.fixture
def running():
    with sandbox(WORLD, now=START) as started:
        yield started


def at(running, moment: str) -> Salesforce:
    running.post("/_sandbox/clock", {"now": moment})
    return salesforce(running)


def deleted(org: Salesforce, kind: str, start: str, end: str):
    return org.get(f"sobjects/{kind}/deleted?start={quote(start)}&end={quote(end)}")


def test_merged_records_name_their_master_and_their_children_move(running):
    org = at(running, "2026-03-01T10:30:00Z")
    loser, winner = widen(LOSER), widen(WINNER)
    soql = f"SELECT IsDeleted, MasterRecordId, SystemModstamp FROM Account WHERE Id = '{loser}'"
    assert org.records(soql, "queryAll") == [
        {"IsDeleted": True, "MasterRecordId": winner, "SystemModstamp": "2026-03-01T10:00:00.000+0000"}
    ]
    (contact,), (case,) = (org.records(f"SELECT AccountId, SystemModstamp FROM {kind}") for kind in ("Contact", "Case"))
    assert contact == case == {"AccountId": winner, "SystemModstamp": "2026-03-01T10:00:00.000+0000"}
    assert org.records("SELECT Parent.Name FROM Account WHERE Name = 'Child'")[0]["Parent"]["Name"] == "Winner"


def test_the_recycle_bin_is_emptied_and_only_the_list_of_deletions_tells(running):
    soql = "SELECT Id FROM Account WHERE Name = 'Loser'"
    assert len(at(running, "2026-03-16T09:59:59Z").records(soql, "queryAll")) == 1
    org = at(running, "2026-03-16T10:00:01Z")
    assert org.records(soql, "queryAll") == []
    period = ("2026-03-01T00:00:00+00:00", "2026-03-16T00:00:00+00:00")
    assert [row["id"] for row in deleted(org, "Account", *period).body["deletedRecords"]] == [widen(LOSER)]
    org = at(running, "2026-04-01T00:00:00Z")
    refused = deleted(org, "Account", *period)
    assert (refused.status, refused.body[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")
    assert deleted(org, "Account", *reversed(period)).status == 400


def test_an_undeleted_record_lives_and_a_hard_deleted_one_is_only_in_the_list(running):
    at(running, "2026-04-01T01:00:00Z")
    assert salesforce(running).records("SELECT Id FROM Contact") == []
    org = at(running, "2026-04-03T01:00:00Z")
    assert org.records("SELECT IsDeleted, SystemModstamp FROM Contact") == [
        {"IsDeleted": False, "SystemModstamp": "2026-04-02T00:00:00.000+0000"}
    ]
    assert org.records("SELECT Id FROM Case", "queryAll") == []
    owners = {row["AccountId"] for row in org.records("SELECT AccountId FROM AccountHistory", "queryAll")}
    assert owners == {widen(WINNER), widen(LOSER)}
    period = ("2026-04-03T00:00:00+00:00", "2026-04-03T01:00:00+00:00")
    assert [row["id"] for row in deleted(org, "Case", *period).body["deletedRecords"]] == [widen(CASE)]


def account_fields(org: Salesforce) -> dict[str, dict]:
    return {field["name"]: field for field in org.get("sobjects/Account/describe").body["fields"]}


def test_a_field_comes_changes_its_type_and_goes_and_moves_no_stamp(running):
    stamped = "SELECT SystemModstamp FROM Account WHERE Name = 'Winner'"
    org = at(running, "2026-03-09T00:00:00Z")
    assert "Region__c" not in account_fields(org)
    assert org.query("SELECT Region__c FROM Account").body[0]["errorCode"] == "INVALID_FIELD"
    before = org.records(stamped)
    org = at(running, "2026-03-10T00:00:00Z")
    assert account_fields(org)["Region__c"]["type"] == "picklist"
    assert org.records("SELECT Region__c FROM Account WHERE Name = 'Winner'") == [{"Region__c": None}]
    assert org.records(stamped) == before
    org = at(running, "2026-03-11T12:00:00Z")
    fields = account_fields(org)
    assert (fields["Tier__c"]["type"], fields["Since__c"]["type"]) == ("double", "string")
    assert (fields["Since__c"]["externalId"], fields["Since__c"]["unique"]) == (True, True)
    rows = org.records("SELECT Region__c, Tier__c, Since__c FROM Account ORDER BY Name DESC", "queryAll")
    assert [row["Region__c"] for row in rows] == ["EMEA", None, None]
    assert [row["Tier__c"] for row in rows] == [3.0, None, None]
    assert rows[1]["Since__c"] == "2026-01-01T00:00:00.000+0000"
    org = at(running, "2026-03-12T00:00:00Z")
    assert "Tier__c" not in account_fields(org)
    assert org.query("SELECT Tier__c FROM Account").status == 400


def test_a_locator_goes_stale(running):
    org = salesforce(running)
    running.post("/_sandbox/changes", [line(START, "Case", f"500{n:012d}", {"Subject": "x"}) for n in range(2100)])
    locator = org.query("SELECT Id FROM Case").body["nextRecordsUrl"].rpartition("/")[2]
    assert org.get(f"query/{locator}").status == 200
    org = at(running, "2026-03-03T10:00:00Z")
    assert org.get(f"query/{locator}").body[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
