"""Plays a fault around one answer: instead of it, late, in part, or with a connection that breaks."""

import asyncio
from collections.abc import Callable

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.fault_answers import Answer
from sandbox.fault_kinds import Fault
from sandbox.http import JSON
from sandbox.protocol import end, reset

HTML = "text/html; charset=utf-8"
# What was sent must leave before the connection does.
LEAVE_SECONDS = 0.05
# A half that fits into the buffers of a connection: more would be lost in the reset that follows it.
MIDDLE_BYTES = 16_384
PIECES = 10


async def respond(fault: Fault | None, system: str, handler: Callable[[], Response]) -> Response | None:
    """The answer to send, None when there is none. The handler runs at most once; with `after` before the fault."""
    if fault is None:
        return handler()
    if fault.kind == "delay" and not fault.after:
        await asyncio.sleep(fault.seconds)
        return handler()
    fixed = fault.answer(system)
    is_lost = fixed is not None or (fault.kind == "reset" and fault.when == "before")
    response = handler() if fault.after or not is_lost else None
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
    if fixed is not None:
        return _fixed(fixed)
    return None if is_lost else response


async def send(fault: Fault | None, response: Response | None, scope: Scope, receive: Receive, sends: Send) -> None:
    """Sends the answer as far as the fault lets it; without one the connection is all that can be answered with."""
    if response is not None and fault is not None and fault.kind == "slow_body":
        await _drip(response, sends, fault.seconds)
    elif response is not None and (fault is None or fault.kind not in ("reset", "truncate")):
        await response(scope, receive, sends)
    else:
        await _break(fault, response, scope, sends)
        # Until the server knows that the connection is gone it would complain that nothing was answered.
        while (await receive())["type"] != "http.disconnect":
            pass


async def _break(fault: Fault | None, response: Response | None, scope: Scope, sends: Send) -> None:
    half = bytes(response.body)[: len(response.body) // 2] if response is not None else b""
    if response is not None and fault is not None and fault.kind == "truncate":
        await _send_part(response, sends, half)
        end(scope)
        return
    if response is not None:
        await _send_part(response, sends, half[:MIDDLE_BYTES])
        await asyncio.sleep(LEAVE_SECONDS)
    reset(scope)


def _fixed(answer: Answer) -> Response:
    if isinstance(answer.body, str | bytes):
        return Response(answer.body, answer.status, answer.headers, answer.content_type or HTML)
    return Response(orjson.dumps(answer.body), answer.status, answer.headers, answer.content_type or JSON)


async def _send_part(response: Response, sends: Send, part: bytes) -> None:
    await sends({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await sends({"type": "http.response.body", "body": part, "more_body": True})


async def _drip(response: Response, sends: Send, seconds: float) -> None:
    body = bytes(response.body)
    size = len(body) // PIECES + 1
    await _send_part(response, sends, b"")
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / PIECES)
        await sends({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
    await sends({"type": "http.response.body", "body": b""})
