"""Feedback from any sequence of loads equals feedback rebuilt from the log."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.feedback_records import issue
from tests.warehouse.gaps import built_from
from tests.warehouse.log import Event
from tests.warehouse.test_feedback import LATEST, MAY, events

SELECT = ("--select", "+path:models/marts/feedback")
# Of the issue that is opened while the log grows.
DUE = datetime(2026, 1, 8, 8, tzinfo=UTC)
TABLES = (
    "projections.prj_effort_scores",
    "projections.prj_survey_ratings",
    "projections.prj_survey_offers",
    "projections.prj_surveys",
    "projections.prj_survey_replies",
    "projections.prj_feedback_contexts",
    "marts.fct_feedback",
    "marts.fct_feedback_trends",
)


def loads() -> list[list[Event]]:
    """First tickets that nobody knows whose they are, then their customers, then what gives them another meaning.

    The audits of every fourth ticket come last, so that the other tickets change for no reason of their own.
    """
    parts: list[list[Event]] = [[], [], []]
    for event in events():
        if event.stream == "zendesk__ticket_audit":
            late = event.payload["ticket_id"] % 4 == 0
            parts[2 if late else 0].append(event)
        elif event.stream in ("salesforce__account_field_history", "zendesk__ticket_field"):
            parts[2].append(event)
        elif event.stream == "zendesk__user":
            parts[2 if event.payload["role"] == "agent" else 1].append(event)
        elif event.stream.startswith(("salesforce__", "zendesk__organization")):
            parts[1].append(event)
        else:
            parts[0].append(event)
    # An issue that named the wrong ticket, one that turns out to be no feedback, and one that is due later.
    parts[2].append(issue(21, LATEST, "Positive feedback for ticket 4", created_at=MAY))
    parts[0].append(issue(31, MAY, "Negative feedback for ticket 5"))
    parts[2].append(issue(31, LATEST, "Move to the new office", created_at=MAY))
    parts[0].append(issue(32, "2026-01-01T08:00:00Z", "Negative feedback for ticket 6"))
    return parts


@pytest.fixture(scope="module")
def lived(tmp_path_factory, parsed) -> Warehouse:
    first, *later = loads()
    warehouse = built_from(first, tmp_path_factory.mktemp("replay"), parsed, SELECT)
    for part in later:
        warehouse.log.append(part)
        warehouse.build(*SELECT)
    # Nothing happens, and time passes.
    assert warehouse.log.clock < DUE
    warehouse.log.append([], at=DUE + timedelta(days=1))
    warehouse.build(*SELECT)
    return warehouse


def test_increments_and_a_rebuild_give_the_same_rows(lived):
    before = {table: lived.rows(f"select * from {table} order by all") for table in TABLES}
    lived.build("--full-refresh", *SELECT)
    for table in TABLES:
        assert before[table], table
        assert lived.rows(f"select * from {table} order by all") == before[table], table
