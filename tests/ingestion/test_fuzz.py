"""Broken answers, two thousand with those of test_fuzz_salesforce.py.

Each becomes events, rejected records or one clear sentence, and nothing else.
"""

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from requests import PreparedRequest

from ingestion import event_log
from ingestion.errors import SourceError
from ingestion.instances import SYSTEMS, Source
from ingestion.pipelines import states
from ingestion.reading import Reading
from ingestion.settings import Settings
from ingestion.streams import STREAMS
from tests.ingestion.answers import Answer, answering, connection, context
from tests.ingestion.breaking import AT, broken
from tests.ingestion.log import load, settings_for, value

CASES = int(os.environ.get("FUZZ_CASES", "2100")) * 2 // 3
LOADED = 100
SEED = 20_261_125
SECOND = 1_772_352_000

PAGES: dict[str, Any] = {
    "zendesk__ticket": {
        "tickets": [
            {"id": 1, "generated_timestamp": SECOND, "status": "open", "subject": "Help", "metric_set": {"id": 5}},
            {"id": 2, "generated_timestamp": SECOND + 1, "status": "deleted", "subject": "Gone", "tags": ["a"]},
        ],
        "after_cursor": "MTc3MjM1MjAwMC4wfHwyfA==",
        "end_of_stream": True,
    },
    "zendesk__user": {
        "users": [{"id": 55, "updated_at": AT, "name": "Ana", "active": True}],
        "identities": [{"id": 3, "user_id": 55, "type": "email", "value": "ana@alpine.example"}],
        "after_cursor": "MTc3MjM1MjAwMC4wfHw1NXw=",
        "end_of_stream": True,
    },
    "zendesk__organization": {
        "organizations": [{"id": 9, "updated_at": AT, "name": "Alpine", "deleted_at": None}],
        "count": 1,
        "end_time": SECOND,
        "end_of_stream": True,
    },
    "zendesk__ticket_audit": {
        "ticket_events": [
            {"id": 7, "ticket_id": 1, "timestamp": SECOND, "created_at": AT, "updater_id": -1, "child_events": []}
        ],
        "count": 1,
        "end_time": SECOND,
        "next_page": None,
        "end_of_stream": True,
    },
    "zendesk__organization_membership": {
        "organization_memberships": [{"id": 4, "user_id": 55, "organization_id": 9, "updated_at": AT}],
        "meta": {"has_more": False, "after_cursor": "x"},
    },
    "zendesk__satisfaction_rating": {
        "satisfaction_ratings": [{"id": 6, "ticket_id": 1, "score": "good", "created_at": AT, "updated_at": AT}],
        "meta": {"has_more": False, "after_cursor": "x"},
    },
    "zendesk__survey_response": {
        "survey_responses": [
            {"id": "01JNA6VK80ZXCVBNMASDFGHJKQ", "subject_zrns": ["zen:ticket:1"], "answers": [{"updated_at": AT}]}
        ],
        "meta": {"has_more": False, "after_cursor": "01JNA6VK80ZXCVBNMASDFGHJKQ"},
    },
    "gitlab__issue": [
        {"id": 8, "iid": 1, "project_id": 1, "title": "Positive", "updated_at": "2026-03-01T08:00:00.000Z"}
    ],
}
# The organizations' fields are checked before they are read, which is another call.
PATHS = {
    "zendesk__ticket": "incremental/tickets/",
    "zendesk__user": "incremental/users/",
    "zendesk__ticket_audit": "incremental/ticket_events",
    "zendesk__organization_membership": "organization_memberships",
    "zendesk__satisfaction_rating": "satisfaction_ratings",
    "zendesk__survey_response": "survey_responses",
}
TOKEN = {"access_token": "abc", "expires_in": 1800, "scope": "read", "token_type": "bearer"}


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """The warehouse stays open, which makes each question to it cheap."""
    found = settings_for(None, tmp_path)
    with event_log.connected(found) as log:
        event_log.create(log)
        yield found


def token_or(answer: Callable[[], Answer]) -> Callable[[PreparedRequest], Answer]:
    return lambda request: Answer(json.dumps(TOKEN).encode()) if "/oauth" in str(request.url) else answer()


def outcome(stream: str, source: Source) -> str:
    """Reads one chunk by the pipeline's own code. Whatever is not one of the three good ends escapes."""
    state = {"live_from": "2026-03-01T07:00:00+00:00", "live": None}
    system = STREAMS[stream].system
    reading = Reading(STREAMS[stream], f"{system}/main", source.reader(stream), "live", dict(state))
    chunk, sentence = None, ""
    try:
        chunk = reading.chunk()
    except SourceError as error:
        sentence = str(error)
    assert reading.state == state
    if chunk is None:
        assert sentence.startswith(f"{system}/main")
        assert "\n" not in sentence
        assert "hush" not in sentence
        return "one sentence"
    assert None not in chunk.events["entity_id"].to_pylist()
    assert all(record.reason and record.stream == stream for record in chunk.rejected)
    return "rejected records" if chunk.rejected else "events" if chunk.events.num_rows else "nothing new"


def test_broken_answers_end_as_events_rejections_or_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5, R23: bad input is kept or named, never skipped in silence, and never moves a cursor."""
    draw = random.Random(SEED)
    given = context(settings)
    current = Answer(b"")
    answering(monkeypatch, token_or(lambda: current), given.clock)
    sources = {s: SYSTEMS[s](f"{s}/main", connection(f"https://{s}.example"), given) for s in ("zendesk", "gitlab")}
    counted: Counter[str] = Counter()
    for number in range(CASES):
        stream = draw.choice(list(PAGES))
        current = broken(draw, PAGES[stream])
        try:
            counted[outcome(stream, sources[STREAMS[stream].system])] += 1
        except Exception as error:
            raise AssertionError(f"case {number}: {stream} was answered {current!r:.600}") from error
    sys.stderr.write(f"seed {SEED}: {dict(counted)}\n")
    assert sum(counted.values()) == CASES
    assert min(counted[end] for end in ("one sentence", "rejected records", "events")) > CASES // 20


def test_a_broken_token_is_one_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """R29: whatever a token endpoint answers, sign-in works or says what to check."""
    draw = random.Random(SEED)
    given = context(settings)
    current = Answer(b"")
    answering(monkeypatch, lambda _request: current, given.clock)
    counted: Counter[str] = Counter()
    for number in range(CASES // 10):
        current = broken(draw, TOKEN)
        source = SYSTEMS["zendesk"]("zendesk/main", connection("https://zendesk.example"), given)
        said = ""
        try:
            source.connect()
        except SourceError as error:
            said = str(error)
        except Exception as error:
            raise AssertionError(f"case {number}: the sign-in was answered {current!r:.600}") from error
        assert "\n" not in said
        assert "hush" not in said
        counted["one sentence" if said else "signed in"] += 1
    sys.stderr.write(f"seed {SEED}: {dict(counted)}\n")
    assert counted["signed in"] > 0


def test_a_hundred_broken_answers_through_real_loads_leave_a_log_that_reads_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: what broke never blocks what comes next, and what came twice is there once."""
    draw = random.Random(SEED + 1)
    variables = {"ZENDESK_GLOBAL_URL": "https://zendesk.example", "ZENDESK_GLOBAL_CLIENT_ID": "a"}
    settings = settings_for(None, tmp_path, **variables, ZENDESK_GLOBAL_CLIENT_SECRET="hush", START_DATE="2026-02-01")
    answered: Counter[bool] = Counter()
    is_over = False

    def answer(request: PreparedRequest) -> Answer:
        if "/oauth" in str(request.url):
            return Answer(json.dumps(TOKEN).encode())
        (page,) = (PAGES[stream] for stream, path in PATHS.items() if path in str(request.url))
        answered[is_over] += 1
        return Answer(json.dumps(page).encode()) if is_over else broken(draw, page)

    answering(monkeypatch, answer, context(settings).clock)
    while answered[False] < LOADED:
        before = dict(states(settings, "zendesk/global"))
        for found in load(settings, *PATHS, phase="live"):
            if found.error:
                assert "\n" not in found.error
                table = f"{found.stream}_events"
                assert states(settings, "zendesk/global").get(table) == before.get(table)
    is_over = True
    assert [found.error for found in load(settings, *PATHS, phase="live") if found.error] == []
    assert value(settings, "select count(*) - count(distinct event_id) from event_log.events") == 0
    for stream in PATHS:
        assert value(settings, f"select count(*) from event_log.{stream}_events") > 0
