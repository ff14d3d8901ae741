"""The feedback inbox: each file once, bad lines with their number."""

import json
from pathlib import Path

import pytest

from ingestion.settings import Settings
from tests.ingestion.log import load, result, rows, settings_for, value

HEAD = "received_at,ticket_id,source,polarity,reporter,text,manager_contact_requested\n"
GOOD = "2026-03-01T10:00:00Z,101,zendesk/global,negative,Dana Reyes,Too slow,true\n"
OTHER = "2026-03-02T10:00:00+01:00,,,positive,Dana Reyes,,\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Settings:
    settings = settings_for(None, tmp_path / "data")
    settings.inbox_path.mkdir(parents=True)
    return settings


def drop(settings: Settings, name: str, text: str) -> None:
    (settings.inbox_path / name).write_text(text)


def feedback(settings: Settings) -> list[dict[str, object]]:
    found = rows(settings, "select payload from event_log.file__feedback_events order by occurred_at, position")
    return [json.loads(payload) for (payload,) in found]


def test_a_line_becomes_an_event_in_normal_form(inbox: Settings) -> None:
    drop(inbox, "notes.csv", HEAD + GOOD + OTHER)
    load(inbox)
    first, second = feedback(inbox)
    assert first == {
        "received_at": "2026-03-01T10:00:00Z",
        "ticket_id": 101,
        "instance": "global",
        "account_id": None,
        "polarity": "negative",
        "reporter": "Dana Reyes",
        "text": "Too slow",
        "manager_contact_requested": True,
        "file_name": "notes.csv",
    }
    assert (second["ticket_id"], second["text"], second["manager_contact_requested"]) == (None, None, False)
    assert (
        value(inbox, "select max(occurred_at)::varchar from event_log.file__feedback_events")
        == "2026-03-02 09:00:00+00"
    )


def test_csv_and_jsonl_say_the_same(inbox: Settings) -> None:
    drop(inbox, "a.csv", HEAD + GOOD)
    line = dict(zip(HEAD.strip().split(","), GOOD.strip().split(","), strict=True))
    drop(inbox, "b.jsonl", json.dumps(line | {"ticket_id": 101, "manager_contact_requested": True}) + "\n\n")
    load(inbox)
    assert len(feedback(inbox)) == 1


def test_a_file_is_loaded_once_whatever_its_name(inbox: Settings) -> None:
    drop(inbox, "a.csv", HEAD + GOOD)
    load(inbox)
    (inbox.inbox_path / "a.csv").rename(inbox.inbox_path / "b.csv")
    assert result(load(inbox), "file__feedback").pages == 1
    assert len(feedback(inbox)) == 1


def test_a_longer_export_of_the_same_notes_adds_only_what_is_new(inbox: Settings) -> None:
    drop(inbox, "monday.csv", HEAD + GOOD)
    load(inbox)
    drop(inbox, "tuesday.csv", HEAD + GOOD + OTHER)
    assert result(load(inbox), "file__feedback").rows == 1


def test_equal_lines_of_one_file_are_two(inbox: Settings) -> None:
    drop(inbox, "a.csv", HEAD + GOOD + GOOD)
    load(inbox)
    assert len(feedback(inbox)) == 2


def test_bad_lines_are_rejected_with_their_number_and_the_rest_loads(inbox: Settings) -> None:
    drop(inbox, "a.csv", HEAD + GOOD + "soon,1,,negative,,,\n2026-03-01T10:00:00Z,x,,negative,,,\n" + OTHER)
    drop(inbox, "b.jsonl", '{"polarity": "negative"}\n{"broken\n[1]\n')
    drop(inbox, "c.csv", HEAD + "2026-03-01T10:00:00Z,1,,angry,,,\n2026-03-01T10:00:00Z,1,,negative,,,,,\n")
    (inbox.inbox_path / "d.csv").write_bytes(b"\xff\xfe\x00")
    found = result(load(inbox), "file__feedback")
    assert (found.rows, found.rejected) == (2, 8)
    reasons = [reason for (reason,) in rows(inbox, "select reason from event_log.rejected_records order by reason")]
    assert [reason[:12] for reason in reasons] == [
        "a.csv line 3",
        "a.csv line 4",
        "b.jsonl line",
        "b.jsonl line",
        "b.jsonl line",
        "c.csv line 2",
        "c.csv line 3",
        "d.csv: not U",
    ]
    assert "polarity is 'angry'" in reasons[5]


def test_lines_with_quotes_and_line_breaks_survive(inbox: Settings) -> None:
    drop(inbox, "a.csv", HEAD + '2026-03-01T10:00:00Z,1,,neutral,"Ö, ""x""","two\nlines NA",no\n')
    load(inbox)
    (found,) = feedback(inbox)
    assert (found["reporter"], found["text"]) == ('Ö, "x"', "two\nlines NA")
