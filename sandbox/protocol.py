"""uvicorn's HTTP protocol with the connection in reach, so that a fault can break it."""

import socket
import struct
from asyncio import Transport
from collections.abc import MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEY = "sandbox.transport"
# Closing at once, with nothing left to send, is what makes a reset of it.
NO_LINGER = struct.pack("ii", 1, 0)


class BreakableProtocol(HttpToolsProtocol):
    """Puts the transport of a request into its scope."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[KEY] = self.transport  # type: ignore[typeddict-unknown-key]


def reset(scope: MutableMapping[str, Any]) -> None:
    """Drops the connection of a request at once."""
    transport: Transport = scope[KEY]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()


def end(scope: MutableMapping[str, Any]) -> None:
    """Closes the connection of a request in good order, whatever was promised."""
    transport: Transport = scope[KEY]
    transport.close()
