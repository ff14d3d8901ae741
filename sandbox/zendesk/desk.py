"""What every account has from the start: forms, brands, statuses, settings. The world names forms and brands by id."""

from typing import Any

from starlette.responses import Response

from sandbox.http import Call, reply
from sandbox.timestamps import zendesk_time
from sandbox.zendesk.definitions import SYSTEM_FIELDS_SINCE
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import page
from sandbox.zendesk.ticket_shape import CUSTOM_STATUSES

SINCE = zendesk_time(SYSTEM_FIELDS_SINCE)
DEFAULT_BRAND_ID = 39_771_644_000_029
DEFAULT_FORM_ID = 39_771_644_000_061
IN_PROGRESS_ID = 39_771_695_441_181
_LABELS = {"hold": "On-hold"}


def ticket_forms(instance: Instance, call: Call) -> Response:
    """GET /ticket_forms: the default one, and one for every id that tickets carry."""
    ids = [DEFAULT_FORM_ID, *_in_use(instance, "ticket_form_id")]
    rows = [_form(instance, place, form_id) for place, form_id in enumerate(ids, start=1)]
    found, envelope = page(call, rows, lambda row: (row["position"], row["id"]), "position,id", whole=True)
    return reply({"ticket_forms": found, **envelope})


def brands(instance: Instance, call: Call) -> Response:
    """GET /brands: the default one, and one for every id that tickets carry."""
    rows = [_brand(instance, brand_id) for brand_id in (DEFAULT_BRAND_ID, *_in_use(instance, "brand_id"))]
    rows.sort(key=_by_name)
    found, envelope = page(call, rows, _by_name, "name,id")
    return reply({"brands": found, **envelope})


def custom_statuses(instance: Instance, _call: Call) -> Response:
    """GET /custom_statuses: never paged."""
    rows = statuses(instance.host)
    return reply({"custom_statuses": rows, "count": len(rows), "next_page": None, "previous_page": None})


def account_settings(_instance: Instance, _call: Call) -> Response:
    """GET /account/settings: what clients look at to see that they may read."""
    return reply({
        "settings": {
            "active_features": {
                "customer_satisfaction": True, "on_hold_status": True, "ticket_forms": True, "ticket_tagging": True,
                "user_org_fields": True, "organization_access_enabled": True, "business_hours": False, "voice": False,
                "sandbox": False,
            },
            "api": {"accepted_api_agreement": True, "api_password_access_end_users": False, "api_token_access": "true"},
            "brands": {"default_brand_id": DEFAULT_BRAND_ID, "require_brand_on_new_tickets": False},
            "limits": {"attachment_size": 52_428_800},
            "localization": {"locale_ids": [1]},
            "tickets": {"comments_public_by_default": True, "is_first_comment_private_enabled": True},
            "users": {"tagging": True, "time_zone_selection": True, "language_selection": True},
        }
    })  # fmt: skip


def statuses(host: str) -> list[dict[str, Any]]:
    """The six of a fresh account: two are open, on-hold is not active."""
    found = [
        _status(host, status_id, category, _LABELS.get(category, category.capitalize()), category != "hold", True)
        for category, status_id in CUSTOM_STATUSES.items()
    ]
    return [*found, _status(host, IN_PROGRESS_ID, "open", "In Progress", True, False)]


def _status(host: str, row_id: int, category: str, label: str, active: bool, default: bool) -> dict[str, Any]:
    texts = {"agent_label": label, "end_user_label": label, "description": "", "end_user_description": ""}
    return {
        "url": f"https://{host}/api/v2/custom_statuses/{row_id}.json",
        "id": row_id,
        "status_category": category,
        **texts,
        **{f"raw_{name}": text for name, text in texts.items()},
        "active": active,
        "default": default,
        "created_at": SINCE,
        "updated_at": SINCE,
    }


def _form(instance: Instance, position: int, row_id: int) -> dict[str, Any]:
    name = "Default Ticket Form" if row_id == DEFAULT_FORM_ID else f"Form {row_id}"
    return {
        "url": f"https://{instance.host}/api/v2/ticket_forms/{row_id}.json", "id": row_id, "name": name,
        "raw_name": name, "display_name": name, "raw_display_name": name, "form_type": "standard", "active": True,
        "default": row_id == DEFAULT_FORM_ID, "end_user_visible": True, "position": position,
        "ticket_field_ids": sorted(instance.ticket_fields), "in_all_brands": True, "restricted_brand_ids": [],
        "agent_conditions": [], "end_user_conditions": [], "created_at": SINCE, "updated_at": SINCE,
        "deleted_at": None,
    }  # fmt: skip


def _brand(instance: Instance, row_id: int) -> dict[str, Any]:
    subdomain = instance.host.partition(".")[0]
    is_default = row_id == DEFAULT_BRAND_ID
    name, subdomain = (subdomain.capitalize(), subdomain) if is_default else (f"Brand {row_id}", f"brand-{row_id}")
    return {
        "url": f"https://{instance.host}/api/v2/brands/{row_id}.json", "id": row_id, "name": name,
        "subdomain": subdomain, "brand_url": f"https://{subdomain}.zendesk.com", "host_mapping": None, "active": True,
        "default": is_default, "is_deleted": False, "has_help_center": True, "help_center_state": "restricted",
        "logo": None, "signature_template": "{{agent.signature}}", "ticket_form_ids": [DEFAULT_FORM_ID],
        "created_at": SINCE, "updated_at": SINCE,
    }  # fmt: skip


def _in_use(instance: Instance, name: str) -> list[int]:
    return sorted({int(found) for row in instance.tickets.values() if (found := row.fields.get(name)) is not None})


def _by_name(row: dict[str, Any]) -> tuple[str, int]:
    return row["name"], row["id"]
