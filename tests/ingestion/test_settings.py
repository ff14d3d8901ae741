"""Settings and signals.toml: errors name what is wrong and never show a secret."""

from pathlib import Path

import pytest

from ingestion.errors import SettingsError
from ingestion.mapping import read_signals, require
from ingestion.settings import load_settings
from tests.ingestion.log import PREFIXES

SET = {
    "START_DATE": "2026-01-01",
    "ZENDESK_GLOBAL_URL": "https://example.zendesk.com/",
    "ZENDESK_GLOBAL_CLIENT_ID": "client",
    "ZENDESK_GLOBAL_CLIENT_SECRET": "hush-hush",
}

API_TOKEN = {
    "ZENDESK_GLOBAL_CLIENT_ID": "",
    "ZENDESK_GLOBAL_CLIENT_SECRET": "",
    "ZENDESK_GLOBAL_EMAIL": "a@example.com",
    "ZENDESK_GLOBAL_API_TOKEN": "hush-hush",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith(PREFIXES)]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"START_DATE": "soon"}, "START_DATE=soon is not a date or time"),
        ({"START_DATE": ""}, "START_DATE is not set"),
        ({"GO_LIVE_AT": "2026-13-01"}, "GO_LIVE_AT=2026-13-01 is not a date or time"),
        ({"ZENDESK_GLOBAL_URL": "example"}, "ZENDESK_GLOBAL_URL=example is not an address"),
        ({"ZENDESK_GLOBAL_CLIENT_SECRET": ""}, "ZENDESK_GLOBAL_CLIENT_SECRET is not set"),
        ({"GITLAB_URL": "https://gitlab.com"}, "GITLAB_TOKEN is not set"),
        ({"ZENDESK_GLOBAL_API_TOKEN": "hush"}, "ZENDESK_GLOBAL_API_TOKEN and ZENDESK_GLOBAL_CLIENT_ID are both ways"),
        (API_TOKEN | {"ZENDESK_GLOBAL_EMAIL": ""}, "ZENDESK_GLOBAL_EMAIL is not set, but ZENDESK_GLOBAL_API_TOKEN is"),
        (API_TOKEN | {"ZENDESK_GLOBAL_API_TOKEN": ""}, "ZENDESK_GLOBAL_API_TOKEN is not set, but ZENDESK_GLOBAL_EMAIL"),
        ({"MASS_REMOVAL_SHARE": "2"}, "MASS_REMOVAL_SHARE=2 is not valid"),
        ({"QUOTA_SHARE_EXPORT": "1.5"}, "QUOTA_SHARE_EXPORT=1.5 is not valid"),
        ({"HISTORY_BUDGET_SECONDS": "-1"}, "HISTORY_BUDGET_SECONDS=-1 is not valid"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(
    variables: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (SET | variables).items():
        monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(env_file=None)
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


def test_secrets_do_not_show_in_what_is_printed_of_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in SET.items():
        monkeypatch.setenv(name, text)
    settings = load_settings(env_file=None)
    assert settings.connections["zendesk/global"].client_secret.get_secret_value() == "hush-hush"
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("DATA_DIR=from-file\nZENDESK_INSTANCES=global, us_government\nSTART_DATE=2025-01-01\n")
    monkeypatch.setenv("DATA_DIR", "from-environment")
    settings = load_settings(env_file=file)
    assert settings.data_dir == Path("from-environment")
    assert settings.zendesk_instances == ("global", "us_government")
    assert settings.start_date is not None
    assert settings.start_date.isoformat() == "2025-01-01T00:00:00+00:00"


def test_each_instance_has_its_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (SET | {"ZENDESK_INSTANCES": "global,us_government"}).items():
        monkeypatch.setenv(name, text)
        monkeypatch.setenv(name.replace("GLOBAL", "US_GOVERNMENT"), text)
    assert list(load_settings(env_file=None).connections) == ["zendesk/global", "zendesk/us_government"]


def test_the_shipped_mapping_is_complete() -> None:
    assert read_signals(Path("signals.toml"))["rules"]["contact_limit"] == 30


def test_a_missing_key_of_the_mapping_is_named(tmp_path: Path) -> None:
    file = tmp_path / "signals.toml"
    file.write_text(Path("signals.toml").read_text().replace('csm_name = "Technical', 'csm = "Technical'))
    with pytest.raises(SettingsError, match=r"lacks \[salesforce.account\] csm_name"):
        read_signals(file)


def test_a_field_that_does_not_exist_comes_with_the_nearest_names() -> None:
    with pytest.raises(SettingsError) as caught:
        require(
            "[zendesk.organization] region", "org_regoin", ["org_region", "plan"], "an organization of zendesk/global"
        )
    assert str(caught.value) == (
        "signals.toml [zendesk.organization] region names 'org_regoin', which an organization of zendesk/global does "
        "not have: it offers org_region."
    )
