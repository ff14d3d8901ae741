"""A ticket's audits -> its metric set."""

from typing import Any

from sandbox.timestamps import zendesk_time
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Audit, Ticket

SOLVED = ("solved", "closed")


def metric_set(instance: Instance, row: Ticket) -> dict[str, Any]:
    """Counts and times of one ticket; minutes are calendar minutes (the sandbox keeps no business hours)."""
    solves: list[int] = []
    reopens, stamps = 0, {"status": row.created, "assignee_id": 0, "group_id": 0, "requester_id": row.created}
    stations = {"assignee_id": 0, "group_id": 0}
    for audit in row.audits:
        for change in audit.changes:
            if change.field in stamps:
                stamps[change.field] = audit.at
            if change.field in stations and change.value is not None:
                stations[change.field] += 1
            if change.field == "status":
                stamps["status"] = audit.at
                if change.value in SOLVED and change.previous not in SOLVED:
                    solves.append(audit.at)
                reopens += change.previous == "solved" and change.value in ("open", "pending", "hold")
    replies = [audit for audit in row.audits if _is_reply(row, audit)]
    solved = solves[-1] if solves and row.fields["status"] in SOLVED else None
    first_reply = replies[0].at if replies else None
    last_comment = max((audit.at for audit in row.audits if audit.comment), default=None)
    return {
        "url": f"https://{instance.host}/api/v2/ticket_metrics/{row.id}.json",
        "id": row.id + 50_000_000,
        "ticket_id": row.id,
        "created_at": zendesk_time(row.created),
        "updated_at": zendesk_time(row.updated),
        "group_stations": stations["group_id"],
        "assignee_stations": stations["assignee_id"],
        "reopens": reopens,
        "replies": len(replies),
        "assignee_updated_at": _time(stamps["assignee_id"]),
        "requester_updated_at": _time(stamps["requester_id"]),
        "status_updated_at": _time(stamps["status"]),
        "initially_assigned_at": _time(_first_set(row, "assignee_id")),
        "assigned_at": _time(stamps["assignee_id"]),
        "solved_at": _time(solved),
        "latest_comment_added_at": _time(last_comment),
        "custom_status_updated_at": _time(stamps["status"]),
        "reply_time_in_minutes": _minutes(row, first_reply),
        "first_resolution_time_in_minutes": _minutes(row, solves[0] if solves else None),
        "full_resolution_time_in_minutes": _minutes(row, solved),
        "agent_wait_time_in_minutes": {"calendar": None, "business": None},
        "requester_wait_time_in_minutes": _minutes(row, solved),
        "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
    }


def _is_reply(row: Ticket, audit: Audit) -> bool:
    comment = audit.comment
    return bool(comment) and comment.get("public", True) and comment.get("author_id") != row.fields.get("requester_id")


def _first_set(row: Ticket, name: str) -> int | None:
    for audit in row.audits:
        if any(change.field == name and change.value is not None for change in audit.changes):
            return audit.at
    return None


def _minutes(row: Ticket, until: int | None) -> dict[str, int | None]:
    minutes = None if until is None else round((until - row.created) / 60)
    return {"calendar": minutes, "business": minutes}


def _time(seconds: int | None) -> str | None:
    return zendesk_time(seconds) if seconds else None
