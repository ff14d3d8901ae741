"""Every answer against the vendor's own description of it, apart from where recorded answers differ from that."""

import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from sandbox.zendesk.empty_lists import KEYS as EMPTY
from sandbox.zendesk.routes import ROUTES, V2
from tests.sandbox.calls import zendesk
from tests.sandbox.zendesk_openapi import Description
from tests.sandbox.zendesk_world import NOW, WORLD
from tests.sandbox_process import sandbox

PLACES = {
    "ticket_id": 1, "user_id": 50, "organization_id": 9, "locale": "en-us", "satisfaction_rating_id": 360_000_000_001,
}  # fmt: skip
EXPORT = {
    "start_time": 0,
    "support_type_scope": "all",
    "include": "comment_events,metric_sets,users,groups,organizations,identities",
}
QUERIES: dict[str, dict[str, Any]] = {
    "search": {"query": "created>2026-01-01"},
    "search/export": {"query": "Ann", "filter[type]": "user"},
}
# The description knows nothing of these.
UNDESCRIBED = {
    f"{V2}/{path}"
    for path in (
        "business_hours/schedules", "channels/voice/phone_numbers", "community/posts",
        "community/topics", "guide/survey_responses", "guide/{locale}/surveys", "help_center/categories",
        "help_center/incremental/articles", "help_center/sections",
    )
}  # fmt: skip

# What the answers do and the description forbids, each for what was recorded of the real service.
DEVIATIONS = {
    # A deleted ticket stays in the exports with this status, which the description does not list.
    "tickets.each.status: 'deleted' is not listed",
    # Recorded tickets have every key, null where nothing is set.
    "ticket*.type: None is not listed",
    "ticket*.priority: None is not listed",
    "ticket*.recipient: NoneType, not string",
    "ticket*.forum_topic_id: NoneType, not integer",
    # Every active field stands on every ticket and organization, null where nothing is set.
    "tickets.each.custom_fields.each.value: NoneType, not string",
    "tickets.each.fields.each.value: NoneType, not string",
    "organization*.organization_fields.*: NoneType, not string",
    # Recorded users have every key, null where nothing is set.
    "user*.default_group_id: NoneType, not integer",
    "user*.last_login_at: NoneType, not string",
    "user*.signature: NoneType, not string",
    # A deleted user has neither an address nor an organization.
    "users.each.email: NoneType, not string",
    "deleted_users.each.email: NoneType, not string",
    "deleted_users.each.organization_id: NoneType, not integer",
    # A recorded metric of an unsolved ticket has null for both minutes; what has not happened has no time.
    "ticket_metrics.each.*_in_minutes.business: NoneType, not integer",
    "ticket_metrics.each.*_in_minutes.calendar: NoneType, not integer",
    "ticket_metrics.each.assignee_updated_at: NoneType, not string",
    "ticket_metrics.each.assigned_at: NoneType, not string",
    "ticket_metrics.each.initially_assigned_at: NoneType, not string",
    "ticket_metrics.each.solved_at: NoneType, not string",
    # Clients read one object at `tickets/{id}/metrics`; the description has a list there.
    "ticket_metric: dict, not array",
    # The same at `satisfaction_ratings/{id}`, of which no answer was recorded; ingestion reads either.
    "satisfaction_rating: dict, not array",
    # A rating without a reason has no id of one; a recorded attachment that is no image has no width and height.
    "satisfaction_ratings.each.reason_id: NoneType, not integer",
    "comments.each.attachments.each.width: NoneType, not integer",
    "comments.each.attachments.each.height: NoneType, not integer",
    # Recorded brands, forms and fields.
    "brands.each.host_mapping: NoneType, not string",
    "brands.each.logo: NoneType, not object",
    "ticket_forms.each.deleted_at: NoneType, not string",
    "ticket_fields.each.agent_description: NoneType, not string",
    # Clients walk back through the audits until this is null.
    "before_cursor: NoneType, not string",
    "before_url: NoneType, not string",
}


@pytest.fixture(scope="module")
def description() -> Description:
    file = os.environ.get("ZENDESK_OAS")
    if not file:
        pytest.skip("ZENDESK_OAS does not name the vendor's OpenAPI file, which this repository may not hold")
    return Description(Path(file))


@pytest.fixture(scope="module")
def answers():
    """Every route's answers with and without `page[size]`, and with what exports can include."""
    found = []
    with sandbox(WORLD, now=NOW) as running:
        account = zendesk(running)
        for route in ROUTES:
            tail = route.path.removeprefix(f"{V2}/")
            query = EXPORT if tail.startswith("incremental/") else QUERIES.get(tail, {})
            for more in ({}, {"page[size]": 100}):
                if more and tail == "search":
                    continue
                answer = account.get(tail.format(**PLACES), **query, **more)
                assert answer.status == 200, (tail, answer.body)
                found.append((route.path, answer.body))
    return found


@pytest.fixture(scope="module")
def deviations(description: Description, answers: list[tuple[str, Any]]) -> set[str]:
    described = [(path, body) for path, body in answers if path not in UNDESCRIBED]
    return {deviation for path, body in described for deviation in description.deviations(path, body)}


def test_every_route_is_described_apart_from_the_newer_ones(description: Description):
    assert {route.path for route in ROUTES} - description.paths == UNDESCRIBED


def test_answers_deviate_from_the_description_only_as_recorded(deviations: set[str]):
    assert {found for found in deviations if not any(fnmatchcase(found, listed) for listed in DEVIATIONS)} == set()


def test_every_listed_deviation_is_needed(deviations: set[str]):
    assert {listed for listed in DEVIATIONS if not any(fnmatchcase(found, listed) for found in deviations)} == set()


def test_a_wrong_answer_would_be_noticed(description: Description):
    wrong = {"groups": [{"id": "7", "name": None}]}
    found = set(description.deviations(f"{V2}/groups", wrong))
    assert found == {"groups.each.id: str, not integer", "groups.each.name: NoneType, not string"}


def test_every_route_answers_with_rows_where_the_world_has_some(answers: list[tuple[str, Any]]):
    lists = [(path, body) for path, body in answers if any(isinstance(value, list) for value in body.values())]
    empty = {
        path.removeprefix(f"{V2}/") for path, body in lists if not any(v for v in body.values() if isinstance(v, list))
    }
    assert empty == set(EMPTY)
