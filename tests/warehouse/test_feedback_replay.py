"""Feedback from any sequence of loads equals feedback rebuilt from the log."""

import random

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.gaps import built_from
from tests.warehouse.test_feedback import events

SELECT = ("--select", "+path:models/marts/feedback")
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


@pytest.fixture(scope="module")
def lived(tmp_path_factory, parsed) -> Warehouse:
    """Three loads with a build after each; accounts, agents and the effort field may come after their tickets."""
    given = events()
    random.Random(5).shuffle(given)
    third = len(given) // 3
    # The field that gives effort scores their meaning comes last of all.
    given.sort(key=lambda event: event.stream == "zendesk__ticket_field")
    warehouse = built_from(given[:third], tmp_path_factory.mktemp("replay"), parsed, SELECT)
    for part in (given[third : 2 * third], given[2 * third :]):
        warehouse.log.append(part)
        warehouse.build(*SELECT)
    return warehouse


def test_increments_and_a_rebuild_give_the_same_rows(lived):
    before = {table: lived.rows(f"select * from {table} order by all") for table in TABLES}
    lived.build("--full-refresh", *SELECT)
    for table in TABLES:
        assert before[table], table
        assert lived.rows(f"select * from {table} order by all") == before[table], table
