"""Salesforce cases, made over HTTP in the sandbox: never two for a ticket, whatever goes wrong (E-25)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deliveries import ledger
from deliveries.round import Delivered, deliver
from ingestion.settings import Settings
from tests.deliveries.desk import mailing, notice, publish
from tests.deliveries.org import ACCOUNT, UPSERT, cases, organization
from tests.deliveries.postbox import Postbox, served
from tests.ingestion.log import settings_for
from tests.sandbox_process import RunningSandbox


@pytest.fixture
def org() -> Iterator[RunningSandbox]:
    with organization() as running:
        yield running


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with served() as found:
        yield found


class Desk:
    """Runs rounds over one folder, the org and the postbox."""

    def __init__(self, org: RunningSandbox, postbox: Postbox, folder: Path) -> None:
        self.org, self.postbox = org, postbox
        self.settings: Settings = settings_for(org, folder)
        self.folder = self.settings.data_dir

    def round(self, *rows: dict[str, Any], **other: Any) -> Delivered:
        published = publish(self.folder, rows)
        options = {"salesforce_create_cases": True, "case_wait_seconds": 3600, **other}
        return deliver(self.settings, mailing(self.folder, self.postbox.port, **options), published)

    def cases(self) -> list[dict[str, Any]]:
        return cases(self.settings)


@pytest.fixture
def desk(org: RunningSandbox, postbox: Postbox, tmp_path: Path) -> Desk:
    return Desk(org, postbox, tmp_path)


def now_rows(count: int, **other: Any) -> list[dict[str, Any]]:
    return [notice(number, opened_at=datetime.now(UTC), **other) for number in range(1, count + 1)]


def text(mail) -> str:
    body = mail.get_body(("plain",))
    return body.get_content()


def test_a_case_is_made_and_the_mail_links_to_it(desk: Desk) -> None:
    assert desk.round(*now_rows(1)).problem is None
    (case,) = desk.cases()
    assert (case["AccountId"], case["Subject"], case["Zendesk_Ticket_Id__c"]) == (ACCOUNT, "Runner 1 is stuck", "1")
    assert (case["SuppliedName"], case["SuppliedEmail"]) == ("Ada Lovelace", "ada@alpine.example")
    assert case["Zendesk_Support_Ticket_URL__c"] == "https://gitlab.zendesk.com/tickets/1"
    (mail,) = desk.postbox.mails
    assert f"https://gitlab.my.salesforce.com/{case['Id']}" in text(mail)


def test_no_second_case_however_often_it_runs(desk: Desk) -> None:
    """Not after a rebuild, and not after a crash between the call and its outcome."""
    rows = now_rows(3)
    desk.round(*rows)
    with ledger.opened(desk.settings, print) as book:
        delivery = ledger.Delivery("ticket", "salesforce_case", rows[0]["notification_id"], "")
        book.attempt([(delivery, "")])
    desk.round(*rows)
    assert len(desk.cases()) == 3


def test_a_case_of_another_integration_is_linked_and_not_doubled(desk: Desk, org: RunningSandbox) -> None:
    """It may have been made after the marts were read, under any form of the address."""
    made = "5004M0000134SSKQA2"
    url = "https://gitlab.zendesk.com/agent/tickets/1"
    change = {"Subject": "S", "AccountId": ACCOUNT, "Zendesk_Support_Ticket_URL__c": url}
    org.post("/_sandbox/changes", [{"system": "salesforce", "object": "Case", "id": made, "set": change}])
    desk.round(*now_rows(1))
    assert [case["Id"] for case in desk.cases()] == [made]
    assert made in text(desk.postbox.mails[0])


@pytest.mark.parametrize("kind", ["row_lock", "upsert_race"])
def test_a_lock_or_a_race_is_tried_again_and_the_others_are_made(desk: Desk, org: RunningSandbox, kind: str) -> None:
    org.post("/_sandbox/faults", {"kind": kind, "route": UPSERT, "calls": [1]})
    rows = now_rows(3)
    first = desk.round(*rows)
    assert first.problem is None
    assert first.counts == {"sent": 2}
    assert first.waiting == 1
    assert desk.round(*rows).counts == {"sent": 1}
    assert len(desk.cases()) == 3
    assert all("no Salesforce case yet" not in text(mail) for mail in desk.postbox.mails)


def test_a_mail_waits_for_its_case_only_up_to_its_limit_and_says_so(desk: Desk, org: RunningSandbox) -> None:
    org.post("/_sandbox/faults", {"kind": "status", "status": 400, "route": UPSERT, "body": [{"errorCode": "NO"}]})
    rows = now_rows(1)
    told = desk.round(*rows)
    assert told.counts == {}
    assert "refused to make cases of tickets" in (told.problem or "")
    desk.round(rows[0] | {"opened_at": datetime.now(UTC) - timedelta(hours=2)})
    (mail,) = desk.postbox.mails
    assert "no Salesforce case yet" in text(mail)
    # and the case comes after all
    org.delete("/_sandbox/faults")
    desk.round(*rows)
    assert len(desk.cases()) == 1
    assert len(desk.postbox.mails) == 1


@pytest.mark.parametrize("unreachable", [{"account_source": "salesforce/of_another_company"}, {"ticket_url": None}])
def test_a_mail_does_not_wait_for_a_case_that_cannot_come(desk: Desk, unreachable: dict[str, Any]) -> None:
    assert desk.round(*now_rows(1, **unreachable)).counts == {"sent": 1}
    assert desk.cases() == []


def test_nothing_is_made_where_nobody_asked_for_it(desk: Desk) -> None:
    assert desk.round(*now_rows(1), salesforce_create_cases=False).counts == {"sent": 1}
    assert desk.cases() == []


def test_more_cases_than_one_call_takes_are_made_in_several(desk: Desk) -> None:
    assert desk.round(*now_rows(203)).problem is None
    assert len({case["Zendesk_Ticket_Id__c"] for case in desk.cases()}) == len(desk.cases()) == 203


def test_hostile_text_makes_a_case_and_no_statement(desk: Desk) -> None:
    hostile = {"ticket_subject": "x' OR Id != '\r\n" * 50, "contact_email": "no address", "contact_name": "y" * 500}
    assert desk.round(*now_rows(1, **hostile)).problem is None
    (case,) = desk.cases()
    assert (len(case["Subject"]), case["SuppliedEmail"], len(case["SuppliedName"])) == (200, None, 80)
