"""Ticket -> its full JSON object: the one shape that is made a hundred thousand times."""

from typing import Any

from sandbox.timestamps import zendesk_time
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Ticket

_TICKET: dict[str, Any] = {
    "external_id": None, "via": None, "created_at": None, "updated_at": None, "type": None, "subject": None,
    "raw_subject": None, "description": "", "priority": None, "status": "new", "recipient": None,
    "requester_id": None, "submitter_id": None, "assignee_id": None, "organization_id": None, "group_id": None,
    "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [], "forum_topic_id": None, "problem_id": None,
    "has_incidents": False, "is_public": True, "due_at": None, "tags": [], "custom_fields": [],
    "satisfaction_rating": None, "sharing_agreement_ids": [], "custom_status_id": None, "fields": [],
    "followup_ids": [], "ticket_form_id": None, "brand_id": None, "allow_channelback": False,
    "allow_attachments": True, "from_messaging_channel": False, "support_type": "agent",
}  # fmt: skip
# What a status looks like as a custom status, in an account that defined none of its own.
CUSTOM_STATUSES = {
    "new": 39_771_695_441_021, "open": 39_771_695_441_053, "pending": 39_771_695_441_085,
    "hold": 39_771_695_441_117, "solved": 39_771_695_441_149,
}  # fmt: skip


def ticket(instance: Instance, row: Ticket, *, exported: bool = False) -> dict[str, Any]:
    """A ticket as lists and exports show it; only exports carry `generated_timestamp`."""
    fields = row.fields
    shape: dict[str, Any] = {"url": f"https://{instance.host}/api/v2/tickets/{row.id}.json", "id": row.id}
    shape |= _TICKET
    shape |= fields
    # Only audits and metrics tell of the policy.
    shape.pop("sla_policy", None)
    shape["created_at"] = zendesk_time(row.created)
    shape["updated_at"] = zendesk_time(row.updated)
    if exported:
        shape["generated_timestamp"] = row.generated
    shape["raw_subject"] = fields.get("raw_subject", fields.get("subject"))
    shape["encoded_id"] = f"{row.id:06X}-{row.id:04X}"
    value_of = row.custom.get
    shape["custom_fields"] = shape["fields"] = [
        {"id": field_id, "value": value_of(field_id, unset)} for field_id, unset in instance.custom_values.items()
    ]
    shape["satisfaction_rating"] = row.rating or {"score": "unoffered"}
    if shape["custom_status_id"] is None:
        shape["custom_status_id"] = CUSTOM_STATUSES.get(row.status_before_delete or shape["status"])
    return shape
