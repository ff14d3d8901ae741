"""Python imports this on its own: what a client asks of the vendors goes to the sandbox, nothing goes anywhere else."""

import os
import socket
from typing import Any

PORT = int(os.environ["SANDBOX_TLS_PORT"])
VENDORS = (".zendesk.com", ".salesforce.com", ".localhost")
HERE = ("localhost", "127.0.0.1", "::1", None)
_resolve = socket.getaddrinfo


def _redirected(host: Any, port: Any, *args: Any, **more: Any) -> list[Any]:
    name = host.decode("ascii") if isinstance(host, bytes) else host
    if name == "gitlab.com" or (name or "").endswith(VENDORS):
        return _resolve("127.0.0.1", PORT, *args, **more)
    if name not in HERE:
        raise socket.gaierror(f"a client under test may not reach {name}")
    return _resolve(host, port, *args, **more)


socket.getaddrinfo = _redirected
