"""The customer satisfaction survey of every account: bad ratings are asked for their reason, all for words."""

from typing import Any

from sandbox.timestamps import guide_time
from sandbox.zendesk.definitions import SYSTEM_FIELDS_SINCE
from sandbox.zendesk.surveys import SURVEY_ID, ulid

RATING_ID, REASON_ID, COMMENT_ID = (ulid(0, name) for name in ("rating", "reason", "comment"))
REASONS = ("The issue took too long to resolve", "The issue was not resolved", "The agent's knowledge", "Other")
_LABELS = {1: "Very dissatisfied", 5: "Very satisfied"}


def survey() -> dict[str, Any]:
    """Ratings 1 to 3 lead to the reason, 4 and 5 straight to the comment."""
    since = guide_time(SYSTEM_FIELDS_SINCE * 1000)
    ratings = [
        {
            "rating": rating,
            "label": _text(_LABELS.get(rating, "")),
            "follow_up": {"question_id": REASON_ID if rating <= 3 else COMMENT_ID},
        }
        for rating in range(1, 6)
    ]
    reasons = [
        {"id": ulid(0, f"reason{number}"), "label": _text(reason)} for number, reason in enumerate(REASONS, start=1)
    ]
    return {
        "id": SURVEY_ID,
        "version": 1,
        "state": "enabled",
        "created_at": since,
        "updated_at": since,
        "questions": [
            {
                "id": RATING_ID,
                "type": "rating_scale_numeric",
                "sub_type": "customer_satisfaction",
                "headline": _text("How would you rate the support you received?"),
                "options": ratings,
            },
            {
                "id": REASON_ID,
                "type": "closed_ended",
                "headline": _text("What was the main reason?"),
                "options": reasons,
                "follow_up": {"question_id": COMMENT_ID},
            },
            {"id": COMMENT_ID, "type": "open_ended", "headline": _text("Would you like to add anything?")},
        ],
    }


def _text(value: str) -> dict[str, str]:
    return {"type": "static", "value": value}
