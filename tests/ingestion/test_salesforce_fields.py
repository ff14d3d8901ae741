"""Salesforce: fields that come, change and go are events, and never cost a row."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from ingestion.sources.salesforce.api import SalesforceApi
from tests.ingestion.log import load, result, rows, value
from tests.ingestion.orgs import ACCOUNTS, AT, Org, account, history

FIELDS = "salesforce__field"
TIER = "Account.Tier__c"


def field_events(settings: Settings, field: str) -> list[tuple[str, Any]]:
    """(event, type) of one field, in the order of the log."""
    sql = (
        f"select event_type, payload from event_log.{FIELDS}_events where entity_id = ? order by recorded_at, position"
    )
    return [(event.rpartition(".")[2], json.loads(text)["type"]) for event, text in rows(settings, sql, [field])]


def test_a_field_that_is_added_retyped_and_removed_is_an_event_each_time(org: Org) -> None:
    """R21: describe on every run, and the rows go on coming."""
    org.accounts(2)
    settings = org.settings()
    history(settings, FIELDS, ACCOUNTS)
    assert result(load(settings, FIELDS), FIELDS).rows == 0
    changes: tuple[dict[str, Any], ...] = (
        {"set": {"type": "string"}},
        {"set": {"type": "double"}},
        {"delete": True},
        {"set": {"type": "double"}},
    )
    for number, change in enumerate(changes):
        org.advance(60)
        org.change(TIER, "Field", **change)
        org.change(account(0), set={"Name": f"then {number}"} | ({} if "delete" in change else {"Tier__c": "7"}))
        found = load(settings, FIELDS, ACCOUNTS)
        assert [(each.rows, each.rejected, each.error) for each in found] == [(1, 0, None)] * 2
    assert field_events(settings, TIER) == [
        ("observed", "string"),
        ("observed", "double"),
        ("deleted", "double"),
        ("observed", "double"),
    ]
    shown = rows(
        settings,
        "select payload->'Tier__c' from event_log.salesforce__account_events where entity_id = ? "
        "order by recorded_at, position",
        [account(0)],
    )
    assert [text for (text,) in shown] == [None, '"7"', "7.0", None, "7.0"]


def test_a_field_keeps_what_decides_how_it_reads(org: Org) -> None:
    """R21: name, type and where it leads."""
    settings = org.settings()
    load(settings, FIELDS)
    sql = f"select payload from event_log.{FIELDS}_events where entity_id = 'Contact.AccountId'"
    payload = json.loads(value(settings, sql))
    kept = {key: payload[key] for key in ("object", "name", "type", "custom", "referenceTo", "relationshipName")}
    assert kept == {
        "object": "Contact",
        "name": "AccountId",
        "type": "reference",
        "custom": False,
        "referenceTo": ["Account"],
        "relationshipName": "Account",
    }


def test_a_retyped_field_rejects_no_row(org: Org) -> None:
    """R21: describe says one thing and the row another."""
    org.change(account(0), at=AT, set={"Tier__c": "gold", "When__c": "soon", "Yes__c": "maybe"})
    original = SalesforceApi.describe

    def describe(self: SalesforceApi, entity: str) -> list[dict[str, Any]]:
        new = {"Tier__c": "double", "When__c": "datetime", "Yes__c": "boolean"}
        return [field | {"type": new.get(field["name"], field["type"])} for field in original(self, entity)]

    settings = org.settings()
    with patch.object(SalesforceApi, "describe", describe):
        found = result(history(settings), ACCOUNTS)
    assert (found.rows, found.rejected) == (1, 0)
    payload = json.loads(value(settings, "select payload from event_log.salesforce__account_events"))
    assert [payload[name] for name in ("Tier__c", "When__c", "Yes__c")] == ["gold", "soon", "maybe"]


@pytest.mark.parametrize("bulk_rows", ["0", "1"])
def test_a_field_that_goes_while_its_object_is_read_costs_nothing(bulk_rows: str, org: Org) -> None:
    """R21: the query knows better than a describe that is older."""
    org.accounts(3)
    original, asked = SalesforceApi.describe, []

    def describe(self: SalesforceApi, entity: str) -> list[dict[str, Any]]:
        asked.append(entity)
        gone = [{"name": "Gone__c", "type": "string"}] if asked.count("Account") == 1 and entity == "Account" else []
        return [*original(self, entity), *gone]

    with patch.object(SalesforceApi, "describe", describe):
        settings = org.settings(SALESFORCE_BULK_ROWS=bulk_rows, GO_LIVE_AT="2026-03-01T11:00:00Z")
        found = result(load(settings, ACCOUNTS, until_complete=True), ACCOUNTS)
    assert (found.rows, found.error) == (3, None)
    assert asked.count("Account") == 2


def test_a_mapped_field_that_is_removed_ends_the_run(org: Org, tmp_path: Path) -> None:
    """R21: reading on would lose it in silence."""
    org.accounts(1)
    signals = tmp_path / "signals.toml"
    signals.write_text(Path("signals.toml").read_text().replace("Support_Hold__c", "Hold_2__c"))
    org.change("Account.Hold_2__c", "Field", set={"type": "boolean"})
    settings = org.settings(SIGNALS_FILE=str(signals))
    assert result(history(settings), ACCOUNTS).error is None
    org.change("Account.Hold_2__c", "Field", delete=True)
    with pytest.raises(
        SettingsError, match=r"\[salesforce.account\] support_hold names 'Hold_2__c', which Salesforce's"
    ):
        load(settings, ACCOUNTS)
