"""Salesforce: sign-in, SOQL, pages, histories and deletions."""

import pytest

from sandbox.salesforce.ids import widen
from tests.sandbox.calls import Salesforce, call, line, salesforce, sign_in_to_salesforce
from tests.sandbox_process import sandbox

DANA, EMIL = "005000000000001", "005000000000002"
ACME, GLOBEX = "001000000000001", "001000000000002"
CONTACT = "003000000000001"
CSM = "Technical_Account_Manager_LU__c"
WORLD = [
    line("08:00:00", "User", DANA, {"Name": "Dana", "Email": "dana@x.example"}),
    line("08:00:00", "User", EMIL, {"Name": "Emil", "ManagerId": DANA}),
    line("08:00:00", "Contact", CONTACT, {"LastName": "Buyer", "Email": "buyer@acme.example"}),
    line("08:00:00", "Account", ACME, {"Name": "Acme", CSM: EMIL, "Tier__c": "A",
         "Latest_Sold_To_Contact__c": CONTACT}),
    line("08:00:00", "Account", GLOBEX, {"Name": "Globex's", "ParentId": ACME,
         "Latest_Sold_To_Contact__r": {"Email": "x@globex.example", "Name": "X"}}),
    line("09:00:00", "Account", ACME, {CSM: DANA}, by=EMIL),
    line("09:30:00", "Account", ACME, {"Tier__c": "B"}, silent=True),
    line("10:00:00", "Account", GLOBEX, delete=True),
    *(line("10:00:00", "Case", f"500{number:012d}", {"Subject": f"Case {number}"}) for number in range(4500)),
    line("2026-03-01T10:10:00Z", "Account", "001000000000003", {"Name": "Late"}, visible_at="2026-03-01T10:20:00Z"),
    line("10:30:00", "Contact", CONTACT, purge=True),
]  # fmt: skip


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD, now="2026-03-01T10:15:00Z") as started:
        yield started


@pytest.fixture
def org(running) -> Salesforce:
    return salesforce(running)


def test_ids_of_fifteen_characters_are_widened():
    assert widen("001D000000IqhSL") == "001D000000IqhSLIAZ"
    assert widen("001D000000IqhSLIAZ") == "001D000000IqhSLIAZ"


def test_a_wrong_secret_and_an_unknown_session_are_refused(running, org: Salesforce):
    assert (sign_in_to_salesforce(running, "wrong").status, org.query("SELECT Id FROM User").status) == (401, 200)
    refused = call(f"{running.salesforce}/services/data/v62.0/limits", {"Authorization": "Bearer x"})
    assert refused.status == 401
    assert refused.body == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_relationships_lead_through_lookups_and_through_what_the_world_gives(org: Salesforce):
    sold_to = "Latest_Sold_To_Contact__r.Email, Latest_Sold_To_Contact__r.Name"
    found = org.records(
        f"SELECT Id, Parent.Name, {sold_to}, Technical_Account_Manager_Name__c FROM Account", "queryAll"
    )
    acme, globex = found
    assert acme["Id"] == widen(ACME)
    assert acme["Parent"] is None
    assert acme["Latest_Sold_To_Contact__r"]["Email"] == "buyer@acme.example"
    assert acme["Technical_Account_Manager_Name__c"] == "Dana"
    assert globex["Parent"]["Name"] == "Acme"
    assert globex["Latest_Sold_To_Contact__r"] == {"Email": "x@globex.example", "Name": "X"}


def test_a_keyset_walk_passes_a_tie_of_many_pages_once(org: Salesforce):
    stamp, row_id, found = "1970-01-01T00:00:00Z", "", []
    while True:
        later = f"SystemModstamp > {stamp} OR (SystemModstamp = {stamp} AND Id > '{row_id}')"
        page = org.records(f"SELECT Id, SystemModstamp FROM Case WHERE {later} ORDER BY SystemModstamp, Id LIMIT 2000")
        found += [row["Id"] for row in page]
        if len(page) < 2000:
            break
        stamp, row_id = page[-1]["SystemModstamp"], page[-1]["Id"]
    assert len(found) == len(set(found)) == 4500
    assert found == sorted(found)


def test_long_answers_come_in_pages_of_two_thousand_by_a_relative_address(org: Salesforce):
    answer = org.query("SELECT Id FROM Case").body
    assert (answer["totalSize"], answer["done"], len(answer["records"])) == (4500, False, 2000)
    assert answer["nextRecordsUrl"].startswith("/services/data/v62.0/query/01g")
    assert len(org.records("SELECT Id FROM Case")) == 4500
    refused = org.get("query/01gnothing-2000")
    assert (refused.status, refused.body[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("Name = 'acme'", 1),
        ("Name = 'Globex\\'s'", 1),
        ("Name != 'Acme'", 1),
        ("Name LIKE '%e%'", 2),
        ("Name IN ('Acme', 'Nobody')", 1),
        ("Name NOT IN ('Acme')", 1),
        ("NOT (Name = 'Acme' OR IsDeleted = true)", 0),
        ("ParentId = null", 1),
        ("Support_Hold__c = false AND CreatedDate < 2026-03-01T08:00:01.000+0000", 2),
        ("SystemModstamp >= 2026-03-01T10:00:00+01:00", 2),
        ("SystemModstamp >= 2026-03-01T11:00:00+01:00", 1),
        ("SystemModstamp >= 2026-03-01T10:00:00Z OR SystemModstamp >= 2026-03-01T08:00:00Z", 2),
        ("SystemModstamp >= 2026-03-01T10:00:00Z OR Name = 'Acme'", 2),
        ("CreatedDate = TODAY", 0),
        ("CreatedDate > YESTERDAY", 2),
        (f"Id > '{widen(ACME)}'", 1),
        ("Parent.Name = 'Acme'", 1),
        ("Tier__c = 'B'", 1),
    ],
)
def test_conditions_mean_what_they_mean_in_soql(org: Salesforce, where: str, count: int):
    answer = org.query(f"SELECT COUNT() FROM Account WHERE {where}", "queryAll")
    assert answer.body == {"totalSize": count, "done": True, "records": []}


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Nope__c FROM Account", "INVALID_FIELD"),
        ("SELECT Nope__r.Name FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Nope = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account ORDER Name", "MALFORMED_QUERY"),
    ],
)
def test_a_query_that_cannot_be_answered_says_why(org: Salesforce, soql: str, code: str):
    refused = org.query(soql)
    assert (refused.status, refused.body[0]["errorCode"]) == (400, code)
    assert refused.body[0]["message"]


def test_order_is_by_every_named_field_with_nulls_first_unless_told(org: Salesforce):
    names = [row["Name"] for row in org.records("SELECT Name FROM Account ORDER BY ParentId, Name", "queryAll")]
    assert names == ["Acme", "Globex's"]
    soql = "SELECT Name FROM Account ORDER BY ParentId ASC NULLS LAST"
    assert [row["Name"] for row in org.records(soql, "queryAll")] == ["Globex's", "Acme"]


def test_a_change_of_csm_is_two_history_rows_with_ids_and_with_names(org: Salesforce):
    soql = f"SELECT AccountId, DataType, OldValue, NewValue, CreatedDate FROM AccountHistory WHERE Field = '{CSM}'"
    ids, names = org.records(soql + " ORDER BY DataType")
    assert (ids["DataType"], ids["OldValue"], ids["NewValue"]) == ("EntityId", widen(EMIL), widen(DANA))
    assert (names["DataType"], names["OldValue"], names["NewValue"]) == ("Text", "Emil", "Dana")
    assert ids["CreatedDate"] == "2026-03-01T09:00:00.000+0000"
    assert ids["AccountId"] == widen(ACME)


def test_a_silent_change_shows_and_moves_no_stamp(org: Salesforce):
    (acme,) = org.records("SELECT Tier__c, SystemModstamp FROM Account")
    assert acme == {"Tier__c": "B", "SystemModstamp": "2026-03-01T09:00:00.000+0000"}


def test_a_deleted_record_is_only_in_query_all_and_in_the_deleted_list(org: Salesforce):
    assert [row["Name"] for row in org.records("SELECT Name FROM Account")] == ["Acme"]
    soql = "SELECT Name, SystemModstamp FROM Account WHERE IsDeleted = true"
    assert org.records(soql, "queryAll") == [{"Name": "Globex's", "SystemModstamp": "2026-03-01T10:00:00.000+0000"}]
    period = "start=2026-03-01T00:00:00%2B00:00&end=2026-03-02T00:00:00%2B00:00"
    deleted = org.get(f"sobjects/Account/deleted/?{period}").body["deletedRecords"]
    assert deleted == [{"deletedDate": "2026-03-01T10:00:00.000+0000", "id": widen(GLOBEX)}]
    assert widen(ACME) in org.get(f"sobjects/Account/updated/?{period}").body["ids"]


def test_describe_offers_gitlabs_fields_and_those_of_the_world(org: Salesforce):
    fields = {field["name"]: field for field in org.get("sobjects/Account/describe").body["fields"]}
    assert {CSM, "Technical_Account_Manager_Name__c", "Support_Hold__c", "Account_ID_18__c", "Tier__c"} <= set(fields)
    assert fields[CSM]["referenceTo"] == ["User"]
    assert fields[CSM]["relationshipName"] == "Technical_Account_Manager_LU__r"
    assert fields["Technical_Account_Manager_Name__c"]["calculated"] is True
    assert fields["SystemModstamp"]["type"] == "datetime"
    assert org.get("sobjects/Nope/describe").status == 404


def test_what_is_committed_late_has_an_older_stamp_and_what_is_purged_is_gone():
    with sandbox(WORLD, now="2026-03-01T10:15:00Z") as running:
        late = "SELECT SystemModstamp FROM Account WHERE Name = 'Late'"
        assert salesforce(running).records(late) == []
        running.post("/_sandbox/clock", {"now": "2026-03-01T10:31:00Z"})
        org = salesforce(running)
        assert org.records(late) == [{"SystemModstamp": "2026-03-01T10:10:00.000+0000"}]
        assert org.records("SELECT Id FROM Contact", "queryAll") == []
        assert len(org.records("SELECT Id FROM Account", "queryAll")) == 3
