"""Sold-to gaps of subscriptions: each names a buyer of its own, and the account's field is only a shortcut (B.1)."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.warehouse import records
from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import BEGIN, account_id, complete, contact, customer, home, team
from tests.warehouse.gaps import built_from, copy_of, gaps
from tests.warehouse.log import Event
from tests.warehouse.settings_event import settings

MAY, JUNE, JULY = (f"2025-0{month}-01T09:00:00Z" for month in (5, 6, 7))
NOBODY = {"Latest_Sold_To_Contact__r": None}


def subscription(number: int, account: int, buyer: str | None, at: str = BEGIN, **fields: Any) -> Event:
    return records.subscription(number, account, buyer, at, **fields)


def buyer(account: int) -> str:
    return f"{account}.buyer@company{account}.example"


def events() -> list[Event]:
    return [
        # the same buyer as the account's in other letters; a free-mail address until June; none until the next is known
        *(*complete(1), subscription(1, 1, f" {buyer(1).title()} ")),
        *(*complete(2), subscription(2, 2, "someone@gmail.com"), subscription(2, 2, buyer(2), JUNE)),
        *(*complete(3), subscription(31, 3, buyer(3)), subscription(32, 3, None), subscription(33, 3, "")),
        subscription(32, 3, buyer(3), MAY),
        # nobody's until they join in June, and a second one who never does; one of another account
        *(
            *complete(4),
            subscription(41, 4, "ap@company4.example"),
            subscription(42, 4, "Orders@Reseller.example", MAY),
        ),
        *contact(4900, 4, JUNE, email="ap@company4.example"),
        *(*complete(5), subscription(5, 5, "ap@company4.example")),
        # over in May, not begun before June, cancelled in June, deleted in June, no status at all
        *(*complete(6), subscription(6, 6, None, ends="2025-05-31")),
        *(*complete(7), subscription(7, 7, None, starts="2025-06-01")),
        *(*complete(8), subscription(8, 8, None), subscription(8, 8, None, JUNE, status="Cancelled")),
        *(*complete(9), subscription(9, 9, None), subscription(9, 9, None, JUNE, deleted=True)),
        *(*complete(10), subscription(10, 10, None, status=None)),
        # the account names nobody: two subscriptions do, one does not, none does any more
        *(customer(11, **NOBODY), home(11), *team(11)),
        subscription(111, 11, buyer(11), starts="2025-01-01"),
        subscription(112, 11, "old@company11.example", starts="2024-06-01", ends="2026-12-31"),
        *(customer(12, **NOBODY), home(12), *team(12), subscription(12, 12, None)),
        *(customer(13, **NOBODY), home(13), *team(13), subscription(13, 13, buyer(13), ends="2025-05-31")),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    return built_from(events(), tmp_path_factory.mktemp("subscriptions"), parsed)


def test_each_running_subscription_needs_a_buyer_at_the_company(built: Warehouse) -> None:
    """R-EST-8, E-50."""
    assert gaps(built, 1) == []
    assert gaps(built, 2) == [("SOLD_TO_INVALID", None, BEGIN, JUNE)]
    assert gaps(built, 10) == [("SOLD_TO_MISSING", None, BEGIN, None)]


def test_buyers_who_lack_at_once_are_one_gap_that_names_the_subscriptions_it_is_about_now(built: Warehouse) -> None:
    assert gaps(built, 3) == [("SOLD_TO_MISSING", None, BEGIN, None)]
    assert subscriptions_of(built, 3) == [33]
    assert gaps(built, 4) == [("SOLD_TO_NOT_ASSOCIATED", None, BEGIN, None)]
    assert subscriptions_of(built, 4) == [42]


def subscriptions_of(warehouse: Warehouse, account: int) -> list[int]:
    """The numbers of those that the only gap of an account rests on."""
    evidence = warehouse.value(
        "select evidence from marts.fct_contact_coverage_gaps where account_id = ?", account_id(account)
    )
    return [int(found[5:15]) for found in json.loads(evidence)["subscription_ids"]]


@pytest.mark.parametrize(
    ("account", "opened", "closed"),
    [
        (6, BEGIN, "2025-06-01T00:00:00Z"),
        (7, "2025-06-01T00:00:00Z", None),
        (8, BEGIN, JUNE),
        (9, BEGIN, JUNE),
    ],
)
def test_a_subscription_counts_from_its_first_day_to_its_last_while_it_is_active(built, account, opened, closed):
    assert gaps(built, account) == [("SOLD_TO_MISSING", None, opened, closed)]


def test_the_buyer_of_the_latest_subscription_stands_in_where_the_account_names_nobody(built: Warehouse) -> None:
    """B.1, R-EST-8: missing is only whom nobody names; who bought what is over stands in no longer."""
    shown = dict(built.rows("select account_id, sold_to_email from marts.fct_account_coverage"))
    assert [shown[account_id(number)] for number in (1, 11, 12, 13)] == [buyer(1), buyer(11), None, None]
    assert gaps(built, 11) == [("SOLD_TO_NOT_ASSOCIATED", None, BEGIN, None)]
    assert gaps(built, 12) == [("SOLD_TO_MISSING", None, BEGIN, None)]
    assert gaps(built, 13) == [("SOLD_TO_MISSING", None, "2025-06-01T00:00:00Z", None)]


def test_a_message_about_another_buyer_goes_to_that_buyer(built: Warehouse) -> None:
    """E-45: the account's own sold-to is a contact, and has nothing to answer."""
    found = built.rows(
        """select sold_to_email, message_text from marts.fct_contact_coverage_gaps where account_id = ? and is_open
        union all
        select sold_to_email, message_text from marts.fct_coverage_work_list where account_id = ?""",
        account_id(4),
        account_id(4),
    )
    assert [email for email, _ in found] == ["orders@reseller.example"] * 2
    assert all(text.startswith("Hello there, you are named as the buyer for Account 4") for _, text in found)


def test_a_buyer_who_is_a_contact_elsewhere_is_none_here(built: Warehouse) -> None:
    assert gaps(built, 5) == [("SOLD_TO_NOT_ASSOCIATED", None, BEGIN, None)]


def test_subscriptions_do_not_count_where_the_mapping_names_no_object(tmp_path, parsed) -> None:
    recorded = settings()
    payload = dict(recorded.payload)
    unused = payload["salesforce"]["subscription"] | {"object": ""}
    payload["salesforce"] = payload["salesforce"] | {"subscription": unused}
    quiet = built_from([*events(), replace(recorded, payload=payload)], tmp_path / "unused", parsed)
    assert (gaps(quiet, 2), gaps(quiet, 12)) == ([], [("SOLD_TO_MISSING", None, BEGIN, None)])

    # a file written before there was such a table
    before = {name: table for name, table in payload["salesforce"].items() if name != "subscription"}
    older = replace(recorded, payload=payload | {"salesforce": before})
    assert gaps(built_from([*events(), older], tmp_path / "older", parsed), 2) == []


def test_a_sold_to_gap_is_unknown_while_subscriptions_cannot_be_read(built: Warehouse, tmp_path_factory) -> None:
    """E-48."""
    later = copy_of(built, tmp_path_factory.mktemp("behind"))
    later.log.behind = {"salesforce__subscription"}
    later.log.append([], at=datetime(2026, 1, 1, 2, tzinfo=UTC))
    later.build("--select", "+path:models/marts/coverage")
    states = later.rows("select distinct state from marts.fct_contact_coverage_gaps where gap_code like 'SOLD_TO%'")
    assert {state for (state,) in states} == {"closed", "unknown"}
