"""Salesforce: what is deleted, merged, restored or erased is a tombstone, and what is only hidden is none."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from ingestion import reading
from ingestion.results import StreamResult
from ingestion.settings import Settings
from ingestion.sources.salesforce import rows as paging
from tests.ingestion.log import load, result, rows
from tests.ingestion.orgs import ACCOUNTS, USERS, Org, account, history

QUARTER = 16 * 60


def events(settings: Settings, stream: str = ACCOUNTS) -> list[tuple[str, str]]:
    """(event, entity) in the order of the log."""
    found = rows(
        settings, f"select event_type, entity_id from event_log.{stream}_events order by recorded_at, position"
    )
    return [(event_type.rpartition(".")[2], entity_id) for event_type, entity_id in found]


def payloads(settings: Settings, entity_id: str) -> list[dict[str, Any]]:
    sql = "select payload from event_log.salesforce__account_events where entity_id = ? order by recorded_at, position"
    return [json.loads(payload) for (payload,) in rows(settings, sql, [entity_id])]


def test_the_loser_of_a_merge_is_a_tombstone_that_names_its_master(org: Org) -> None:
    """R17: IsDeleted with MasterRecordId."""
    org.accounts(2)
    settings = org.settings()
    history(settings)
    org.change(account(0), merge_into=account(1))
    load(settings, ACCOUNTS)
    assert events(settings)[2:] == [("deleted", account(0))]
    assert payloads(settings, account(0))[-1]["MasterRecordId"] == account(1)


def test_deleted_and_restored_are_a_tombstone_and_a_revival(org: Org) -> None:
    """R17: restore revives."""
    org.accounts(1)
    settings = org.settings()
    history(settings)
    for change in ({"delete": True}, {"restore": True}):
        org.advance(60)
        org.changes({"object": "Account", "id": account(0), **change})
        load(settings, ACCOUNTS)
    assert [event for event, _ in events(settings)] == ["observed", "deleted", "observed"]


def test_what_is_erased_from_the_recycle_bin_is_found_by_the_list_of_deletions(org: Org) -> None:
    """R17, R27: no query shows it, and the log still holds it as alive."""
    org.accounts(3)
    settings = org.settings()
    history(settings)
    org.advance(QUARTER)
    org.change(account(1), purge=True)
    org.advance(QUARTER)
    assert result(load(settings, ACCOUNTS), ACCOUNTS).rows == 1
    assert events(settings)[3:] == [("deleted", account(1))]
    before, after = payloads(settings, account(1))
    assert before == after
    org.advance(QUARTER)
    assert result(load(settings, ACCOUNTS), ACCOUNTS).rows == 0


def test_a_deletion_that_a_query_showed_is_not_reported_again_by_the_list(org: Org) -> None:
    """R17: one tombstone for one deletion."""
    org.accounts(2)
    settings = org.settings()
    history(settings)
    org.change(account(0), delete=True)
    org.advance(QUARTER)
    for _ in range(2):
        load(settings, ACCOUNTS)
        org.advance(QUARTER)
    assert events(settings)[2:] == [("deleted", account(0))]


def test_the_list_of_deletions_is_asked_for_now_and_then(org: Org) -> None:
    """R27: cheap: once a quarter of an hour, and never more than 30 days back."""
    org.accounts(1)
    settings = org.settings()
    for _ in range(3):
        load(settings, ACCOUNTS)
        org.advance(60)
    asked = org.asked("GET", "/sobjects/Account/deleted")
    assert len(asked) == 1
    assert asked[0]["status"] == 200


def test_a_list_of_deletions_that_is_refused_is_a_note(org: Org) -> None:
    """R27: the reconcile finds what it would have told."""
    org.accounts(1)
    settings = org.settings()
    org.refuse("sobjects/Account/deleted", 404, "NOT_FOUND")
    found = result(load(settings, ACCOUNTS), ACCOUNTS)
    assert found.error is None
    assert found.warning is not None
    assert "what was deleted of Account" in found.warning


def test_a_user_who_left_stays_an_observation(org: Org) -> None:
    """2.4: users are never deleted, they are switched off."""
    org.change("0054M00001use00", "User", at="2026-03-01T09:00:00Z", set={"LastName": "Uma"})
    settings = org.settings()
    history(settings, USERS)
    org.change("0054M00001use00", "User", delete=True)
    load(settings, USERS)
    assert [event for event, _ in events(settings, USERS)] == ["observed", "observed"]
    assert org.asked("GET", "/sobjects/User/deleted") == []


def reconciled(settings: Settings, stream: str = ACCOUNTS) -> StreamResult:
    return result(load(settings, stream, phase="reconcile"), stream)


@pytest.mark.parametrize("bulk_rows", ["0", "2"])
def test_the_reconcile_finds_what_changed_without_a_stamp_and_what_vanished(bulk_rows: str, org: Org) -> None:
    """R27: formula fields that moved silently, and rows that are gone; by REST and by a job alike."""
    org.accounts(6, Region_Formula__c="AMER")
    org.change(account(5), at="2026-03-01T10:00:00Z", delete=True)
    settings = org.settings(SALESFORCE_BULK_ROWS=bulk_rows)
    history(settings)
    assert (reconciled(settings).error, reconciled(settings).rows) == (None, 0)
    org.change(account(1), silent=True, set={"Region_Formula__c": "EMEA"})
    org.change(account(2), purge=True)
    before = len(events(settings))
    assert reconciled(settings).rows == 2
    assert events(settings)[before:] == [("observed", account(1)), ("deleted", account(2))]
    assert payloads(settings, account(1))[-1]["Region_Formula__c"] == "EMEA"
    assert reconciled(settings).rows == 0
    assert bool(org.asked("POST", "/jobs/query")) == (bulk_rows != "0")


def test_the_reconcile_goes_on_where_it_was_and_reads_what_was_committed_late(org: Org) -> None:
    """R18, R27: a walk that ran out of time must not take for gone what came in behind it."""
    org.accounts(6, at=org.ago(300))
    settings = org.settings(SALESFORCE_BULK_ROWS="0")
    history(settings)
    with patch.object(paging, "PAGE", 2), patch.object(reading, "CHUNK_ROWS", 1):
        assert not load(settings, ACCOUNTS, phase="reconcile", time_budget=timedelta(0))[0].error
        org.change(account(8), at=org.ago(480))
        assert history(settings)[0].rows == 1
        found = reconciled(settings)
    assert (found.error, found.rows) == (None, 0)
    assert {event for event, _ in events(settings)} == {"observed"}


def test_a_user_whom_no_query_shows_is_compared_and_never_a_tombstone(org: Org) -> None:
    """2.4, R27: hidden is not deleted."""
    for number in range(2):
        org.change(f"0054M00001use{number:02d}", "User", at="2026-03-01T09:00:00Z", set={"LastName": f"U{number}"})
    settings = org.settings()
    history(settings, USERS)
    org.change("0054M00001use00", "User", silent=True, set={"Title": "CSM"})
    org.change("0054M00001use01", "User", purge=True)
    assert reconciled(settings, USERS).rows == 1
    assert {event for event, _ in events(settings, USERS)} == {"observed"}


def test_a_stream_of_field_history_is_not_compared(org: Org) -> None:
    """2.4: its rows never change."""
    assert load(org.settings(), "salesforce__account_field_history", phase="reconcile") == []


def test_what_came_while_a_job_was_read_is_not_taken_for_gone(org: Org) -> None:
    """R27: a job shows what was there when it began, and the reconcile may end a day later."""
    org.accounts(4)
    settings = org.settings(SALESFORCE_BULK_ROWS="2")
    history(settings)
    assert "goes on with it" in str(load(settings, ACCOUNTS, phase="reconcile", time_budget=timedelta(0))[0].warning)
    org.advance(60)
    org.change(account(8))
    org.change(account(1), purge=True)
    assert history(settings)[0].rows == 1
    found = reconciled(settings)
    assert (found.error, found.warning) == (None, None)
    assert [event for event, entity in events(settings) if entity == account(8)] == ["observed"]
