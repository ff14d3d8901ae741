"""Field definition -> the JSON object of `ticket_fields`, `organization_fields` or `user_fields`."""

from typing import Any

from sandbox.zendesk import desk
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Record
from sandbox.zendesk.shapes import begin

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
    shape = begin(instance, path, row, defaults)
    for name in ("title", "description", "title_in_portal", "agent_description"):
        if name in shape:
            shape[f"raw_{name}"] = row.fields.get(f"raw_{name}", shape[name])
    if "custom_field_options" in shape:
        shape["custom_field_options"] = [
            {"raw_name": option.get("name"), "default": False} | option for option in shape["custom_field_options"]
        ]
    return shape
