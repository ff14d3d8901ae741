"""Answers that are no: what a 4xx means to the person who has to act on it."""

from typing import Any

from requests import Response

from ingestion.errors import SourceError

SHOWN = 200
# How Zendesk says that a plan or a role ends here.
NO_ACCESS = ("You do not have access to this page", "Access to this resource is restricted")


class NotAvailable(SourceError):
    """This plan, edition or token has no such endpoint: reading it is pointless, and nothing is broken.

    `status` tells what is not there (404) from what is not allowed (403).
    """

    def __init__(self, sentence: str, status: int = 403) -> None:
        super().__init__(sentence)
        self.status = status


def accepted(response: Response, source: str, what: str, credentials: str) -> Any:
    """The parsed body of a good answer. Raises SourceError, or NotAvailable for 403 and 404."""
    if response.ok:
        return parsed(response, source, what)
    said = message(response)
    if response.status_code == 401:
        raise SourceError(f"{source} refused the credentials while reading {what}: check {credentials}.")
    if response.status_code == 403 and "scope" in said.lower():
        # A scope that does not exist is granted without a word, and refused only here.
        raise NotAvailable(
            f"{source} does not let this client read {what}, for want of a scope (403{said}): grant that scope to the "
            f"client of {credentials}.",
            403,
        )
    if response.status_code == 403 and any(sign in said for sign in NO_ACCESS):
        raise NotAvailable(
            f"{source} does not let this client read {what}, because of the plan or of the client owner's role "
            f"(403{said}): the scopes are enough.",
            403,
        )
    if response.status_code in (403, 404):
        raise NotAvailable(
            f"{source} does not let this client read {what} ({response.status_code}{said}): "
            "grant it or check the plan.",
            response.status_code,
        )
    raise SourceError(f"{source} refused the request for {what} ({response.status_code}{said}).")


def parsed(response: Response, source: str, what: str) -> Any:
    """The body as JSON. Raises SourceError when it is none, such as a page of HTML with status 200."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        kind = response.headers.get("Content-Type", "no content type").split(";")[0][:SHOWN]
        raise SourceError(
            f"{source} answered the call for {what} with no JSON ({kind}): something between here and there answers "
            "in its place, or the address is wrong."
        ) from None


def message(response: Response) -> str:
    """What the server said, short; vendors use half a dozen shapes for it."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
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
