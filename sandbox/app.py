"""The ASGI application: finds whom a request is for, lets the clock catch up, and answers at the virtual time."""

from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox import control, destinations, fault_play, settings
from sandbox.changes import Change
from sandbox.destinations import Destination
from sandbox.fault_kinds import Fault
from sandbox.gitlab import api as gitlab_api
from sandbox.http import Call, reply
from sandbox.journal import Journal
from sandbox.mailbox import Mailbox
from sandbox.salesforce.api import SalesforceApi
from sandbox.state import State
from sandbox.timestamps import guide_time, http_date
from sandbox.zendesk.api import ZendeskApi


class Application:
    """One process that is three systems; `serving` holds where it can be reached once it is."""

    def __init__(self, state: State, *, enforce_quota: bool, journal: Journal | None = None) -> None:
        self.state = state
        self.faults = state.faults
        self.requests: deque[dict[str, Any]] = deque(maxlen=settings.REQUESTS_KEPT)
        self.mailbox: Mailbox | None = None
        self.serving: dict[str, Any] = {}
        self._journal = journal
        self._zendesk = ZendeskApi(enforce_quota=enforce_quota)
        self._salesforce = SalesforceApi(self.append_changes, enforce_quota=enforce_quota)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        now = self.state.advance()
        raw_path = scope.get("raw_path", scope["path"].encode()).decode("ascii")
        destination = destinations.find(
            request.headers.get("host", ""), raw_path, self.state.zendesk, self.state.salesforce
        )
        fault = self._struck(destination, request.method, now)
        handler = partial(self._answer, destination, request, body, now, fault)
        response = await fault_play.respond(fault, destination.system if destination else "", handler)
        self._remember(request, raw_path, destination, response, fault, now)
        if response is not None:
            response.headers["date"] = http_date(now)
        await fault_play.send(fault, response, scope, receive, send)

    def append_changes(self, changes: Iterable[Change | dict[str, Any]]) -> int:
        """Adds to the served world and, where a data directory keeps it, to the next start's world."""
        given = list(changes)
        added = self.state.append_changes(given)
        if self._journal is not None:
            self._journal.keep(given, self.state.clock.now())
        return added

    def described(self) -> dict[str, Any]:
        """What the ready file and `/_sandbox/world` say."""
        timeline = self.state.timeline
        return self.serving | {
            "now": guide_time(self.state.clock.now()),
            "first_change": guide_time(timeline.first_change) if timeline.first_change is not None else None,
            "last_change": guide_time(timeline.last_change) if timeline.last_change is not None else None,
            "instances": list(self.state.zendesk),
            "salesforce_instances": list(self.state.salesforce),
            "world": self._journal.digest if self._journal else None,
        }

    def _struck(self, destination: Destination | None, method: str, now: int) -> Fault | None:
        if destination is None or destination.system == "control":
            return None
        fault = self.faults.take(destination.system, destination.instance, method, destination.path, now)
        if fault is not None and fault.kind == "token_expired":
            self._expire_tokens(destination)
        return fault

    def _answer(
        self, destination: Destination | None, request: Request, body: bytes, now: int, fault: Fault | None
    ) -> Response:
        if destination is None:
            return reply({"error": "nothing is served at this address", **self.described()}, 404)
        base_url = f"{request.url.scheme}://{request.headers.get('host', 'localhost')}{destination.prefix}"
        query = dict(request.query_params)
        call = Call(request.method, destination.path, query, request.headers, body, base_url, now, fault=fault)
        call.raw_query = request.url.query
        if destination.system == "control":
            return control.answer(self, call)
        if destination.system == "zendesk":
            return self._zendesk.answer(self.state.zendesk[str(destination.instance)], call)
        if destination.system == "salesforce":
            return self._salesforce.answer(self.state.salesforce[str(destination.instance)], call)
        return gitlab_api.answer(self.state.gitlab, call)

    def _expire_tokens(self, destination: Destination) -> None:
        if destination.system == "zendesk":
            self.state.zendesk[str(destination.instance)].tokens.clear()
        elif destination.system == "salesforce":
            self.state.salesforce[str(destination.instance)].opened.tokens.clear()

    def _remember(
        self,
        request: Request,
        path: str,
        destination: Destination | None,
        response: Response | None,
        fault: Fault | None,
        now: int,
    ) -> None:
        if destination is not None and destination.system == "control":
            return
        self.requests.append({
            "at": guide_time(now),
            "method": request.method,
            "path": path,
            "query": dict(request.query_params),
            "status": response.status_code if response else None,
            "bytes": len(response.body) if response else 0,
            "fault": fault.kind if fault else None,
        })  # fmt: skip
