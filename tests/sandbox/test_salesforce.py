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
    line("08:00:00", "Account", ACME, {"Name": "Acme", CSM: EMIL, "Tier__c": "A", "BillingCity": "Berlin",
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
    assert (sign_in_to_salesforce(running, "wrong").status, org.query("SELECT Id FROM User").status) == (400, 200)
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
        ("CreatedDate = TODAY", 2),
        ("CreatedDate < TODAY", 0),
        ("CreatedDate > TODAY", 0),
        ("CreatedDate >= TODAY AND CreatedDate <= TODAY", 2),
        ("CreatedDate > YESTERDAY", 2),
        ("CreatedDate = LAST_N_DAYS:3 AND CreatedDate = THIS_MONTH AND CreatedDate != LAST_MONTH", 2),
        ("CreatedDate >= NEXT_N_DAYS:1", 0),
        ("SystemModstamp = 2026-03-01T09:00:00.000Z", 1),
        ("SystemModstamp > 2026-03-01T09:00:00.000Z", 1),
        ("SystemModstamp <= 2026-03-01T09:00:00Z", 1),
        (f"Id > '{widen(ACME)}'", 1),
        (f"Id = '{ACME}'", 1),
        ("Name LIKE '%\\_%'", 0),
        ("Name LIKE 'Globex_s'", 1),
        ("NOT Name = 'Acme'", 1),
        ("(Name = 'Acme' OR IsDeleted = true) AND ParentId != null", 1),
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
        ("SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE SystemModstamp > LAST_N_MOONS:2", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = Acme", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE BillingAddress = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
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


def test_fields_of_a_kind_are_selected_by_that_kind(org: Salesforce):
    (custom,) = org.records("SELECT Id, FIELDS(CUSTOM) FROM Account LIMIT 200")
    assert {"Id", "Tier__c"} <= set(custom)
    assert "Name" not in custom
    (standard,) = org.records("SELECT FIELDS(STANDARD) FROM Account LIMIT 200")
    assert standard["Name"] == "Acme"
    assert "Tier__c" not in standard


def test_counting_a_field_counts_its_values(org: Salesforce):
    (record,) = org.query("SELECT COUNT(ParentId) parents FROM Account", "queryAll").body["records"]
    assert record == {"attributes": {"type": "AggregateResult"}, "parents": 1}


def test_versions_are_listed_old_ones_warn_and_ancient_ones_are_gone(org: Salesforce):
    listed = call(f"{org.base}/services/data/").body
    assert listed[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}
    assert listed[-4]["label"] == "Winter '26"
    answers = {version: org.send("GET", "limits", version=version) for version in ("30.0", "31.0", "41.0", "68.0")}
    assert [answer.status for answer in answers.values()] == [410, 200, 200, 200]
    assert ["warning" in answer.headers for answer in answers.values()] == [False, True, False, False]


def test_the_usage_of_a_day_is_in_every_answer_and_in_the_limits(running, org: Salesforce):
    first = int(org.query("SELECT Id FROM User").headers["sforce-limit-info"].removesuffix("/15000").split("=")[1])
    limits = org.get("limits/")
    assert limits.headers["sforce-limit-info"] == f"api-usage={first + 1}/15000"
    assert limits.body["DailyApiRequests"] == {"Max": 15_000, "Remaining": 15_000 - first - 1}
    assert limits.body["DailyBulkApiBatches"]["Max"]
    running.post("/_sandbox/faults", {"route": "/services/data", "kind": "app_usage", "call": 1})
    assert "; per-app-api-usage=" in org.get("limits").headers["sforce-limit-info"]
    assert "per-app" not in org.get("limits").headers["sforce-limit-info"]


def test_an_address_that_is_too_long_is_refused(org: Salesforce):
    long = ",".join(["Name"] * 3300)
    assert org.query(f"SELECT {long} FROM Account").status == 414
    headers = org.headers | {"X-Padding": "x" * 16_000}
    assert call(f"{org.base}/services/data/v62.0/query?q=SELECT+Id+FROM+User", headers).status == 200
    headers["X-Padding"] += "x" * 400
    assert call(f"{org.base}/services/data/v62.0/query?q=SELECT+Id+FROM+User", headers).status == 431


def test_a_walk_can_lose_its_locator(running, org: Salesforce):
    running.post("/_sandbox/faults", {"route": "/services/data/v62.0/query/01g", "kind": "invalid_locator", "call": 1})
    first = org.query("SELECT Id FROM Case").body["nextRecordsUrl"]
    lost, found = (call(org.base + first, org.headers) for _ in range(2))
    assert (lost.status, lost.body[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")
    assert len(found.body["records"]) == 2000


def test_compound_fields_are_marked_and_read_as_one_value(org: Salesforce):
    fields = {field["name"]: field for field in org.get("sobjects/Account/describe").body["fields"]}
    assert (fields["BillingAddress"]["type"], fields["BillingCity"]["compoundFieldName"]) == (
        "address",
        "BillingAddress",
    )
    people = {field["name"]: field for field in org.get("sobjects/Contact/describe").body["fields"]}
    assert people["LastName"]["compoundFieldName"] == "Name"
    (acme,) = org.records("SELECT BillingAddress FROM Account")
    assert acme["BillingAddress"]["city"] == "Berlin"
    key = {field["name"]: field for field in org.get("sobjects/Case/describe").body["fields"]}["Zendesk_Ticket_Id__c"]
    assert (key["externalId"], key["unique"], key["idLookup"]) == (True, True, True)


def test_a_record_is_read_by_its_id(org: Salesforce):
    assert org.get(f"sobjects/Account/{ACME}?fields=Name,Tier__c").body["Name"] == "Acme"
    assert org.get("sobjects/Account").body["objectDescribe"]["name"] == "Account"
    gone = org.get(f"sobjects/Account/{GLOBEX}")
    assert (gone.status, gone.body[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")
    assert org.get("sobjects/Account/001000000000099").body[0]["errorCode"] == "NOT_FOUND"
