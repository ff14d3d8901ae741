"""Which Salesforce organization a Zendesk instance belongs to, as it is recorded with the settings."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from ingestion.belonging import recorded_instances
from ingestion.errors import SettingsError
from tests.ingestion.log import load, settings_for, value
from tests.sandbox_process import RunningSandbox

TWO = ("zendesk/us_government", "zendesk/global", "gitlab/main", "salesforce/government", "salesforce/main")


def belonging(*configured: str, named: dict[str, str] | None = None, before: Any = None) -> dict[str, str]:
    return recorded_instances({"instances": {"salesforce_of": named or {}}}, configured, before)["salesforce_of"]


def test_an_instance_belongs_to_the_named_organization_else_to_its_namesake_else_to_the_first() -> None:
    assert belonging(*TWO, named={"us_government": "government"}) == {
        "zendesk/global": "salesforce/main",
        "zendesk/us_government": "salesforce/government",
    }
    assert belonging(*TWO, "salesforce/us_government")["zendesk/us_government"] == "salesforce/us_government"
    assert belonging(*TWO)["zendesk/us_government"] == "salesforce/main"
    assert belonging("zendesk/acme", "salesforce/crm") == {"zendesk/acme": "salesforce/crm"}


def test_main_and_global_come_first_and_what_was_recorded_keeps_its_place() -> None:
    first = recorded_instances({}, TWO, None)
    assert first["salesforce"] == ["salesforce/main", "salesforce/government"]
    assert first["zendesk"] == ["zendesk/global", "zendesk/us_government"]

    later = recorded_instances({}, ["salesforce/main"], recorded_instances({}, ["salesforce/crm"], None))
    assert later["salesforce"] == ["salesforce/crm", "salesforce/main"]


def test_an_organization_that_is_not_configured_any_more_keeps_its_instances() -> None:
    before = recorded_instances({}, ["zendesk/eu", "salesforce/main", "salesforce/eu"], None)
    assert belonging("zendesk/eu", "salesforce/main", before=before) == {"zendesk/eu": "salesforce/eu"}


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"us_government": "goverment"}, "names 'goverment', but the configured instances are salesforce/main, "),
        ({"us_gov": "government"}, "names 'us_gov', but the configured instances are zendesk/global, "),
    ],
)
def test_a_name_that_no_instance_has_is_an_error_that_names_it(named: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        belonging(*TWO, named=named)
    assert str(caught.value).startswith(f"signals.toml [instances] salesforce_of {says}")


def test_every_organization_needs_its_address_of_records_where_they_have_one_each() -> None:
    signals = {"salesforce": {"record_url": {"main": "https://main.example/{id}"}}}
    with pytest.raises(SettingsError, match=r"\[salesforce.record_url\] lacks government"):
        recorded_instances(signals, TWO, None)


def test_a_run_records_the_instances_with_the_settings(tiny: RunningSandbox, tmp_path: Path) -> None:
    settings = settings_for(tiny, tmp_path)
    load(settings, "zendesk__ticket_field")
    payload = orjson.loads(value(settings, "select payload from event_log.pipeline__settings_events"))
    assert payload["instances"] == {
        "salesforce": ["salesforce/main"],
        "zendesk": ["zendesk/global"],
        "salesforce_of": {"zendesk/global": "salesforce/main"},
    }
