"""A ticket's audits -> its metric set, in one pass: it is made for every row of a backfill."""

from typing import Any

from sandbox.timestamps import zendesk_time
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Audit, Ticket

SOLVED = frozenset({"solved", "closed"})
WORKED_ON = frozenset({"new", "open"})
WAITED_FOR = frozenset({"new", "open", "hold"})
# What moves these moves no metric: the system writes them, not somebody who works on the ticket.
_APART = frozenset({"satisfaction_score", "satisfaction_reason_code"})


def metric_set(instance: Instance, row: Ticket) -> dict[str, Any]:
    """Counts and times of one ticket; minutes are calendar minutes (the sandbox keeps no business hours)."""
    created = since = row.created
    updated = status_at = requester_at = custom_status_at = created
    assignee_at = assigned_at = first_assigned_at = first_reply_at = last_comment_at = first_solved_at = solved_at = 0
    group_stations = assignee_stations = reopens = replies = held = pended = waited = 0
    status, requester = "new", row.fields.get("requester_id")
    for audit in row.audits:
        at, is_work = audit.at, audit.comment is not None
        for change in audit.changes:
            field, value = change.field, change.value
            if field == "status":
                if value == "deleted" or change.previous == "deleted":
                    status_at = assignee_at = at
                    continue
                spent, since = at - since, at
                held += spent if status == "hold" else 0
                pended += spent if status == "pending" else 0
                waited += spent if status in WAITED_FOR else 0
                if value in SOLVED and status not in SOLVED:
                    first_solved_at, solved_at = first_solved_at or at, at
                elif status == "solved" and value not in SOLVED:
                    reopens += 1
                status, status_at, custom_status_at = value, at, at
            elif field == "assignee_id":
                assignee_at = at
                if value is not None:
                    assigned_at, first_assigned_at = at, first_assigned_at or at
                    assignee_stations += 1
            elif field == "group_id":
                group_stations += value is not None
            elif field == "requester_id":
                requester, requester_at = value, at
            is_work = is_work or field not in _APART
        if is_work:
            updated = max(updated, at)
        if audit.comment is not None:
            last_comment_at = max(last_comment_at, at)
            if is_reply(audit, requester):
                replies += 1
                first_reply_at = first_reply_at or at
    is_solved = status in SOLVED
    return {
        "url": f"https://{instance.host}/api/v2/ticket_metrics/{row.id + 50_000_000}.json",
        "id": row.id + 50_000_000,
        "ticket_id": row.id,
        "created_at": zendesk_time(created),
        "updated_at": zendesk_time(updated),
        "group_stations": group_stations,
        "assignee_stations": assignee_stations,
        "reopens": reopens,
        "replies": replies,
        "assignee_updated_at": _time(assignee_at),
        "requester_updated_at": zendesk_time(requester_at),
        "status_updated_at": zendesk_time(status_at),
        "initially_assigned_at": _time(first_assigned_at),
        "assigned_at": _time(assigned_at),
        "solved_at": _time(solved_at if is_solved else 0),
        "latest_comment_added_at": _time(last_comment_at),
        "reply_time_in_minutes": _minutes(first_reply_at - created if first_reply_at else None),
        "first_resolution_time_in_minutes": _minutes(first_solved_at - created if first_solved_at else None),
        "full_resolution_time_in_minutes": _minutes(solved_at - created if is_solved else None),
        "agent_wait_time_in_minutes": _minutes(pended if is_solved else None),
        "requester_wait_time_in_minutes": _minutes(waited if is_solved else None),
        "on_hold_time_in_minutes": _minutes(held),
        "custom_status_updated_at": zendesk_time(custom_status_at),
    }


def is_reply(audit: Audit, requester: Any) -> bool:
    """Whether somebody else than the requester answered in public; made private later, it still counts."""
    comment = audit.comment
    if comment is None or comment.get("author_id") == requester:
        return False
    return comment.get("was_public", comment.get("public", True))


def _minutes(seconds: int | None) -> dict[str, int | None]:
    minutes = None if seconds is None else round(seconds / 60)
    return {"calendar": minutes, "business": minutes}


def _time(seconds: int) -> str | None:
    return zendesk_time(seconds) if seconds else None
