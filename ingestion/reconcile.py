"""Reconcile: a whole stream as it is now against what the log holds of it; only differences become events.

Finds what no change feed tells: records that were really deleted, fields that moved without a stamp, rows that were
missed. A walk that runs out of time or quota goes on where it was in the next run.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from ingestion import event_log
from ingestion.envelope import Stamp
from ingestion.errors import SourceError
from ingestion.instances import Counted, Instance
from ingestion.listing import Listing
from ingestion.pages import Cursor, Page, Reader, Window
from ingestion.seen import Seen
from ingestion.settings import Settings
from ingestion.streams import Stream

SETTLED = timedelta(hours=1)


def reconciling(
    settings: Settings, stream: Stream, source: str, complete: Reader, now: Callable[[], datetime]
) -> Reader:
    """A reader of the differences. `complete` reads the stream whole, from its first record on.

    The cursor is {"walk": when it began, "at": the complete reader's own}. Raises SourceError, and begins again in the
    next run, when too large a share has vanished (E-73).
    """

    def pages(window: Window, cursor: Cursor | None) -> Iterator[Page]:
        name = f"{source.replace('/', '_')}__{stream.name}.duckdb"
        seen = Seen(settings.dlt_path / "reconcile" / name)
        at = cursor or {}
        if not at or not seen.is_of(at["walk"]):
            at = {"walk": now().isoformat(), "at": None}
            seen.begin(at["walk"])
        listing = Listing(settings, stream, source, complete.stamp, seen)
        for page in complete.pages(window, at["at"]):
            records = [*listing.changed(page.records, now())]
            if page.end:
                break
            yield Page(records, {**at, "at": page.cursor}, False, page.rejected, page.warning)
        else:
            return
        try:
            # With the last page: a run that has time for one page only must come to an end too.
            for tombstones in listing.vanished(now(), complete.is_there) if complete.tells_gone else ():
                yield Page([*records, *tombstones], at, end=False)
                records = []
        except SourceError:
            listing.forget()
            raise
        listing.forget()
        yield Page(records, {}, True, page.rejected, page.warning, found(listing))

    return Reader(pages, complete.stamp)


def reader_for(
    settings: Settings, instance: Instance, stream: Stream, is_named: bool, now: Callable[[], datetime]
) -> Reader | None:
    """How a stream is reconciled, None where it cannot be. A stream that can be counted is walked only when named."""
    count = instance.source.counter(stream.name) if isinstance(instance.source, Counted) else None
    if count and not is_named:
        return counting(settings, stream, instance.name, count, now)
    complete = instance.source.complete(stream.name)
    return reconciling(settings, stream, instance.name, complete, now) if complete else None


def found(listing: Listing) -> str:
    return f"{listing.compared:,} records compared, {listing.differing:,} differed, {listing.gone:,} had vanished"


def counting(
    settings: Settings,
    stream: Stream,
    source: str,
    count: Callable[[datetime, datetime], int],
    now: Callable[[], datetime],
) -> Reader:
    """Where a walk over the whole stream costs too much for every day: are there as many as the log holds? (R6)

    `count` says how many records were created between two times and are not deleted. What is younger than an hour is
    not counted: the source's own count runs behind.
    """

    def pages(window: Window, _cursor: Cursor | None) -> Iterator[Page]:
        since, until = window.start or datetime.fromtimestamp(0, UTC), now() - SETTLED
        there, here = count(since, until), _held(settings, stream, source, since, until)
        said = f"{source} counts {there:,} created since {since:%Y-%m-%d}, and the log holds {here:,}"
        lost = f"{said}: run `python -m ingestion --reconcile {stream.name}` to read what was missed"
        yield Page([], {}, end=True, finding=said, warning=lost if here < there else None)

    return Reader(pages, no_stamp)


def _held(settings: Settings, stream: Stream, source: str, since: datetime, until: datetime) -> int:
    sql = f"""
        select count(*) from (
            select entity_id from {event_log.SCHEMA}.{stream.table} where source = ?
            group by entity_id
            having arg_max(event_type, (recorded_at, position)) not like '%.deleted'
                and arg_max(try_cast(payload ->> 'created_at' as timestamptz), (recorded_at, position)) between ? and ?
        )
    """
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        row = connection.execute(sql, [source, since, until]).fetchone()
    return row[0] if row else 0


def no_stamp(_record: dict[str, object]) -> Stamp:
    raise SourceError("every record of this stream comes with its stamp")
