"""Subscriptions: an object whose name differs from company to company, and which not every org has."""

from pathlib import Path

import pytest

from ingestion import status
from ingestion.errors import SettingsError
from ingestion.mapping import read_signals
from ingestion.streams import STREAMS
from orchestration.freshness import freshness
from tests.ingestion.log import load, result, rows, value
from tests.ingestion.orgs import AT, Org, account, history

STREAM, FIELDS, OBJECT = "salesforce__subscription", "salesforce__field", "Zuora__Subscription__c"
DESCRIBE = f"sobjects/{OBJECT}/describe"
ID = "a0S4M00001A0001AAA"


def bought(org: Org, at: str | None = AT, **values: object) -> None:
    org.change(ID, OBJECT, at=at, set={"Zuora__Account__c": account(1), **values})


def mapping(folder: Path, old: str, new: str) -> str:
    file = folder / "signals.toml"
    file.write_text(Path("signals.toml").read_text().replace(old, new))
    return str(file)


def test_a_subscription_its_buyers_and_its_end_are_events(org: Org) -> None:
    org.accounts(2)
    bought(org, Sold_To_Email__c="ann@company.example", Zuora__SubscriptionEndDate__c="2027-01-31")
    settings = org.settings()
    assert result(history(settings, STREAM), STREAM).rows == 1
    bought(org, at=None, Sold_To_Email__c="ben@company.example")
    load(settings, STREAM)
    org.change(ID, OBJECT, delete=True)
    load(settings, STREAM)
    found = """select event_type, payload ->> 'Sold_To_Email__c', payload ->> 'Zuora__SubscriptionEndDate__c'
        from event_log.salesforce__subscription_events order by recorded_at"""
    assert rows(settings, found) == [
        ("salesforce.subscription.observed", "ann@company.example", "2027-01-31"),
        ("salesforce.subscription.observed", "ben@company.example", "2027-01-31"),
        ("salesforce.subscription.deleted", "ben@company.example", "2027-01-31"),
    ]


def test_an_org_without_subscriptions_is_told_what_to_set_and_read_all_the_same(org: Org) -> None:
    """And all of them are read once there are some: nothing was taken for read before."""
    org.accounts(2)
    bought(org)
    org.refuse(DESCRIBE, 404, "NOT_FOUND")
    settings = org.settings()
    found = history(settings, STREAM, FIELDS, "salesforce__account")
    assert [each.error for each in found if each.error] == []
    assert result(found, "salesforce__account").rows == 2
    assert result(found, FIELDS).rows > 10
    warning = result(found, STREAM).warning
    assert warning is not None
    assert warning.endswith('Where there is none, set [salesforce.subscription] object = "" in signals.toml.')
    (late,) = freshness(settings, [STREAMS[STREAM]])
    assert not late.is_fresh

    org.sandbox.delete("/_sandbox/faults")
    assert result(history(settings, STREAM), STREAM).rows == 1


def test_an_object_that_is_set_to_nothing_is_not_asked_for_and_behind_nobody(org: Org, tmp_path: Path) -> None:
    org.accounts(1)
    settings = org.settings(SIGNALS_FILE=mapping(tmp_path, f'object = "{OBJECT}"', 'object = ""'))
    assert result(history(settings, "salesforce__account", FIELDS), FIELDS).rows > 10
    assert load(settings, STREAM) == []
    assert org.asked("GET", OBJECT) == []
    (told,) = freshness(settings, [STREAMS[STREAM]])
    assert told == (STREAMS[STREAM], True, "not used: signals.toml names no [salesforce.subscription] object")
    assert STREAM not in {each.stream for each in status.current(settings, print).streams}


def test_a_field_that_a_subscription_lacks_ends_the_run(org: Org, tmp_path: Path) -> None:
    settings = org.settings(SIGNALS_FILE=mapping(tmp_path, '"Sold_To_Email__c"', '"Sold_To_Mail__c"'))
    says = (
        r"\[salesforce.subscription\] sold_to_email names 'Sold_To_Mail__c', which Salesforce's Zuora__Sub.*Sold_To_Em"
    )
    with pytest.raises(SettingsError, match=says):
        load(settings, STREAM)


def test_fields_of_subscriptions_are_told_like_those_of_other_objects(org: Org) -> None:
    """R21."""
    settings = org.settings()
    load(settings, FIELDS)
    found = f"select count(*) from event_log.salesforce__field_events where entity_id like '{OBJECT}.%'"
    assert value(settings, found) > 5


def test_a_mapping_may_lack_the_table_but_not_a_line_of_it(tmp_path: Path) -> None:
    text = Path("signals.toml").read_text()
    begin, end = text.index("[salesforce.subscription]"), text.index("[salesforce.case]")
    older = mapping(tmp_path, text[begin:end], "")
    assert "subscription" not in read_signals(Path(older))["salesforce"]
    with pytest.raises(SettingsError, match=r"lacks \[salesforce.subscription\] status: add it"):
        read_signals(Path(mapping(tmp_path, 'status = "Zuora', 'state = "Zuora')))
