"""A rating may change long after it was made, when no window of the list shows it any more."""

from collections.abc import Callable

import pytest

from tests.ingestion.log import load, rows
from tests.ingestion.worlds import ground, ticket, zendesk

RATINGS, TICKETS, AUDITS = "zendesk__satisfaction_rating", "zendesk__ticket", "zendesk__ticket_audit"
OFFERED, BAD, WORSE = {"score": "offered"}, {"score": "bad"}, {"score": "bad", "comment": "Still down"}


@pytest.mark.parametrize(("before", "after"), [(OFFERED, BAD), (BAD, WORSE)])
def test_an_old_rating_that_changes_is_read_again_also_when_its_ticket_comes_later_than_its_audit(
    before: dict[str, str], after: dict[str, str], served: Callable
) -> None:
    world = [*ground(), ticket("2026-03-02T09:00:00Z", 1), rated("2026-03-03T09:00:00Z", 1, before)]
    # A newer rating moves the window on.
    world += [ticket("2026-05-01T09:00:00Z", 2), rated("2026-05-01T10:00:00Z", 2, BAD)]
    sandbox, settings = served(world, "2026-05-02T09:00:00Z")
    load(settings, RATINGS, TICKETS, AUDITS, until_complete=True)
    sandbox.post("/_sandbox/changes", [rated("2026-05-02T10:00:00Z", 1, after)])
    sandbox.post("/_sandbox/clock", {"now": "2026-05-02T11:00:00Z"})
    for stream in (AUDITS, RATINGS, TICKETS, RATINGS):
        load(settings, stream)
    newest = f"""
        select payload ->> 'score', payload ->> 'comment' from event_log.{RATINGS}_events
        where (payload ->> 'ticket_id') = '1' order by recorded_at desc, position desc limit 1"""
    assert rows(settings, newest) == [(after["score"], after.get("comment"))]


def rated(at: str, ticket_id: int, rating: dict[str, str]) -> dict[str, object]:
    return zendesk(at, "ticket", ticket_id, set={"satisfaction_rating": rating})
