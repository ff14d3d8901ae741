"""Runs in the environment of simple-salesforce: reads an org in every way the library has, and prints what came."""

import csv
import io
import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from simple_salesforce.api import Salesforce

HOST = "gitlab.my"
SOQL = "SELECT Id, SystemModstamp, IsDeleted FROM {}"


def sign_in(how: str, key: str) -> Any:
    """By each of the library's ways of signing in."""
    app: dict[str, Any] = {"consumer_key": "app", "consumer_secret": "secret"}
    person: dict[str, Any] = {"username": "p1@x.example", "password": "word"}
    match how:
        case "soap":
            return Salesforce(**person, security_token="token")
        case "password":
            return Salesforce(**person, **app)
        case "client_credentials":
            return Salesforce(**app, domain=HOST)
        case "jwt":
            return Salesforce(username="p1@x.example", consumer_key="app", privatekey_file=key)
        case _:
            first = Salesforce(**app, domain=HOST)
            return Salesforce(session_id=first.session_id, instance_url=f"https://{HOST}.salesforce.com")


def rows(records: Iterable[dict[str, Any]]) -> list[list[Any]]:
    """[id, stamp, whether deleted] of each record, in the order in which they came."""
    return [[row["Id"], row["SystemModstamp"], row["IsDeleted"]] for row in records]


def bulk_2(org: Any, name: str, operation: str) -> list[dict[str, Any]]:
    """Pages of CSV, each with a header of its own."""
    pages = getattr(getattr(org.bulk2, name), operation)(
        f"SELECT Id, SystemModstamp, IsDeleted FROM {name}", max_records=1000, wait=1
    )
    return [row for page in pages for row in csv.DictReader(io.StringIO(page))]


def rows_of_upserts(org: Any) -> list[str]:
    """Subjects of the cases that the upserts left."""
    return [
        row["Subject"] for row in org.query("SELECT Subject FROM Case WHERE Zendesk_Ticket_Id__c != null")["records"]
    ]


def main(how: str, key: str, start: str, end: str) -> dict[str, Any]:
    """What one way of signing in could read; the first way reads everything."""
    org = sign_in(how, key)
    found: dict[str, Any] = {"accounts": rows(org.query_all_iter(SOQL.format("Account"), include_deleted=True))}
    if how != "client_credentials":
        return found
    users = org.query_all_iter("SELECT Id, SystemModstamp, IsActive FROM User", include_deleted=True)
    found["User"] = [[row["Id"], row["SystemModstamp"], row["IsActive"]] for row in users]
    for name in ("Contact", "Case"):
        found[name] = rows(org.query_all_iter(SOQL.format(name), include_deleted=True))
    found["living"] = rows(org.query_all(SOQL.format("Contact"))["records"])
    found["bulk_2"] = rows(bulk_2(org, "Contact", "query"))
    found["bulk_2_all"] = rows(bulk_2(org, "Contact", "query_all"))
    found["bulk_1"] = rows(org.bulk.Contact.query(SOQL.format("Contact"), wait=1))
    found["bulk_1_all"] = rows(org.bulk.Contact.query_all(SOQL.format("Contact"), wait=1))
    found["texts"] = {
        row["Id"]: row["Industry"] for row in org.query_all("SELECT Id, Industry FROM Account")["records"]
    }
    period = datetime.fromisoformat(start), datetime.fromisoformat(end)
    found["deleted"] = sorted(row["id"] for row in org.Contact.deleted(*period)["deletedRecords"])
    found["updated"] = sorted(org.Account.updated(*period)["ids"])
    described = org.Account.describe()
    found["fields"] = sorted(field["name"] for field in described["fields"])
    found["objects"] = sorted(each["name"] for each in org.describe()["sobjects"])
    found["limits"] = sorted(org.limits())
    found["upserts"] = [org.Case.upsert("Zendesk_Ticket_Id__c/77", {"Subject": text}) for text in ("One", "Two")]
    found["written"] = rows_of_upserts(org)
    return found


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
