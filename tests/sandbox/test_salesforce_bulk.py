"""Bulk API 2.0 query jobs, also through an unmodified client over TLS."""

import csv
import gzip
import io
import json
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce as Client

from tests.sandbox.calls import Answer, Salesforce, call, line, salesforce, sign_in_to_salesforce
from tests.sandbox_process import sandbox

ODD = 'a "quoted", text\nof two lines; NA \x00'
WORLD = [
    line("08:00:00", "Account", "001000000000001", {"Name": ODD, "Industry": "N/A", "Tier__c": "0012"}),
    *(line("09:00:00", "Case", f"500{number:012d}", {"Subject": f"Case {number}"}) for number in range(25)),
    line("10:00:00", "Case", "500000000000003", delete=True),
]


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD, now="2026-03-01T11:00:00Z", tls_port=0) as started:
        yield started


def start(org, soql: str, operation: str = "query"):
    body = json.dumps({"operation": operation, "query": soql}).encode()
    url = f"{org.base}/services/data/v62.0/jobs/query"
    return call(url, org.headers | {"Content-Type": "application/json"}, body)


def finished(org: Salesforce, soql: str, operation: str = "query") -> str:
    job = start(org, soql, operation).body["id"]
    while org.get(f"jobs/query/{job}").body["state"] != "JobComplete":
        pass
    return job


def rows(page: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.body.decode(), newline="")))


def test_a_job_is_polled_to_its_end_and_read_in_pages_with_a_header_each(running):
    org = salesforce(running)
    job = start(org, "SELECT Id, Subject, CreatedDate FROM Case", "queryAll").body
    assert job["state"] == "UploadComplete"
    path = f"jobs/query/{job['id']}"
    assert org.get(f"{path}/results").status == 400
    assert [org.get(path).body["state"] for _ in range(3)] == ["InProgress", "JobComplete", "JobComplete"]
    rows, locator = [], "0"
    while locator != "null":
        page = org.get(f"{path}/results?locator={locator}&maxRecords=10")
        found = list(csv.DictReader(io.StringIO(page.body.decode())))
        assert page.headers["sforce-numberofrecords"] == str(len(found))
        rows += found
        locator = page.headers["sforce-locator"]
    assert len({row["Id"] for row in rows}) == 25
    assert rows[0]["CreatedDate"] == "2026-03-01T09:00:00.000Z"
    other_version = call(f"{org.base}/services/data/v61.0/{path}/results", org.headers)
    assert other_version.status == 409


def test_text_survives_and_null_is_empty(running):
    org = salesforce(running)
    job = finished(org, "SELECT Name, Tier__c, Industry, Website, Support_Hold__c FROM Account")
    (row,) = rows(org.get(f"jobs/query/{job}/results"))
    assert row == {"Name": ODD, "Tier__c": "0012", "Industry": "N/A", "Website": "", "Support_Hold__c": "false"}


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Nope FROM Case", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT COUNT() FROM Case", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT COUNT(Id) FROM Case", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Id FROM Case OFFSET 5", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT BillingAddress FROM Account", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Status FROM Case GROUP BY Status", "MALFORMED_QUERY"),
        ("SELECT (SELECT Id FROM Cases) FROM Account", "MALFORMED_QUERY"),
    ],
)
def test_a_job_that_cannot_run_is_refused(running, soql: str, code: str):
    refused = start(salesforce(running), soql)
    assert (refused.status, refused.body[0]["errorCode"]) == (400, code)


def test_a_job_is_aborted_only_while_it_runs_and_one_that_is_deleted_is_gone(running):
    org = salesforce(running)
    job = start(org, "SELECT Id FROM Case").body["id"]
    assert org.send("PATCH", f"jobs/query/{job}", {"state": "Aborted"}).body["state"] == "Aborted"
    assert org.get(f"jobs/query/{job}").body["state"] == "Aborted"
    assert org.get(f"jobs/query/{job}/results").status == 400
    assert org.send("PATCH", f"jobs/query/{job}", {"state": "Aborted"}).status == 400
    assert job in {each["id"] for each in org.get("jobs/query").body["records"]}
    assert org.send("DELETE", f"jobs/query/{job}").status == 204
    assert org.get(f"jobs/query/{job}").status == 404


def test_results_stay_as_they_were_when_the_job_ran(running):
    org = salesforce(running)
    job = finished(org, "SELECT Id, Subject FROM Case WHERE Id = '500000000000001'")
    before = org.get(f"jobs/query/{job}/results").body
    org.send("PATCH", "sobjects/Case/500000000000001", {"Subject": "Changed"})
    assert org.get(f"jobs/query/{job}/results").body == before


def test_columns_come_in_the_servers_order_and_spelling(running):
    org = salesforce(running)
    job = finished(org, "select subject, account.name, id, createddate from Case limit 1")
    (row,) = rows(org.get(f"jobs/query/{job}/results"))
    assert list(row) == ["CreatedDate", "Id", "Subject", "Account.Name"]


def test_a_large_page_is_compressed_if_asked(running):
    org = salesforce(running)
    path = f"jobs/query/{finished(org, 'SELECT Id, Subject, Status, CreatedDate, SystemModstamp FROM Case')}/results"
    squeezed = call(f"{org.base}/services/data/v62.0/{path}", org.headers | {"Accept-Encoding": "gzip"})
    assert squeezed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(squeezed.body) == org.get(path).body


def test_no_rows_are_a_header_line_or_on_order_nothing(running):
    org = salesforce(running)
    path = f"jobs/query/{finished(org, 'SELECT Id FROM Case LIMIT 0')}/results"
    page = org.get(path)
    assert (page.body, page.headers["sforce-numberofrecords"], page.headers["sforce-locator"]) == (
        b'"Id"\n',
        "0",
        "null",
    )
    running.post("/_sandbox/faults", {"route": f"/services/data/v62.0/{path}", "kind": "empty_body", "call": 1})
    assert org.get(path).body == b""


def test_a_job_and_its_pages_can_go_wrong_by_order(running):
    org = salesforce(running)
    route = "/services/data/v62.0/jobs/query"
    for kind, state in (("job_failed", "Failed"), ("job_aborted", "Aborted")):
        running.post("/_sandbox/faults", {"route": f"{route}/", "kind": kind, "call": 1})
        job = start(org, "SELECT Id FROM Case").body["id"]
        ended = [org.get(f"jobs/query/{job}").body for _ in range(2)]
        assert [each["state"] for each in ended] == [state, state]
        assert ("errorMessage" in ended[0]) == (state == "Failed")
    path = f"jobs/query/{finished(org, 'SELECT Id FROM Case')}/results"
    for number, kind in enumerate(("locator_409", "no_sforce_headers", "invalid_locator"), start=1):
        running.post("/_sandbox/faults", {"route": f"/services/data/v62.0/{path}", "kind": kind, "call": number})
    answers = [org.get(path) for _ in range(4)]
    assert [answer.status for answer in answers] == [409, 200, 400, 200]
    assert ["sforce-locator" in answer.headers for answer in answers] == [False, False, False, True]


def test_an_unmodified_client_reads_over_tls(running):
    session = requests.Session()
    # A certificate bundle of the environment would win over the session's.
    session.trust_env = False
    session.verify = str(running.data_dir / "tls" / "ca.pem")
    token = sign_in_to_salesforce(running).body["access_token"]
    address = f"https://localhost:{running.ready['tls_port']}"
    client: Any = Client(session_id=token, instance_url=address, session=session)
    assert client.query("SELECT COUNT() FROM Case")["totalSize"] == 24
    assert len(client.query_all("SELECT Id FROM Case", include_deleted=True)["records"]) == 25
    assert client.Account.describe()["name"] == "Account"
    page = "".join(client.bulk2.Case.query("SELECT Id, Subject FROM Case", max_records=50, wait=0))
    assert len(list(csv.DictReader(io.StringIO(page)))) == 24
