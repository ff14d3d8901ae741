"""Audit -> what the ticket_events export, the audits list and the comments list show of it."""

from typing import Any

from sandbox.timestamps import zendesk_time
from sandbox.zendesk.audits import via_label
from sandbox.zendesk.records import Audit, FieldChange, event_id
from sandbox.zendesk.ticket_shape import CUSTOM_STATUSES

_SYSTEM = {"client": None, "ip_address": "127.0.0.1", "latitude": None, "location": None, "longitude": None}


def ticket_event(audit: Audit, *, with_comments: bool) -> dict[str, Any]:
    """A row of the ticket_events export; metadata comes only together with the comments."""
    label = via_label(audit.via)
    audit_id = event_id(audit.ticket_id, audit.number)
    children: list[dict[str, Any]] = []
    number = audit.number + 1
    if audit.comment is not None:
        if with_comments:
            children.append(_comment_event(audit, audit_id, number))
        else:
            public = audit.comment.get("public", True)
            child = {"id": event_id(audit.ticket_id, number), "comment_present": True, "comment_public": public}
            children.append({**child, "via": label, "via_reference_id": None, "event_type": "Comment"})
    for change in _expanded(audit.changes):
        number += 1
        child = {"id": event_id(audit.ticket_id, number), "via": label, "via_reference_id": None}
        if change.field == "custom_ticket_fields":
            child["custom_ticket_fields"] = {str(change.value[0]): change.value[1]}
        elif change.field == "tags":
            child["tags"], child["added_tags"], child["removed_tags"] = change.value
        else:
            child[change.field] = change.value
        if change.kind == "Change" and change.field != "tags":
            child["previous_value"] = change.previous
        child["event_type"] = change.kind
        children.append(child)
    row: dict[str, Any] = {
        "id": audit_id,
        "ticket_id": audit.ticket_id,
        "timestamp": audit.at,
        "created_at": zendesk_time(audit.at),
        "updater_id": audit.updater_id,
        "via": label,
        "system": _SYSTEM if audit.system == "full" else {},
    }
    if with_comments:
        row["metadata"] = _metadata(audit)
    row["event_type"] = "Audit"
    row["child_events"] = children
    return row


def audit_row(audit: Audit) -> dict[str, Any]:
    """A row of `tickets/{id}/audits`: the same update with `field_name` and `value`."""
    audit_id = event_id(audit.ticket_id, audit.number)
    events: list[dict[str, Any]] = []
    number = audit.number + 1
    if audit.comment is not None:
        events.append(_comment(audit, audit_id, number) | {"type": "Comment"})
    for change in _expanded(audit.changes):
        number += 1
        event: dict[str, Any] = {"id": event_id(audit.ticket_id, number), "type": change.kind}
        if change.kind.endswith("RedactionEvent"):
            event |= {change.field: int(change.value)}
        elif change.field == "custom_ticket_fields":
            event |= {"field_name": str(change.value[0]), "value": change.value[1]}
        elif change.field == "tags":
            event |= {"field_name": "tags", "value": change.value[0]}
        else:
            event |= {"field_name": change.field, "value": None if change.value is None else str(change.value)}
        if change.kind == "Change":
            event["previous_value"] = _tags_before(change) if change.field == "tags" else change.previous
        events.append(event)
    return {
        "id": audit_id,
        "ticket_id": audit.ticket_id,
        "created_at": zendesk_time(audit.at),
        "author_id": audit.updater_id,
        "metadata": _metadata(audit),
        "events": events,
        "via": audit.via,
    }


def comment_row(audit: Audit) -> dict[str, Any]:
    """A row of `tickets/{id}/comments`."""
    shape = _comment(audit, event_id(audit.ticket_id, audit.number), audit.number + 1)
    return shape | {"type": "Comment", "metadata": _metadata(audit)}


def comment_id(audit: Audit) -> int:
    """The id of the comment that an audit added."""
    return event_id(audit.ticket_id, audit.number + 1)


def attachment_id(audit: Audit, place: int) -> int:
    """The id of the attachment at a place (from 0) of the audit's comment, unless the world gave it one."""
    given = ((audit.comment or {}).get("attachments") or ())[place].get("id")
    return given or comment_id(audit) + (place + 1) * (1 << 48)


def _expanded(changes: tuple[FieldChange, ...]) -> list[FieldChange]:
    """A status that has a custom status brings it as a second child; deleting and closing do not."""
    found = []
    for change in changes:
        found.append(change)
        if change.field == "status" and change.value in CUSTOM_STATUSES:
            if change.kind == "Create":
                found.append(FieldChange("Create", "custom_status_id", str(CUSTOM_STATUSES[change.value])))
            elif change.previous in CUSTOM_STATUSES:
                old, new = CUSTOM_STATUSES[change.previous], CUSTOM_STATUSES[change.value]
                found.append(FieldChange("Change", "custom_status_id", str(new), str(old)))
    return found


def _tags_before(change: FieldChange) -> list[str]:
    tags, added, removed = change.value
    return sorted([*(tag for tag in tags if tag not in added), *removed])


def _comment(audit: Audit, audit_id: int, number: int) -> dict[str, Any]:
    comment = audit.comment or {}
    body = comment.get("body") or ""
    return {
        "id": event_id(audit.ticket_id, number),
        "author_id": comment.get("author_id"),
        "body": body,
        "html_body": comment.get("html_body", f'<div class="zd-comment" dir="auto"><p dir="auto">{body}</p></div>'),
        "plain_body": body,
        "public": comment.get("public", True),
        "attachments": [
            _attachment(audit, place, given) for place, given in enumerate(comment.get("attachments") or ())
        ],
        "audit_id": audit_id,
        "via": {"channel": audit.via.get("channel"), "source": audit.via.get("source")},
        "created_at": zendesk_time(audit.at),
    }


def _comment_event(audit: Audit, audit_id: int, number: int) -> dict[str, Any]:
    shape = _comment(audit, audit_id, number)
    return shape | {"type": "Comment", "event_type": "Comment", "via_reference_id": None}


def _attachment(audit: Audit, place: int, given: dict[str, Any]) -> dict[str, Any]:
    found = given.get("id") or attachment_id(audit, place)
    name = given.get("file_name", "file")
    address = f"https://attachments.invalid/{found}/{name}"
    shape = {
        "url": f"https://attachments.invalid/api/v2/attachments/{found}.json", "id": found, "file_name": name,
        "content_url": address, "mapped_content_url": address, "content_type": "application/octet-stream", "size": 0,
        "width": None, "height": None, "inline": False, "deleted": False, "malware_access_override": False,
        "malware_scan_result": "malware_not_found", "thumbnails": [],
    }  # fmt: skip
    return shape | given


def _metadata(audit: Audit) -> dict[str, Any]:
    system: dict[str, Any] = {}
    if audit.system != "none":
        system = dict(_SYSTEM) if audit.system == "full" else {}
        system["transaction_id"] = f"{audit.ticket_id:x}-{audit.number:x}"
    if audit.comment is not None and audit.comment.get("is_redacted"):
        system["email_id"] = None
    metadata: dict[str, Any] = {"system": system, "custom": {}}
    if audit.parent is not None:
        metadata["parent_audit_id"] = str(event_id(audit.ticket_id, audit.parent))
    return metadata
