"""What the marts must say of a world, in plain Python. Shares no code with them, and knows nothing of the log."""

from collections.abc import Iterable
from typing import Any

from tests.oracle.feedback import Feedback
from tests.oracle.gaps import Gaps
from tests.oracle.notices import Notices
from tests.oracle.world import World

MARTS = ("fct_notification_events", "fct_contact_coverage_gaps", "fct_account_coverage", "fct_feedback")


def oracle(world: World, go_live_at: str) -> dict[str, list[dict[str, Any]]]:
    """Mart -> its rows, with the columns that can be known from the world alone."""
    notices = Notices(world, go_live_at)
    gaps = Gaps(notices)
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "fct_notification_events": notices.rows(),
        "fct_contact_coverage_gaps": gaps.rows(),
        "fct_account_coverage": gaps.accounts(),
        "fct_feedback": Feedback(notices).rows(),
    }
    return {mart: list(found) for mart, found in rows.items()}
