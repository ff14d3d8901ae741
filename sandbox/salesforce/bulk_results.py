"""The rows of a finished query job as CSV, page by page."""

import base64
import binascii
import gzip

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call
from sandbox.salesforce.bulk import DELIMITERS, ENDINGS, invalid, known
from sandbox.salesforce.bulk_query import csv
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import Org

# A worthwhile answer to compress.
_GZIP_BYTES = 1000


def results(org: Org, call: Call) -> Response:
    """GET /jobs/query/{id}/results: a header row on every page; the locator of the last page is the text `null`."""
    job = known(org, call)
    if job.version != call.matched["version"] or call.suffers("locator_409"):
        raise refused("API_ERROR", f"API version must be the same as the job's: {job.version}", 409)
    if job.state != "JobComplete":
        raise invalid(f"the job is {job.state}, not JobComplete", "INVALIDJOBSTATE")
    start = _start(call.query.get("locator"))
    most = call.query.get("maxRecords", str(settings.BULK_PAGE_ROWS))
    if start is None or start > len(job.found.rows) or call.suffers("invalid_locator"):
        raise invalid("Invalid value for locator", "INVALID_LOCATOR")
    if not most.isdigit() or int(most) < 1:
        raise invalid("maxRecords must be a positive number")
    end = min(start + int(most), len(job.found.rows))
    body = csv(job.found, start, end, DELIMITERS[job.shape["columnDelimiter"]], ENDINGS[job.shape["lineEnding"]])
    if end == start and (call.suffers("empty_body") or not settings.BULK_EMPTY_HAS_HEADER):
        body = ""
    headers = {
        "sforce-numberofrecords": str(end - start),
        "sforce-locator": _locator(end) if end < len(job.found.rows) else "null",
    }
    if call.suffers("no_sforce_headers"):
        headers = {}
    content = body.encode()
    if settings.BULK_GZIP and len(content) > _GZIP_BYTES and "gzip" in call.headers.get("accept-encoding", ""):
        content = gzip.compress(content, 1)
        headers["content-encoding"] = "gzip"
    return Response(content, 200, headers, "text/csv; charset=UTF-8")


def _locator(row: int) -> str:
    return base64.urlsafe_b64encode(str(row).encode()).decode().rstrip("=")


def _start(locator: str | None) -> int | None:
    """The first row of a page; None for a locator that is none."""
    if not locator or locator == "0":
        return 0
    try:
        text = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(text) if text.isdigit() else None
