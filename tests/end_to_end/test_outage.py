"""A stream that fails for an hour of the sandbox's clock, from the first failed tick to the all-clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.incidents import incidents
from orchestration.schedules import a_source_failed
from tests.end_to_end.pipeline import rows
from tests.sandbox_process import RunningSandbox, sandbox

# Both ways in which people are read.
BROKEN = [
    {"kind": "status", "status": 403, "system": "zendesk", "route": route}
    for route in ("/api/v2/incremental/users", "/api/v2/users")
]
OF_PEOPLE = ("CONTACTS_ALL_INACTIVE", "CONTACT_SUSPENDED", "SOLD_TO_NOT_ASSOCIATED")
OF_OTHERS = ("CSM_MISSING",)
REQUESTER, ORGANIZATION = 4414917877660, 360001000002
LATE_TICKET = {
    "system": "zendesk",
    "instance": "global",
    "object": "ticket",
    "id": 120,
    "by": REQUESTER,
    "set": {"subject": "Opened in the outage", "requester_id": REQUESTER, "organization_id": ORGANIZATION},
    "comment": {"author_id": REQUESTER, "body": "Nobody hears us?", "public": True},
}


class Daemon:
    """What Dagster's daemon does with this code location, one minute after another, on the sandbox's clock."""

    def __init__(self, served: RunningSandbox, data_dir: Path) -> None:
        self.served, self.data_dir = served, data_dir
        self.instance = dg.DagsterInstance.ephemeral()
        self.cursor: str | None = None
        self.runs: list[tuple[str, bool]] = []

    def after(self, minutes: int) -> dg.ExecuteInProcessResult:
        """The tick at that many minutes from the last one, and what the sensors make of it."""
        self.served.post("/_sandbox/clock", {"advance_seconds": timedelta(minutes=minutes).total_seconds()})
        ended = self.run("tick")
        if not ended.success:
            context = dg.build_run_status_sensor_context(
                sensor_name="a_source_failed",
                dagster_instance=self.instance,
                dagster_run=ended.dagster_run,
                dagster_event=ended.get_run_failure_event(),
            ).for_run_failure()
            if isinstance(a_source_failed(context), dg.RunRequest):
                ended = self.run("carry_on")
        looking = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        incidents(looking)
        self.cursor = looking.cursor
        return ended

    def run(self, job: str) -> dg.ExecuteInProcessResult:
        ended = defs.resolve_job_def(job).execute_in_process(instance=self.instance, raise_on_error=False)
        self.runs.append((job, ended.success))
        return ended

    def gaps(self, codes: tuple[str, ...]) -> dict[tuple[str, str], tuple[str, object, object]]:
        """(account, code) -> state, opened, closed."""
        found = rows(
            self.data_dir,
            "select account_id, gap_code, state, opened_at, closed_at from marts.fct_contact_coverage_gaps "
            "where list_contains(?, gap_code) and closed_at is null",
            [list(codes)],
        )
        return {(account, code): (state, *times) for account, code, state, *times in found}

    def subjects(self, kind: str) -> list[str]:
        kept = sorted((self.served.data_dir / "mail").glob("*.eml"))
        mails = [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in kept]
        return [str(mail["Subject"]) for mail in mails if mail["X-Support-Signals-Kind"] == kind]


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    with sandbox("tiny", smtp_port=0) as served:
        variables = served.environment() | {
            "DATA_DIR": str(tmp_path / "data"),
            "START_DATE": "2026-02-01T00:00:00Z",
            "GO_LIVE_AT": "2026-02-01T00:00:00Z",
            "DELIVERY_MODE": "send",
            "SMTP_HOST": "localhost",
            "SMTP_PORT": str(served.ready["smtp_port"]),
            "SMTP_SECURITY": "none",
            "MAIL_FROM": "signals@example.com",
            "ALERT_TO": "data@example.com",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield Daemon(served, tmp_path / "data")


def test_an_hour_without_one_stream_is_one_alert_unknown_gaps_fresh_others_and_one_all_clear(daemon: Daemon) -> None:
    """E-48."""
    assert daemon.after(0).success
    people, others = daemon.gaps(OF_PEOPLE), daemon.gaps(OF_OTHERS)
    assert {state for state, *_ in people.values()} == {state for state, *_ in others.values()} == {"open"}

    daemon.served.post("/_sandbox/faults", BROKEN)
    daemon.after(6)
    daemon.served.post("/_sandbox/changes", [LATE_TICKET])
    daemon.after(14)
    daemon.after(20)
    last = daemon.after(20)

    assert daemon.runs[1:] == [("tick", False), ("carry_on", True)] * 4
    assert [state for state, *_ in daemon.gaps(OF_PEOPLE).values()] == ["unknown"] * len(people)
    assert daemon.gaps(OF_OTHERS) == others
    assert daemon.subjects("alert") == ["[Support Signals] Reading, building or delivering does not work"]
    assert daemon.subjects("all-clear") == []
    # Whoever is told of tickets is told of those of the outage.
    assert last.success
    assert any("Opened in the outage" in subject for subject in daemon.subjects("ticket_opened"))

    daemon.served.delete("/_sandbox/faults")
    assert daemon.after(6).success

    assert daemon.runs[-1] == ("tick", True)
    assert daemon.gaps(OF_PEOPLE) == people
    assert len(daemon.subjects("alert")) == len(daemon.subjects("all-clear")) == 1
