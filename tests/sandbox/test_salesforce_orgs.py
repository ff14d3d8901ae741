"""Several Salesforce orgs in one world."""

from typing import Any

import pytest
from simple_salesforce.api import Salesforce as Client

from tests.sandbox.calls import call, line, loopback, salesforce
from tests.sandbox_process import sandbox

WORLD = [
    line("09:00:00", "Account", "001000000000001", {"Name": "Here"}),
    line("09:00:00", "Account", "001000000000001", {"Name": "There", "Level__c": "IL5"}, instance="government"),
]


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD) as started:
        yield started


def test_an_org_is_reached_by_its_path_and_knows_no_other_orgs_sessions(running):
    assert running.ready["salesforce_instances"] == ["main", "government"]
    here, there = salesforce(running), salesforce(running, running.salesforce_org("government"))
    assert [row["Name"] for row in here.records("SELECT Name FROM Account")] == ["Here"]
    assert [row["Name"] for row in there.records("SELECT Name FROM Account")] == ["There"]
    assert there.base == f"{running.url}/salesforce/government"
    assert call(f"{there.base}/services/data/v62.0/limits", here.headers).status == 401


def test_fields_jobs_and_usage_belong_to_one_org(running):
    here, there = salesforce(running), salesforce(running, running.salesforce_org("government"))
    assert here.query("SELECT Level__c FROM Account").body[0]["errorCode"] == "INVALID_FIELD"
    job = there.send("POST", "jobs/query", {"operation": "query", "query": "SELECT Level__c FROM Account"}).body["id"]
    assert (there.get(f"jobs/query/{job}").status, here.get(f"jobs/query/{job}").status) == (200, 404)


def test_what_is_written_to_one_org_is_not_in_the_other(running):
    here, there = salesforce(running), salesforce(running, running.salesforce_org("government"))
    there.send("POST", "sobjects/Case", {"Subject": "Secret"})
    assert [row["Subject"] for row in there.records("SELECT Subject FROM Case")] == ["Secret"]
    assert here.records("SELECT Subject FROM Case") == []


@pytest.mark.parametrize(
    ("domain", "name"),
    [("acme.my", "Here"), ("acme--government.my", "There"), ("government.my", "There"), ("acme--uat.my", "Here")],
)
def test_the_host_of_an_unmodified_client_says_which_org_it_means(running, domain: str, name: str):
    client: Any = Client(consumer_key="me", consumer_secret="x", domain=domain, session=loopback(running))
    assert client.query("SELECT Name FROM Account")["records"][0]["Name"] == name


def test_further_orgs_have_variables_of_their_own(running):
    found = running.environment()
    assert found["SALESFORCE_URL"] == running.salesforce
    assert found["SALESFORCE_INSTANCES"] == "main,government"
    assert found["SALESFORCE_GOVERNMENT_URL"] == f"{running.salesforce}/government"


def test_tokens_of_one_org_can_end_by_order(running):
    here, there = salesforce(running), salesforce(running, running.salesforce_org("government"))
    order = {"route": "/services", "kind": "token_expired", "system": "salesforce", "instance": "government", "call": 1}
    running.post("/_sandbox/faults", order)
    assert (here.get("limits").status, there.get("limits").status) == (200, 401)
