"""Error answers by name, in the words of each system: an order needs one word for what clients usually meet.

The bodies are those of the error envelopes that clients match on; what no recording confirms (the texts of 429, 409
and 5xx) is as unsure here as the numbers in `settings`.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox import settings

System = Literal["zendesk", "salesforce", "gitlab"]
PLAIN = "text/plain; charset=utf-8"
RETRY_AFTER_SECONDS = 7


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is text, bytes, or anything that becomes JSON; without a `content_type` text is HTML."""

    status: int
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = None


def _salesforce(status: int, code: str, message: str) -> Answer:
    return Answer(status, [{"message": message, "errorCode": code}])


def _too_many(retry_after: int | None = None) -> dict[str, Answer]:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return {
        "zendesk": Answer(429, settings.TOO_MANY_REQUESTS, headers),
        "gitlab": Answer(429, "Retry later\n", headers, PLAIN),
    }


def _page(status: int, title: str, retry_after: int | None = None) -> dict[str, Answer]:
    text = f"<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1></body></html>\n"
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return {system: Answer(status, text, headers) for system in ("zendesk", "salesforce", "gitlab")}


_MISSING_SCOPE = "Missing the following required scopes: read"
_RESTRICTED = "Access to this resource is restricted. Please contact the account administrator for assistance."
_NO_ACCESS = "You do not have access to this page. Please contact the account owner of this help desk for further help."
_CONFLICT = "Safe Update prevented due to conflicting updates"
_PLAIN_429 = "Number of allowed API requests per minute exceeded\n"
_SERVER_BUSY = "The server is unavailable. Try again later."
_LIMIT = "REQUEST_LIMIT_EXCEEDED"
_CONCURRENT = "ConcurrentPerOrgLongTxn Limit exceeded."

ANSWERS: dict[str, dict[str, Answer]] = {
    "429": _too_many(RETRY_AFTER_SECONDS),
    "429_retry_after_0": _too_many(0),
    "429_retry_after_93": _too_many(93),
    "429_no_retry_after": _too_many(),
    "429_plain_text": {"zendesk": Answer(429, _PLAIN_429, {"Retry-After": str(RETRY_AFTER_SECONDS)}, PLAIN)},
    "401": {
        "zendesk": Answer(401, {"error": "Couldn't authenticate you"}),
        "salesforce": _salesforce(401, "INVALID_SESSION_ID", "Session expired or invalid"),
        "gitlab": Answer(401, {"message": "401 Unauthorized"}),
    },
    "403_scope": {
        "zendesk": Answer(403, {"error": "forbidden", "description": _MISSING_SCOPE}),
        "salesforce": _salesforce(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id"),
        "gitlab": Answer(403, {"error": "insufficient_scope", "error_description": "The token has too few scopes"}),
    },
    "403_plan": {
        "zendesk": Answer(403, {"error": {"title": "Forbidden", "message": _NO_ACCESS}}),
        "salesforce": _salesforce(403, "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner"),
        "gitlab": Answer(403, {"message": "403 Forbidden"}),
    },
    "403_restricted": {"zendesk": Answer(403, {"error": {"title": "Forbidden", "message": _RESTRICTED}})},
    "404": {
        "zendesk": Answer(404, {"error": "RecordNotFound", "description": "Not found"}),
        "salesforce": _salesforce(404, "NOT_FOUND", "The requested resource does not exist"),
        "gitlab": Answer(404, {"message": "404 Not found"}),
    },
    "409": {"zendesk": Answer(409, {"error": "UpdateConflict", "description": _CONFLICT})},
    "500": _page(500, "Internal Server Error")
    | {"salesforce": _salesforce(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.")},
    "502": _page(502, "Bad Gateway"),
    "503": _page(503, "Service Unavailable", RETRY_AFTER_SECONDS)
    | {"salesforce": _salesforce(503, "SERVER_UNAVAILABLE", _SERVER_BUSY)},
    "503_no_retry_after": _page(503, "Service Unavailable"),
    "504": _page(504, "Gateway Time-out"),
    "520": _page(520, "Web server is returning an unknown error"),
    "524": _page(524, "A timeout occurred"),
    "request_limit_exceeded": {"salesforce": _salesforce(403, _LIMIT, "TotalRequests Limit exceeded.")},
    "concurrent_limit_exceeded": {"salesforce": _salesforce(403, _LIMIT, _CONCURRENT)},
    "query_timeout": {"salesforce": _salesforce(400, "QUERY_TIMEOUT", "Your query request was running for too long.")},
}
