"""Redacted, purged and private text: read again as it is now, and gone from what the log already held."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestion.settings import Settings
from tests.ingestion.log import environment, load, rows, settings_for, value
from tests.ingestion.worlds import ground, zendesk
from tests.sandbox_process import ROOT, RunningSandbox, sandbox

STREAMS = ("zendesk__user", "zendesk__ticket", "zendesk__ticket_audit")
BEGIN, NOW = "2026-03-01T09:00:00Z", "2026-03-01T10:00:00Z"
# Nothing like them occurs anywhere else, and no compression hides them.
PHONE, LETTER, FILE, NAME = "Qx7-Zebra-3981-Kv", "Wn4-Heron-5520-Rj", "Hb2-Otter-6604-Tq.pdf", "Lm9-Quail-1173-Dz"


def told(identity: int, subject: str, body: str, **comment: Any) -> dict[str, Any]:
    values = {"subject": subject, "requester_id": 55}
    return zendesk(BEGIN, "ticket", identity, by=55, set=values, comment={"author_id": 55, "body": body, **comment})


def redacting(at: str, identity: int, **order: Any) -> dict[str, Any]:
    return zendesk(at, "ticket", identity, by=7, redact=order)


WORLD = [
    *ground(),
    zendesk(BEGIN, "user", 56, set={"name": NAME, "email": f"{NAME}@alpine.example"}),
    told(1, "Call me", f"My phone is {PHONE}, call me"),
    told(2, f"Letter {LETTER}", f"About {LETTER}"),
    told(3, "File", "See the file", attachments=[{"file_name": FILE, "content_type": "application/pdf", "size": 9}]),
    told(4, "Public", "Everybody may read this"),
]
CHANGES = [
    redacting("2026-03-01T11:00:00Z", 1, comment=1, text=PHONE),
    redacting("2026-03-01T11:01:00Z", 3, comment=1, attachment=1),
    zendesk("2026-03-01T11:02:00Z", "ticket", 2, purge=True),
    zendesk("2026-03-01T11:03:00Z", "user", 56, purge=True),
    zendesk("2026-03-01T11:04:00Z", "ticket", 4, by=7, make_private=1),
]
AFTER = "2026-03-01T11:10:00Z"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningSandbox, Settings, Settings]]:
    """A sandbox, and two logs that were filled before anything was redacted."""
    with sandbox(WORLD, NOW) as running:
        both = [settings_for(running, tmp_path_factory.mktemp("erasure")) for _ in range(2)]
        for settings in both:
            load(settings, *STREAMS, until_complete=True)
        for text in (PHONE, LETTER, FILE, NAME):
            assert found(both[0], text) != []
        running.post("/_sandbox/changes", CHANGES)
        running.post("/_sandbox/clock", {"now": AFTER})
        yield running, both[0], both[1]


@pytest.fixture(scope="module")
def erased(before: tuple[RunningSandbox, Settings, Settings]) -> tuple[Settings, list[tuple[Any, ...]]]:
    """The first log after it heard of the redactions, and its events as they were."""
    _, settings, _ = before
    events = rows(
        settings, "select event_id, recorded_at from event_log.events where source like 'zendesk%' order by all"
    )
    load(settings, *STREAMS)
    return settings, events


def found(settings: Settings, text: str) -> list[str]:
    """The files below DATA_DIR that contain a text, and the tables that do."""
    files = [path for path in settings.data_dir.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
    tables = rows(
        settings, "select event_type from event_log.events where contains(payload, ?) group by all", [text]
    ) + rows(settings, "select stream from event_log.rejected_records where contains(raw, ?)", [text])
    return [str(path) for path in files] + [name for (name,) in tables]


def payloads(settings: Settings, stream: str, entity_key: str, value: int) -> list[dict[str, Any]]:
    sql = f"select payload from event_log.{stream}_events where (payload ->> ?) = ? order by recorded_at, position"
    return [json.loads(payload) for (payload,) in rows(settings, sql, [entity_key, str(value)])]


@pytest.mark.parametrize("text", [PHONE, LETTER, FILE, NAME])
def test_erased_text_is_in_no_event_and_in_no_file(text: str, erased: tuple[Settings, Any]) -> None:
    """R10: text that was loaded before its redaction is taken out of the log, of its file and of dlt's folder."""
    assert found(erased[0], text) == []


def test_an_erasure_changes_neither_the_ids_nor_the_times_of_events(erased: tuple[Settings, Any]) -> None:
    """R10: what was redacted is read again as a new event; the old one keeps its place."""
    settings, events = erased
    after = rows(
        settings, "select event_id, recorded_at from event_log.events where source like 'zendesk%' order by all"
    )
    assert set(events) < set(after)


def test_a_redacted_comment_is_read_again_and_its_old_reading_shows_the_same(erased: tuple[Settings, Any]) -> None:
    """R10: comments come from ticket_events and are read again when one is redacted."""
    entries = payloads(erased[0], "zendesk__ticket_audit", "ticket_id", 1)
    bodies = [child["body"] for entry in entries for child in entry["child_events"] if child["event_type"] == "Comment"]
    assert len(bodies) == 2
    assert len(set(bodies)) == 1
    assert bodies[0].startswith("My phone is ▇")
    descriptions = {ticket["description"] for ticket in payloads(erased[0], "zendesk__ticket", "id", 1)}
    assert descriptions == set(bodies)


def test_a_comment_made_private_is_read_again(erased: tuple[Settings, Any]) -> None:
    """R10: an audit without children by a person is the only trace of a comment that was made private."""
    entries = payloads(erased[0], "zendesk__ticket_audit", "ticket_id", 4)
    shown = [
        child["public"] for entry in entries for child in entry["child_events"] if child["event_type"] == "Comment"
    ]
    assert shown == [True, False]


def test_an_erasure_says_where_and_why_and_never_what(erased: tuple[Settings, Any]) -> None:
    """R10: the erasure is an event of its own."""
    settings, _ = erased
    said = [json.loads(p) for (p,) in rows(settings, "select payload from event_log.pipeline__erasure_events")]
    assert {
        (entry["stream"], *entry["entity_ids"]) for entry in said if entry["stream"] != "zendesk__ticket_audit"
    } == {
        ("zendesk__ticket", "1"),
        ("zendesk__ticket", "2"),
        ("zendesk__user", "56"),
    }
    causes = {entry["caused_by"] for entry in said}
    assert (
        value(settings, f"select count(*) from event_log.events where event_id in {tuple(causes)}") == len(causes) == 4
    )


def test_nothing_is_erased_twice(erased: tuple[Settings, Any]) -> None:
    """R3: a run that finds its erasures done makes no further event."""
    settings, _ = erased
    count = "select count(*) from event_log.pipeline__erasure_events"
    erasures = value(settings, count)
    for _ in range(2):
        assert sum(result.rows for result in load(settings, *STREAMS)) == 0
    assert value(settings, count) == erasures


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_its_erasure_is_finished_by_the_next(
    when: str, before: tuple[RunningSandbox, Settings, Settings], tmp_path: Path
) -> None:
    """R15: kill -9 between the load that tells of a redaction and the erasure loses neither."""
    running, _, settings = before
    folder = tmp_path / "data"
    subprocess.run(["cp", "-r", settings.data_dir, folder], check=True)
    copied = settings_for(running, folder)
    target = ["ingestion.erasures.texts:_erase_rejected", "1", when]
    killed = subprocess.run(
        [sys.executable, "-m", "tests.ingestion.killed", *target, *STREAMS],
        cwd=ROOT,
        env=environment(running, folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert value(copied, "select count(*) from event_log.pipeline__erasure_events") == 0
    load(copied, *STREAMS)
    assert [found(copied, text) for text in (PHONE, LETTER, FILE, NAME)] == [[]] * 4
    assert value(copied, "select count(distinct payload ->> 'caused_by') from event_log.pipeline__erasure_events") == 4
