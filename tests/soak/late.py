"""Commits that show later than their own stamp says."""

import random
from datetime import datetime, timedelta
from typing import Any

SHARE = 0.05


def late(rng: random.Random, at: datetime, line: dict[str, Any], most: timedelta) -> dict[str, Any]:
    """One line in twenty becomes visible up to `most` after its time. Surveys and GitLab show at once."""
    if rng.random() >= SHARE or line["object"] in ("survey_response", "project", "issue"):
        return line
    seen = at + most * rng.random()
    return {**line, "visible_at": seen.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
