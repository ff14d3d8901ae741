"""Bulk API 2.0 query jobs, also through an unmodified client over TLS."""

import csv
import io
import json
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce as Client

from tests.sandbox.calls import call, line, salesforce, sign_in_to_salesforce
from tests.sandbox_process import sandbox

ODD = 'a "quoted", text\nof two lines; NA'
WORLD = [
    line("08:00:00", "Account", "001000000000001", {"Name": ODD, "Industry": "N/A"}),
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
    job = start(org, "SELECT Name, Industry, Website, Support_Hold__c FROM Account").body
    for _ in range(2):
        org.get(f"jobs/query/{job['id']}")
    (row,) = csv.DictReader(io.StringIO(org.get(f"jobs/query/{job['id']}/results").body.decode(), newline=""))
    assert row == {"Name": ODD, "Industry": "N/A", "Website": "", "Support_Hold__c": "false"}


def test_a_job_that_cannot_run_is_refused_and_one_that_is_deleted_is_gone(running):
    org = salesforce(running)
    assert start(org, "SELECT Nope FROM Case").body[0]["errorCode"] == "INVALID_FIELD"
    assert start(org, "SELECT COUNT() FROM Case").status == 400
    job = start(org, "SELECT Id FROM Case").body
    url = f"{org.base}/services/data/v62.0/jobs/query/{job['id']}"
    aborted = call(url, org.headers | {"Content-Type": "application/json"}, b'{"state":"Aborted"}', "PATCH")
    assert aborted.body["state"] == "Aborted"
    assert call(url, org.headers, method="DELETE").status == 204
    assert call(url, org.headers).status == 404


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
