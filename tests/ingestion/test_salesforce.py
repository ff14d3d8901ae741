"""Salesforce: the keyset, what commits late, wide objects, and an org that stumbles."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from ingestion.pipelines import states
from ingestion.quota import Limiter
from ingestion.settings import Settings
from ingestion.sources.salesforce import fields
from ingestion.sources.salesforce import rows as paging
from ingestion.sources.salesforce.allowance import Allowance
from ingestion.sources.salesforce.api import SalesforceApi
from ingestion.sources.salesforce.fields import Fields
from ingestion.sources.salesforce.records import widened
from ingestion.timer import THIS_MACHINE
from tests.ingestion.log import event_ids, load, result, rows, value
from tests.ingestion.orgs import ACCOUNTS, AT, CONTACTS, Org, account, history

COUNT = "select count(distinct entity_id) from event_log.salesforce__account_events"
PAYLOADS = "select payload from event_log.salesforce__account_events order by recorded_at, position"


@pytest.fixture(autouse=True)
def _without_faults(orgs: Any) -> Iterator[None]:
    yield
    orgs.delete("/_sandbox/faults")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("0014M00001sGJ8x", "0014M00001sGJ8xQAG"),
        ("001000000000001", "001000000000001AAA"),
        ("001aBcDeFgHiJkL", "001aBcDeFgHiJkLQKV"),
        ("0014M00001sGJ8xQAG", "0014M00001sGJ8xQAG"),
        ("not an id at all", "not an id at all"),
        ("fünfzehn-Zeichn", "fünfzehn-Zeichn"),
    ],
)
def test_short_ids_are_widened_by_their_capitals(short: str, long: str) -> None:
    """R22: one form of an id."""
    assert widened(short) == long


def test_a_tie_larger_than_a_page_completes(org: Org) -> None:
    """R19: (SystemModstamp, Id), by pages of its own and by answers that the org cuts."""
    org.accounts(2500)
    with patch.object(paging, "PAGE", 700):
        settings = org.settings()
        history(settings)
    assert value(settings, COUNT) == 2500


def test_a_row_that_was_committed_late_is_found_once(org: Org) -> None:
    """R18: a stamp is given when a transaction writes, and seen when it commits."""
    org.accounts(2)
    org.change(account(7))
    settings = org.settings()
    history(settings)
    org.change(account(8), at="2026-03-01T11:55:00Z")
    org.advance(60)
    assert [result(load(settings, ACCOUNTS), ACCOUNTS).rows for _ in range(2)] == [1, 0]


def test_how_far_reading_looks_back_is_a_setting(org: Org) -> None:
    """R18: longer transactions than ten minutes need more."""
    for minutes, found in ((10, 0), (45, 1)):
        org.change(account(1), set={"Name": f"newest {minutes}"})
        settings = org.settings(f"data{minutes}", SALESFORCE_LOOK_BACK_MINUTES=str(minutes))
        history(settings)
        org.changes({"object": "Account", "id": account(minutes), "at": org.ago(1800)})
        assert result(load(settings, ACCOUNTS), ACCOUNTS).rows == found


def wide(org: Org, count: int, number: int, **values: Any) -> None:
    """Accounts with more fields than an address may name, all of them with one number."""
    many = {f"A_field_with_a_rather_long_name_{n:03d}__c": number for n in range(600)}
    org.accounts(count, **many, **values)


def test_an_object_with_more_fields_than_an_address_may_name_is_read_whole(org: Org) -> None:
    """R26: by REST in several statements below 16,384 bytes, which gives the same events as one job."""
    wide(org, 3, 1)
    in_parts, in_one = org.settings("parts", SALESFORCE_BULK_ROWS="0"), org.settings("one", SALESFORCE_BULK_ROWS="1")
    history(in_parts)
    asked = org.asked("GET", "/queryAll")
    assert [call["status"] for call in asked] == [200] * len(asked)
    assert len({call["query"]["q"].partition(" FROM ")[0] for call in asked}) >= 3
    history(in_one)
    assert len(org.asked("POST", "/jobs/query")) == 1
    assert event_ids(in_parts) == event_ids(in_one)
    assert all(json.loads(p)["A_field_with_a_rather_long_name_599__c"] == 1 for (p,) in rows(in_parts, PAYLOADS))


def between_statements(act: Callable[[], None]) -> Any:
    """Acts once, after the first statement that found rows."""
    original, done = SalesforceApi.query, []

    def query(self: SalesforceApi, soql: str, what: str, deleted: bool) -> list[dict[str, Any]]:
        found = original(self, soql, what, deleted)
        if found and not done:
            done.append(True)
            act()
        return found

    return patch.object(SalesforceApi, "query", query)


def numbers(settings: Settings) -> dict[str, list[set[float]]]:
    """Account -> of each of its events the numbers that its fields show."""
    found: dict[str, list[set[float]]] = {}
    for (text,) in rows(settings, PAYLOADS):
        payload = json.loads(text)
        shown = {number for name, number in payload.items() if name.startswith("A_field_")}
        found.setdefault(payload["Id"], []).append(shown)
    return found


def test_a_row_that_moves_between_two_statements_is_neither_torn_nor_lost(org: Org) -> None:
    """R26: its first half is not put together with a second half of another time."""
    wide(org, 4, 1)
    settings = org.settings()
    changed = {f"A_field_with_a_rather_long_name_{n:03d}__c": 2 for n in range(600)}
    with between_statements(lambda: org.change(account(1), set=changed)):
        history(settings)
    org.advance(60)
    load(settings, ACCOUNTS)
    found = numbers(settings)
    assert all(len(shown) == 1 for events in found.values() for shown in events)
    assert {name: events[-1] for name, events in found.items()} == {
        account(n): {2.0} if n == 1 else {1.0} for n in range(4)
    }


def test_a_row_that_appears_between_two_statements_pushes_no_other_out(org: Org) -> None:
    """R26: pages are as long as the first statement says, whatever the second one finds."""
    wide(org, 4, 1)
    settings = org.settings()
    with patch.object(paging, "PAGE", 2), between_statements(lambda: org.change("001000000000001", at=AT)):
        history(settings)
    assert {account(n) for n in range(4)} <= set(numbers(settings))


def test_a_row_that_changes_again_within_its_second_is_not_torn(org: Org) -> None:
    """R26: a stamp has whole seconds, so what is that young waits for the next poll."""
    wide(org, 2, 1)
    settings = org.settings()
    history(settings)
    org.change(account(1), set={"Name": "read before"})
    org.advance(60)
    halves = [{f"A_field_with_a_rather_long_name_{n:03d}__c": number for n in range(600)} for number in (3, 4)]
    org.change(account(0), set=halves[0])
    with between_statements(lambda: org.change(account(0), set=halves[1])):
        load(settings, ACCOUNTS)
    org.advance(60)
    load(settings, ACCOUNTS)
    events = numbers(settings)[account(0)]
    assert all(len(shown) == 1 for shown in events)
    assert events[-1] == {4.0}


def test_every_chunk_of_fields_carries_its_key_and_nothing_is_left_out() -> None:
    """R26: whatever their number."""
    names = tuple(f"Field_{n}__c" for n in range(3000))
    chunks = Fields(dict.fromkeys(("Id", "SystemModstamp", *names), "string")).chunks(("Id", "SystemModstamp"))
    assert all(chunk[:2] == ("Id", "SystemModstamp") for chunk in chunks)
    assert [name for chunk in chunks for name in chunk[2:]] == list(names)
    assert max(len("%2C+".join(chunk)) for chunk in chunks) < 12_000


def test_a_page_is_asked_for_again_when_the_org_forgot_where_it_was(org: Org) -> None:
    """2.3: INVALID_QUERY_LOCATOR in the middle of a walk."""
    org.accounts(2100)
    org.fault("invalid_locator", "query/01g", calls=[1])
    settings = org.settings()
    with patch.object(paging, "PAGE", 2500):
        found = result(history(settings), ACCOUNTS)
    assert found.error is None
    assert value(settings, COUNT) == 2100


def test_a_page_that_takes_too_long_is_asked_for_in_halves(org: Org) -> None:
    """2.3: QUERY_TIMEOUT."""
    org.accounts(3)
    org.refuse("queryAll", 400, "QUERY_TIMEOUT", calls=[1, 2])
    settings = org.settings(SALESFORCE_BULK_ROWS="0", GO_LIVE_AT="2026-03-01T08:00:00Z")
    assert result(load(settings, ACCOUNTS, phase="live"), ACCOUNTS).rows == 3
    limits = [call["query"]["q"].rpartition(" ")[2] for call in org.asked("GET", "/queryAll")]
    assert limits == ["2000", "1000", "500"]


def test_an_org_that_never_finishes_even_a_small_page_is_an_error(org: Org) -> None:
    """2.3: bounded."""
    org.refuse("queryAll", 400, "QUERY_TIMEOUT")
    found = result(load(org.settings(), ACCOUNTS, phase="live"), ACCOUNTS)
    assert found.error == f"{org.source} cannot finish a page of 50 rows of Account: try again later."


def test_an_org_out_of_calls_ends_with_a_sentence_and_its_cursor_stays(org: Org) -> None:
    """2.3: REQUEST_LIMIT_EXCEEDED."""
    org.accounts(2)
    settings = org.settings()
    history(settings)
    before = dict(states(settings, org.source)["salesforce__account_events"])
    org.change(account(5))
    org.refuse("queryAll", 403, "REQUEST_LIMIT_EXCEEDED")
    error = result(load(settings, ACCOUNTS), ACCOUNTS).error
    assert error is not None
    assert "403 REQUEST_LIMIT_EXCEEDED" in error
    assert error.endswith("wait, or see which other client of this org uses its calls up.")
    assert states(settings, org.source)["salesforce__account_events"] == before
    org.sandbox.delete("/_sandbox/faults")
    assert result(load(settings, ACCOUNTS), ACCOUNTS).rows == 1


def test_reading_stops_before_our_share_of_the_calls_of_a_day_is_passed(org: Org) -> None:
    """2.3: 15,000 calls and a share of 0.0003 are four; other clients keep the rest."""
    org.accounts(2)
    settings = org.settings(QUOTA_SHARE_ACCOUNT="0.0003")
    found = load(settings, ACCOUNTS, CONTACTS)
    errors = {each.error for each in found if each.error}
    assert errors == {
        f"{org.source} has used 4 of its 15000 API calls of the last 24 hours, and QUOTA_SHARE_ACCOUNT=0.0003 "
        "allows no more: wait, or raise that share."
    }
    assert len(org.asked("GET", "/services/data/")) == 4


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("api-usage=18/15000", None),
        ("api-usage=12000/15000", "12000 of its 15000"),
        ("api-usage=18/15000; per-app-api-usage=17/250(appName=x)", None),
        ("api-usage=18/15000; per-app-api-usage=250/250(appName=x)", "lets this client make 250 API calls"),
        ("per-app-api-usage=249/250(appName=api-usage=1/1);api-usage=7500/15000", "7500 of its 15000"),
        ("per-app-api-usage=17/250(appName=x), api-usage=18/15000, more=to/come", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_the_usage_header_is_read_whatever_else_it_says(header: str, says: str | None) -> None:
    """2.3: some orgs append what single clients have used."""
    allowance = Allowance("salesforce/main", 0.5, Limiter(0.5, 0.8, print, THIS_MACHINE))
    allowance.learn({"Sforce-Limit-Info": header})
    if says is None:
        allowance.check()
    else:
        with pytest.raises(Exception, match=says):
            allowance.check()


def test_usage_of_this_client_stands_in_the_answer_of_an_org(org: Org) -> None:
    """2.3: and reading goes on."""
    org.accounts(2)
    org.fault("app_usage", "")
    assert result(history(org.settings()), ACCOUNTS).error is None


def test_a_session_that_ends_in_the_middle_of_a_run_is_renewed(org: Org) -> None:
    """R29: 401 INVALID_SESSION_ID, once per request."""
    org.accounts(3)
    org.fault("token_expired", "queryAll", calls=[1])
    found = result(history(org.settings()), ACCOUNTS)
    assert (found.error, found.rows) == (None, 3)
    assert len(org.asked("POST", "/oauth2/token")) == 2


def test_a_long_list_of_fields_is_read_in_several_statements(org: Org) -> None:
    """R26: the parts of a row belong together."""
    org.accounts(5)
    with patch.object(fields, "SELECT_BYTES", 200), patch.object(paging, "PAGE", 2):
        in_parts = org.settings("parts")
        history(in_parts)
    whole = org.settings("whole")
    history(whole)
    assert event_ids(in_parts) == event_ids(whole)
    assert value(whole, COUNT) == 5


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"records": "none", "done": True},
        {"records": [1], "done": True},
        {"records": [{}], "done": True},
        "html",
    ],
)
def test_an_answer_that_is_none_moves_no_cursor(body: Any, org: Org) -> None:
    """2.3: something in between answers in Salesforce's place."""
    org.accounts(2)
    org.fault("status", "queryAll", status=200, body=body)
    settings = org.settings()
    found = result(load(settings, ACCOUNTS, phase="live"), ACCOUNTS)
    assert found.error is not None
    assert found.error.startswith(org.source)
    assert dict(states(settings, org.source)) == {}
    org.sandbox.delete("/_sandbox/faults")
    history(settings)
    assert value(settings, COUNT) == 2


@pytest.mark.parametrize("phase", ["live", "history"])
def test_a_page_that_comes_again_and_again_is_an_error_and_no_loop(phase: Any, org: Org) -> None:
    """R4: a cursor that does not move."""
    same = {"records": [{"Id": account(1), "SystemModstamp": "2026-03-01T09:00:00.000+0000"}], "done": True}
    org.fault("status", "queryAll", status=200, body=same)
    with patch.object(paging, "PAGE", 1):
        found = result(load(org.settings(SALESFORCE_BULK_ROWS="0"), ACCOUNTS, phase=phase), ACCOUNTS)
    assert found.error is not None
    assert "gives the same page of Account again and again" in found.error
