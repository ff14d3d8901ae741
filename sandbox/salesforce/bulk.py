"""Bulk API 2.0 query jobs: created, polled, aborted, deleted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.responses import Response

from sandbox.http import Call, Refused, reply
from sandbox.salesforce import query as queries
from sandbox.salesforce.fields import FieldPath
from sandbox.salesforce.ids import derived
from sandbox.salesforce.org import SYSTEM_USER, Org, Row
from sandbox.salesforce.soql import parse
from sandbox.timestamps import salesforce_time

OPERATIONS = ("query", "queryAll")
DELIMITERS = {"COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
STATES = ("UploadComplete", "InProgress", "JobComplete")


@dataclass(slots=True)
class Job:
    """`polls` moves a job through its states; its rows are those of the moment of creation."""

    shape: dict[str, Any]
    version: str
    rows: list[Row]
    paths: list[FieldPath]
    polls: int = 0
    aborted: bool = False

    @property
    def state(self) -> str:
        return "Aborted" if self.aborted else STATES[min(self.polls, 2)]


@dataclass(slots=True)
class Jobs:
    """The jobs of the org, newest last."""

    known: dict[str, Job] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)


_jobs = Jobs()


def create(org: Org, call: Call) -> Response:
    """POST /jobs/query. Raises what the query itself is refused with, and INVALIDJOB."""
    form = call.form()
    operation, text = form.get("operation"), form.get("query")
    if operation not in OPERATIONS or not isinstance(text, str):
        raise invalid("operation must be query or queryAll, and query must be given")
    if form.get("columnDelimiter", "COMMA") not in DELIMITERS or form.get("lineEnding", "LF") not in ("LF", "CRLF"):
        raise invalid("columnDelimiter or lineEnding is not supported")
    asked = parse(text)
    if asked.is_count or asked.offset:
        raise invalid("aggregates and OFFSET are not supported in bulk queries")
    job_id = derived("750", str(next(_jobs.numbers)))
    rows = queries.select(org, asked, deleted=operation == "queryAll", now=call.now)
    version = call.matched["version"]
    shape = {
        "id": job_id,
        "operation": operation,
        "object": queries.object_name(org, asked.object),
        "createdById": SYSTEM_USER,
        "createdDate": salesforce_time(call.now),
        "systemModstamp": salesforce_time(call.now),
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(version),
        "lineEnding": form.get("lineEnding", "LF"),
        "columnDelimiter": form.get("columnDelimiter", "COMMA"),
    }
    job = _jobs.known[job_id] = Job(shape, version, rows, queries.columns(org, asked))
    return reply(shape | {"state": job.state})


def status(_org: Org, call: Call) -> Response:
    """GET /jobs/query/{id}: every look moves the job one state on."""
    job = known(call)
    job.polls += 1
    return reply(_shown(job))


def listed(_org: Org, _call: Call) -> Response:
    """GET /jobs/query"""
    records = [_shown(job) for job in _jobs.known.values()]
    return reply({"done": True, "records": records, "nextRecordsUrl": None})


def abort(_org: Org, call: Call) -> Response:
    """PATCH /jobs/query/{id} with `{"state": "Aborted"}`"""
    job = known(call)
    if call.form().get("state") != "Aborted" or job.state == "JobComplete":
        raise invalid("only a running job can be aborted")
    job.aborted = True
    return reply(_shown(job))


def delete(_org: Org, call: Call) -> Response:
    """DELETE /jobs/query/{id}"""
    known(call)
    del _jobs.known[call.matched["job"]]
    return Response(status_code=204)


def _shown(job: Job) -> dict[str, Any]:
    done = len(job.rows) if job.state == "JobComplete" else 0
    more = {"jobType": "V2Query", "retries": 0, "totalProcessingTime": 100, "numberRecordsProcessed": done}
    return job.shape | {"state": job.state, **more, "isPkChunkingSupported": True}


def known(call: Call) -> Job:
    """The job that the path names. Raises NOT_FOUND."""
    job = _jobs.known.get(call.matched["job"])
    if job is None:
        raise Refused(404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])
    return job


def invalid(message: str) -> Refused:
    """The 400 of a job that cannot do what is asked."""
    return Refused(400, [{"errorCode": "INVALIDJOB", "message": message}])
