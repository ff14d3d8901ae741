"""History by Bulk API 2.0: the same events as by REST, whatever becomes of the job."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ingestion import reading
from ingestion.pipelines import states
from ingestion.settings import Settings
from ingestion.sources.salesforce import bulk
from ingestion.sources.salesforce.bulk import BulkLost, _check
from ingestion.sources.salesforce.bulk_results import BadResults, ResultPage
from tests.ingestion.log import SkippedTime, environment, event_ids, load, result, rows
from tests.ingestion.orgs import ACCOUNTS, CASES, CONTACTS, Org, account, history
from tests.sandbox_process import ROOT, RunningSandbox

TRICKY = ("NA", "N/A", "null", "None", "007", "1e5", "a\0b", 'say "x", please', "one\ntwo\r\nthree", "é\u2028漢", " x ")
NO_BULK, BULK = {"SALESFORCE_BULK_ROWS": "0"}, {"SALESFORCE_BULK_ROWS": "5"}
# Later than all rows: what is older is history, even what the look-back of live reading would see.
LIVE_FROM = {"GO_LIVE_AT": "2026-03-01T11:00:00Z"}


@pytest.fixture
def small_pages() -> Iterator[None]:
    with patch.object(bulk, "RESULT_ROWS", 4), patch.object(bulk, "SLICE_ROWS", 3):
        yield


@pytest.fixture(scope="module")
def filled(orgs: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """An org of eleven accounts of one second, with every text that a reader of CSV might take for something else.

    With it the ids of its events by REST.
    """
    org = Org(orgs, "tricky", tmp_path_factory.mktemp("tricky"))
    for number, text in enumerate(TRICKY):
        values = {"Name": text, "Seats__c": number * 1.5, "Latest_Sold_To_Contact__c": None, "Renewed_At__c": None}
        if number % 2:
            values["Latest_Sold_To_Contact__c"] = "0034M00001con01"
            values["Renewed_At__c"] = "2026-02-03T04:05:06Z"
        org.change(account(number), at="2026-03-01T09:00:00Z", set=values)
    org.change("0034M00001con01", "Contact", at="2026-03-01T08:00:00Z", set={"LastName": "Ana", "Email": "a@x.example"})
    org.change(account(3), at="2026-03-01T09:30:00Z", delete=True)
    by_rest = org.settings("rest", **NO_BULK, **LIVE_FROM)
    history(by_rest)
    return org.name, event_ids(by_rest)


@pytest.fixture
def tricky(orgs: RunningSandbox, filled: tuple[str, list[str]], tmp_path: Path) -> Iterator[Org]:
    """That org, with a folder of the test's own, without faults and with no call made yet."""
    orgs.delete("/_sandbox/requests")
    yield Org(orgs, filled[0], tmp_path)
    orgs.delete("/_sandbox/faults")


def by_bulk(org: Org, **variables: str) -> tuple[Settings, Any]:
    settings = org.settings(**BULK, **LIVE_FROM, **variables)
    return settings, result(history(settings), ACCOUNTS)


@pytest.mark.usefixtures("small_pages")
def test_a_job_gives_the_same_events_as_rest_and_is_deleted(tricky: Org, filled: tuple[str, list[str]]) -> None:
    """R22, R24, R25: page by page by locator, each by its own header row; NA, null, NUL and line breaks survive."""
    by_rest = filled[1]
    settings, found = by_bulk(tricky)
    assert (found.error, found.warning, found.history_complete) == (None, None, True)
    assert event_ids(settings) == by_rest
    names = [name for (name,) in rows(settings, "select payload->>'Name' from event_log.salesforce__account_events")]
    assert set(TRICKY) <= set(names)
    assert len(tricky.asked("POST", "/jobs/query")) == 1
    assert len(tricky.asked("GET", "/results")) == 3
    assert len(tricky.asked("DELETE", "/jobs/query/")) == 1


def test_live_changes_never_wait_for_a_job(org: Org) -> None:
    """2.5: a job is for history."""
    org.accounts(20)
    settings = org.settings(**BULK, GO_LIVE_AT="2026-02-01T00:00:00Z")
    history(settings)
    assert len(rows(settings, "from event_log.salesforce__account_events")) == 20
    assert org.asked("POST", "/jobs/query") == []


def test_a_small_history_is_read_by_rest(org: Org) -> None:
    """2.5: a job is for many rows."""
    org.accounts(5)
    _, found = by_bulk(org)
    assert found.rows == 5
    assert org.asked("POST", "/jobs/query") == []


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    ("kind", "route", "more", "says"),
    [
        ("job_failed", "jobs/query", {"calls": [1]}, "is Failed (0 rows so far): QUERY_TIMEOUT"),
        ("job_aborted", "jobs/query/", {"calls": [1]}, "is Aborted"),
        ("locator_409", "jobs/query/750", {}, "answered 409 5 times"),
        ("no_sforce_headers", "jobs/query/750", {}, "does not say how many rows it has"),
        ("invalid_locator", "jobs/query/750", {"calls": [4]}, "INVALID_LOCATOR"),
        ("status", "jobs/query", {"status": 400, "body": [{"errorCode": "FeatureNotEnabled"}]}, "FeatureNotEnabled"),
        ("truncate", "jobs/query/750", {}, "broke off"),
        (
            "status",
            "jobs/query/750",
            {"status": 200, "body": '"Id","Name"\n"0","x"\n', "calls": [3]},
            "lacks the column",
        ),
    ],
)
def test_what_becomes_of_the_job_loses_nothing_and_is_said(
    kind: str, route: str, more: dict[str, Any], says: str, tricky: Org, filled: tuple[str, list[str]]
) -> None:
    """R23, 2.5: Failed, Aborted, 409, missing headers and an org without Bulk end in REST, with a note."""
    by_rest = filled[1]
    tricky.fault(kind, route, **more)
    settings, found = by_bulk(tricky)
    assert event_ids(settings) == by_rest
    assert found.error is None
    assert found.warning is not None
    assert found.warning.startswith("Account is read by REST instead of Bulk API 2.0")
    assert says in found.warning
    assert found.history_complete


def test_a_single_page_without_headers_is_whole_when_the_job_says_as_many_rows(
    tricky: Org, filled: tuple[str, list[str]]
) -> None:
    """R23: a proxy that takes the headers away costs nothing where rows and job agree."""
    by_rest = filled[1]
    tricky.fault("no_sforce_headers", "jobs/query/750")
    settings, found = by_bulk(tricky)
    assert (event_ids(settings), found.warning) == (by_rest, None)


@pytest.mark.parametrize(
    ("count", "said", "total", "expected", "is_last"),
    [
        (0, None, 0, 0, True),  # empty, and the header that would say so is gone
        (0, 0, 0, 7, True),  # empty, and the job is not
        (0, 7, 0, 7, True),  # an empty body, and the header says otherwise
        (3, 4, 3, 4, True),
        (3, None, 3, 7, False),
        (3, 3, 6, 7, True),
        (0, 0, 3, 7, False),
        (3, 3, 9, 7, False),  # the same page for ever
    ],
)
def test_job_header_and_rows_have_to_agree(
    count: int, said: int | None, total: int, expected: int, is_last: bool
) -> None:
    """R23: no rows is a success only when all three say so."""
    with pytest.raises((BadResults, BulkLost)):
        _check(count, said, total, expected, is_last, {})


@pytest.mark.parametrize("body", [b"", b'"Id","Name"\n', b"Id,Name"])
def test_no_rows_is_a_result_when_job_and_header_say_so_with_a_header_row_or_without(body: bytes) -> None:
    """R23: some orgs send nothing at all for nothing."""
    page = ResultPage(body, ("Id", "Name"))
    _check(page.count, 0, 0, 0, True, {})
    assert list(page.rows(10)) == []


@pytest.mark.parametrize("body", [b'"Id","Name"\n"1","cut o', b'"Id","Name"\n"1"\n', b'"Id"\n"1"\n'])
def test_a_result_that_is_cut_short_is_refused(body: bytes) -> None:
    """R23: half a row is none."""
    with pytest.raises(BadResults):
        ResultPage(body, ("Id", "Name"))


def test_a_text_may_be_longer_than_the_parser_expects() -> None:
    """2.5: a long text area has up to 131,072 characters."""
    text = "x" * 200_000
    ((row,),) = ResultPage(f'"NAME","Id"\n"{text}","1"\n'.encode(), ("Id", "Name")).rows(10)
    assert row == {"Id": "1", "Name": text}


@pytest.mark.usefixtures("small_pages")
def test_a_job_that_outlives_the_run_is_read_by_the_next_one(tricky: Org, filled: tuple[str, list[str]]) -> None:
    """2.5: the org may take longer than the time that a run has for history."""
    by_rest = filled[1]
    settings = tricky.settings(**BULK, **LIVE_FROM, HISTORY_BUDGET_SECONDS="0")
    found = result(load(settings, ACCOUNTS), ACCOUNTS)
    assert (found.error, found.history_complete) == (None, False)
    assert found.warning is not None
    assert "the next run goes on with it" in found.warning
    history(settings)
    assert event_ids(settings) == by_rest
    assert len(tricky.asked("POST", "/jobs/query")) == 1


@pytest.mark.usefixtures("small_pages")
def test_a_job_that_the_org_forgot_is_read_on_by_rest(tricky: Org, filled: tuple[str, list[str]]) -> None:
    """2.5: results are kept for a week only."""
    by_rest = filled[1]
    settings = tricky.settings(**BULK, **LIVE_FROM, HISTORY_BUDGET_SECONDS="0")
    load(settings, ACCOUNTS)
    tricky.refuse("jobs/query/", 404, "NOT_FOUND")
    found = result(history(settings), ACCOUNTS)
    assert event_ids(settings) == by_rest
    assert found.warning is not None


KILLED = """
import sys
from ingestion import reading
from ingestion.sources.salesforce import bulk
from ingestion.__main__ import main
from tests.ingestion.killed import arm
reading.CHUNK_ROWS, bulk.RESULT_ROWS, bulk.SLICE_ROWS = 1, 4, 3
arm("ingestion.commit:Committer.commit", 6, "after")
sys.exit(main(["salesforce__account", "--until-complete"]))
"""


def test_a_run_that_is_killed_in_the_middle_of_a_job_goes_on_from_its_last_page(
    tricky: Org, filled: tuple[str, list[str]]
) -> None:
    """2.5: each page of a job is a keyset; nothing is lost or there twice, and no second job is asked for."""
    by_rest = filled[1]
    given = {
        "SALESFORCE_INSTANCES": tricky.name,
        f"SALESFORCE_{tricky.name.upper()}_URL": tricky.sandbox.salesforce_org(tricky.name),
        f"SALESFORCE_{tricky.name.upper()}_CLIENT_ID": "sandbox",
        f"SALESFORCE_{tricky.name.upper()}_CLIENT_SECRET": "sandbox",
        "START_DATE": "2026-01-01",
        **BULK,
        **LIVE_FROM,
    }
    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=ROOT,
        env=environment(None, tricky.folder / "data", **given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    settings = tricky.settings(**BULK, **LIVE_FROM)
    cursor = states(settings, tricky.source)["salesforce__account_events"]["history"]
    assert cursor["job"].startswith("750")
    # Settings, live, the job, and its first three slices: the second page is half read.
    assert (cursor["before"], cursor["done"], len(event_ids(settings))) == (4, 3, 7)

    with patch.object(bulk, "RESULT_ROWS", 4), patch.object(bulk, "SLICE_ROWS", 3):
        found = result(history(settings), ACCOUNTS)
    assert (found.rows, found.warning) == (4, None)
    assert event_ids(settings) == by_rest
    assert len(tricky.asked("POST", "/jobs/query")) == 1


def test_the_wait_for_a_job_is_shown(org: Org) -> None:
    """2.5: polled with growing pauses, each said aloud from two seconds on."""
    org.accounts(8)
    said: list[str] = []
    time = SkippedTime()
    with patch.object(bulk, "FIRST_DELAY", 2.0):
        history(org.settings(**BULK, **LIVE_FROM), progress=said.append, timer=time)
    (waiting,) = (line for line in said if "bulk job" in line)
    assert waiting.endswith("for Account is InProgress (0 rows so far); waiting 2 s")
    assert time.slept == [2.0]


@pytest.mark.usefixtures("small_pages")
def test_contacts_and_cases_come_by_jobs_as_well(org: Org) -> None:
    """2.5: whatever is large."""
    for number in range(8):
        org.change(f"0034M00001con{number:02d}", "Contact", at="2026-03-01T09:00:00Z", set={"LastName": f"C{number}"})
        org.change(f"5004M00001cas{number:02d}", "Case", at="2026-03-01T09:00:00Z", set={"Subject": f"S{number}"})
    settings = org.settings(**BULK, **LIVE_FROM)
    with patch.object(reading, "CHUNK_ROWS", 1):
        found = history(settings, CONTACTS, CASES)
    assert [(each.rows, each.warning) for each in found] == [(8, None), (8, None)]
    assert len(org.asked("POST", "/jobs/query")) == 2
