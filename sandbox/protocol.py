"""uvicorn's HTTP protocol with the connection in reach, so that a fault can break it."""

import re
import socket
import struct
from asyncio import BaseTransport, Transport
from collections.abc import MutableMapping
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEY = "sandbox.transport"
# Closing at once, with nothing left to send, is what makes a reset of it.
NO_LINGER = struct.pack("ii", 1, 0)
_HEADER_NAME = re.compile(rb"(?<=\r\n)[a-z-]+(?=:)")


class BreakableProtocol(HttpToolsProtocol):
    """Puts the transport of a request into its scope; writes header names with capitals."""

    def connection_made(self, transport: BaseTransport) -> None:  # type: ignore[override]
        super().connection_made(transport)  # type: ignore[arg-type]
        self.transport = cast(Transport, _Capitals(self.transport))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[KEY] = self.transport  # type: ignore[typeddict-unknown-key]


class _Capitals:
    """A transport whose answers say `Content-Type`, as the vendors' do: a client may look for no other spelling."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        # uvicorn writes the head of an answer by itself.
        if data.startswith(b"HTTP/1.") and data.endswith(b"\r\n\r\n"):
            data = _HEADER_NAME.sub(lambda name: name[0].title(), data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def reset(scope: MutableMapping[str, Any]) -> None:
    """Drops the connection of a request at once."""
    transport: Transport = scope[KEY]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()


def end(scope: MutableMapping[str, Any]) -> None:
    """Closes the connection of a request in good order, whatever was promised."""
    transport: Transport = scope[KEY]
    transport.close()
