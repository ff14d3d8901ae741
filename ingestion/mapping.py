"""signals.toml: which fields of this company's systems hold what the product needs."""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ingestion.errors import SettingsError

# Table -> keys that must be there, so that a forgotten line is found here and not as a null in a mart.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "salesforce": ("record_url",),
    "salesforce.account": (
        "csm_user_id",
        "csm_name",
        "sold_to_email",
        "sold_to_name",
        "support_plan",
        "support_hold",
        "region",
        "collaboration_project_url",
    ),
    "salesforce.case": ("zendesk_ticket_url", "zendesk_ticket_id"),
    "zendesk.organization": (
        "salesforce_id",
        "salesforce_short_id",
        "support_level",
        "csm_name",
        "collaboration_project_id",
        "region",
        "support_hold",
    ),
    "zendesk.ticket": ("ces_score", "preferred_region", "internal_form_ids"),
    "gitlab": ("feedback_projects",),
    "rules": (
        "internal_email_domains",
        "organization_grace_hours",
        "contact_limit",
        "contact_limit_warning",
        "ces_mapping",
        "parent_fallback",
        "min_baseline_periods",
    ),
}

Signals = dict[str, Any]


def read_signals(path: Path) -> Signals:
    """The whole file as nested tables. Raises SettingsError when it is missing, no TOML, or lacks a key."""
    try:
        signals = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise SettingsError(
            f"SIGNALS_FILE={path} does not exist: restore signals.toml or point SIGNALS_FILE at it."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"SIGNALS_FILE={path} is not valid TOML: {error}.") from None
    for table, keys in REQUIRED.items():
        for key in keys:
            if key not in section(signals, table):
                raise SettingsError(f'{path} lacks [{table}] {key}: add it, or set it to "" if you do not use it.')
    return signals


def section(signals: Signals, table: str) -> Mapping[str, Any]:
    """`section(signals, "zendesk.organization")`; empty when the table is not there."""
    found: Any = signals
    for name in table.split("."):
        found = found.get(name, {}) if isinstance(found, dict) else {}
    return found


def mapped(signals: Signals, table: str, source: str = "") -> dict[str, str]:
    """The fields of a table that are in use: setting -> field name.

    `[salesforce.government.account]` overrides keys of `[salesforce.account]` for the source `salesforce/government`.
    """
    system, _, entity = table.partition(".")
    instance = source.partition("/")[2]
    found = {**section(signals, table), **(section(signals, f"{system}.{instance}.{entity}") if instance else {})}
    return {key: value for key, value in found.items() if isinstance(value, str) and value}


def require(setting: str, wanted: str, offered: Iterable[str], where: str) -> None:
    """Raises SettingsError naming the setting, the missing field and the nearest names that `where` offers."""
    names = list(offered)
    if wanted in names:
        return
    lower = {name.lower(): name for name in names}
    near = [lower[match] for match in get_close_matches(wanted.lower(), lower, n=3, cutoff=0.5)]
    instead = f"it offers {', '.join(near)}" if near else 'set it to "" if you do not use it'
    raise SettingsError(f"signals.toml {setting} names {wanted!r}, which {where} does not have: {instead}.")
