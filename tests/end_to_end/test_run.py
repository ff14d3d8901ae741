"""`make run` on small worlds: what a stranger gets on the first try."""

import json
import os
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from tests.end_to_end.pipeline import ROOT, published, rows, run

ONE_TICKET = [
    {
        "at": "2026-03-02T08:00:00Z",
        "system": "zendesk",
        "object": "user",
        "id": 55,
        "set": {"name": "Ada", "email": "ada@acme.example"},
    },
    {
        "at": "2026-03-02T09:00:00Z",
        "system": "zendesk",
        "object": "ticket",
        "id": 1,
        "by": 55,
        "set": {"subject": "Help", "requester_id": 55},
        "comment": {"author_id": 55, "body": "Please", "public": True},
    },
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    data_dir = tmp_path_factory.mktemp("tiny")
    done = run(data_dir, SANDBOX_WORLD="tiny")
    assert done.returncode == 0, done.stdout + done.stderr
    return data_dir, done.stdout


def test_a_run_answers_the_three_questions(tiny: tuple[Path, str]) -> None:
    _, said = tiny

    assert "4 tickets for a CSM to hear about, 1 kept quiet" in said
    assert "2 of 3 accounts established in support" in said
    assert "open gap" in said
    assert "February 2026, ces_7pt" in said
    assert "published/support_signals.duckdb" in said


def test_a_run_shows_what_it_is_doing(tiny: tuple[Path, str]) -> None:
    _, said = tiny

    for layer in ("event_log", "warehouse", "published", "deliveries"):
        assert f"{layer:<11}begins" in said


def test_who_is_to_be_told_is_told_once_and_the_next_run_knows_it(tiny: tuple[Path, str]) -> None:
    """R-NT-1, R-NT-9, R-NT-4: real mails to the sandbox's mailbox, and their outcomes back in a mart."""
    data_dir, _ = tiny
    told = rows(data_dir, "select csm_email from marts.fct_notification_events where disposition = 'notify' order by 1")
    done = run(data_dir, SANDBOX_WORLD="tiny")
    assert done.returncode == 0, done.stdout + done.stderr

    parsed = [BytesParser(policy=policy.default).parse(path.open("rb")) for path in mails(data_dir)]
    about_tickets = [mail for mail in parsed if mail["X-Support-Signals-Ticket"]]
    assert sorted((mail["X-Sandbox-To"],) for mail in about_tickets) == told
    # the others came once, too
    assert len({mail["Message-ID"] for mail in parsed}) == len(parsed)
    statuses = rows(
        data_dir,
        "select channel, status, attempts, count(*) from marts.fct_notification_deliveries group by all order by all",
    )
    # one ticket has a case already
    assert statuses == [("email", "sent", 1, len(told)), ("salesforce_case", "sent", 1, len(told) - 1)]


def mails(data_dir: Path) -> list[Path]:
    return sorted((data_dir / "sandbox" / "mail").glob("*.eml"))


def test_the_catalogue_knows_rows_and_lineage_and_the_run_list_what_a_run_brought(tiny: tuple[Path, str]) -> None:
    data_dir, _ = tiny
    # The UI's own storage; opened like this it is read only by convention.
    with dg.DagsterInstance.from_config(str(data_dir / "dagster")) as instance:
        key = dg.AssetKey(["marts", "fct_notification_events"])
        event = instance.get_latest_materialization_event(key)
        assert event is not None
        assert event.asset_materialization is not None
        metadata = event.asset_materialization.metadata
        first = instance.get_runs()[-1]
    told = metadata["dagster/column_lineage"]
    assert isinstance(told, dg.TableColumnLineageMetadataValue)
    lineage = told.column_lineage.deps_by_column
    assert [(str(dep.asset_key.path[-1]), dep.column_name) for dep in lineage["csm_email"]] == [
        ("prj_ticket_parties", "csm_email")
    ]
    assert set(lineage) == set(columns_of(data_dir, "fct_notification_events"))
    assert metadata["dagster/row_count"].value == row_counts(data_dir)["fct_notification_events"]
    assert metadata["published_file"].value == str(published(data_dir).absolute())
    assert int(first.tags["support_signals/new_events"]) > 100
    assert int(first.tags["support_signals/mails"]) > 0
    assert "support_signals/failed_sources" not in first.tags


def columns_of(data_dir: Path, mart: str) -> list[str]:
    return [name for (name, *_) in rows(data_dir, f"describe marts.{mart}")]


def test_the_published_file_holds_answers_and_no_payloads(tiny: tuple[Path, str]) -> None:
    data_dir, _ = tiny

    assert rows(data_dir, "select distinct table_schema from information_schema.tables") == [("marts",)]
    types = rows(data_dir, "select distinct data_type from duckdb_columns() where table_name <> 'snapshot'")
    assert ("JSON",) not in types


def test_the_dashboard_shows_what_a_run_published(tiny: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tiny[0]))
    app = AppTest.from_file(ROOT / "dashboard" / "app.py", default_timeout=60).run()

    assert {metric.label: metric.value for metric in app.metric}["Tickets a CSM hears about"] == "4"
    for dimension in app.selectbox(key="feedback_dimension").options:
        app.selectbox(key="feedback_dimension").select(dimension).run()
        assert not app.exception, dimension
        assert not any(str(name).startswith(("001", "005")) for name in app.selectbox(key="feedback_value").options)


def test_a_second_run_finds_nothing_new_and_publishes_again(tiny: tuple[Path, str]) -> None:
    data_dir, _ = tiny
    before = published(data_dir).stat().st_ino
    counts = row_counts(data_dir)

    # a relative path counts from where the command is started
    done = run(os.path.relpath(data_dir, ROOT), SANDBOX_WORLD="tiny")

    assert done.returncode == 0, done.stdout + done.stderr
    assert published(data_dir).stat().st_ino != before
    assert row_counts(data_dir) == counts
    assert "begin anew" not in done.stdout


def row_counts(data_dir: Path) -> dict[str, int]:
    """Of every mart but the one that learns in each run what the run before delivered."""
    ((counts,),) = rows(data_dir, "select cast(row_counts as varchar) from marts.snapshot")
    return {mart: count for mart, count in json.loads(counts).items() if mart != "fct_notification_deliveries"}


def test_a_world_of_one_ticket_and_no_accounts_works(tmp_path: Path) -> None:
    world = tmp_path / "my world.jsonl"
    world.write_text("".join(json.dumps(change) + "\n" for change in ONE_TICKET))
    served_before = tmp_path / "data" / "sandbox" / "first_world.txt"
    served_before.parent.mkdir(parents=True)
    served_before.write_text("of an earlier version")

    done = run(tmp_path / "data", SANDBOX_WORLD=str(world), SANDBOX_NOW="2026-04-01T00:00:00Z")

    assert done.returncode == 0, done.stdout + done.stderr
    assert rows(tmp_path / "data", "select ticket_id, suppression_reason from marts.fct_notification_events") == [
        (1, "no_org")
    ]
    assert "0 of 0 accounts" in done.stdout
    assert f"delete {tmp_path / 'data'} to begin anew" in done.stdout
    assert rows(tmp_path / "data", "select strftime(as_of, '%Y-%m-%d') from marts.snapshot") == [("2026-04-01",)]


def test_a_later_clock_takes_no_notification_back(tiny: tuple[Path, str]) -> None:
    data_dir, _ = tiny
    told = "select source, ticket_id from marts.fct_notification_events where disposition = 'notify' order by all"
    before = rows(data_dir, told)

    done = run(data_dir, SANDBOX_WORLD="tiny", SANDBOX_NOW="2027-01-01T00:00:00Z")

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(before) == 4
    assert rows(data_dir, told) == before


def test_a_replay_is_published_beside_the_answers_of_today(tiny: tuple[Path, str]) -> None:
    """C.2-17."""
    data_dir, _ = tiny
    before = {path: path.stat().st_mtime_ns for path in (published(data_dir), data_dir / "warehouse.duckdb")}
    ((today, known_until),) = rows(data_dir, "select cast(row_counts as varchar), as_of from marts.snapshot")
    moment = known_until.replace(microsecond=0) + timedelta(seconds=1)

    done = run(data_dir, SANDBOX_WORLD="tiny", SUPPORT_AS_OF=moment.isoformat())
    early = run(data_dir, SANDBOX_WORLD="tiny", SUPPORT_AS_OF="2020-01-01T00:00:00Z")

    assert done.returncode == 0, done.stdout + done.stderr
    name = f"support_signals_as_of_{moment:%Y%m%dT%H%M%SZ}.duckdb"
    assert f"published/{name}" in done.stdout
    replayed = published(data_dir).with_name(name)
    with duckdb.connect(str(replayed), read_only=True) as connection:
        assert connection.execute("select cast(row_counts as varchar) from marts.snapshot").fetchone() == (today,)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert list((data_dir / "replays").iterdir()) == []
    assert early.returncode == 1
    assert "Nothing was known yet at 2020-01-01" in early.stderr
