"""deliveries.toml: when each CSM wants to hear of new tickets."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingestion.errors import SettingsError

UTC = ZoneInfo("UTC")
DIGESTS = ("immediate", "hourly", "daily")


@dataclass(frozen=True)
class Preference:
    digest: Literal["immediate", "hourly", "daily"] = "immediate"
    zone: ZoneInfo = UTC
    daily_at: time = time(8)

    def due_at(self, since: datetime) -> datetime:
        """When something that happened then is to be told: at once, or at the next full hour or day of the zone."""
        if self.digest == "immediate":
            return since
        local = since.astimezone(self.zone)
        if self.digest == "hourly":
            return since + timedelta(hours=1) - timedelta(minutes=local.minute, seconds=local.second)
        today = datetime.combine(local.date(), self.daily_at, self.zone)
        # Days of the zone, not 24 hours: a night in which the clock changes is longer or shorter.
        return today if local < today else datetime.combine(local.date() + timedelta(days=1), self.daily_at, self.zone)


@dataclass(frozen=True)
class Preferences:
    default: Preference
    by_csm: dict[str, Preference]
    # The field of a Salesforce case that is External ID and Unique, by which a case is made only once.
    external_id: str = "Zendesk_Ticket_Id__c"

    def of(self, csm_user_id: str | None) -> Preference:
        return self.by_csm.get(csm_user_id or "", self.default)


def read_preferences(path: Path) -> Preferences:
    """Raises SettingsError, one sentence, for what cannot be read; a file that is not there means the defaults."""
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text()) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    for name in tables.keys() - {"default", "csm", "salesforce_case"}:
        raise SettingsError(
            f"{path} has a table {name!r} that nothing reads: there are [default], [csm.ID] and [salesforce_case]."
        )
    external_id = tables.get("salesforce_case", {}).get("external_id", Preferences.external_id)
    if not isinstance(external_id, str) or not re.fullmatch(r"[A-Za-z]\w*", external_id):
        raise SettingsError(f"{path} [salesforce_case] external_id = {external_id!r} is no name of a field.")
    default = _preference(path, "default", tables.get("default", {}), Preference())
    named = tables.get("csm", {})
    return Preferences(
        default, {csm: _preference(path, f"csm.{csm}", table, default) for csm, table in named.items()}, external_id
    )


def _preference(path: Path, name: str, table: dict[str, Any], otherwise: Preference) -> Preference:
    found = otherwise
    for key, value in table.items():
        try:
            if key == "digest" and value in DIGESTS:
                found = replace(found, digest=value)
            elif key == "time_zone":
                found = replace(found, zone=ZoneInfo(value))
            elif key == "daily_at":
                found = replace(found, daily_at=time.fromisoformat(value))
            else:
                raise ValueError
        except (ValueError, TypeError, ZoneInfoNotFoundError):
            raise SettingsError(
                f"{path} [{name}] {key} = {value!r} is nothing that can be done: digest is one of "
                f"{', '.join(DIGESTS)}, time_zone a name such as Europe/Amsterdam, daily_at a time such as 08:00."
            ) from None
    return found
