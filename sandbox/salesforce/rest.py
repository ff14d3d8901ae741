"""REST resources of Salesforce: query, describe, limits."""

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
from sandbox.salesforce.replication import known
from sandbox.salesforce.soql import parse
from sandbox.salesforce.soql_tree import malformed


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rest of a query whose first page was given: the rows are fixed, their values are read page by page."""

    object: str
    rows: list[Row]
    paths: list[FieldPath]


_cursors: "OrderedDict[str, Cursor]" = OrderedDict()


def versions(_org: Org, _call: Call) -> Response:
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


def sobjects(org: Org, _call: Call) -> Response:
    """GET /sobjects"""
    return reply({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [schema.summary(name) for name in org.rows]})


def describe(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/describe"""
    name = known(org, call)
    return reply(schema.describe(name, org.types[name]))


def limits(_org: Org, _call: Call) -> Response:
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
