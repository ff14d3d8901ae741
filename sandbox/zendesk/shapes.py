"""Record -> the full JSON object of the Zendesk API: every documented key is there, set or not."""

from typing import Any

from sandbox import settings
from sandbox.timestamps import zendesk_time
from sandbox.zendesk import desk
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Record

_USER: dict[str, Any] = {
    "name": "", "email": None, "created_at": None, "updated_at": None, "time_zone": "Etc/UTC",
    "iana_time_zone": "Etc/UTC", "phone": None, "shared_phone_number": None, "photo": None, "locale_id": 1,
    "locale": "en-US", "organization_id": None, "role": "end-user", "verified": True, "external_id": None,
    "tags": [], "alias": "", "active": True, "shared": False, "shared_agent": False, "last_login_at": None,
    "two_factor_auth_enabled": None, "signature": None, "details": "", "notes": "", "role_type": None,
    "custom_role_id": None, "moderator": False, "ticket_restriction": "requested", "only_private_comments": False,
    "restricted_agent": True, "suspended": False, "suspension_details": None, "default_group_id": None,
    "report_csv": False, "is_billing_admin": None, "user_fields": {},
}  # fmt: skip
_AGENT: dict[str, Any] = {
    "ticket_restriction": None, "moderator": True, "restricted_agent": False, "role_type": 4,
}  # fmt: skip
_ORGANIZATION: dict[str, Any] = {
    "name": "", "shared_tickets": False, "shared_comments": False, "external_id": None, "created_at": None,
    "updated_at": None, "domain_names": [], "details": "", "notes": "", "group_id": None, "tags": [],
    "organization_fields": {}, "deleted_at": None, "children_count": 0, "ticket_restriction": "restricted",
}  # fmt: skip
_MEMBERSHIP: dict[str, Any] = {
    "user_id": None, "organization_id": None, "default": None, "created_at": None, "organization_name": None,
    "updated_at": None, "view_tickets": True,
}  # fmt: skip
_KEYED_FIELD: dict[str, Any] = {
    "key": None, "type": "text", "title": "", "raw_title": "", "description": "", "raw_description": "",
    "position": 9999, "active": True, "system": False, "regexp_for_validation": None, "created_at": None,
    "updated_at": None,
}  # fmt: skip
_TICKET_FIELD: dict[str, Any] = {
    "type": "text", "title": "", "raw_title": "", "description": "", "raw_description": "", "position": 9999,
    "active": True, "required": False, "collapsed_for_agents": False, "regexp_for_validation": None,
    "title_in_portal": "", "raw_title_in_portal": "", "visible_in_portal": False, "editable_in_portal": False,
    "required_in_portal": False, "agent_can_edit": True, "tag": None, "created_at": None, "updated_at": None,
    "removable": True, "key": None, "agent_description": None, "raw_agent_description": None,
}  # fmt: skip
_SYSTEM_OPTIONS = {
    "status": ("open", "pending", "solved"),
    "priority": ("low", "normal", "high", "urgent"),
    "tickettype": ("question", "incident", "problem", "task"),
}
_DELETED_USER = (
    "url", "id", "name", "email", "created_at", "updated_at", "time_zone", "phone", "shared_phone_number", "photo",
    "locale_id", "locale", "organization_id", "role", "active",
)  # fmt: skip
_GROUP: dict[str, Any] = {
    "name": "", "description": "", "default": False, "is_public": True, "deleted": False, "created_at": None,
    "updated_at": None,
}  # fmt: skip


def user(instance: Instance, row: Record) -> dict[str, Any]:
    """A user as an admin sees it; a deleted one has the extra key `permanently_deleted`."""
    role = row.fields.get("role", "end-user")
    shape = _begin(instance, "users", row, _USER if role == "end-user" else _USER | _AGENT)
    shape["user_fields"] = instance.user_keys | row.fields.get("user_fields", {})
    return shape


def identity(instance: Instance, row: Record) -> dict[str, Any]:
    """An identity, primary or not."""
    verified = bool(row.fields.get("verified", False))
    return {
        "url": f"https://{instance.host}/api/v2/users/{row.fields['user_id']}/identities/{row.id}.json",
        "id": row.id,
        "user_id": row.fields["user_id"],
        "type": row.fields["type"],
        "value": row.fields["value"],
        "verified": verified,
        "verification_method": row.fields.get("verification_method", "low" if verified else "none"),
        "verified_at": zendesk_time(row.created) if verified else None,
        "primary": row.fields.get("primary", False),
        "created_at": zendesk_time(row.created),
        "updated_at": zendesk_time(row.updated),
        "undeliverable_count": row.fields.get("undeliverable_count", 0),
        "deliverable_state": row.fields.get("deliverable_state", "deliverable"),
    }


def organization(instance: Instance, row: Record) -> dict[str, Any]:
    """An organization; a deleted one says when."""
    shape = _begin(instance, "organizations", row, _ORGANIZATION)
    shape["organization_fields"] = instance.organization_keys | row.fields.get("organization_fields", {})
    if shape["deleted_at"] is not None:
        shape["deleted_at"] = zendesk_time(shape["deleted_at"])
    return shape


def membership(instance: Instance, row: Record) -> dict[str, Any]:
    """A membership with the organization's name of now."""
    shape = _begin(instance, "organization_memberships", row, _MEMBERSHIP)
    organization_row = instance.organizations.get(shape["organization_id"])
    shape["organization_name"] = organization_row.fields["name"] if organization_row else None
    shape["default"] = True if shape["default"] else None
    return shape


def rating(instance: Instance, row: Record) -> dict[str, Any]:
    """A row of the satisfaction ratings list."""
    return _begin(instance, "satisfaction_ratings", row, {})


def ticket_field(instance: Instance, row: Record, path: str) -> dict[str, Any]:
    """A ticket field; options and statuses stand only on those that have them."""
    shape = _field(instance, row, path, _TICKET_FIELD)
    kind = shape["type"]
    if kind in ("status", "priority"):
        shape["sub_type_id"] = 0
    if kind in _SYSTEM_OPTIONS and row.fields.get("removable") is False:
        shape["system_field_options"] = [{"name": v.capitalize(), "value": v} for v in _SYSTEM_OPTIONS[kind]]
    if kind in ("tagger", "multiselect"):
        shape.setdefault("custom_field_options", [])
    if kind == "custom_status":
        named = desk.statuses(instance.host)
        shape["custom_statuses"] = [
            {name: value for name, value in status.items() if not name.startswith("raw_")} for status in named
        ]
    return shape


def keyed_field(instance: Instance, row: Record, path: str) -> dict[str, Any]:
    """A field of `organization_fields` or `user_fields`."""
    return _field(instance, row, path, _KEYED_FIELD)


def _field(instance: Instance, row: Record, path: str, defaults: dict[str, Any]) -> dict[str, Any]:
    shape = _begin(instance, path, row, defaults)
    for name in ("title", "description", "title_in_portal", "agent_description"):
        if name in shape:
            shape[f"raw_{name}"] = row.fields.get(f"raw_{name}", shape[name])
    if "custom_field_options" in shape:
        shape["custom_field_options"] = [
            {"raw_name": option.get("name"), "default": False} | option for option in shape["custom_field_options"]
        ]
    return shape


def deleted_user(instance: Instance, row: Record) -> dict[str, Any]:
    """A row of the deleted users list, which says less than the export."""
    shape = user(instance, row)
    return {name: shape[name] for name in _DELETED_USER}


def group(instance: Instance, row: Record) -> dict[str, Any]:
    """A group of agents."""
    return _begin(instance, "groups", row, _GROUP)


def _begin(instance: Instance, path: str, row: Record, defaults: dict[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = {"url": f"https://{instance.host}/api/v2/{path}/{row.id}.json", "id": row.id}
    shape |= defaults
    shape |= row.fields
    shape["created_at"] = zendesk_time(row.created)
    shape["updated_at"] = zendesk_time(row.updated)
    return shape


ANONYMOUS = {
    "id": None, "url": None, "name": "Anonymous user", "email": "invalid@example.com", "created_at": None,
    "updated_at": None, "time_zone": "Etc/UTC", "iana_time_zone": "Etc/UTC", "phone": None,
    "shared_phone_number": None, "photo": None, "locale_id": 1, "locale": "en-US", "organization_id": None,
    "role": "end-user", "verified": False,
}  # fmt: skip
ADMIN = (
    _USER
    | _AGENT
    | {
        "id": 1,
        "url": f"https://{settings.ZENDESK_HOSTS['global']}/api/v2/users/1.json",
        "name": "Sandbox administrator",
        "email": "admin@example.com",
        "role": "admin",
        "created_at": "2015-01-01T00:00:00Z",
        "updated_at": "2015-01-01T00:00:00Z",
    }
)
