"""The log against the truth: nothing lost, nothing there twice, nothing that never was."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import duckdb
import orjson

from ingestion import event_log
from ingestion.settings import Settings
from tests.soak.truth import ERASED, FEEDS, LISTS, Entity, Truth

SHOWN = 5
# Described, and the same all the time in these worlds.
UNKNOWN = {"salesforce__field"}


class Event(NamedTuple):
    """One row of the log, in its order."""

    word: str
    digest: str


def differences(settings: Settings, truth: Truth) -> list[str]:
    """One sentence per broken promise with the first records that break it; empty when the log is right."""
    with event_log.connected(settings) as connection:
        log = _read(connection, truth)
        return [*_whole(connection), *_feeds(log, truth), *_newest(log, truth), *_invented(log, truth), *_twice(log)]


def _read(connection: duckdb.DuckDBPyConnection, truth: Truth) -> dict[Entity, list[Event]]:
    rows = connection.execute("""
        select
            split_part(event_type, '.', 1) || '__' || split_part(event_type, '.', 2), source, entity_id,
            split_part(event_type, '.', 3), payload
        from event_log.events where source not in ('pipeline', 'file/feedback') order by recorded_at, position
    """)
    log: defaultdict[Entity, list[Event]] = defaultdict(list)
    while batch := rows.fetchmany(1000):
        for stream, source, entity_id, word, payload in batch:
            if stream not in UNKNOWN:
                event = Event(word, truth.digest(stream, source, orjson.loads(payload)))
                log[Entity(stream, source, entity_id)].append(event)
    return log


def _whole(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What must hold of the log whatever was read."""
    claims = {
        "records were rejected": "select * from event_log.rejected_records",
        "events are in the view more than once": """
            select event_id, count(*) from event_log.events group by all having count(*) > 1""",
        "events are later than the newest poll": """
            select event_id from event_log.events where recorded_at > (select max(recorded_at) from event_log.polls)""",
        "polls count other rows than their load has": """
            select polls.stream, polls.source, polls.recorded_at, any_value(polls.rows), count(events.event_id)
            from event_log.polls as polls
            left join event_log.events as events
                on events.source = polls.source and events.recorded_at = polls.recorded_at
                and starts_with(events.event_type, replace(polls.stream, '__', '.') || '.')
            group by polls.stream, polls.source, polls.recorded_at
            having any_value(polls.rows) <> count(events.event_id)""",
    }
    for claim, sql in claims.items():
        yield from _said(claim, connection.execute(sql).fetchall())
    tables = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'event_log' and "
        "(table_name like '%\\_events' escape '\\' or table_name = 'polls')"
    ).fetchall()
    for (table,) in tables:
        sql = f"""
            select rowid, recorded_at, lag(recorded_at) over (order by rowid) as earlier
            from event_log.{table} qualify earlier > recorded_at"""
        yield from _said(f"recorded_at decreases in {table}", connection.execute(sql).fetchall())


def _feeds(log: dict[Entity, list[Event]], truth: Truth) -> Iterator[str]:
    """Change feeds: the entries are the truth's, and read as they read now. A purged account takes its own along."""
    for stream in FEEDS:
        known = {entity for entity in log if entity.stream == stream}
        present = {entity for entity in truth.present if entity.stream == stream}
        yield from _said(f"{stream} lacks entries", present - known)
        yield from _said(f"{stream} has entries that never were", known - truth.states.keys())


def _newest(log: dict[Entity, list[Event]], truth: Truth) -> Iterator[str]:
    """The newest event of everything is its present state; what is gone is marked."""
    asked = _asked_projects(truth)
    wrong, lost, ghosts = [], [], []
    for entity, (now, is_deleted) in truth.present.items():
        if entity.stream == "gitlab__project" and entity.id not in asked:
            continue
        if entity not in log:
            lost.append(entity)
        elif log[entity][-1] != (_word(entity, is_deleted), now):
            wrong.append((entity, log[entity][-1], now))
    for entity, events in log.items():
        is_gone = entity.stream in LISTS and entity not in truth.present
        if is_gone and events[-1].word != "deleted" and (entity.stream != "gitlab__project" or entity.id in asked):
            ghosts.append(entity)
    yield from _said("records are lost", lost)
    yield from _said("the newest event is not the present state", wrong)
    yield from _said("rows that vanished are still alive", ghosts)
    yield from _said("projects that cannot be seen have no tombstone", [
        key for key in asked
        if (project := Entity("gitlab__project", "gitlab/main", key)) not in truth.present
        and project not in log
    ])  # fmt: skip


def _word(entity: Entity, is_deleted: bool) -> str:
    if entity.stream in FEEDS:
        return "recorded"
    return "deleted" if is_deleted else "observed"


def _invented(log: dict[Entity, list[Event]], truth: Truth) -> Iterator[str]:
    """Every event is a state that was there at some time; a list's tombstone repeats the last one."""
    never = [
        (entity, event)
        for entity, events in log.items()
        for event in events
        if event.digest not in truth.states[entity]
        and not (entity.stream == "gitlab__project" and _is_bare(entity, event, truth))
    ]
    yield from _said("events show what never was", never)


def _is_bare(project: Entity, event: Event, truth: Truth) -> bool:
    return event == ("deleted", truth.digest(project.stream, project.source, {"id": int(project.id)}))


def _twice(log: dict[Entity, list[Event]]) -> Iterator[str]:
    """One event per state of a stream; a list may return to an earlier state, but not repeat the last one."""
    twice = []
    for entity, events in log.items():
        if entity.stream in LISTS:
            twice += [(entity, b) for a, b in pairwise(events) if a == b and not _is_erased(b)]
        else:
            counted = Counter(event for event in events if not _is_erased(event))
            twice += [(entity, event) for event, count in counted.items() if count > 1]
    yield from _said("states are there twice", twice)


def _is_erased(event: Event) -> bool:
    """Two readings of an entry that differed in their words look alike afterwards."""
    return event.digest.startswith(ERASED)


def _asked_projects(truth: Truth) -> set[str]:
    return {
        str(row.fields["organization_fields"]["am_project_id"])
        for desk in truth.zendesk.values()
        for row in desk.organizations.values()
        if row.fields.get("organization_fields", {}).get("am_project_id")
    }


def _said(claim: str, found: Any) -> Iterator[str]:
    found = list(found)
    if found:
        yield f"{claim} ({len(found)}): " + "; ".join(map(str, found[:SHOWN]))
