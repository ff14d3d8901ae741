"""REST resources of Salesforce: query, describe, deleted and updated lists, limits."""

from collections import OrderedDict
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce import query as queries
from sandbox.salesforce import schema
from sandbox.salesforce.fields import FieldPath
from sandbox.salesforce.org import Org, Row
from sandbox.salesforce.soql import malformed, parse
from sandbox.timestamps import parse_ms, salesforce_time


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rest of a query whose first page was given: the rows are fixed, their values are read page by page."""

    object: str
    rows: list[Row]
    paths: list[FieldPath]


_cursors: "OrderedDict[str, Cursor]" = OrderedDict()


def versions(org: Org, call: Call) -> Response:
    """GET /services/data/"""
    version = settings.SALESFORCE_VERSION
    address = f"/services/data/v{version}"
    return reply([{"label": settings.SALESFORCE_VERSION_LABEL, "url": address, "version": version}])


def query(org: Org, call: Call) -> Response:
    """GET /query?q="""
    return _query(org, call, deleted=False)


def query_all(org: Org, call: Call) -> Response:
    """GET /queryAll?q=: also what lies in the recycle bin."""
    return _query(org, call, deleted=True)


def query_more(org: Org, call: Call) -> Response:
    """GET /query/{locator}"""
    name, _, start = call.matched["locator"].rpartition("-")
    cursor = _cursors.get(name)
    if cursor is None or not start.isdigit():
        raise Refused(400, [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}])
    return _page(org, call, name, cursor, int(start))


def sobjects(org: Org, call: Call) -> Response:
    """GET /sobjects"""
    return reply({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [schema.summary(name) for name in org.rows]})


def describe(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/describe"""
    name = _known(org, call)
    return reply(schema.describe(name, org.types[name]))


def deleted(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/deleted?start&end, by the time of deletion; it also tells of hard deletes."""
    start, end = _period(call)
    rows = [
        row
        for row in org.rows[_known(org, call)].values()
        if row.deleted_at is not None and start <= row.deleted_at < end
    ]
    found = [{"deletedDate": salesforce_time(row.deleted_at or 0), "id": row.id} for row in rows]
    earliest = salesforce_time(call.now - settings.RECYCLE_BIN_DAYS * 86_400_000)
    return reply(
        {"deletedRecords": found, "earliestDateAvailable": earliest, "latestDateCovered": salesforce_time(end)}
    )


def updated(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/updated?start&end, by SystemModstamp."""
    start, end = _period(call)
    name = _known(org, call)
    found = [
        row_id for stamp, row_id in org.ordered(name) if start <= stamp < end and not org.rows[name][row_id].purged
    ]
    return reply({"ids": found, "latestDateCovered": salesforce_time(end)})


def limits(org: Org, call: Call) -> Response:
    """GET /limits"""
    most = settings.DAILY_API_REQUESTS
    names = ("DailyBulkApiBatches", "DailyBulkV2QueryJobs", "DailyAsyncApexExecutions", "DailyBulkV2QueryFileStorageMB")
    return reply({"DailyApiRequests": {"Max": most, "Remaining": most - 1}} | {
        name: {"Max": 15_000, "Remaining": 15_000} for name in names
    })  # fmt: skip


def _query(org: Org, call: Call, *, deleted: bool) -> Response:
    if not call.query.get("q"):
        raise malformed("Missing parameter: q")
    asked = parse(call.query["q"])
    name = queries.object_name(org, asked.object)
    rows = queries.select(org, asked, deleted=deleted, now=call.now)
    if asked.is_count:
        return reply({"totalSize": len(rows), "done": True, "records": []})
    cursor = Cursor(name, rows, queries.columns(org, asked))
    locator = "01g5g00000" + token_hex(4)
    if len(rows) > _batch(call):
        _cursors[locator] = cursor
        while len(_cursors) > settings.QUERY_LOCATORS_KEPT:
            _cursors.popitem(last=False)
    return _page(org, call, locator, cursor, 0)


def _page(org: Org, call: Call, locator: str, cursor: Cursor, start: int) -> Response:
    version = call.matched["version"]
    end = start + _batch(call)
    page = cursor.rows[start:end]
    answer: dict[str, Any] = {"totalSize": len(cursor.rows), "done": end >= len(cursor.rows)}
    if not answer["done"]:
        answer["nextRecordsUrl"] = f"/services/data/v{version}/query/{locator}-{end}"
    answer["records"] = [queries.record(org, cursor.object, row, cursor.paths, version) for row in page]
    return reply(answer)


def _batch(call: Call) -> int:
    name, _, value = call.headers.get("sforce-query-options", "").replace(" ", "").partition("=")
    if name.lower() == "batchsize" and value.isdigit():
        return min(max(int(value), 200), settings.QUERY_PAGE_ROWS)
    return settings.QUERY_PAGE_ROWS


def _known(org: Org, call: Call) -> str:
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
