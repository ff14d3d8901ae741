"""What was deleted or updated in a period, for clients that keep a copy."""

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce import query as queries
from sandbox.salesforce.org import Org
from sandbox.timestamps import parse_ms, salesforce_time


def deleted(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/deleted?start&end, by the time of deletion; it also tells of hard deletes."""
    start, end = _period(call)
    rows = [
        row
        for row in org.rows[known(org, call)].values()
        if row.deleted_at is not None and start <= row.deleted_at < end
    ]
    found = [{"deletedDate": salesforce_time(row.deleted_at or 0), "id": row.id} for row in rows]
    earliest = salesforce_time(call.now - settings.DELETED_LIST_DAYS * 86_400_000)
    return reply(
        {"deletedRecords": found, "earliestDateAvailable": earliest, "latestDateCovered": salesforce_time(end)}
    )


def updated(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/updated?start&end, by SystemModstamp."""
    start, end = _period(call)
    name = known(org, call)
    found = [
        row_id for stamp, row_id in org.ordered(name) if start <= stamp < end and not org.rows[name][row_id].purged
    ]
    return reply({"ids": found, "latestDateCovered": salesforce_time(end)})


def known(org: Org, call: Call) -> str:
    """The object that the path names. Raises NOT_FOUND."""
    try:
        return queries.object_name(org, call.matched["object"])
    except Refused:
        message = "The requested resource does not exist"
        raise Refused(404, [{"message": message, "errorCode": "NOT_FOUND"}]) from None


def _period(call: Call) -> tuple[int, int]:
    try:
        # A plus sign that was not percent-encoded arrives as a blank.
        return parse_ms(call.query["start"].replace(" ", "+")), parse_ms(call.query["end"].replace(" ", "+"))
    except (KeyError, ValueError):
        message = "start and end are required dateTimes"
        raise Refused(400, [{"message": message, "errorCode": "INVALID_REPLICATION_DATE"}]) from None
