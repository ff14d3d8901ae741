"""The three answers, read from the published file, in a few lines that a person understands."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

MOST_NAMED = 6

NOTIFICATIONS = """
select coalesce(suppression_reason, disposition), count(*)
from marts.fct_notification_events group by all order by 2 desc, 1
"""
ESTABLISHED = "select count(*) filter (where is_established), count(*) from marts.fct_account_coverage"
OPEN_GAPS = (
    "select gap_code, count(*) from marts.fct_contact_coverage_gaps where is_open group by all order by 2 desc, 1"
)
UNKNOWN_GAPS = "select count(*) from marts.fct_contact_coverage_gaps where state = 'unknown'"
FEEDBACK = """
select instrument, strftime(period_start, '%B %Y'), score, score_low, score_high, positive + negative as rated, offered
from marts.fct_feedback_trends
where period_grain = 'month' and dimension = 'all' and is_mature and score is not null
-- an instrument that is no longer in use has had its last word
qualify row_number() over (partition by instrument order by period_start desc) = 1
    and period_start >= max(period_start) over () - interval 2 months
order by period_start desc, instrument asc
"""


def answers(published: Path) -> Iterator[str]:
    with duckdb.connect(str(published), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield from _notifications(dict(connection.execute(NOTIFICATIONS).fetchall()))
        established = connection.execute(ESTABLISHED).fetchone()
        (unknown,) = connection.execute(UNKNOWN_GAPS).fetchone() or (0,)
        yield from _coverage(established or (0, 0), connection.execute(OPEN_GAPS).fetchall(), unknown)
        yield from _feedback(connection.execute(FEEDBACK).fetchall())


def _notifications(found: dict[str, int]) -> Iterator[str]:
    told = found.pop("notify", 0)
    yield f"Notifications  {_count(told, 'ticket')} for a CSM to hear about, {sum(found.values()):,} kept quiet."
    if found:
        yield f"               Kept quiet because: {_listed(list(found.items()))}."


def _coverage(established: tuple[int, int], gaps: list[tuple[str, int]], unknown: int) -> Iterator[str]:
    yield f"Coverage       {established[0]:,} of {_count(established[1], 'account')} established in support."
    total = sum(count for _, count in gaps)
    yield f"               {_count(total, 'open gap')}{': ' + _listed(gaps) if gaps else ''}."
    if unknown:
        # None is not the answer when nobody could look (E-48).
        yield f"               {_count(unknown, 'more gap')} may be open: a source was not read lately."


def _feedback(months: list[tuple[str, str, float, float, float, int, int]]) -> Iterator[str]:
    if not months:
        yield "Feedback       No month with ratings is old enough to be judged."
    for number, (instrument, month, score, low, high, rated, offered) in enumerate(months):
        head = "Feedback       " if number == 0 else " " * 15
        yield (
            f"{head}{month}, {instrument}: {score:.0%} positive (95 % interval {low:.0%} to {high:.0%}), "
            f"{rated:,} of {offered:,} surveys rated."
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _listed(counts: list[tuple[str, int]]) -> str:
    named = ", ".join(f"{name.lower().replace('_', ' ')} {count:,}" for name, count in counts[:MOST_NAMED])
    rest = sum(count for _, count in counts[MOST_NAMED:])
    return f"{named}, others {rest:,}" if rest else named
