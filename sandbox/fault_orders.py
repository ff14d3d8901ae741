"""Orders of faults: JSON of a test or of a world -> a fault, or a sentence about what is wrong with it."""

import base64
import binascii
from dataclasses import fields
from typing import Any, get_args

from sandbox.fault_answers import ANSWERS, System
from sandbox.fault_kinds import FIXED, KINDS, Fault

# Half of an answer needs the whole one first.
SENDS_A_PART = frozenset({"truncate", "slow_body"})
CAN_COME_AFTER = FIXED | ANSWERS.keys() | {"reset", "delay"}
TAKES_TIME = frozenset({"delay", "slow_body"})
WHICH_CALLS = frozenset({"route", "id", "system", "instance", "method", "call", "calls", "rate", "seed", "kinds"})
_GIVEN = frozenset({each.name for each in fields(Fault)} - {"seen", "struck"} | {"call"})


def read_order(raw: Any) -> Fault:
    """An order from its JSON object. Raises ValueError with a sentence about what is wrong."""
    if not isinstance(raw, dict):
        raise ValueError("an order is a JSON object")
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}, not {kind!r}")
    if unknown := raw.keys() - _GIVEN:
        raise ValueError(f"an order has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(_GIVEN))}")
    given = {name: value for name, value in raw.items() if value is not None and name != "call"}
    _check(given, "route", isinstance(given.get("route", "/"), str), "the beginning of a path")
    _check(given, "id", isinstance(given.get("id", ""), str), "a text")
    systems = get_args(System)
    _check(given, "system", given.get("system", "zendesk") in systems, f"one of {', '.join(systems)}")
    if kind in ANSWERS and given.get("system") not in (None, *ANSWERS[kind]):
        raise ValueError(f"{given['system']} has no {kind}; {', '.join(ANSWERS[kind])} has")
    for name in ("instance", "method", "content_type"):
        _check(given, name, isinstance(given.get(name, ""), str), "a text")
    _check(given, "status", _is_whole(given.get("status", 200), 200, 599), "a number from 200 to 599")
    _check(given, "seed", _is_whole(given.get("seed", 0), -(1 << 63), 1 << 63), "a whole number")
    _check(given, "rate", _is_number(given.get("rate", 0), 1), "a number from 0 to 1")
    _check(given, "seconds", _is_number(given.get("seconds", 0), 600), "a number from 0 to 600")
    _check(given, "when", given.get("when", "before") in ("before", "middle"), "before or middle")
    if kind in TAKES_TIME and not given.get("seconds"):
        raise ValueError(f"{kind} needs seconds")
    if "seconds" in given and kind not in TAKES_TIME:
        raise ValueError(f"seconds mean nothing for {kind}")
    if "when" in given and kind != "reset":
        raise ValueError(f"when means nothing for {kind}")
    given["headers"] = _headers(given.get("headers", {}))
    given["calls"] = _calls(raw)
    if given["calls"] and "rate" in given:
        raise ValueError("an order strikes by calls or by rate, not by both")
    _check_base64(given)
    given["after"] = _after(given)
    given["kinds"] = _kinds(given)
    return Fault(**given)


def _after(given: dict[str, Any]) -> bool:
    kind, after = given["kind"], given.get("after")
    _check(given, "after", after in (None, True, False), "true or false")
    needs_answer = kind in SENDS_A_PART or (kind == "reset" and given.get("when") == "middle")
    if needs_answer:
        if after is False:
            raise ValueError(f"a part of the answer is sent, so the call happens: {kind} cannot have after false")
        return True
    if after and kind not in CAN_COME_AFTER:
        raise ValueError(f"after means nothing for {kind}")
    return bool(after)


def _kinds(given: dict[str, Any]) -> tuple[Fault, ...]:
    kinds = given.get("kinds", [])
    if given["kind"] != "mix":
        _check(given, "kinds", not kinds, "given for a mix only")
        return ()
    _check(given, "kinds", isinstance(kinds, list) and bool(kinds), "a list of kinds or orders")
    found = tuple(_read_kind(each, given.get("route", "/")) for each in kinds)
    if any(fault.kind == "mix" for fault in found):
        raise ValueError("a mix cannot hold a mix")
    return found


def _read_kind(raw: Any, route: str) -> Fault:
    if isinstance(raw, str):
        raw = {"kind": raw}
    elif isinstance(raw, dict) and (others := raw.keys() & WHICH_CALLS):
        raise ValueError(f"{', '.join(sorted(others))} belongs to the mix, not to one of its kinds")
    fault = read_order(raw)
    fault.route = route
    return fault


def _calls(raw: dict[str, Any]) -> frozenset[int]:
    calls = raw.get("calls") or ([raw["call"]] if raw.get("call") is not None else [])
    if not isinstance(calls, list) or not all(_is_whole(number, 1, 1 << 63) for number in calls):
        raise ValueError(f"calls must be a list of numbers from 1, not {calls!r}")
    return frozenset(calls)


def _headers(headers: Any) -> dict[str, str]:
    texts = {name: str(value) for name, value in headers.items()} if isinstance(headers, dict) else None
    if texts is None or not all(
        name and f"{name}{value}".isascii() and value.isprintable() for name, value in texts.items()
    ):
        raise ValueError(f"headers must be an object of texts in ASCII, not {headers!r}")
    return texts


def _check_base64(given: dict[str, Any]) -> None:
    if "body_base64" in given:
        try:
            base64.b64decode(given["body_base64"], validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise ValueError(f"body_base64 must be base64, not {given['body_base64']!r}") from None


def _check(given: dict[str, Any], name: str, is_right: bool, wanted: str) -> None:
    if not is_right:
        raise ValueError(f"{name} must be {wanted}, not {given.get(name)!r}")


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_number(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most
