"""What a route gets and what it answers: one call, one reply."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson
from starlette.responses import Response

if TYPE_CHECKING:
    from sandbox.faults import Fault

JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Call:
    """One request. `path` and `raw_query` are still percent-encoded.

    `path` has lost its prefix; `base_url` leads back to it. `changes` are what a write adds to the world.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    now: int
    matched: dict[str, str] = field(default_factory=dict)
    fault: "Fault | None" = None
    raw_query: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)

    def suffers(self, kind: str) -> bool:
        """Whether the fault that struck this call is of a kind that its own handler has to play."""
        return self.fault is not None and self.fault.kind == kind

    @property
    def seconds(self) -> int:
        return self.now // 1000

    def form(self) -> dict[str, Any]:
        """The body as JSON or as a form, whichever it is; {} when it is neither."""
        if self.headers.get("content-type", "").startswith("application/json"):
            try:
                found = orjson.loads(self.body or b"{}")
            except orjson.JSONDecodeError:
                return {}
            return found if isinstance(found, dict) else {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace")))


@dataclass(frozen=True)
class Route:
    """A handler for one method and one path; `{name}` in the path matches a segment."""

    method: str
    path: str
    handler: Callable[..., Response]
    bucket: str | None = None


class Routes:
    """Finds the route of a path, with or without a trailing slash or `.json`."""

    def __init__(self, routes: list[Route]) -> None:
        self._exact = {(route.method, route.path): route for route in routes if "{" not in route.path}
        self._patterns = [
            (route, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", route.path) + r"\Z"))
            for route in routes
            if "{" in route.path
        ]

    def __iter__(self) -> Iterator[Route]:
        yield from self._exact.values()
        yield from (route for route, _ in self._patterns)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        path = path.rstrip("/").removesuffix(".json")
        route = self._exact.get((method, path))
        if route is not None:
            return route, {}
        for route, pattern in self._patterns:
            match = pattern.match(path) if route.method == method else None
            if match:
                return route, match.groupdict()
        return None


def reply(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(value), status, headers, JSON)


class Refused(Exception):
    """Ends a call with an error answer."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers

    def response(self) -> Response:
        return reply(self.body, self.status, self.headers)
