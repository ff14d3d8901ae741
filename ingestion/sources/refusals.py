"""Answers that are no: what a 4xx means to the person who has to act on it."""

from typing import Any

from requests import Response

from ingestion.errors import SourceError

SHOWN = 200


class NotAvailable(SourceError):
    """This plan, edition or token has no such endpoint: reading it is pointless, and nothing is broken."""


def accepted(response: Response, source: str, what: str, credentials: str) -> Any:
    """The parsed body of a good answer. Raises SourceError, or NotAvailable for 403 and 404."""
    if response.ok:
        return response.json()
    said = message(response)
    if response.status_code == 401:
        raise SourceError(f"{source} refused the credentials while reading {what}: check {credentials}.")
    if response.status_code in (403, 404):
        raise NotAvailable(
            f"{source} does not let this client read {what} ({response.status_code}{said}): grant it or check the plan."
        )
    raise SourceError(f"{source} refused the request for {what} ({response.status_code}{said}).")


def message(response: Response) -> str:
    """What the server said, short; vendors use half a dozen shapes for it."""
    try:
        body = response.json()
    except ValueError:
        return ""
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        return ""
    for key in ("error_description", "description", "message", "error", "errorCode", "errors"):
        value = body.get(key)
        if isinstance(value, dict):
            value = value.get("message") or value.get("title")
        if isinstance(value, list) and value and isinstance(value[0], dict):
            value = value[0].get("title")
        if value:
            return f": {str(value)[:SHOWN]}"
    return ""
