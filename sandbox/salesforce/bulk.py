"""Bulk API 2.0 query jobs: created, polled, aborted, deleted."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce.bulk_query import Extract, extract
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.org import DAY_MS, SYSTEM_USER, Org
from sandbox.timestamps import salesforce_time

OPERATIONS = ("query", "queryAll")
DELIMITERS = {"COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
# The faults that a call can suffer, and the state that they end its job in.
_ENDED_BY = {"job_failed": "Failed", "job_aborted": "Aborted"}


@dataclass(slots=True)
class Job:
    """`looks` moves a job through its states, to `ending`."""

    shape: dict[str, Any]
    version: str
    found: Extract
    created_at: int
    looks: int = 0
    ending: str = "JobComplete"

    @property
    def state(self) -> str:
        if self.looks >= settings.BULK_LOOKS_UNTIL_DONE:
            return self.ending
        return "InProgress" if self.looks else "UploadComplete"

    def end(self, state: str) -> None:
        self.looks, self.ending = settings.BULK_LOOKS_UNTIL_DONE, state


def create(org: Org, call: Call) -> Response:
    """POST /jobs/query. Raises what the query itself is refused with, and INVALIDJOB."""
    form = call.form()
    operation, soql = form.get("operation"), form.get("query")
    if operation not in OPERATIONS or not isinstance(soql, str):
        raise invalid("operation must be query or queryAll, and query must be given")
    delimiter, ending = form.get("columnDelimiter", "COMMA"), form.get("lineEnding", "LF")
    if delimiter not in DELIMITERS or ending not in ENDINGS or form.get("contentType", "CSV") != "CSV":
        raise invalid("contentType, columnDelimiter or lineEnding is not supported")
    found = extract(org, soql, deleted=operation == "queryAll", now=call.now)
    org.count_call("DailyBulkV2QueryJobs", call.now)
    shape = {
        "id": org.new_id("750", call.now),
        "operation": operation,
        "object": found.object,
        "createdById": SYSTEM_USER,
        "createdDate": salesforce_time(call.now),
        "systemModstamp": salesforce_time(call.now),
        "state": "UploadComplete",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(call.matched["version"]),
        "lineEnding": ending,
        "columnDelimiter": delimiter,
    }
    job = org.opened.jobs[shape["id"]] = Job(shape, call.matched["version"], found, call.now)
    for kind, state in _ENDED_BY.items():
        if call.suffers(kind):
            job.ending = state
    return reply(shape)


def status(org: Org, call: Call) -> Response:
    """GET /jobs/query/{id}: every look moves the job one state on."""
    job = known(org, call)
    job.looks += 1
    for kind, state in _ENDED_BY.items():
        if call.suffers(kind) and job.state != "JobComplete":
            job.end(state)
    return reply(_shown(job))


def listed(org: Org, call: Call) -> Response:
    """GET /jobs/query"""
    records = [_shown(job) for job in org.opened.jobs.values() if _is_kept(job, call.now)]
    return reply({"done": True, "records": records, "nextRecordsUrl": None})


def abort(org: Org, call: Call) -> Response:
    """PATCH /jobs/query/{id} with `{"state": "Aborted"}`"""
    job = known(org, call)
    if call.form().get("state") != "Aborted" or job.state not in ("UploadComplete", "InProgress"):
        raise invalid("only a running job can be aborted", "INVALIDJOBSTATE")
    job.end("Aborted")
    return reply(_shown(job))


def delete(org: Org, call: Call) -> Response:
    """DELETE /jobs/query/{id}"""
    if known(org, call).state == "InProgress":
        raise invalid("a job in progress cannot be deleted", "INVALIDJOBSTATE")
    del org.opened.jobs[call.matched["job"]]
    return Response(status_code=204)


def known(org: Org, call: Call) -> Job:
    """The job that the path names. Raises NOT_FOUND."""
    job = org.opened.jobs.get(call.matched["job"])
    if job is None or not _is_kept(job, call.now):
        raise not_found()
    return job


def invalid(message: str, code: str = "INVALIDJOB") -> Refused:
    """The 400 of a job that cannot do what is asked."""
    return refused(code, message)


def _shown(job: Job) -> dict[str, Any]:
    more: dict[str, Any] = {
        "state": job.state,
        "jobType": "V2Query",
        "retries": 0,
        "totalProcessingTime": 100 if job.looks else 0,
        "numberRecordsProcessed": len(job.found.rows) if job.state == "JobComplete" else 0,
        "isPkChunkingSupported": True,
    }
    if job.state == "Failed":
        more["errorMessage"] = "QUERY_TIMEOUT: Your query request was running for too long."
    return job.shape | more


def _is_kept(job: Job, now: int) -> bool:
    return now < job.created_at + settings.BULK_JOB_DAYS * DAY_MS
