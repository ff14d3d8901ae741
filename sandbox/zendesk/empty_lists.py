"""Lists of things that no world has: clients ask for them, and get nothing in the right envelope."""

from starlette.responses import Response

from sandbox.http import Call, reply
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import page

# Path below /api/v2 -> the key of its rows.
KEYS = {
    "activities": "activities",
    "audit_logs": "audit_logs",
    "automations": "automations",
    "business_hours/schedules": "schedules",
    "channels/voice/phone_numbers": "phone_numbers",
    "community/posts": "posts",
    "community/topics": "topics",
    "custom_roles": "custom_roles",
    "dynamic_content/items": "items",
    "group_memberships": "group_memberships",
    "help_center/categories": "categories",
    "help_center/incremental/articles": "articles",
    "help_center/sections": "sections",
    "job_statuses": "job_statuses",
    "macros": "macros",
    "recipient_addresses": "recipient_addresses",
    "requests": "requests",
    "satisfaction_reasons": "reasons",
    "sharing_agreements": "sharing_agreements",
    "skips": "skips",
    "slas/policies": "sla_policies",
    "suspended_tickets": "suspended_tickets",
    "targets": "targets",
    "triggers": "triggers",
    "views": "views",
}


def empty(_instance: Instance, call: Call) -> Response:
    """No rows, paged as asked."""
    name = call.path.strip("/").removeprefix("api/v2/").removesuffix(".json")
    _, envelope = page(call, [], lambda _: (), whole=True)
    return reply({KEYS[name]: [], **envelope})
