"""GET /incremental/ticket_metric_events: what a ticket's audits start, pause and fulfil, and how long it took.

Derived on demand from the audits that came since: most readers never ask for it.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.timestamps import zendesk_time
from sandbox.zendesk import exports, metrics
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import page
from sandbox.zendesk.records import Audit, MetricEvent, Ticket, metric_event_id

# Metric -> the statuses in which its clock runs; it pauses in others and is fulfilled by solving.
CLOCKS = {
    "agent_work_time": metrics.WORKED_ON,
    "requester_wait_time": metrics.WAITED_FOR,
    "resolution_time": frozenset({"new", "open", "pending", "hold"}),
}
TOO_RECENT = Refused(422, settings.START_TIME_TOO_RECENT_TIME)


def ticket_metric_events(instance: Instance, call: Call) -> Response:
    """By time, 1000 a page, or with `page[size]` by cursor."""
    too_recent = TOO_RECENT if settings.METRIC_EVENTS_REFUSE_RECENT_START else None
    start, until = exports.start_time(call, too_recent), exports.visible_until("metric_events", call)
    _derive(instance)
    known = instance.metric_events
    rows = known[bisect_left(known, (start,)) : bisect_left(known, (until + 1,))]
    if call.query.get("exclude_deleted") == "true":
        tickets = instance.tickets
        rows = [row for row in rows if tickets[row.ticket_id].fields["status"] != "deleted"]
    if any(name.startswith("page[") for name in call.query):
        found, envelope = page(call, rows, lambda row: row[:3], "time,ticket_id,number")
    else:
        found, envelope = exports.time_page(call, ((row.at, row) for row in rows), lambda _: None)
    return reply({"ticket_metric_events": [_shape(row) for row in found], **envelope})


def _derive(instance: Instance) -> None:
    if not instance.unmeasured:
        return
    grown = instance.unmeasured
    kept = [row for row in instance.metric_events if row.ticket_id not in grown]
    fresh = [event for ticket_id in grown for event in events(instance.tickets[ticket_id])]
    instance.metric_events = sorted(kept + fresh)
    instance.unmeasured = set()


def events(ticket: Ticket) -> Iterator[MetricEvent]:
    """Every metric event of a ticket; the n-th stays the n-th when audits are added."""
    for number, (at, metric, instance_id, kind, details) in enumerate(_happenings(ticket)):
        yield MetricEvent(at, ticket.id, number, metric, instance_id, kind, details)


@dataclass(slots=True)
class _Clock:
    """One metric of one ticket: its instance, since when it runs (None: it does not), and seconds run before."""

    instance_id: int = 0
    since: int | None = None
    seconds: int = 0
    is_done: bool = True


Happening = tuple[int, str, int, str, dict[str, Any]]


def _happenings(ticket: Ticket) -> Iterator[Happening]:
    clocks, reply_time = {metric: _Clock() for metric in CLOCKS}, _Clock()
    status = requester = policy = None
    for audit in ticket.audits:
        for change in audit.changes:
            if change.field == "status" and "deleted" not in (change.value, change.previous):
                status = change.value
            elif change.field == "requester_id":
                requester = change.value
            elif change.field == "sla_policy":
                policy = change.value
        for metric, running_in in CLOCKS.items():
            yield from _move(clocks[metric], metric, audit.at, status in running_in, status in metrics.SOLVED)
        yield from _reply(reply_time, audit, requester, policy)


def _reply(clock: _Clock, audit: Audit, requester: Any, policy: Any) -> Iterator[Happening]:
    if metrics.is_reply(audit, requester):
        yield from _move(clock, "reply_time", audit.at, False, True)
    elif audit.comment is not None and audit.comment.get("author_id") == requester and clock.since is None:
        yield from _move(clock, "reply_time", audit.at, True, False)
        if policy is not None:
            described = {"id": None, "title": policy, "description": policy}
            sla = {"target": settings.METRIC_SLA_TARGET_MINUTES, "business_hours": False, "policy": described}
            yield audit.at, "reply_time", clock.instance_id, "apply_sla", {"sla": sla}


def _move(clock: _Clock, metric: str, at: int, runs: bool, is_solved: bool) -> Iterator[Happening]:
    if runs and clock.since is None:
        if clock.is_done:
            clock.instance_id, clock.seconds, clock.is_done = clock.instance_id + 1, 0, False
        clock.since = at
        yield at, metric, clock.instance_id, "activate", {}
    elif not runs and not clock.is_done and (clock.since is not None or is_solved):
        clock.seconds += 0 if clock.since is None else max(0, at - clock.since)
        clock.since, clock.is_done = None, is_solved
        yield at, metric, clock.instance_id, "fulfill" if is_solved else "pause", {}
        minutes = round(clock.seconds / 60)
        taken = {"status": {"calendar": minutes, "business": minutes}}
        yield at, metric, clock.instance_id, "update_status", taken


def _shape(row: MetricEvent) -> dict[str, Any]:
    shape: dict[str, Any] = {"id": metric_event_id(row.ticket_id, row.number), "ticket_id": row.ticket_id}
    shape |= {"metric": row.metric, "instance_id": row.instance_id}
    return shape | {"type": row.type, "time": zendesk_time(row.at)} | row.details
