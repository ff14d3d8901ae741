"""`make doctor` on healthy and on broken configurations: one line each, and a remedy for what fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.sources.scopes import Scopes
from orchestration.doctor import Finding, findings, main, scope_finding
from tests.deliveries.postbox import served
from tests.sandbox_process import RunningSandbox, sandbox


@pytest.fixture(scope="module")
def tiny():
    with sandbox("tiny") as running:
        yield running


@pytest.fixture
def configured(tiny: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {**tiny.environment(), "DATA_DIR": str(tmp_path), "START_DATE": "2025-01-01"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def found(what: str) -> Finding:
    return next(finding for finding in findings() if finding.what == what)


@pytest.mark.usefixtures("configured")
def test_a_healthy_installation_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with served() as postbox:
        for name, value in {
            "DELIVERY_MODE": "send",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(postbox.port),
            "SMTP_SECURITY": "none",
            "MAIL_FROM": "signals@example.com",
            "SALESFORCE_CREATE_CASES": "true",
        }.items():
            monkeypatch.setenv(name, value)
        assert main() == 0
        said = capsys.readouterr().out
    for what in ("configuration", "disk", "warehouse", "salesforce/main", "zendesk/global", "gitlab/main"):
        assert f"ok     {what}" in said
    assert "ok     salesforce/main cases" in said
    assert "ok     mail server" in said
    assert "note   alerts" in said
    assert postbox.mails == []


@pytest.mark.usefixtures("configured")
def test_what_is_broken_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZENDESK_GLOBAL_URL", "http://localhost:1")
    monkeypatch.setenv("DELIVERY_MODE", "send")
    assert found("zendesk/global").is_well is False
    assert "check the address and the network" in found("zendesk/global").said
    assert found("salesforce/main").is_well is True
    assert found("deliveries").said.startswith("SMTP_HOST is not set")
    for name, value in {"SMTP_HOST": "localhost", "SMTP_PORT": "1", "MAIL_FROM": "a@example.com"}.items():
        monkeypatch.setenv(name, value)
    assert "localhost:1 does not take mail" in found("mail server").said


@pytest.mark.usefixtures("configured")
def test_a_mapped_field_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = Path("signals.toml").read_text().replace('"support_level"', '"no_such_field"')
    (tmp_path / "signals.toml").write_text(own)
    monkeypatch.setenv("SIGNALS_FILE", str(tmp_path / "signals.toml"))
    assert found("zendesk/global").is_well is False
    assert "no_such_field" in found("zendesk/global").said


@pytest.mark.usefixtures("configured")
def test_a_case_field_that_is_not_unique_is_told_before_a_case_is_made_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "deliveries.toml").write_text('[salesforce_case]\nexternal_id = "Subject"\n')
    monkeypatch.setenv("DELIVERIES_FILE", str(tmp_path / "deliveries.toml"))
    monkeypatch.setenv("SALESFORCE_CREATE_CASES", "true")
    assert found("salesforce/main cases").is_well is False


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("QUOTA_SHARE_ACCOUNT", "7")
    (only,) = findings()
    assert only.is_well is False
    assert "QUOTA_SHARE_ACCOUNT=7" in only.said


@pytest.mark.parametrize(
    ("granted", "is_well", "says"),
    [
        (("read",), True, "granted: read; needed: read"),
        (("read", "write"), None, "take write from the client"),
        (("write",), False, "granted: write; needed: read: allow it for the client"),
        ((), False, "granted: none; needed: read"),
    ],
)
def test_scopes_are_compared_with_what_reading_needs(granted: tuple[str, ...], is_well: bool | None, says: str) -> None:
    told = scope_finding("zendesk/global", Scopes(frozenset(granted), ("read",)))
    assert told.is_well is is_well
    assert says in told.said


@pytest.mark.usefixtures("configured")
def test_what_a_client_was_granted_is_told() -> None:
    assert found("zendesk/global scopes") == Finding("zendesk/global scopes", True, "granted: read; needed: read")
    assert found("salesforce/main scopes").said == "granted: api; needed: api or full"
    assert found("gitlab/main scopes").is_well is None
