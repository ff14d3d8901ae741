"""What became of each notification: told when, after how many attempts, or why not (R-NT-4, E-23, E-29)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import BEGIN, customer, home, people
from tests.warehouse.log import Event
from tests.warehouse.records import attempt, notification_id, outcome, ticket, user

CSM, OPENED = "csm1@gitlab.com", "2025-03-10T12:00:00Z"


def events() -> list[Event]:
    return [
        *people(),
        customer(1),
        home(1),
        user(55, BEGIN, organization_id=1),
        *(ticket(number, OPENED, requester=55, organization=1) for number in range(1, 10)),
        ticket(8, "2025-03-10T14:00:00Z", requester=55, organization=1, status="deleted", created=OPENED),
        *(attempt(1, "2025-03-10T12:00:55Z", CSM), outcome(1, "2025-03-10T12:01:00Z", "sent")),
        *(attempt(2, "2025-03-10T12:30:00Z", CSM), outcome(2, "2025-03-10T12:30:01Z", "failed", "450 busy")),
        *(attempt(2, "2025-03-10T13:30:00Z", CSM), outcome(2, "2025-03-10T13:30:01Z", "sent")),
        *(attempt(3, "2025-03-10T15:00:00Z", CSM), outcome(3, "2025-03-10T15:00:01Z", "sent")),
        attempt(4, "2025-03-10T12:00:55Z", CSM),
        *(attempt(5, "2025-03-10T12:00:55Z", CSM), outcome(5, "2025-03-10T12:01:00Z", "failed", "450 busy")),
        *(attempt(6, "2025-03-10T12:00:55Z", CSM), outcome(6, "2025-03-10T12:01:00Z", "dead", "550 unknown")),
        *(attempt(7, "2025-03-10T11:59:55Z", CSM), outcome(7, "2025-03-10T11:59:58Z", "sent")),
        *(attempt(8, "2025-03-10T12:00:55Z", CSM), outcome(8, "2025-03-10T12:01:00Z", "sent")),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("deliveries"))
    # each event in a load of its own: the order of commits is the order of the ledger
    for event in events():
        warehouse.log.append([event])
    warehouse.build("--select", "+fct_notification_deliveries")
    return warehouse


def of(built: Warehouse, number: int, *columns: str) -> tuple[Any, ...]:
    (row,) = built.rows(
        f"select {', '.join(columns)} from marts.fct_notification_deliveries where notification_id = ?",
        notification_id(number),
    )
    return row


def test_latency_counts_from_the_opening_to_the_mail_server(built: Warehouse) -> None:
    """R-NT-4: within an hour, within two, late; and late ones are kept."""
    columns = ("status", "attempts", "latency_seconds", "latency_class")
    assert of(built, 1, *columns) == ("sent", 1, 60.0, "within_1h")
    assert of(built, 2, *columns) == ("sent", 2, 5401.0, "within_2h")
    assert of(built, 3, *columns) == ("sent", 1, 10801.0, "late")


def test_what_nobody_was_told_of_yet_is_pending_and_has_no_latency(built: Warehouse) -> None:
    columns = ("status", "attempts", "latency_seconds", "latency_class", "delivered_at", "recipient", "error")
    nothing = (None, None, None)
    assert of(built, 9, *columns) == ("pending", 0, *nothing, CSM, None)
    assert of(built, 4, *columns) == ("pending", 1, *nothing, CSM, None)
    assert of(built, 5, *columns) == ("pending", 1, *nothing, CSM, "450 busy")


def test_what_was_given_up_says_why(built: Warehouse) -> None:
    assert of(built, 6, "status", "error", "next_attempt_at") == ("failed", "550 unknown", None)


def test_a_delivery_before_the_opening_is_no_negative_latency(built: Warehouse) -> None:
    """E-29: two clocks that disagree are flagged, and the latency is zero."""
    assert of(built, 7, "latency_seconds", "is_clock_skewed", "latency_class") == (0.0, True, "within_1h")
    assert of(built, 1, "is_clock_skewed") == (False,)


def test_what_was_sent_stays_on_record_when_the_ticket_is_deleted(built: Warehouse) -> None:
    """E-23."""
    assert of(built, 8, "status", "recipient") == ("sent", CSM)
    assert built.rows("select disposition from marts.fct_notification_events where ticket_id = 8") == [("suppressed",)]
