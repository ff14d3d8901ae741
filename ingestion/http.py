"""HTTP as every source needs it: signed in, within its quota, retried, and telling what it waits for.

dlt's own retrying session waits silently and knows no quota, so ours takes its place. Everything above it
(dlt's REST client with its paginators and sign-ins, simple-salesforce) is used as it comes.
"""

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from requests import PreparedRequest, Response, Session
from requests.exceptions import ChunkedEncodingError, ConnectionError, ContentDecodingError, Timeout

from ingestion.clock import Clock
from ingestion.errors import SourceError, TooSlow
from ingestion.quota import Limiter

TIMEOUT_SECONDS = (10, 120)
ATTEMPTS = 5
CONNECTION_ATTEMPTS = 3
RETRIED = {408, 409, 429, 500, 502, 503, 504, 520, 522, 524}
GAVE_UP = {504, 524}


class SourceSession(Session):
    """A requests session for one instance. `name` is its source, for example `zendesk/global`."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        limiter: Limiter,
        buckets: Callable[[str], tuple[str, ...]] = lambda _path: (),
    ) -> None:
        super().__init__()
        self.name, self._clock, self._limiter, self._buckets = name, clock, limiter, buckets

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """The answer, also when it is a refusal. Raises SourceError when the host cannot be reached or fails on."""
        kwargs["timeout"] = TIMEOUT_SECONDS
        signed_in_again = False
        names = self._buckets(urlsplit(request.url or "").path)
        attempt = 0
        while True:
            attempt += 1
            self._limiter.wait_for(names)
            response = self._attempt(request, attempt, kwargs)
            if response is None:
                continue
            self._clock.observe(response.headers.get("Date"))
            self._limiter.learn(names, response.headers, self._clock.now().timestamp())
            if response.status_code == 401 and not signed_in_again and isinstance(self.auth, OAuth2ClientCredentials):
                # Tokens live for half an hour and less: a long run outlives several.
                signed_in_again = True
                self.auth.access_token = None
                request = self.auth(request)
                continue
            if response.status_code in RETRIED:
                if response.status_code in GAVE_UP and "per_page=" in (request.url or ""):
                    raise TooSlow
                if attempt >= ATTEMPTS:
                    raise SourceError(
                        f"{self.name}: {host(request)} answered {response.status_code} {attempt} times in a row "
                        f"for {urlsplit(request.url or '').path}: try again later."
                    )
                self._limiter.pause(_delay(response, attempt), f"{self.name} answered {response.status_code}")
                continue
            return response

    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        """Credentials stay with their host, GitLab's own header included, which requests does not know."""
        if self.should_strip_auth(response.request.url or "", prepared_request.url or ""):
            prepared_request.headers.pop("PRIVATE-TOKEN", None)
        super().rebuild_auth(prepared_request, response)

    def _attempt(self, request: PreparedRequest, attempt: int, kwargs: dict[str, Any]) -> Response | None:
        """One try; None asks for another."""
        try:
            response = super().send(request, **kwargs)
            if response.ok and response.content:
                # Read here, inside the retries: a body cut short is a fault of the way, not of the record.
                response.json = _reader(response)  # pyright: ignore[reportAttributeAccessIssue]
            return response
        except Timeout as error:
            if "per_page=" in (request.url or ""):
                raise TooSlow from error
            cause = error
        except (ConnectionError, ChunkedEncodingError, ContentDecodingError, ValueError) as error:
            cause = error
        if attempt >= CONNECTION_ATTEMPTS:
            raise SourceError(
                f"{self.name}: {host(request)} cannot be reached or broke off ({_root(cause)}): "
                "check the address and the network."
            ) from cause
        self._limiter.pause(0.5 * 2**attempt * random.uniform(0.75, 1.25), f"{self.name} broke off")
        return None


def host(request: PreparedRequest) -> str:
    parts = urlsplit(request.url or "")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _reader(response: Response) -> Callable[..., Any]:
    """`response.json` through orjson, three times as fast; the standard parser where text is no valid Unicode."""
    if "json" not in response.headers.get("Content-Type", ""):
        return response.json
    try:
        parsed = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        parsed = Response.json(response)
    return lambda **_: parsed


def _delay(response: Response, attempt: int) -> float:
    """What the server asks for; else a bounded guess, longer for a spent quota than for a stumble."""
    asked = response.headers.get("Retry-After", "")
    if asked.strip().isdigit():
        return max(1.0, float(asked))
    return (10.0 if response.status_code == 429 else 1.0) * 2 ** (attempt - 1)


def _root(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # pyright: ignore[reportAssignmentType]
    return (str(error) or type(error).__name__)[:200]
