"""Full lists: what vanished is a tombstone, what came back is alive, and a list cut short deletes nothing."""

from collections.abc import Callable

import pytest

from ingestion.settings import Settings
from tests.ingestion.log import load, result, rows
from tests.ingestion.worlds import BEGIN, gitlab, ground, zendesk
from tests.sandbox_process import RunningSandbox

MEMBERS = "zendesk__organization_membership"
PROJECTS = ("zendesk__organization", "gitlab__project")
ROUTE = "/api/v2/organization_memberships"
AT = "2026-03-01T08:00:00Z"


def history(settings: Settings, stream: str = MEMBERS) -> list[tuple[str, str]]:
    """(event, entity) in the order of the log."""
    return [
        (event_type.rpartition(".")[2], entity_id)
        for event_type, entity_id in rows(
            settings,
            f"select event_type, entity_id from event_log.{stream}_events order by occurred_at, recorded_at, position",
        )
    ]


def membership(identity: int, **fields: object) -> dict[str, object]:
    return {"id": identity, "user_id": identity, "organization_id": 9, "updated_at": AT, **fields}


def answer_with(sandbox: RunningSandbox, *members: dict[str, object]) -> None:
    """The next call for the list is answered so."""
    body = {"organization_memberships": list(members), "meta": {"has_more": False, "after_cursor": "x"}}
    sandbox.post("/_sandbox/faults", {"route": ROUTE, "kind": "status", "status": 200, "body": body, "calls": [1]})


def test_what_vanishes_from_a_list_becomes_a_tombstone_with_its_last_payload(served: Callable) -> None:
    """R16, R17: a list is compared, never replaced, and what vanished is a tombstone."""
    sandbox, settings = served(ground())
    for members in ([membership(1), membership(2)], [membership(2)], [membership(2)]):
        answer_with(sandbox, *members)
        load(settings, MEMBERS)
    assert history(settings) == [("observed", "1"), ("observed", "2"), ("deleted", "1")]
    payloads = rows(settings, f"select distinct payload from event_log.{MEMBERS}_events where entity_id = '1'")
    assert len(payloads) == 1


def test_what_comes_back_unchanged_is_alive_again_and_can_vanish_again(served: Callable) -> None:
    sandbox, settings = served(ground())
    here, gone = [membership(1), membership(2)], [membership(2)]
    for members in (here, gone, here, gone, here):
        answer_with(sandbox, *members)
        load(settings, MEMBERS)
    assert [event for event, entity in history(settings) if entity == "1"] == [
        "observed",
        "deleted",
        "observed",
        "deleted",
        "observed",
    ]


def test_a_change_back_without_a_new_stamp_is_an_event(served: Callable) -> None:
    sandbox, settings = served(ground())
    for default in (True, None, True):
        answer_with(sandbox, membership(1, default=default))
        load(settings, MEMBERS)
    assert len(history(settings)) == 3


def test_a_list_that_lost_more_than_half_at_once_deletes_nothing(served: Callable) -> None:
    sandbox, settings = served(ground())
    answer_with(sandbox, *(membership(n) for n in range(1, 10)))
    load(settings, MEMBERS)
    answer_with(sandbox, membership(1))
    refused = result(load(settings, MEMBERS), MEMBERS)
    assert refused.error is not None
    assert "8 of 9 records vanished" in refused.error
    assert "ACCEPT_MASS_REMOVAL=true" in refused.error
    assert {event for event, _ in history(settings)} == {"observed"}

    answer_with(sandbox, membership(1))
    load(settings.model_copy(update={"accept_mass_removal": True}), MEMBERS)
    assert [event for event, _ in history(settings)].count("deleted") == 8


def test_a_ticket_field_that_nobody_titled_so_is_a_warning(served: Callable) -> None:
    """E-72."""
    _, settings = served(ground())
    found = result(load(settings, "zendesk__ticket_field"), "zendesk__ticket_field")
    assert found.error is None
    assert found.warning is not None
    assert "no ticket field titled 'CES Score'" in found.warning


def test_a_collaboration_project_is_read_once_an_organization_names_it(served: Callable) -> None:
    world = [*ground(), gitlab(BEGIN, "project", 77, set={"path_with_namespace": "gitlab-com/alpine"})]
    _, settings = served(world)
    load(settings, *PROJECTS, until_complete=True)
    assert history(settings, "gitlab__project") == [("observed", "1"), ("observed", "77")]


def test_a_project_that_cannot_be_seen_is_a_tombstone_written_once(served: Callable) -> None:
    sandbox, settings = served(ground(), "2026-03-01T09:00:00Z")
    load(settings, until_complete=True)
    load(settings, until_complete=True)
    gone = rows(
        settings, "select entity_id, payload from event_log.gitlab__project_events where event_type like '%deleted'"
    )
    assert gone == [("77", '{"id":77}')]
    at = "2026-03-01T09:10:00Z"
    sandbox.post("/_sandbox/changes", [gitlab(at, "project", 77, set={"path_with_namespace": "gitlab-com/alpine"})])
    sandbox.post("/_sandbox/clock", {"now": "2026-03-01T09:20:00Z"})
    load(settings, "gitlab__project")
    assert [event for event, entity in history(settings, "gitlab__project") if entity == "77"] == [
        "deleted",
        "observed",
    ]


@pytest.mark.parametrize("field", ["zendesk__satisfaction_rating", "zendesk__survey_response"])
def test_a_plan_without_an_optional_list_is_a_warning(field: str, served: Callable) -> None:
    sandbox, settings = served(ground())
    for route in ("/api/v2/satisfaction_ratings", "/api/v2/guide/survey_responses"):
        body = {"error": {"title": "Forbidden", "message": "You do not have access to this page."}}
        sandbox.post("/_sandbox/faults", {"route": route, "kind": "status", "status": 403, "body": body})
    found = result(load(settings, field), field)
    assert (found.error, found.reached_end) == (None, True)
    assert found.warning is not None
    assert "does not let this client read" in found.warning


def test_two_instances_keep_equal_ids_apart(served: Callable) -> None:
    world = [*ground(), zendesk(BEGIN, "user", 55, "us_government", set={"name": "Ben"})]
    _, settings = served(world)
    load(settings, "zendesk__user", until_complete=True)
    users = "select source, payload ->> 'name' from event_log.zendesk__user_events where entity_id = '55' order by 1"
    assert rows(settings, users) == [("zendesk/global", "Ana"), ("zendesk/us_government", "Ben")]
