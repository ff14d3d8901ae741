"""How far a stored cursor has read, in the source's own time; for showing only, reading never looks inside."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ingestion.envelope import moment
from ingestion.sources.identity import from_seconds

_SECONDS = re.compile(r"(\d+)")


def moment_of(cursor: Mapping[str, Any] | None) -> datetime | None:
    """The moment up to which a cursor has read; None when it does not tell.

    A Zendesk cursor holds `"{seconds}.0||{id}|"` in base64 (API section 1.4), a time export a `start_time`, a keyset a
    `stamp`, surveys the `newest` sent. GitLab has a moment per project: the earliest one counts.
    """
    if not cursor:
        return None
    try:
        if cursor.get("cursor"):
            found = _SECONDS.match(base64.b64decode(cursor["cursor"], validate=True).decode())
            return from_seconds(int(found[1])) if found else None
        if "start_time" in cursor:
            return datetime.fromtimestamp(cursor["start_time"], UTC)
        if cursor.get("stamp"):
            return moment(cursor["stamp"])
        if "after" in cursor:
            return moment(cursor["newest"]) if cursor.get("newest") else None
        return min(moment(value) for value in cursor.values())
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError, KeyError, OverflowError, AttributeError):
        return None
