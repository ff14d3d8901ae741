"""Bulk API 1.0, as simple-salesforce, dlt's source and tap-salesforce speak it."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from simple_salesforce.api import Salesforce as Client
from simple_salesforce.exceptions import SalesforceGeneralError

from sandbox import settings
from sandbox.http import Call
from sandbox.salesforce.api import SalesforceApi
from sandbox.salesforce.org import Org
from sandbox.salesforce.sessions import open_session
from sandbox.state import State
from tests.sandbox.calls import Answer, call, line, loopback, sign_in_to_salesforce
from tests.sandbox_process import sandbox

WORLD = [
    line("08:00:00", "Account", "001000000000001", {"Name": "Acme", "BillingCity": "Berlin"}),
    *(
        line(
            "09:00:00", "Case", f"50000000000000{number}", {"Subject": f"Case {number}", "AccountId": "001000000000001"}
        )
        for number in range(5)
    ),
    line("10:00:00", "Case", "500000000000003", delete=True),
]


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD) as started:
        yield started


@pytest.fixture
def client(running) -> Any:
    return Client(username="d@x.example", password="p", security_token="t", session=loopback(running))


def test_an_unmodified_client_reads_json_with_times_in_milliseconds(client):
    rows = client.bulk.Case.query_all("SELECT Id, Subject, CreatedDate, ParentId, Account.Name FROM Case", wait=0)
    assert len(rows) == 5
    assert rows[0]["attributes"]["type"] == "Case"
    assert datetime.fromtimestamp(rows[0]["CreatedDate"] / 1000, UTC) == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (rows[0]["ParentId"], rows[0]["Account"]) == (None, {"Name": "Acme"})
    assert len(client.bulk.Case.query("SELECT Id FROM Case", wait=0)) == 4


def test_every_field_that_describe_does_not_call_compound_can_be_read(client):
    for kind in ("Account", "Contact", "User", "Case"):
        fields = getattr(client, kind).describe()["fields"]
        compound = {field["compoundFieldName"] for field in fields} - {"Name"}
        names = [field["name"] for field in fields if field["name"] not in compound]
        client.bulk.__getattr__(kind).query_all(f"SELECT {', '.join(names)} FROM {kind}  ", wait=0)


def test_a_compound_field_fails_its_batch(client):
    with pytest.raises(SalesforceGeneralError, match="Selecting compound data not supported in Bulk Query"):
        client.bulk.Account.query("SELECT BillingAddress FROM Account", wait=0)


def test_an_unmodified_client_writes_each_record_for_itself(client):
    made = client.bulk.Case.insert([{"Subject": "First"}, {"Nope__c": 1}])
    assert [(item["success"], item["created"]) for item in made] == [(True, True), (False, False)]
    assert made[1]["errors"][0]["statusCode"] == "INVALID_FIELD"
    changed = client.bulk.Case.upsert([{"Zendesk_Ticket_Id__c": "b", "Subject": "x"}], "Zendesk_Ticket_Id__c")
    assert changed[0]["created"]
    ids = [{"Id": item["id"]} for item in (made[0], changed[0])]
    assert all(item["success"] for item in client.bulk.Case.update([row | {"Status": "Closed"} for row in ids]))
    assert all(item["success"] for item in client.bulk.Case.delete(ids[:1]))
    assert all(item["success"] for item in client.bulk.Case.hard_delete(ids[1:]))
    left = client.query_all("SELECT Id FROM Case WHERE IsDeleted = true", include_deleted=True)["records"]
    assert [row["Id"] for row in left if row["Id"] in (made[0]["id"], changed[0]["id"])] == [made[0]["id"]]


class Csv:
    """The calls of a client that makes CSV jobs by JSON and is told of batches in XML."""

    def __init__(self, running, **headers: str) -> None:
        token = sign_in_to_salesforce(running).body["access_token"]
        self._base = f"{running.salesforce}/services/async/61.0/job"
        self._headers = {"X-SFDC-Session": token, "Content-Type": "application/json"} | headers

    def send(self, path: str = "", body: Any = None, **headers: str) -> Answer:
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return call(f"{self._base}{path}", self._headers | headers, raw)

    def start(self, soql: str) -> str:
        job = self.send(body={"operation": "queryAll", "object": "Case", "contentType": "CSV"}).body["id"]
        self.batch = texts(self.send(f"/{job}/batch", soql.encode(), **{"Content-Type": "text/csv"}))["id"][0]
        return job


def texts(answer: Answer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in ElementTree.fromstring(answer.body).iter():
        found.setdefault(element.tag.rpartition("}")[2], []).append(element.text or "")
    return found


def test_a_csv_job_tells_of_itself_in_json_and_of_its_batches_in_xml(running):
    bulk = Csv(running)
    job = bulk.start("SELECT Id, Subject, SystemModstamp FROM Case WHERE SystemModstamp >= 2026-03-01T00:00:00Z")
    assert texts(bulk.send(f"/{job}/batch/{bulk.batch}"))["state"] == ["Completed"]
    (result,) = texts(bulk.send(f"/{job}/batch/{bulk.batch}/result"))["result"]
    page = bulk.send(f"/{job}/batch/{bulk.batch}/result/{result}").body.decode()
    rows = list(csv.DictReader(io.StringIO(page)))
    assert {"Case 0", "Case 3"} <= {row["Subject"] for row in rows}
    assert rows[0]["SystemModstamp"] == "2026-03-01T09:00:00.000Z"
    assert bulk.send(f"/{job}", {"state": "Closed"}).body["state"] == "Closed"
    refused = bulk.send("/750000000000000AAA")
    assert (refused.status, refused.body["exceptionCode"]) == (400, "InvalidJob")


def test_chunks_of_a_job_are_batches_beside_the_one_that_is_not_processed(running):
    bulk = Csv(running, **{"Sforce-Enable-PKChunking": "true; chunkSize=2"})
    job = bulk.start("SELECT Id FROM Case WHERE CreatedDate <= 2026-03-01T09:00:00Z")
    told = texts(bulk.send(f"/{job}/batch"))
    assert told["state"] == ["Not Processed", "Completed", "Completed", "Completed"]
    assert told["numberRecordsProcessed"] == ["0", "2", "2", "1"]


def test_errors_are_objects_and_xml_for_whom_speaks_xml(running):
    bulk = Csv(running)
    refused = bulk.send(body={"operation": "query", "object": "Nope", "contentType": "CSV"})
    assert (refused.status, refused.body["exceptionCode"]) == (400, "InvalidJob")
    told = texts(bulk.send("/none", **{"Content-Type": "application/xml"}))
    assert told["exceptionCode"] == ["InvalidJob"]
    assert bulk.send("/none", **{"X-SFDC-Session": "none"}).body["exceptionCode"] == "InvalidSessionId"
    given = b"<operation>query</operation><object>Case</object><contentType>XML</contentType>"
    form = b'<jobInfo xmlns="urn:x">' + given + b"</jobInfo>"
    assert texts(bulk.send(body=form, **{"Content-Type": "application/xml; charset=UTF-8"}))["state"] == ["Open"]


def test_a_batch_fails_by_order(running, client):
    running.post("/_sandbox/faults", {"route": "/services/async/59.0/job/", "kind": "job_failed", "call": 1})
    with pytest.raises(SalesforceGeneralError, match="InternalServerError"):
        client.bulk.Case.query("SELECT Id FROM Case", wait=0)


def test_an_org_without_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings, "BULK_ONE_ENABLED", False)
    org = Org("main")
    given = Call("POST", "/services/async/59.0/job", {}, {"content-type": "application/json"}, b"{}", "http://x", 0)
    given.headers = {**given.headers, "x-sfdc-session": open_session(org, given)}
    answer = SalesforceApi(State().append_changes).answer(org, given)
    assert json.loads(bytes(answer.body)) == {
        "exceptionCode": "FeatureNotEnabled",
        "exceptionMessage": "Async API not enabled",
    }
