"""Ways to break an answer: values of another kind, bytes cut or changed, and what proxies put in its place."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.ingestion.answers import JSON, Answer

AT = "2026-03-01T08:00:00Z"
COUNTERS = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "x-rate-limit", "x-rate-limit-remaining")
JUNK: list[Any] = [
    *(None, True, False, 0, -1, 2**31, 2**63, 2**70, 10**30, 1.5, 1e308, "", " ", "x", "null", "true", [], {}, [[]]),
    *(
        [None],
        {"id": None},
        {"a": {"b": {}}},
        "9" * 400,
        "\ud800",
        "\x00",
        "2026-13-45",
        "2026-03-01",
        "∞",
        AT,
        -(10**18),
    ),
    *(
        "2026-03-01T08:00:00+25:00",
        "0001-01-01T00:00:00+14:00",
        253_402_300_800,
        {"toString": 1},
        "<b>",
        "'; drop table",
    ),
]


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys = body.keys() if isinstance(body, dict) else range(len(body)) if isinstance(body, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(body[key], (*path, key))


def with_junk(draw: random.Random, body: Any) -> Any:
    """The body with some of its values replaced, or left out."""
    body = json.loads(json.dumps(body))
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        *owners, last = draw.choice([*places(body)] or [(None,)])
        owner = body
        for key in owners:
            owner = owner[key]
        if isinstance(owner, dict) and draw.random() < 0.25:
            owner.pop(last, None)
        elif isinstance(owner, dict | list) and last is not None:
            owner[last] = draw.choice(JUNK)
    return body


def broken(draw: random.Random, body: Any) -> Answer:
    text = json.dumps(body).encode()
    cut = draw.randrange(len(text))
    kinds: list[Callable[[], Answer]] = [
        lambda: Answer(json.dumps(with_junk(draw, body)).encode()),
        lambda: Answer(json.dumps(with_junk(draw, body)).encode()),
        lambda: Answer(json.dumps(with_junk(draw, body)).encode()),
        lambda: Answer(text[:cut]),
        lambda: Answer(text[:cut] + bytes([draw.randrange(256)]) + text[cut + 1 :]),
        lambda: Answer(text[:cut] + bytes([0xC3, 0x28]) + text[cut:]),
        lambda: Answer(text.replace(b": 1", draw.choice((b": NaN", b": Infinity", b": 1e999", b": " + b"9" * 5000)))),
        lambda: Answer(b"[" * draw.choice((10, 900, 200_000))),
        lambda: Answer(b'{"a":' * draw.choice((10, 2_000, 100_000)) + text),
        lambda: Answer(text[:-1] + b"," + text[1:] if text.startswith(b"{") else text + text),
        lambda: Answer(draw.choice((b"", b"null", b"{}", b"[]", b"0", b'""', b"[null]", b"\xef\xbb\xbf" + text))),
        lambda: Answer(b"<html><h1>Maintenance</h1></html>", draw.choice((200, 503)), {"Content-Type": "text/html"}),
        lambda: Answer(draw.randbytes(40), 200, {**JSON, "Content-Encoding": "gzip"}),
        lambda: Answer(gzip.compress(text)[: draw.randrange(10, 60)], 200, {**JSON, "Content-Encoding": "gzip"}),
        lambda: Answer(text, 200, {"Content-Type": draw.choice(("", "text/plain", "application/octet-stream"))}),
        lambda: Answer(text, draw.choice((204, 301, 304, 400, 403, 404, 409, 418, 422, 429, 500, 503, 504, 999)), {
            "Content-Type": "application/json", "Retry-After": draw.choice(("", "0", "x", "93", "9" * 30, "²", "-1")),
        }),
    ]  # fmt: skip
    answer = draw.choice(kinds)()
    if draw.random() < 0.05:
        counters = {name: draw.choice(("", "0", "-1", "²", "x", "1.5", "9" * 5000)) for name in COUNTERS}
        counters["zendesk-ratelimit-x"] = draw.choice(
            ("total=²;remaining=0;resets=0", f"total={'9' * 5000}", "=;=", "")
        )
        return answer._replace(headers={**answer.headers, **counters, "Date": draw.choice(("", "soon", AT))})
    return answer
