"""Bulk API 1.0: batches of a job. A query's batch is its SOQL, any other's its records."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused
from sandbox.salesforce import async_writes
from sandbox.salesforce.async_jobs import QUERIES, AsyncJob, AsyncRefused, answer, known
from sandbox.salesforce.bulk_query import Extract, extract
from sandbox.salesforce.org import Org
from sandbox.timestamps import salesforce_time

STATES = ("Queued", "InProgress")


@dataclass(slots=True)
class Batch:
    """Rows `start` to `end` of what a query found, or the results of writes; `looks` moves it on to `ending`."""

    id: str
    created_at: int
    request: bytes
    found: Extract | None = None
    start: int = 0
    end: int = 0
    results: list[dict[str, Any]] | None = None
    ending: str = "Completed"
    message: str | None = None
    looks: int = 0

    @property
    def state(self) -> str:
        if self.looks >= settings.BULK_ONE_LOOKS_UNTIL_DONE or self.ending == "NotProcessed":
            return self.ending
        return STATES[min(self.looks, 1)]

    @property
    def count(self) -> int:
        return len(self.results) if self.results is not None else self.end - self.start

    def fail(self, message: str) -> None:
        self.ending, self.message, self.results = "Failed", message, None
        self.start = self.end = 0


def add(org: Org, call: Call) -> Response:
    """POST …/job/{job}/batch"""
    job = known(org, call)
    if job.state != "Open":
        raise AsyncRefused("InvalidJobState", f"{job.state} state is not allowed")
    org.count_call("DailyBulkApiBatches", call.now)
    batch = _new(org, job, call)
    try:
        if job.operation in QUERIES:
            _query(org, job, batch, call)
        else:
            batch.results = async_writes.run(org, job, call)
    except Refused as refusal:
        error = refusal.body[0]
        batch.fail(f"InvalidBatch : Failed to process query: {error['errorCode']}: {error['message']}")
    if call.suffers("job_failed"):
        call.changes = []
        batch.fail("InternalServerError : Retried more than ten times")
    return answer("batchInfo", shape(job, batch), as_json=job.content_type == "JSON", status=201)


def status(org: Org, call: Call) -> Response:
    """GET …/job/{job}/batch/{batch}: every look moves it one state on."""
    job, batch = _known(org, call)
    batch.looks += 1
    if call.suffers("job_failed"):
        batch.looks = settings.BULK_ONE_LOOKS_UNTIL_DONE
        batch.fail("InternalServerError : Retried more than ten times")
    if call.suffers("job_aborted"):
        job.state, batch.ending, batch.looks = "Aborted", "NotProcessed", settings.BULK_ONE_LOOKS_UNTIL_DONE
    return answer("batchInfo", shape(job, batch), as_json=job.content_type == "JSON")


def listed(org: Org, call: Call) -> Response:
    """GET …/job/{job}/batch"""
    job = known(org, call)
    for batch in job.batches.values():
        batch.looks += 1
    shapes = [shape(job, batch) for batch in job.batches.values()]
    return answer("batchInfoList", {"batchInfo": shapes}, as_json=job.content_type == "JSON")


def request(org: Org, call: Call) -> Response:
    """GET …/job/{job}/batch/{batch}/request: what was sent."""
    job, batch = _known(org, call)
    kind = {"JSON": "application/json", "CSV": "text/csv", "XML": "application/xml"}[job.content_type]
    return Response(batch.request, media_type=kind)


def known_batch(org: Org, call: Call) -> tuple[AsyncJob, Batch]:
    """A batch that is completed. Raises InvalidBatch."""
    job, batch = _known(org, call)
    if batch.state != "Completed":
        raise AsyncRefused("InvalidBatch", f"Batch not completed: {batch.state}")
    return job, batch


def shape(job: AsyncJob, batch: Batch) -> dict[str, Any]:
    """The batch as the API tells it; XML spells one of the states with a blank."""
    state = batch.state
    if job.content_type != "JSON" and state == "NotProcessed":
        state = "Not Processed"
    return {
        "id": batch.id,
        "jobId": job.id,
        "state": state,
        "stateMessage": batch.message if batch.state == "Failed" else None,
        "createdDate": salesforce_time(batch.created_at),
        "systemModstamp": salesforce_time(batch.created_at),
        "numberRecordsProcessed": batch.count if batch.state == "Completed" else 0,
        "numberRecordsFailed": sum(not each["success"] for each in batch.results or ()),
        "totalProcessingTime": 0,
        "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
    }


def _query(org: Org, job: AsyncJob, batch: Batch, call: Call) -> None:
    soql = call.body.decode("utf-8", "replace")
    found = extract(org, soql, deleted=job.operation == "queryAll", now=call.now)
    batch.found, batch.end = found, len(found.rows)
    # An order or a limit of the whole turns chunking off.
    if job.chunk is None or " order by " in soql.lower() or " limit " in soql.lower():
        return
    batch.ending, batch.end = "NotProcessed", 0
    for start in range(0, len(found.rows), job.chunk):
        chunk = _new(org, job, call)
        chunk.found, chunk.start, chunk.end = found, start, min(start + job.chunk, len(found.rows))


def _new(org: Org, job: AsyncJob, call: Call) -> Batch:
    batch = Batch(org.new_id("751", call.now), call.now, call.body)
    job.batches[batch.id] = batch
    return batch


def _known(org: Org, call: Call) -> tuple[AsyncJob, Batch]:
    job = known(org, call)
    batch = job.batches.get(call.matched["batch"])
    if batch is None:
        raise AsyncRefused("InvalidBatch", f"Unable to find batch: {call.matched['batch']}")
    return job, batch
