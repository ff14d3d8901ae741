"""Erasure: text that was redacted or purged at the source is taken out of what the log already holds.

The one change that the log knows, for the sake of the people in it: ids, times and order of events stay, text goes.
Every erasure is an event itself, which says where and why, and never what.

event_log.zendesk__ticket_audit, __ticket, __user  ->  event_log.pipeline__erasure_events, and the payloads in place
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, runtime_checkable

from ingestion import event_log, pipelines
from ingestion.envelope import Stamp, Stamped
from ingestion.erasures import causes, rewrite, texts
from ingestion.erasures.causes import Cause
from ingestion.pages import Cursor, Page, Window
from ingestion.settings import Settings
from ingestion.streams import STREAMS

STREAM, SOURCE, AUDITS = "pipeline__erasure", "pipeline", "zendesk__ticket_audit"

SEARCHED_AGAIN = timedelta(hours=1)
REWRITES = 2


@runtime_checkable
class Redacting(Protocol):
    """A source whose entries can be read again as they are now."""

    def audits_at(self, second: int) -> list[Any]: ...
    def private_comments(self, ticket_id: int) -> set[str] | None: ...


class Pending(NamedTuple):
    """Redactions and purges that no erasure answers yet, and up to when the log was searched for them."""

    causes: list[Cause]
    searched_until: datetime | None


def pending(settings: Settings) -> Pending:
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        found = causes.after(connection, _cursor(settings).get("searched_until"))
        return Pending(found, event_log.newest_recorded_at(connection))


def read_again(settings: Settings, found: list[Cause], source: Redacting) -> list[Any]:
    """The audits of these causes as they read now; they become events like any other reading."""
    seconds: dict[int, set[str]] = {}
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        for cause in found:
            private = source.private_comments(cause.ticket_id) if cause.kind == "private" else None
            for second, audit_id in causes.audits_to_read(connection, cause, private):
                seconds.setdefault(second, set()).add(audit_id)
    return [
        record
        for second, wanted in seconds.items()
        for record in source.audits_at(second)
        if isinstance(record, dict) and str(record.get("id")) in wanted
    ]


def erasing(
    settings: Settings, found: Pending, unread: set[str], now: Callable[[], datetime], may_take_long: bool
) -> Callable[[Window, Cursor | None], Iterator[Page]]:
    """Erases, and gives the events that say so; a run that dies in between does the same again.

    `unread` are the sources whose entries could not be read again: their causes, and the cursor, wait for the next run.
    The file is written anew twice: now, and in the next run, for in between the models are built without the text.
    """

    def pages(_window: Window, cursor: Cursor | None) -> Iterator[Page]:
        at: Cursor = {"searched_until": None, "rewrites": 0} | (cursor or {})
        records = []
        with event_log.writer_lock(settings):
            with event_log.connected(settings) as connection:
                for cause in found.causes:
                    if cause.source not in unread:
                        records += [_event(cause, *done, now()) for done in texts.erase(connection, cause)]
            rewrites = REWRITES if records else at["rewrites"]
            if rewrites and (may_take_long or rewrite.is_small(settings)):
                rewrite.rewrite(settings)
                rewrites -= 1
        following = {"searched_until": at["searched_until"], "rewrites": rewrites}
        if not unread and (found.causes or _is_long_ago(at["searched_until"], found.searched_until)):
            following["searched_until"] = found.searched_until.isoformat() if found.searched_until else None
        yield Page(records, following, end=True)

    return pages


def _is_long_ago(searched_until: str | None, newest: datetime | None) -> bool:
    """A cursor that moved with every run would cost every run a load."""
    return newest is not None and (
        searched_until is None or newest - datetime.fromisoformat(searched_until) > SEARCHED_AGAIN
    )


def _event(cause: Cause, stream: str, entity_ids: list[str], fields: list[str], now: datetime) -> Stamped:
    payload = {
        "source": cause.source,
        "stream": stream,
        "entity_ids": entity_ids,
        "fields": fields,
        "caused_by": cause.event_id,
    }
    return Stamped(Stamp(f"{cause.event_id}/{stream}", cause.event_id, now, "recorded"), payload)


def _cursor(settings: Settings) -> Cursor:
    return pipelines.states(settings, SOURCE).get(STREAMS[STREAM].table, {}).get("live") or {}
