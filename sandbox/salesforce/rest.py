"""REST queries, page by page."""

from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce import locators
from sandbox.salesforce import query as queries
from sandbox.salesforce.errors import malformed
from sandbox.salesforce.org import Org
from sandbox.salesforce.soql import parse


def query(org: Org, call: Call) -> Response:
    """GET /query?q="""
    return _query(org, call, deleted=False)


def query_all(org: Org, call: Call) -> Response:
    """GET /queryAll?q=: also what lies in the recycle bin."""
    return _query(org, call, deleted=True)


def query_more(org: Org, call: Call) -> Response:
    """GET /query/{locator}"""
    if call.suffers("invalid_locator"):
        raise Refused(400, settings.INVALID_QUERY_LOCATOR)
    locator, cursor, start = locators.find(org, call.matched["locator"], call.now)
    return _page(org, call, locator, cursor, start)


def _query(org: Org, call: Call, *, deleted: bool) -> Response:
    if not call.query.get("q"):
        raise malformed("Missing parameter: q")
    asked = parse(call.query["q"])
    name = queries.object_name(org, asked.object)
    paths = queries.columns(org, asked)
    rows = queries.select(org, asked, deleted=deleted, now=call.now)
    if asked.is_count:
        return reply({"totalSize": len(rows), "done": True, "records": []})
    if asked.count_of is not None:
        record = {"attributes": {"type": "AggregateResult"}, asked.count_as: len(rows)}
        return reply({"totalSize": 1, "done": True, "records": [record]})
    cursor = locators.Cursor(name, rows, paths, call.now)
    return _page(org, call, locators.keep(org, cursor) if len(rows) > _batch(call) else "", cursor, 0)


def _page(org: Org, call: Call, locator: str, cursor: locators.Cursor, start: int) -> Response:
    version = call.matched["version"]
    end = start + _batch(call)
    page = cursor.rows[start:end]
    answer: dict[str, Any] = {"totalSize": len(cursor.rows), "done": end >= len(cursor.rows)}
    if not answer["done"]:
        resource = settings.QUERY_ALL_NEXT if "/queryAll" in call.path else "query"
        answer["nextRecordsUrl"] = f"/services/data/v{version}/{resource}/{locator}-{end}"
    answer["records"] = [queries.record(org, cursor.object, row, cursor.paths, version) for row in page]
    return reply(answer)


def _batch(call: Call) -> int:
    name, _, value = call.headers.get("sforce-query-options", "").replace(" ", "").partition("=")
    if name.lower() == "batchsize" and value.isdigit():
        return min(max(int(value), 200), settings.QUERY_PAGE_ROWS)
    return settings.QUERY_PAGE_ROWS
