"""What a run says at its end."""

from pathlib import Path

import duckdb
import pytest

from orchestration.answers import answers

TABLES = """
create schema marts;
create table marts.fct_notification_events (suppression_reason varchar, disposition varchar);
create table marts.fct_account_coverage as select true as is_established;
create table marts.fct_contact_coverage_gaps (gap_code varchar, is_open boolean, state varchar);
create table marts.fct_feedback_trends (
    instrument varchar, period_start date, period_grain varchar, dimension varchar, is_mature boolean, score double,
    score_low double, score_high double, positive bigint, negative bigint, offered bigint
);
"""


@pytest.mark.parametrize(
    ("gaps", "says"),
    [
        ("('ORG_MISSING', true, 'open'), ('ORG_MISSING', false, 'closed')", ["1 open gap: org missing 1."]),
        (
            "('ORG_MISSING', false, 'unknown'), ('SINGLE_CONTACT', false, 'unknown')",
            ["0 open gaps.", "2 more gaps may be open: a source was not read lately."],
        ),
    ],
)
def test_gaps_that_nobody_can_tell_are_not_told_as_none(tmp_path: Path, gaps: str, says: list[str]) -> None:
    """E-48."""
    published = tmp_path / "published.duckdb"
    with duckdb.connect(str(published)) as connection:
        connection.execute(TABLES)
        connection.execute(f"insert into marts.fct_contact_coverage_gaps values {gaps}")
    found = [line.strip() for line in answers(published)]
    assert [line for line in found if "gap" in line] == says
