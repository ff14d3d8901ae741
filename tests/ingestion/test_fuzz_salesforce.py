"""Seven hundred broken answers of an org: of REST, describe, query jobs and their results, and of what was deleted."""

import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from requests import PreparedRequest

from ingestion import event_log
from ingestion.errors import SourceError
from ingestion.instances import SYSTEMS
from ingestion.reading import Chunk, Phase, Reading
from ingestion.settings import SalesforceConnection, Settings
from ingestion.sources.context import Context
from ingestion.sources.salesforce import bulk
from ingestion.streams import STREAMS
from tests.ingestion.answers import Answer, answering, context
from tests.ingestion.breaking import AT, broken
from tests.ingestion.log import settings_for

CASES = int(os.environ.get("FUZZ_CASES", "2100")) // 3
SEED = 20_261_126
SOURCE, HOST = "salesforce/main", "https://salesforce.example"
ACCOUNT, HISTORY, FIELD = "salesforce__account", "salesforce__account_field_history", "salesforce__field"
IDS = ("0014M00001sGJ8xQAG", "0014M00001sGJ8yQAG", "0014M00001sGJ8zQAG")
JOB, LOCATOR = "7504M00001AbCdEQAV", "MjA"
CONNECTION = SalesforceConnection.model_validate({"url": HOST, "client_id": "a", "client_secret": "hush"})
TOKEN = {"access_token": "abc", "instance_url": HOST, "scope": "api", "token_type": "Bearer"}
KINDS = {
    "Id": "id", "SystemModstamp": "datetime", "CreatedDate": "datetime", "IsDeleted": "boolean", "Name": "string",
    "Seats__c": "double", "Closed__c": "date", "DataType": "picklist", "OldValue": "anyType",
}  # fmt: skip
FIELDS: list[dict[str, Any]] = [{"name": name, "type": kind, "custom": "__" in name} for name, kind in KINDS.items()]
FIELDS += [
    {"name": "Latest_Sold_To_Contact__c", "type": "reference", "referenceTo": ["Contact"],
     "relationshipName": "Latest_Sold_To_Contact__r"},
    {"name": "Email", "type": "email", "relationshipName": None, "referenceTo": []},
]  # fmt: skip
RECORDS: list[dict[str, Any]] = [
    {
        "attributes": {"type": "Account", "url": f"/services/data/v68.0/sobjects/Account/{identity}"},
        "Id": identity,
        "SystemModstamp": "2026-03-01T08:00:00.000+0000",
        "CreatedDate": AT,
        "IsDeleted": False,
        "Name": "Alpine",
        "Seats__c": 5.0,
        "Closed__c": "2026-03-01",
        "DataType": "Text",
        "OldValue": None,
        "Latest_Sold_To_Contact__c": IDS[0],
        "Latest_Sold_To_Contact__r": {"attributes": {"type": "Contact"}, "Email": "a@x.example", "Name": "Ana"},
        "Email": None,
    }
    for identity in IDS
]
CSV = [
    '"Id","SystemModstamp","CreatedDate","IsDeleted","Name","Seats__c","Closed__c","DataType","OldValue",'
    '"Latest_Sold_To_Contact__c","Email","Latest_Sold_To_Contact__r.Email","Latest_Sold_To_Contact__r.Name"\n',
    *(
        f'"{identity}","2026-03-01T08:00:00.000Z","{AT}","false","Alpine, ""A""","5.0","2026-03-01","Text","",'
        f'"{IDS[0]}","","a@x.example","Ana"\n'
        for identity in IDS
    ),
]
PAGES: dict[str, Any] = {
    "describe": {"name": "Account", "fields": FIELDS},
    "deleted": {
        "deletedRecords": [{"id": IDS[0], "deletedDate": AT}], "earliestDateAvailable": AT, "latestDateCovered": AT,
    },
    "count": {"totalSize": 3, "done": True, "records": []},
    "page": {
        "totalSize": 3, "done": False, "nextRecordsUrl": "/services/data/v68.0/query/01g000-2", "records": RECORDS[:2],
    },
    "more": {"totalSize": 3, "done": True, "records": RECORDS[2:]},
    "start": {"id": JOB, "operation": "queryAll", "state": "UploadComplete"},
    "job": {"id": JOB, "state": "JobComplete", "numberRecordsProcessed": 3},
}  # fmt: skip
RESULTS = {
    "results": (CSV[:3], {"Sforce-NumberOfRecords": "2", "Sforce-Locator": LOCATOR}),
    "more results": (CSV[:1] + CSV[3:], {"Sforce-NumberOfRecords": "1", "Sforce-Locator": "null"}),
}
# What is read, and which of its answers may be broken.
Walk = tuple[str, Phase, tuple[str, ...]]
LIVE: Walk = (ACCOUNT, "live", ("describe", "page", "more", "deleted"))
LIVE_HISTORY: Walk = (HISTORY, "live", ("describe", "page", "more"))
BY_JOB: Walk = (ACCOUNT, "history", ("count", "start", "job", *RESULTS, *RESULTS))
DESCRIBED: Walk = (FIELD, "live", ("describe",))
WALKS = (LIVE, LIVE, LIVE, LIVE_HISTORY, LIVE_HISTORY, BY_JOB, BY_JOB, BY_JOB, BY_JOB, DESCRIBED)
CODES = ("QUERY_TIMEOUT", "INVALID_QUERY_LOCATOR", "INVALID_FIELD", "REQUEST_LIMIT_EXCEEDED", "INVALID_TYPE", "X\nY", 7)
FUTURE = b"2999-01-01T00:00:00.000+0000"
REMEDY = re.compile("check|grant|try again|wait|raise|look at|set it to|offers")
TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z"
WHERE = re.compile(
    rf"(\w+ [<>]=? {TIME}|\((\w+) > {TIME} OR \(\2 = {TIME} AND Id > '[0-9A-Za-z]{{15,18}}'\)\))"
    rf"( AND (\w+ [<>]=? {TIME}|\((\w+) > {TIME} OR \(\5 = {TIME} AND Id > '[0-9A-Za-z]{{15,18}}'\)\)))*"
)


def called(request: PreparedRequest) -> str:
    """Which of the answers a request is for. Fails for a statement that no cursor may lead to."""
    parts = urlsplit(str(request.url))
    query = {name: value for name, (value,) in parse_qs(parts.query).items()}
    if "q" in query:
        where = query["q"].partition(" WHERE ")[2].partition(" ORDER BY ")[0]
        assert not where or WHERE.fullmatch(where), where
        assert "2999" not in where
        return "count" if "COUNT()" in query["q"] else "page"
    if "/jobs/query" in parts.path:
        if parts.path.endswith("/results"):
            return "more results" if "locator" in query else "results"
        return {"POST": "start", "GET": "job"}.get(str(request.method), "drop")
    tail = parts.path.rstrip("/").rpartition("/")[2]
    return tail if tail in ("describe", "deleted") else "more" if "/query/" in parts.path else tail


def good(name: str) -> Answer:
    if name in RESULTS:
        lines, headers = RESULTS[name]
        return Answer("".join(lines).encode(), 200, {"Content-Type": "text/csv"} | headers)
    if name == "drop":
        return Answer(b"", 204)
    return Answer(json.dumps(TOKEN if name == "token" else PAGES[name]).encode())


def broken_answer(draw: random.Random, name: str) -> Answer:
    if draw.random() < 0.15:
        body = [{"errorCode": draw.choice(CODES), "message": draw.choice(("no\n  ^\nERROR at Row:1", None, {}))}]
        return Answer(json.dumps(body).encode(), draw.choice((400, 401, 403, 404, 500)))
    if name not in RESULTS:
        found = broken(draw, PAGES[name])
        if draw.random() < 0.05:
            return found._replace(body=found.body.replace(b"2026-03-01T08:00:00.000+0000", FUTURE))
        headers = {"Sforce-Limit-Info": draw.choice(("api-usage=1/0", "api-usage=x", f"api-usage={'9' * 5000}/1", "²"))}
        return found._replace(headers={**found.headers, **headers}) if draw.random() < 0.05 else found
    lines, headers = RESULTS[name]
    text = "".join(lines).encode()
    cut = draw.randrange(len(text))
    bad = {draw.choice([*headers]): draw.choice(("", "²", "-1", "0", "3", "x", "null", "9" * 5000, LOCATOR))}
    kept = dict([draw.choice([*headers.items()])])
    csv = {"Content-Type": "text/csv"}
    return draw.choice([
        Answer(text, 200, csv | headers | bad),
        Answer(text, 200, csv | kept),
        Answer(text[:cut], 200, csv | headers),
        Answer(text[:cut] + bytes([draw.randrange(256)]) + text[cut + 1 :], 200, csv | headers),
        Answer(text[:cut] + draw.choice((b'"', b",", b"\n", b"\r", b"\0", b"\xc3\x28", b'""')) + text[cut:], 200,
               csv | headers),
        Answer("".join(draw.sample(lines, len(lines))).encode(), 200, csv | headers),
        Answer("".join(line.partition(",")[2] for line in lines).encode(), 200, csv | headers),
        Answer(text.replace(b"2026-03-01T08:00:00.000Z", draw.choice((FUTURE, b"", b"soon"))), 200, csv | headers),
        Answer(draw.choice((b"", b"\xef\xbb\xbf" + text, b"<html>Soon</html>", text + text)), 200, csv | headers),
        broken(draw, {"records": RECORDS}),
    ])  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """The warehouse stays open, which makes each question to it cheap."""
    found = settings_for(None, tmp_path, SALESFORCE_BULK_ROWS="1")
    with event_log.connected(found) as log:
        event_log.create(log)
        yield found


def read(stream: str, phase: Phase, given: Context, cursor: Any = None) -> Chunk:
    """One chunk by the pipeline's own code, of a run that knows nothing yet."""
    source = SYSTEMS["salesforce"](SOURCE, CONNECTION, given)
    source.connect()
    state = {"live_from": "2026-03-01T07:00:00+00:00", "history_until": "2026-03-01T09:00:00+00:00", phase: cursor}
    reading = Reading(STREAMS[stream], SOURCE, source.reader(stream), phase, dict(state))
    try:
        return reading.chunk()
    finally:
        assert reading.state == state


def is_one_sentence(said: str) -> bool:
    """It names the org or the setting, says what to do, and shows no secret."""
    is_whole = said.startswith((SOURCE, "signals.toml [")) and "\n" not in said and len(said) < 1000
    return is_whole and REMEDY.search(said) is not None and "hush" not in said


def outcome(stream: str, phase: Phase, given: Context) -> tuple[str, Any]:
    """How reading ends, and the cursor to go on from. Whatever is not one of the good ends escapes."""
    chunk, sentence = None, ""
    try:
        chunk = read(stream, phase, given)
    except SourceError as error:
        sentence = str(error)
    if chunk is None:
        assert is_one_sentence(sentence), sentence
        return "one sentence", None
    assert all(record.reason and record.stream == stream for record in chunk.rejected)
    cursor = json.loads(json.dumps(chunk.cursor))
    assert "2999" not in str(cursor)
    return "rejected" if chunk.rejected else "events" if chunk.events.num_rows else "nothing new", cursor


def test_broken_answers_of_an_org_end_as_events_rejections_or_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R23, R24: whichever answer of a walk is broken; what the walk leaves then reads on to the end."""
    draw = random.Random(SEED)
    given = context(settings)
    is_broken: dict[str, Answer] = {}
    monkeypatch.setattr(bulk, "LONGEST_WAIT", 60.0)
    answering(monkeypatch, lambda request: is_broken.get(name := called(request)) or good(name), given.clock)
    counted: Counter[str] = Counter()
    for number in range(CASES):
        stream, phase, parts = draw.choice(WALKS)
        name = draw.choice(parts)
        is_broken[name] = broken_answer(draw, name)
        try:
            end, cursor = outcome(stream, phase, given)
            is_broken.clear()
            again = read(stream, phase, given, cursor)
            assert again.events.num_rows > 0
            assert not again.rejected
        except Exception as error:
            raise AssertionError(f"case {number}: {stream} {phase}, {name}: {is_broken!r:.600}") from error
        counted[f"{name}: {end}"] += 1
    sys.stderr.write(f"seed {SEED}: {dict(sorted(counted.items()))}\n")
    assert sum(counted.values()) == CASES
    # A job that cannot be trusted is no reason to lose anything: REST goes on.
    assert all(counted[f"{name}: events"] > CASES // 50 for name in ("start", "job", *RESULTS))


def test_a_broken_token_of_an_org_is_one_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """R29: whatever the token endpoint answers, the address of nowhere included."""
    draw = random.Random(SEED)
    given = context(settings)
    is_broken: dict[str, Answer] = {}
    answering(monkeypatch, lambda request: is_broken.get(name := called(request)) or good(name), given.clock)
    for number in range(CASES // 10):
        is_broken["token"] = broken(draw, TOKEN)
        try:
            outcome(ACCOUNT, "live", given)
        except Exception as error:
            raise AssertionError(f"case {number}: the sign-in was answered {is_broken!r:.600}") from error


@pytest.mark.parametrize("phase", ["live", "history"])
def test_a_stamp_of_the_future_is_an_event_and_carries_no_cursor(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, phase: Phase
) -> None:
    """R2: else all changes until that day would be passed over."""
    given = context(settings)
    late = {"page": {**PAGES["more"], "records": [*RECORDS[:2], {**RECORDS[2], "SystemModstamp": FUTURE.decode()}]}}
    csv = "".join([*CSV[:3], CSV[3].replace("2026-03-01T08:00:00.000Z", FUTURE.decode())]).encode()
    headers = {"Content-Type": "text/csv", "Sforce-NumberOfRecords": "3", "Sforce-Locator": "null"}
    answers = {"page": Answer(json.dumps(late["page"]).encode()), "results": Answer(csv, 200, headers)}
    answering(monkeypatch, lambda request: answers.get(name := called(request)) or good(name), given.clock)
    chunk = read(ACCOUNT, phase, given)
    assert (chunk.events.num_rows, chunk.is_last) == (3, True)
    assert chunk.cursor is not None
    assert (chunk.cursor["stamp"], chunk.cursor["id"]) == ("2026-03-01T08:00:00.000Z", IDS[1])


def test_answers_that_lead_in_a_circle_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """R4: a locator that comes after itself would be followed for ever."""
    given = context(settings)
    circle = Answer(json.dumps(PAGES["page"]).encode())
    answering(monkeypatch, lambda request: circle if (n := called(request)) == "more" else good(n), given.clock)
    with pytest.raises(SourceError, match="leads in a circle while reading Account"):
        read(ACCOUNT, "live", given)
