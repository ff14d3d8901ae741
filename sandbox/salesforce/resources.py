"""What an org offers: versions, limits, objects, and single records."""

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce import describe as descriptions
from sandbox.salesforce import query as queries
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.fields import resolve
from sandbox.salesforce.ids import widen
from sandbox.salesforce.org import DAY_MS, Org, Row

_SEASONS = ("Winter", "Summer", "Spring")


def versions(_org: Org, _call: Call) -> Response:
    """GET /services/data/: three releases a year, named by the year that Winter begins."""
    found = []
    for version in range(settings.SALESFORCE_OLDEST_VERSION, settings.SALESFORCE_VERSION + 1):
        before = 68 - version
        label = f"{_SEASONS[before % 3]} '{27 - (before + 2) // 3}"
        found.append({"label": label, "url": f"/services/data/v{version}.0", "version": f"{version}.0"})
    return reply(found)


def root(_org: Org, call: Call) -> Response:
    """GET /services/data/v{version}"""
    address = f"/services/data/v{call.matched['version']}"
    return reply(
        {name: f"{address}/{name}" for name in ("sobjects", "query", "queryAll", "limits", "jobs", "composite")}
    )


def limits(org: Org, call: Call) -> Response:
    """GET /limits: what is left of today."""
    today = call.now // DAY_MS
    most = {
        "DailyApiRequests": settings.DAILY_API_REQUESTS,
        "DailyBulkApiBatches": settings.DAILY_BULK_BATCHES,
        "DailyBulkV2QueryJobs": settings.DAILY_BULK_QUERY_JOBS,
        "DailyAsyncApexExecutions": 250_000,
        "DailyBulkV2QueryFileStorageMB": 976_562,
        "HourlyTimeBasedWorkflow": 1000,
    }
    return reply({name: {"Max": count, "Remaining": count - org.calls[name, today]} for name, count in most.items()})


def sobjects(org: Org, _call: Call) -> Response:
    """GET /sobjects"""
    found = [descriptions.summary(name) for name in org.rows]
    return reply({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found})


def sobject(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}"""
    return reply({"objectDescribe": descriptions.summary(known_object(org, call)), "recentItems": []})


def describe(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/describe"""
    name = known_object(org, call)
    return reply(descriptions.describe(name, org.types[name]))


def record(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/{id}?fields="""
    name = known_object(org, call)
    return shown_record(org, call, name, living(org, name, call.matched["id"], call.now))


def shown_record(org: Org, call: Call, name: str, row: Row) -> Response:
    """All fields of a record, or those that `fields` names."""
    wanted = call.query.get("fields")
    names = wanted.replace(" ", "").split(",") if wanted else [field.name for field in org.types[name].values()]
    paths = [resolve(org, name, field) for field in names]
    return reply(queries.record(org, name, row, paths, call.matched["version"]))


def known_object(org: Org, call: Call) -> str:
    """The object that the path names. Raises NOT_FOUND."""
    try:
        return queries.object_name(org, call.matched["object"])
    except Refused:
        raise not_found() from None


def living(org: Org, name: str, row_id: str, now: int) -> Row:
    """The record of an id. Raises NOT_FOUND, or ENTITY_IS_DELETED for one in the recycle bin."""
    row = org.rows[name].get(widen(row_id))
    if row is None or row.is_gone(now):
        raise not_found()
    if row.deleted_at is not None:
        raise refused("ENTITY_IS_DELETED", "entity is deleted", 404, [])
    return row
