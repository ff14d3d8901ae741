"""Was every record readable? What could not be enveloped is kept, and must not be forgotten."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from ingestion import event_log
from ingestion.settings import Settings
from ingestion.streams import Stream

CHECK = "every_record_was_readable"
# Long enough to be seen after a weekend; the record itself stays in the log for ever.
SHOWN_FOR = timedelta(days=7)


class Rejections(NamedTuple):
    """`finding` is a sentence for people."""

    stream: Stream
    refused: int
    finding: str


def rejections(settings: Settings, streams: Iterable[Stream]) -> Iterator[Rejections]:
    """Each stream with the records it refused in the log's last seven days, and the newest reason."""
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        now = event_log.newest_recorded_at(connection)
        since = now - SHOWN_FOR if now else None
        found = {
            stream: (count, reason)
            for stream, count, reason in connection.execute(
                "select stream, count(*), max_by(source || ': ' || reason, recorded_at) "
                "from event_log.rejected_records where recorded_at > ? group by all",
                [since],
            ).fetchall()
        }
    for stream in streams:
        count, reason = found.get(stream.name, (0, ""))
        kept = f"{count} records could not be read and are kept in event_log.rejected_records; newest: {reason}"
        yield Rejections(stream, count, kept if count else "all could be read")
