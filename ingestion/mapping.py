"""signals.toml: which fields of this company's systems hold what the product needs."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ingestion.errors import SettingsError
from ingestion.streams import Stream

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
        "support_instance",
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
    "zendesk.ticket": ("ces_score", "preferred_region", "internal_form_ids", "technical_form_ids"),
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

# Tables that a file may lack as a whole: then what they are about is not used.
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "salesforce.subscription": (
        "object",
        "account_id",
        "sold_to_email",
        "sold_to_name",
        "status",
        "start_date",
        "end_date",
    ),
}

KNOWN: Mapping[str, tuple[str, ...]] = {**REQUIRED, **OPTIONAL}

# What an instance may name differently, in a table of its own: `[zendesk.us_government.organization]`.
BY_INSTANCE = ("salesforce.account", "salesforce.case", "salesforce.subscription", "zendesk.organization")

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
    for table, keys in KNOWN.items():
        for key in () if table in OPTIONAL and not section(signals, table) else keys:
            if key not in section(signals, table):
                raise SettingsError(f'{path} lacks [{table}] {key}: add it, or set it to "" if you do not use it.')
    for table, key in _own_keys(signals):
        system, _, entity = table.split(".")
        common = f"{system}.{entity}"
        if common not in BY_INSTANCE:
            raise SettingsError(f"{path} has [{table}], but [{common}] is one for all instances: remove it.")
        if key not in (known := KNOWN[common]):
            raise SettingsError(f"{path} has [{table}] {key}, which is none of {', '.join(known)}.")
    return signals


def _own_keys(signals: Signals) -> Iterator[tuple[str, str]]:
    """Every key of the tables that instances have of their own."""
    for system in dict.fromkeys(table.split(".")[0] for table in BY_INSTANCE):
        for instance, tables in section(signals, system).items():
            for entity, values in tables.items() if isinstance(tables, dict) else ():
                if isinstance(values, dict):
                    yield from ((f"{system}.{instance}.{entity}", key) for key in values)


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
    found = {**section(signals, table), **section(signals, _own_table(table, source))}
    return {key: value for key, value in found.items() if isinstance(value, str) and value}


def object_of(signals: Signals, stream: Stream, source: str) -> str | None:
    """What signals.toml calls the object of a stream that has a name of its own in each company; None: not used."""
    return mapped(signals, stream.object_in, source).get("object") if stream.object_in else None


def is_used(signals: Signals, stream: Stream, source: str) -> bool:
    """Whether a source has a stream at all, by signals.toml."""
    return stream.object_in is None or object_of(signals, stream, source) is not None


def setting(signals: Signals, table: str, source: str, key: str) -> str:
    """Where signals.toml says what `key` is for a source: `[zendesk.us_government.organization] region`."""
    own = _own_table(table, source)
    return f"[{own if key in section(signals, own) else table}] {key}"


def _own_table(table: str, source: str) -> str:
    system, _, entity = table.partition(".")
    return f"{system}.{source.partition('/')[2]}.{entity}"


def require(named: str, wanted: str, offered: Iterable[str], where: str) -> None:
    """Raises SettingsError naming the setting, the missing field and the nearest names that `where` offers."""
    names = list(offered)
    if wanted in names:
        return
    lower = {name.lower(): name for name in names}
    near = [lower[match] for match in get_close_matches(wanted.lower(), lower, n=3, cutoff=0.5)]
    instead = f"it offers {', '.join(near)}" if near else 'set it to "" if you do not use it'
    raise SettingsError(f"signals.toml {named} names {wanted!r}, which {where} does not have: {instead}.")
