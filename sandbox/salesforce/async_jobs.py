"""Bulk API 1.0: jobs.

What is told of a job is JSON or XML as the request is, what is told of its batches as the job's content.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce import query as queries
from sandbox.salesforce.org import SYSTEM_USER, Org
from sandbox.salesforce.sessions import is_open
from sandbox.salesforce.xml import document, texts
from sandbox.timestamps import salesforce_time

if TYPE_CHECKING:
    from sandbox.salesforce.async_batches import Batch

QUERIES = ("query", "queryAll")
OPERATIONS = (*QUERIES, "insert", "update", "upsert", "delete", "hardDelete")
CONTENT_TYPES = ("JSON", "CSV", "XML")


class AsyncRefused(Exception):
    """Ends a call of Bulk API 1.0 with an error answer."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.error = {"exceptionCode": code, "exceptionMessage": message}


@dataclass(slots=True)
class AsyncJob:
    """`chunk` is the number of rows of a batch where PK chunking was asked for."""

    id: str
    operation: str
    object: str
    content_type: str
    version: str
    external_id: str | None
    is_serial: bool
    chunk: int | None
    created_at: int
    state: str = "Open"
    batches: "dict[str, Batch]" = field(default_factory=dict)

    def shape(self) -> dict[str, Any]:
        """The job as the API tells it."""
        states = [batch.state for batch in self.batches.values()]
        done = [batch for batch in self.batches.values() if batch.state == "Completed"]
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": SYSTEM_USER,
            "createdDate": salesforce_time(self.created_at),
            "systemModstamp": salesforce_time(self.created_at),
            "state": self.state,
            "externalIdFieldName": self.external_id,
            "concurrencyMode": "Serial" if self.is_serial else "Parallel",
            "contentType": self.content_type,
            "numberBatchesQueued": states.count("Queued"),
            "numberBatchesInProgress": states.count("InProgress"),
            "numberBatchesCompleted": len(done),
            "numberBatchesFailed": states.count("Failed"),
            "numberBatchesTotal": len(states),
            "numberRecordsProcessed": sum(batch.count for batch in done),
            "numberRecordsFailed": 0,
            "numberRetries": 0,
            "apiVersion": float(self.version),
            "totalProcessingTime": 0,
        }


def create(org: Org, call: Call) -> Response:
    """POST /services/async/{version}/job"""
    given = _given(call)
    operation, content_type = str(given.get("operation")), str(given.get("contentType", "XML")).upper()
    if operation not in OPERATIONS or content_type not in CONTENT_TYPES:
        raise AsyncRefused("InvalidJob", f"operation {operation} or contentType {content_type} is not supported")
    try:
        kind = queries.object_name(org, str(given.get("object", "")))
    except Refused:
        raise AsyncRefused("InvalidJob", f"Unable to find object: {given.get('object')}") from None
    job = AsyncJob(
        org.new_id("750", call.now),
        operation,
        kind,
        content_type,
        call.matched["version"],
        given.get("externalIdFieldName") or None,
        given.get("concurrencyMode") in (1, "1", "Serial"),
        _chunk(call.headers.get("sforce-enable-pkchunking", "")),
        call.now,
    )
    org.opened.async_jobs[job.id] = job
    return _shown(call, job, 201)


def status(org: Org, call: Call) -> Response:
    """GET /services/async/{version}/job/{job}"""
    return _shown(call, known(org, call), 200)


def change(org: Org, call: Call) -> Response:
    """POST /services/async/{version}/job/{job}: closes or aborts it."""
    job, state = known(org, call), _given(call).get("state")
    if state not in ("Closed", "Aborted") or (job.state != "Open" and job.state != state):
        raise AsyncRefused("InvalidJobState", f"Changing the job's state from {job.state} to {state} is not allowed")
    job.state = state
    return _shown(call, job, 200)


def known(org: Org, call: Call) -> AsyncJob:
    """The job that the path names. Raises InvalidJob."""
    job = org.opened.async_jobs.get(call.matched["job"])
    if job is None:
        raise AsyncRefused("InvalidJob", f"Unable to find job: {call.matched['job']}")
    return job


def authenticate(org: Org, call: Call) -> None:
    """Raises InvalidSessionId, and FeatureNotEnabled where the org has no Bulk API."""
    if not is_open(org, call, call.headers.get("x-sfdc-session", "")):
        raise AsyncRefused("InvalidSessionId", "Invalid session id")
    if not settings.BULK_ONE_ENABLED:
        raise AsyncRefused("FeatureNotEnabled", "Async API not enabled")


def wants_json(call: Call) -> bool:
    asked = call.headers.get("content-type", "") + call.headers.get("accept", "")
    return "json" in asked and not call.headers.get("content-type", "").startswith("application/xml")


def answer(name: str, content: dict[str, Any], *, as_json: bool, status: int = 200) -> Response:
    """The same content in either spelling."""
    if as_json:
        return reply(content, status)
    return Response(document(name, content), status, media_type="application/xml; charset=utf-8")


def _shown(call: Call, job: AsyncJob, status: int) -> Response:
    return answer("jobInfo", job.shape(), as_json=wants_json(call), status=status)


def _given(call: Call) -> dict[str, Any]:
    return call.form() if wants_json(call) else dict(texts(call.body))


def _chunk(header: str) -> int | None:
    """`true; chunkSize=250000`"""
    flag, _, rest = header.replace(" ", "").lower().partition(";")
    size = rest.partition("chunksize=")[2].partition(";")[0]
    if size.isdigit() and int(size) > 0:
        return int(size)
    return settings.BULK_ONE_CHUNK_ROWS if flag == "true" else None
