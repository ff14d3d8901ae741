"""Answers without a server: every request of this process gets what a test put there."""

import io
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any, NamedTuple

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from ingestion.clock import Clock
from ingestion.mapping import read_signals
from ingestion.quota import Limiter
from ingestion.settings import Connection, Settings
from ingestion.sources.context import Context
from tests.ingestion.log import SkippedTime

JSON = {"Content-Type": "application/json; charset=utf-8"}


class Answer(NamedTuple):
    """`body` as bytes on the wire."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = JSON


def answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[[PreparedRequest], Answer], clock: Clock) -> None:
    """The Date header follows the clock, as that of a server does."""

    def send(adapter: HTTPAdapter, request: PreparedRequest, **_kwargs: Any) -> Response:
        given = answer(request)
        headers = {"Date": format_datetime(clock.now(), usegmt=True)} | given.headers
        raw = HTTPResponse(io.BytesIO(given.body), headers, given.status, preload_content=False, decode_content=False)
        return adapter.build_response(request, raw)

    monkeypatch.setattr(HTTPAdapter, "send", send)


def context(settings: Settings, time: SkippedTime | None = None) -> Context:
    """Waits are kept instead of happening."""
    limiter = Limiter(1.0, 1.0, lambda _: None, time or SkippedTime())
    return Context(settings, read_signals(settings.signals_file), Clock(), limiter, lambda _: None)


def connection(url: str) -> Connection:
    return Connection.model_validate({"url": url, "client_id": "a", "client_secret": "hush", "token": "hush"})
