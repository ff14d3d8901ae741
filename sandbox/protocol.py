"""uvicorn's HTTP protocol with the connection in reach, so that a fault can break it."""

from asyncio import Transport
from collections.abc import MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEY = "sandbox.transport"


class BreakableProtocol(HttpToolsProtocol):
    """Puts the transport of a request into its scope."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[KEY] = self.transport  # type: ignore[typeddict-unknown-key]


def abort(scope: MutableMapping[str, Any]) -> None:
    """Drops the connection of a request at once."""
    transport: Transport = scope[KEY]
    transport.abort()
