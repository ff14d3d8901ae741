"""Ratings and survey answers: read by window, and by name when the change feed tells of a change."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ingestion.settings import Settings
from ingestion.sources.zendesk.api import ZendeskApi
from tests.ingestion.log import load, result, rows
from tests.ingestion.worlds import ground, ticket, zendesk

RATINGS, SURVEYS = "zendesk__satisfaction_rating", "zendesk__survey_response"
STREAMS = ("zendesk__ticket", "zendesk__ticket_audit", RATINGS, SURVEYS)


def rated(at: str, identity: int, score: str, **more: Any) -> dict[str, Any]:
    return zendesk(at, "ticket", identity, by=55, set={"satisfaction_rating": {"score": score, **more}})


def scores(settings: Settings) -> list[tuple[str, str]]:
    """(entity, score) in the order of the log."""
    found = rows(settings, f"select entity_id, payload from event_log.{RATINGS}_events order by recorded_at, position")
    return [(entity_id, json.loads(payload)["score"]) for entity_id, payload in found]


@pytest.mark.parametrize("is_list", [False, True])
def test_a_rating_that_changes_long_after_its_window_is_still_found(
    served: Callable, monkeypatch: pytest.MonkeyPatch, is_list: bool
) -> None:
    """R28: an old rating is read again when its ticket's score moves, and one outside of the window is not gone.

    Asked for by its id it may come as one object, or as the list of one that the vendor's description has.
    """
    page = ZendeskApi.page

    def described(api: ZendeskApi, path: str, params: Any) -> Any:
        body = page(api, path, params)
        return {key: [body[key]] for key in body} if is_list and path == "satisfaction_ratings/501" else body

    monkeypatch.setattr(ZendeskApi, "page", described)
    world = [
        *ground(),
        ticket("2026-03-01T09:00:00Z", 1),
        ticket("2026-03-01T09:00:00Z", 2),
        rated("2026-03-02T09:00:00Z", 1, "good", id=501),
        rated("2026-04-20T09:00:00Z", 2, "good", id=502),
    ]
    running, settings = served(world, "2026-04-20T10:00:00Z", GO_LIVE_AT="2026-04-15T00:00:00Z")
    load(settings, *STREAMS, until_complete=True)
    assert sorted(scores(settings)) == [("501", "good"), ("502", "good")]

    running.post("/_sandbox/changes", [rated("2026-04-20T11:00:00Z", 1, "bad", id=501)])
    running.post("/_sandbox/clock", {"now": "2026-04-20T12:00:00Z"})
    calls = len(running.get("/_sandbox/requests")["requests"])
    # The feed is read beside the ratings: what it tells is followed by their next turn.
    for _ in range(2):
        assert [r.error for r in load(settings, *STREAMS) if r.error] == []
    assert scores(settings)[-1] == ("501", "bad")
    assert len(scores(settings)) == 3

    asked = [str(r) for r in running.get("/_sandbox/requests")["requests"][calls:] if "satisfaction_ratings" in str(r)]
    assert sum("start_time" in text for text in asked) == 2
    assert sum("satisfaction_ratings/501" in text for text in asked) == len(asked) - 2 == 1
    assert result(load(settings, *STREAMS), RATINGS).rows == 0
    assert rows(settings, f"select count(*) from event_log.{RATINGS}_events where event_type like '%deleted'") == [(0,)]


def test_a_survey_answer_is_asked_for_by_the_ticket_whose_score_moved(served: Callable) -> None:
    """R28: the window is the safety net; a satisfaction_score event names the ticket to ask for."""
    sent = zendesk(
        "2026-03-02T09:00:00Z", "survey_response", "s1", set={"ticket_id": 1, "responder_id": 55, "answers": []}
    )
    world = [*ground(), ticket("2026-03-01T09:00:00Z", 1), sent, rated("2026-03-02T09:00:00Z", 1, "offered")]
    world += [zendesk("2026-04-20T09:00:00Z", "survey_response", "s2", set={"responder_id": 55, "answers": []})]
    running, settings = served(world, "2026-04-20T10:00:00Z", GO_LIVE_AT="2026-04-15T00:00:00Z")
    load(settings, *STREAMS, until_complete=True)
    answer = {"type": "rating_scale", "rating": 1, "rating_category": "bad"}
    running.post(
        "/_sandbox/changes",
        [
            zendesk("2026-04-20T11:00:00Z", "survey_response", "s1", set={"answers": [answer]}),
            rated("2026-04-20T11:00:01Z", 1, "bad"),
        ],
    )
    running.post("/_sandbox/clock", {"now": "2026-04-20T12:00:00Z"})
    assert [result(load(settings, *STREAMS), SURVEYS).rows for _ in range(3)] == [0, 1, 0]
