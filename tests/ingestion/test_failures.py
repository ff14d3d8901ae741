"""What fails says so in one sentence, and takes nothing else with it."""

import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.errors import SettingsError
from ingestion.pipelines import states
from tests.ingestion.log import environment, load, result, rows, settings_for, value
from tests.ingestion.worlds import ground, ticket
from tests.sandbox_process import ROOT, RunningSandbox

TICKETS, AUDITS = "/api/v2/incremental/tickets/cursor", "/api/v2/incremental/ticket_events"


def command_line(
    tiny: RunningSandbox, folder: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingestion", *arguments],
        cwd=ROOT,
        env=environment(tiny, folder, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("stream", "variables", "says"),
    [
        ("zendesk__ticket", {"ZENDESK_GLOBAL_CLIENT_SECRET": "wrong"}, "check ZENDESK_GLOBAL_CLIENT_ID and"),
        ("salesforce__user", {"SALESFORCE_CLIENT_SECRET": "wrong"}, "check SALESFORCE_CLIENT_ID and"),
        ("gitlab__issue", {"GITLAB_TOKEN": "wrong"}, "check GITLAB_TOKEN"),
        ("zendesk__ticket", {"ZENDESK_GLOBAL_URL": "http://localhost:9"}, "http://localhost:9 cannot be reached"),
        ("zendesk__ticket", {"START_DATE": "soon"}, "START_DATE=soon is not a date or time"),
        ("zendesk__tickets", {}, "There is no stream 'zendesk__tickets'"),
    ],
)
def test_the_command_ends_with_one_sentence_and_no_traceback(
    stream: str, variables: dict[str, str], says: str, tiny: RunningSandbox, tmp_path: Path
) -> None:
    ended = command_line(tiny, tmp_path, stream, **variables)
    assert ended.returncode == 1
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "wrong" not in ended.stdout + ended.stderr


def test_the_command_prints_a_line_for_each_stream(tiny: RunningSandbox, tmp_path: Path) -> None:
    ended = command_line(tiny, tmp_path, "zendesk__ticket", "--until-complete")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "zendesk__ticket (zendesk/global): 5 new events, newest 2026-03-09 11:00:00" in ended.stdout


@pytest.mark.parametrize(
    ("stream", "wrong", "says"),
    [
        ("salesforce__account", ("Support_Hold__c", "Suport_Hold__c"), "[salesforce.account] support_hold names"),
        ("salesforce__account", ("__r.Email", "__r.Emails"), "sold_to_email names 'Emails'"),
        ("salesforce__account", ("Latest_Sold_To_Contact__r.N", "Sold_To__r.N"), "as a relationship does not have"),
        ("zendesk__organization", ('"am_project_id"', '"am_project"'), "it offers am_project_id"),
    ],
)
def test_a_mapped_field_that_is_not_there_ends_the_run(
    stream: str, wrong: tuple[str, str], says: str, served: Callable, tmp_path: Path
) -> None:
    signals = tmp_path / "signals.toml"
    signals.write_text(Path("signals.toml").read_text().replace(*wrong))
    _, settings = served("tiny", SIGNALS_FILE=str(signals))
    with pytest.raises(SettingsError) as caught:
        load(settings, stream)
    assert says in str(caught.value)


def test_a_stream_that_fails_leaves_its_cursor_and_its_siblings_data(served: Callable) -> None:
    sandbox, settings = served([*ground(), ticket("2026-03-01T09:00:00Z", 1)], "2026-03-01T09:10:00Z")
    sandbox.post("/_sandbox/faults", {"route": AUDITS, "kind": "status", "status": 500})
    results = load(settings, "zendesk__ticket", "zendesk__ticket_audit", until_complete=True)
    assert result(results, "zendesk__ticket").rows == 1
    failed = result(results, "zendesk__ticket_audit")
    assert failed.error is not None
    assert "answered 500" in failed.error
    assert set(states(settings, "zendesk/global")) == {"zendesk__ticket_events"}

    delete_faults(sandbox)
    results = load(settings, "zendesk__ticket_audit", until_complete=True)
    assert (result(results, "zendesk__ticket_audit").rows, result(results, "zendesk__ticket_audit").error) == (1, None)


def test_an_instance_that_refuses_does_not_stop_the_others(tiny: RunningSandbox, tmp_path: Path) -> None:
    settings = settings_for(tiny, tmp_path, SALESFORCE_CLIENT_SECRET="wrong")
    results = load(settings, "salesforce__user", "zendesk__ticket", until_complete=True)
    assert result(results, "salesforce__user").error is not None
    assert result(results, "zendesk__ticket").rows == 5


def test_an_unreadable_record_is_kept_apart_once_and_the_rest_loads(served: Callable) -> None:
    sandbox, settings = served(ground())
    good = {"id": 7, "generated_timestamp": 1772355600, "status": "open"}
    body = {"tickets": [good, {"id": None}, "nonsense"], "after_cursor": "MQ==", "end_of_stream": True}
    sandbox.post("/_sandbox/faults", {"route": TICKETS, "kind": "status", "status": 200, "body": body})
    for _ in range(2):
        found = result(load(settings, "zendesk__ticket"), "zendesk__ticket")
        assert found.rejected >= 2
        assert found.warning is not None
        assert "could not be read" in found.warning
    assert value(settings, "select count(*) from event_log.zendesk__ticket_events") == 1
    rejected = rows(settings, "select stream, source, raw from event_log.rejected_records order by raw")
    assert rejected == [
        ("zendesk__ticket", "zendesk/global", "nonsense"),
        ("zendesk__ticket", "zendesk/global", '{"id":null}'),
    ]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "headers": {"Retry-After": "93"}, "calls": [1]},
        {"kind": "status", "status": 429, "calls": [1]},
        {"kind": "status", "status": 503, "body": "<html>busy</html>", "calls": [1, 2]},
        {"kind": "status", "status": 504, "body": "<html>gone</html>", "calls": [1, 2]},
        {"kind": "reset", "calls": [1]},
        {"kind": "truncate", "calls": [1]},
        {"kind": "token_expired", "calls": [1]},
    ],
)
def test_a_passing_fault_is_overcome(fault: dict[str, object], served: Callable) -> None:
    sandbox, settings = served([*ground(), ticket("2026-03-01T09:00:00Z", 1)])
    sandbox.post("/_sandbox/faults", {"route": TICKETS, **fault})
    said: list[str] = []
    found = result(load(settings, "zendesk__ticket", until_complete=True, progress=said.append), "zendesk__ticket")
    assert (found.error, found.rows) == (None, 1)
    if fault.get("headers"):
        assert "zendesk/global answered 429; waiting 93 s" in said


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_list_overcomes_what_an_export_overcomes(status: int, served: Callable) -> None:
    sandbox, settings = served(ground())
    fault = {"route": "/api/v2/organization_memberships", "kind": "status", "status": status, "calls": [1]}
    sandbox.post("/_sandbox/faults", fault)
    found = result(load(settings, "zendesk__organization_membership"), "zendesk__organization_membership")
    assert (found.error, found.rows) == (None, 1)


def test_a_page_that_is_too_slow_is_asked_for_in_halves(served: Callable) -> None:
    sandbox, settings = served([*ground(), ticket("2026-03-01T09:00:00Z", 1)])
    sandbox.post("/_sandbox/faults", {"route": TICKETS, "kind": "status", "status": 504, "calls": [1, 2]})
    load(settings, "zendesk__ticket")
    asked = [r for r in sandbox.get("/_sandbox/requests")["requests"] if TICKETS in str(r)]
    assert ["per_page=1000" in str(r) or "'per_page': '1000'" in str(r) for r in asked[:3]] == [True, False, False]


def delete_faults(running: RunningSandbox) -> None:
    request = urllib.request.Request(f"{running.url}/_sandbox/faults", method="DELETE")
    urllib.request.urlopen(request, timeout=10).close()
