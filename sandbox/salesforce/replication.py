"""What was deleted or updated in a period, for clients that keep a copy."""

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import DAY_MS, Org
from sandbox.salesforce.resources import known_object
from sandbox.timestamps import parse_ms, salesforce_time


def deleted(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/deleted?start&end, by the time of deletion; it also tells of hard deletes."""
    start, end = _period(call)
    rows = [
        row
        for row in org.rows[known_object(org, call)].values()
        if row.deleted_at is not None and start <= row.deleted_at < end
    ]
    found = [{"deletedDate": salesforce_time(row.deleted_at or 0), "id": row.id} for row in rows]
    return reply({
        "deletedRecords": found,
        "earliestDateAvailable": salesforce_time(_earliest(call)),
        "latestDateCovered": salesforce_time(min(end, call.now)),
    })  # fmt: skip


def updated(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/updated?start&end, by SystemModstamp."""
    start, end = _period(call)
    name = known_object(org, call)
    rows = org.rows[name]
    found = [row_id for stamp, row_id in org.ordered(name) if start <= stamp < end and rows[row_id].deleted_at is None]
    return reply({"ids": found, "latestDateCovered": salesforce_time(min(end, call.now))})


def _period(call: Call) -> tuple[int, int]:
    try:
        # A plus sign that was not percent-encoded arrives as a blank.
        start, end = (parse_ms(call.query[name].replace(" ", "+")) for name in ("start", "end"))
    except (KeyError, ValueError):
        raise _refused("start and end are required dateTimes") from None
    if end <= start:
        raise _refused("startDate must be before endDate")
    if start < _earliest(call):
        raise _refused(f"startDate cannot be more than {settings.REPLICATION_DAYS} days ago")
    return start, end


def _earliest(call: Call) -> int:
    return call.now - settings.REPLICATION_DAYS * DAY_MS


def _refused(message: str) -> Refused:
    return refused("INVALID_REPLICATION_DATE", message)
