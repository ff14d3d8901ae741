"""Audit -> the comment that it added, as it is now."""

from typing import Any

from sandbox.timestamps import zendesk_time
from sandbox.zendesk.records import Audit, event_id


def comment_id(audit: Audit) -> int:
    """The id of the comment that an audit added."""
    return event_id(audit.ticket_id, audit.number + 1)


def attachment_id(audit: Audit, place: int) -> int:
    """The id of the attachment at a place (from 0) of the audit's comment, unless the world gave it one."""
    given = ((audit.comment or {}).get("attachments") or ())[place].get("id")
    return given or comment_id(audit) + (place + 1) * (1 << 48)


def shape(audit: Audit) -> dict[str, Any]:
    """What lists, audits and events all show of a comment; each adds keys of its own."""
    comment = audit.comment or {}
    body = comment.get("body") or ""
    return {
        "id": comment_id(audit),
        "author_id": comment.get("author_id"),
        "body": body,
        "html_body": comment.get("html_body", f'<div class="zd-comment" dir="auto"><p dir="auto">{body}</p></div>'),
        "plain_body": body,
        "public": comment.get("public", True),
        "attachments": [
            _attachment(audit, place, given) for place, given in enumerate(comment.get("attachments") or ())
        ],
        "audit_id": event_id(audit.ticket_id, audit.number),
        "via": {"channel": audit.via.get("channel"), "source": audit.via.get("source")},
        "created_at": zendesk_time(audit.at),
    }


def _attachment(audit: Audit, place: int, given: dict[str, Any]) -> dict[str, Any]:
    found = given.get("id") or attachment_id(audit, place)
    name = given.get("file_name", "file")
    address = f"https://attachments.invalid/{found}/{name}"
    defaults = {
        "url": f"https://attachments.invalid/api/v2/attachments/{found}.json", "id": found, "file_name": name,
        "content_url": address, "mapped_content_url": address, "content_type": "application/octet-stream", "size": 0,
        "width": None, "height": None, "inline": False, "deleted": False, "malware_access_override": False,
        "malware_scan_result": "malware_not_found", "thumbnails": [],
    }  # fmt: skip
    return defaults | given
