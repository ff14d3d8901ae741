"""HTTP as every source needs it: signed in, within its quota, retried, and telling what it waits for.

dlt's own retrying session waits silently and knows no quota, so ours takes its place. Everything above it
(dlt's REST client with its paginators and sign-ins, simple-salesforce) is used as it comes.
"""

import json
import random
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from requests import PreparedRequest, Response, Session
from requests.exceptions import ConnectTimeout, RequestException, Timeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

from ingestion.clock import Clock
from ingestion.errors import SourceError, TooSlow
from ingestion.quota import Limiter

TIMEOUT_SECONDS = (10, 120)
ATTEMPTS = 5
CONNECTION_ATTEMPTS = 3
# All the waiting for one call. Who asks for more lets nobody in soon: the next run may ask again.
WAITED_AT_MOST = 900.0
RETRIED = {408, 409, 429, 500, 502, 503, 504, 520, 522, 524}
GAVE_UP = {504, 524}


def as_usual(_body: bytes) -> None:
    """No other way to parse a body."""


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
        # How a body is parsed where whoever asks knows a better way; None from it means that it does not.
        self.parse: Callable[[bytes], Any] = as_usual

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """The answer, also when it is a refusal. Raises SourceError when the host cannot be reached or fails on."""
        kwargs["timeout"] = TIMEOUT_SECONDS
        signed_in_again = False
        names = self._buckets(urlsplit(request.url or "").path)
        attempt, waited = 0, 0.0
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
                if response.status_code in GAVE_UP and may_be_halved(request):
                    raise TooSlow
                if attempt >= ATTEMPTS:
                    raise SourceError(
                        f"{self.name}: {host(request)} answered {response.status_code} {attempt} times in a row "
                        f"for {urlsplit(request.url or '').path}: try again later."
                    )
                seconds = _delay(response, attempt, self._clock.now())
                waited += seconds
                if waited > WAITED_AT_MOST:
                    raise SourceError(
                        f"{self.name}: {host(request)} answered {response.status_code} for "
                        f"{urlsplit(request.url or '').path} and asks to wait {seconds:.0f} s: try again later."
                    )
                self._limiter.pause(seconds, f"{self.name} answered {response.status_code}")
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
            response = super().send(request, **{**kwargs, "stream": True})
            # Read here, inside the retries: a body cut short is a fault of the way, not of the record. And in one
            # piece: requests would make hundreds and put them together again, which takes ten times as long.
            response._content = response.raw.read(decode_content=True)  # pyright: ignore[reportAttributeAccessIssue]
            if response.ok and response.content:
                response.json = _reader(response, self.parse)  # pyright: ignore[reportAttributeAccessIssue]
            return response
        except (RequestException, HTTPError, ValueError) as error:
            is_slow = isinstance(error, Timeout | ReadTimeoutError) and not isinstance(error, ConnectTimeout)
            if is_slow and may_be_halved(request):
                raise TooSlow from error
            cause = error
        if attempt >= CONNECTION_ATTEMPTS:
            raise SourceError(
                f"{self.name}: {host(request)} cannot be reached or broke off ({_root(cause)}): "
                "check the address and the network."
            ) from cause
        self._limiter.pause(0.5 * 2**attempt * random.uniform(0.75, 1.25), f"{self.name} broke off")
        return None


def may_be_halved(request: PreparedRequest) -> bool:
    """Whether whoever asks knows what to do with TooSlow: an export asks for a smaller page, all others again."""
    return "/incremental/" in (request.url or "") and "per_page=" in (request.url or "")


def host(request: PreparedRequest) -> str:
    parts = urlsplit(request.url or "")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _reader(response: Response, parse: Callable[[bytes], Any]) -> Callable[..., Any]:
    """`response.json` through orjson, three times as fast. Raises ValueError for a body that is no JSON.

    Bytes that are no UTF-8 become lone surrogates, which no event can hold: the record that has them is refused, and
    only that one. NaN and Infinity are no JSON, and would turn into null on the way.
    """
    if "json" not in response.headers.get("Content-Type", ""):
        return response.json
    try:
        parsed = parse(response.content) or orjson.loads(response.content)
    except orjson.JSONDecodeError:
        try:
            parsed = json.loads(response.content.decode("utf-8", "surrogateescape"), parse_constant=_no_number)
        except RecursionError:
            raise ValueError("the answer is nested too deeply") from None
    return lambda **_: parsed


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _delay(response: Response, attempt: int, now: datetime) -> float:
    """What the server asks for, in seconds or as a date; never less than a growing pause, so that 0 does not spin.

    Without it a bounded guess, longer for a spent quota than for a stumble.
    """
    asked = response.headers.get("Retry-After", "").strip()
    pause = 2.0 ** (attempt - 1)
    if asked.isascii() and asked.isdecimal():
        return max(float(asked[:12]), pause)
    try:
        return max((parsedate_to_datetime(asked) - now).total_seconds(), pause)
    except (ValueError, TypeError, OverflowError):
        return (10.0 if response.status_code == 429 else 1.0) * pause


def _root(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # pyright: ignore[reportAssignmentType]
    return (str(error) or type(error).__name__)[:200]
