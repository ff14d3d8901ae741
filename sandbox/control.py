"""/_sandbox: the clock, further changes, faults, the mailbox, the log of requests, and what is served."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson
from starlette.responses import Response

from sandbox.fault_orders import read_order
from sandbox.http import Call, reply
from sandbox.timestamps import guide_time, parse_ms

if TYPE_CHECKING:
    from sandbox.app import Application


def answer(app: "Application", call: Call) -> Response:
    """One control call; an unusable order is a 400 with its reason."""
    try:
        return _answer(app, call)
    except (ValueError, KeyError, TypeError) as error:
        reason = f"the key {error} is missing" if isinstance(error, KeyError) else str(error)
        return reply({"error": reason}, 400)


def _answer(app: "Application", call: Call) -> Response:
    body: Any = orjson.loads(call.body) if call.body else None
    match call.method, call.path.rstrip("/"):
        case "POST", "/clock":
            return _move_clock(app, body)
        case "POST", "/changes":
            added = app.append_changes(body["changes"] if isinstance(body, dict) and "changes" in body else _list(body))
            return reply({"added": added, "now": guide_time(app.state.clock.now())})
        case "POST", "/faults":
            orders = _list(body["faults"] if isinstance(body, dict) and "faults" in body else body)
            faults = [read_order(order) for order in orders]
            return reply({"faults": len(faults), "ids": [app.faults.put(fault) for fault in faults]})
        case "DELETE", "/faults":
            app.faults.clear()
            return reply({"faults": 0})
        case "DELETE", path if path.startswith("/faults/"):
            app.faults.end(unquote(path.removeprefix("/faults/")))
            return reply({"faults": 0})
        case "GET", "/faults":
            return reply(app.faults.described())
        case "GET", "/mail":
            return reply({"mail": app.mailbox.messages() if app.mailbox else []})
        case "GET", "/requests":
            return reply({"requests": list(app.requests)})
        case "DELETE", "/requests":
            app.requests.clear()
            return reply({"requests": []})
        case "GET", "/world":
            return reply(app.described())
    return reply({"error": f"no control at {call.method} {call.path}"}, 404)


def _move_clock(app: "Application", body: dict[str, Any]) -> Response:
    clock = app.state.clock
    if "now" in body:
        clock.move_to(parse_ms(body["now"]))
    else:
        clock.move_to(clock.now() + int(float(body["advance_seconds"]) * 1000))
    return reply({"now": guide_time(app.state.advance())})


def _list(body: Any) -> list[Any]:
    return body if isinstance(body, list) else [body]
