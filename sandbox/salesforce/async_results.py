"""Bulk API 1.0: the rows of a query's batch, as JSON with times in epoch milliseconds, as CSV, or as XML."""

from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, reply
from sandbox.salesforce.async_batches import Batch, known_batch
from sandbox.salesforce.async_jobs import AsyncJob, AsyncRefused, answer
from sandbox.salesforce.bulk_query import Extract, csv, text
from sandbox.salesforce.org import Org
from sandbox.salesforce.xml import document


def listed(org: Org, call: Call) -> Response:
    """GET …/job/{job}/batch/{batch}/result: the ids of a query's results, or what became of each record."""
    job, batch = known_batch(org, call)
    if batch.results is not None:
        return reply(batch.results)
    if job.content_type == "JSON":
        return reply([_result_id(batch)])
    return answer("result-list", {"result": [_result_id(batch)]}, as_json=False)


def rows(org: Org, call: Call) -> Response:
    """GET …/job/{job}/batch/{batch}/result/{result}"""
    job, batch = known_batch(org, call)
    if batch.found is None or call.matched["result"] != _result_id(batch):
        raise AsyncRefused("InvalidBatch", f"Unable to find result: {call.matched['result']}")
    if job.content_type == "JSON":
        return reply(_json(batch.found, job, batch))
    if job.content_type == "CSV":
        body = csv(batch.found, batch.start, batch.end) if batch.count else settings.BULK_ONE_NOTHING_FOUND + "\n"
        return Response(
            "" if call.suffers("empty_body") and not batch.count else body, media_type="text/csv; charset=UTF-8"
        )
    return Response(document("queryResult", {"records": _xml(batch.found, batch)}), media_type="application/xml")


def _result_id(batch: Batch) -> str:
    return "752" + batch.id[3:]


def _json(found: Extract, job: AsyncJob, batch: Batch) -> list[dict[str, Any]]:
    address = f"/services/data/v{job.version}/sobjects/{found.object}"
    return [
        {"attributes": {"type": found.object, "url": f"{address}/{row.id}"}} | _nested(found, values)
        for row, values in zip(found.rows[batch.start : batch.end], found.values[batch.start : batch.end], strict=True)
    ]


def _nested(found: Extract, values: tuple[Any, ...]) -> dict[str, Any]:
    """A relationship of which nothing is known is null."""
    shape: dict[str, Any] = {}
    for path, value in zip(found.paths, values, strict=True):
        if value is None and len(path.parts) > 1:
            shape.setdefault(path.parts[0], None)
            continue
        *relationships, name = list(path.parts)
        place = shape
        for part in relationships:
            place[part] = place.get(part) or {}
            place = place[part]
        place[name] = value
    return shape


def _xml(found: Extract, batch: Batch) -> list[dict[str, Any]]:
    names = [".".join(path.parts) for path in found.paths]
    kinds = [path.type for path in found.paths]
    return [
        {name: text(kind, value) for name, kind, value in zip(names, kinds, values, strict=True)}
        for values in found.values[batch.start : batch.end]
    ]
