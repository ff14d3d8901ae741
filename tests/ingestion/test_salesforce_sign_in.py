"""Salesforce: which sign-in the variables choose, that it works, and that no secret is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ingestion import clock
from ingestion.credentials import salesforce_variables, salesforce_way
from ingestion.errors import SettingsError
from ingestion.mapping import mapped, read_signals
from ingestion.settings import SalesforceConnection, load_settings
from tests.ingestion.log import PREFIXES, load, result, rows, settings_for
from tests.ingestion.orgs import ACCOUNTS, AT, Org, account
from tests.sandbox_process import RunningSandbox

CLIENT = {"CLIENT_ID": "client", "CLIENT_SECRET": "hush-secret"}
JWT = {"CLIENT_ID": "client", "USERNAME": "ana@example.com", "JWT_KEY": "hush-key"}
PASSWORD = {"USERNAME": "ana@example.com", "PASSWORD": "hush-password"}
BASE = {"SALESFORCE_URL": "https://example.my.salesforce.com", "START_DATE": "2026-01-01"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith(PREFIXES)]:
        monkeypatch.delenv(name)


def configured(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], prefix: str = "SALESFORCE_"
) -> SalesforceConnection:
    for name, text in (BASE | {f"{prefix}{name}": text for name, text in given.items()}).items():
        monkeypatch.setenv(name, text)
    found = load_settings(env_file=None).connections["salesforce/main"]
    assert isinstance(found, SalesforceConnection)
    return found


@pytest.mark.parametrize(
    ("given", "way", "variables"),
    [
        (CLIENT, "client credentials", "SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET"),
        (JWT, "JWT bearer", "SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME and SALESFORCE_JWT_KEY"),
        (PASSWORD, "SOAP login", "SALESFORCE_USERNAME, SALESFORCE_PASSWORD and SALESFORCE_SECURITY_TOKEN"),
        (PASSWORD | {"SECURITY_TOKEN": "hush-token"}, "SOAP login", None),
        (PASSWORD | CLIENT, "password", None),
    ],
)
def test_what_is_set_chooses_the_sign_in(
    given: dict[str, str], way: str, variables: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R29: client credentials first, and exactly one."""
    connection = configured(monkeypatch, given)
    assert salesforce_way(connection) == way
    assert variables in (None, salesforce_variables(connection))
    assert "hush" not in f"{connection!r}{connection.model_dump_json()}"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "SALESFORCE_CLIENT_ID is not set, but SALESFORCE_URL is: set both or neither."),
        ({"CLIENT_ID": "client"}, "SALESFORCE_CLIENT_SECRET is not set, but SALESFORCE_URL is"),
        (JWT | CLIENT, "SALESFORCE_JWT_KEY and SALESFORCE_CLIENT_SECRET are both set, each for a sign-in of its own"),
        (JWT | PASSWORD, "SALESFORCE_JWT_KEY and SALESFORCE_PASSWORD are both set"),
        (JWT | {"JWT_KEY_FILE": "key.pem"}, "SALESFORCE_JWT_KEY and SALESFORCE_JWT_KEY_FILE are both set"),
        (JWT | {"USERNAME": ""}, "SALESFORCE_USERNAME is not set, but SALESFORCE_JWT_KEY is"),
        (JWT | {"CLIENT_ID": ""}, "SALESFORCE_CLIENT_ID is not set, but SALESFORCE_JWT_KEY is"),
        ({"PASSWORD": "hush-password"}, "SALESFORCE_USERNAME is not set, but SALESFORCE_PASSWORD is"),
        (PASSWORD | {"CLIENT_ID": "client"}, "SALESFORCE_CLIENT_SECRET is not set, but SALESFORCE_CLIENT_ID is"),
        (CLIENT | {"USERNAME": "ana"}, "SALESFORCE_USERNAME is set, but neither SALESFORCE_JWT_KEY_FILE nor"),
        ({"INSTANCES": "government"}, "SALESFORCE_URL is the org `main`, but SALESFORCE_INSTANCES does not name that"),
        (CLIENT | {"LOOK_BACK_MINUTES": "9"}, "SALESFORCE_LOOK_BACK_MINUTES=9 is not valid"),
        (CLIENT | {"LOGIN_URL": "login"}, "SALESFORCE_LOGIN_URL=login is not an address"),
    ],
)
def test_variables_that_choose_nothing_or_too_much_are_named(
    given: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R29: one sentence, and no secret in it."""
    with pytest.raises(SettingsError) as caught:
        configured(monkeypatch, given)
    assert str(caught.value).startswith(says)
    assert "hush" not in str(caught.value)


def test_the_org_main_may_be_named_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """3.4: SALESFORCE_MAIN_URL is SALESFORCE_URL; errors name the variables that are in use."""
    monkeypatch.setenv("SALESFORCE_MAIN_URL", "https://other.my.salesforce.com")
    connection = configured(monkeypatch, CLIENT, "SALESFORCE_MAIN_")
    assert connection.url == "https://other.my.salesforce.com"
    assert salesforce_variables(connection) == "SALESFORCE_MAIN_CLIENT_ID and SALESFORCE_MAIN_CLIENT_SECRET"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def register(org: Org, key: rsa.RSAPrivateKey) -> None:
    """The org knows the client `app` by the public half of its key."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    org.change("app", "ExternalClientApp", set={"certificate": public})
    org.change(account(0), at=AT)


def signed_in(org: Org, said: list[str], folder: str = "data", **variables: str) -> str | None:
    """The error of a run with these variables, None when it read the account."""
    prefix = f"SALESFORCE_{org.name.upper()}_"
    settings = org.settings(folder, **{f"{prefix}{name}": text for name, text in variables.items()})
    found = result(load(settings, ACCOUNTS, until_complete=True, progress=said.append), ACCOUNTS)
    assert found.error or found.rows == 1
    return found.error


def test_a_signed_assertion_signs_in(org: Org, key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    """R29: JWT bearer, with the key in a file or, in one line, in a variable."""
    register(org, key)
    file = tmp_path / "key.pem"
    file.write_text(pem(key))
    said: list[str] = []
    given = {"CLIENT_ID": "app", "USERNAME": "ana@example.com"}
    assert signed_in(org, said, **given, JWT_KEY_FILE=str(file)) is None
    org.fault("token_expired", "queryAll", calls=[1])
    assert signed_in(org, said, "again", **given, JWT_KEY=pem(key).replace("\n", "\\n")) is None
    assert len(org.asked("POST", "/oauth2/token")) == 3
    org.sandbox.delete("/_sandbox/faults")


def test_a_machine_whose_clock_is_wrong_signs_in_by_the_clock_of_the_org(
    org: Org, key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R29: an assertion is good for minutes, and a clock may be hours off."""
    register(org, key)
    monkeypatch.setattr(clock, "local_now", lambda: datetime.now(UTC) + timedelta(hours=3))
    assert signed_in(org, [], CLIENT_ID="app", USERNAME="ana@example.com", JWT_KEY=pem(key)) is None
    assert [call["status"] for call in org.asked("POST", "/oauth2/token")] == [400, 200]


def test_an_assertion_of_another_key_or_for_another_login_is_refused(org: Org, key: rsa.RSAPrivateKey) -> None:
    """R29: and the variables to look at are named."""
    register(org, key)
    given = {"CLIENT_ID": "app", "USERNAME": "ana@example.com"}
    other = pem(rsa.generate_private_key(65537, 2048))
    for more in ({"JWT_KEY": other}, {"JWT_KEY": pem(key), "LOGIN_URL": "https://example.com"}):
        error = signed_in(org, [], **given, **more)
        assert error is not None
        assert "refused the sign-in (400" in error
        assert f"SALESFORCE_{org.name.upper()}_CLIENT_ID" in error
        assert "PRIVATE" not in error


def test_a_key_that_is_none_ends_the_run_without_showing_it(org: Org, tmp_path: Path) -> None:
    """R29: a wrong setting, said before anything is read."""
    given = {"CLIENT_ID": "app", "USERNAME": "ana@example.com"}
    with pytest.raises(SettingsError, match="_JWT_KEY is no RSA private key in PEM form") as caught:
        signed_in(org, [], **given, JWT_KEY="hush-key")
    assert "hush" not in str(caught.value)
    with pytest.raises(SettingsError, match=r"key\.pem cannot be read"):
        signed_in(org, [], **given, JWT_KEY_FILE=str(tmp_path / "key.pem"))


def test_an_old_password_signs_in_with_a_warning_that_names_its_end(org: Org) -> None:
    """R29: SOAP login, as long as it lasts."""
    org.change(account(0), at=AT)
    said: list[str] = []
    given = {"USERNAME": "ana@example.com", "PASSWORD": "<hush> & more", "SECURITY_TOKEN": "hush-token"}
    assert signed_in(org, said, **given) is None
    assert any("SOAP login is retired in Summer '27" in line for line in said)
    assert "hush" not in "".join(said)
    error = signed_in(org, said, "again", **given | {"PASSWORD": "wrong-hush"})
    assert error is not None
    assert "INVALID_LOGIN" in error
    assert "hush" not in error
    assert len(org.asked("POST", "/services/Soap")) == 2


def test_an_old_password_with_a_client_uses_the_password_grant(org: Org) -> None:
    """R29: for clients that were set up long ago."""
    org.change(account(0), at=AT)
    assert signed_in(org, [], CLIENT_ID="app", CLIENT_SECRET="sandbox", USERNAME="ana", PASSWORD="hush") is None
    assert org.asked("POST", "/services/Soap") == []


def test_each_org_is_a_source_of_its_own(orgs: RunningSandbox, tmp_path: Path) -> None:
    """3.4: several orgs in one run; one that refuses does not stop the other."""
    north, south = Org(orgs, "north", tmp_path), Org(orgs, "south", tmp_path)
    for each in (north, south):
        each.change(account(0), at=AT, set={"Name": each.name})
    variables = {"SALESFORCE_INSTANCES": "north,south", "START_DATE": "2026-01-01"}
    for each in (north, south):
        prefix = f"SALESFORCE_{each.name.upper()}"
        variables |= {f"{prefix}_URL": orgs.salesforce_org(each.name), f"{prefix}_CLIENT_ID": "sandbox"}
        variables[f"{prefix}_CLIENT_SECRET"] = "sandbox"
    load(settings_for(None, tmp_path / "both", **variables), ACCOUNTS, until_complete=True)
    settings = settings_for(None, tmp_path / "both", **variables | {"SALESFORCE_SOUTH_CLIENT_SECRET": "wrong"})
    names = "select source, payload->>'Name' from event_log.salesforce__account_events order by source"
    assert rows(settings, names) == [("salesforce/north", "north"), ("salesforce/south", "south")]
    first, second = load(settings, ACCOUNTS)
    assert first.error is None
    assert second.error is not None
    assert second.error.endswith("check SALESFORCE_SOUTH_CLIENT_ID and SALESFORCE_SOUTH_CLIENT_SECRET.")


def test_one_org_may_name_its_fields_differently(org: Org, tmp_path: Path) -> None:
    """3.4: a table of its own overrides keys of the common one, and is checked like it."""
    file = tmp_path / "signals.toml"
    table = f'[salesforce.{org.name}.account]\ncsm_user_id = "Success_Manager__c"\n'
    file.write_text(Path("signals.toml").read_text().replace("[salesforce.case]", f"{table}\n[salesforce.case]"))
    signals = read_signals(file)
    assert mapped(signals, "salesforce.account", org.source)["csm_user_id"] == "Success_Manager__c"
    assert mapped(signals, "salesforce.account", org.source)["region"] == "Account_Demographics_Geo__c"
    assert mapped(signals, "salesforce.account", "salesforce/main")["csm_user_id"].startswith("Technical_Account")
    with pytest.raises(SettingsError, match=r"csm_user_id names 'Success_Manager__c'"):
        load(org.settings(SIGNALS_FILE=str(file)), ACCOUNTS)
