"""The rows of a finished query job as CSV, page by page."""

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused
from sandbox.salesforce.bulk import DELIMITERS, invalid, known
from sandbox.salesforce.fields import FieldPath
from sandbox.salesforce.org import Org, Row
from sandbox.timestamps import guide_time


def results(_org: Org, call: Call) -> Response:
    """GET /jobs/query/{id}/results: a header row on every page; the locator of the last page is the text `null`."""
    job = known(call)
    if job.version != call.matched["version"]:
        message = f"API version must be the same as the job's: {job.version}"
        raise Refused(409, [{"errorCode": "API_ERROR", "message": message}])
    if job.state != "JobComplete":
        raise invalid("the job is not complete")
    start = call.query.get("locator", "0")
    most = call.query.get("maxRecords", str(settings.BULK_PAGE_ROWS))
    if not start.isdigit() or not most.isdigit() or int(most) < 1:
        raise invalid("locator or maxRecords is not valid")
    page = job.rows[int(start) : int(start) + int(most)]
    end = int(start) + len(page)
    delimiter = DELIMITERS[job.shape["columnDelimiter"]]
    ending = "\r\n" if job.shape["lineEnding"] == "CRLF" else "\n"
    lines = [delimiter.join(_quoted(".".join(path.parts)) for path in job.paths)]
    lines += [delimiter.join(_quoted(_text(path, row)) for path in job.paths) for row in page]
    headers = {
        "sforce-numberofrecords": str(len(page)),
        "sforce-locator": str(end) if end < len(job.rows) else "null",
    }
    return Response(ending.join(lines) + ending, 200, headers, "text/csv; charset=UTF-8")


def _text(path: FieldPath, row: Row) -> str:
    value = path.get(row)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guide_time(value) if path.type == "datetime" and isinstance(value, int) else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
