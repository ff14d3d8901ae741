"""The support team's side of each Zendesk instance: agents, groups, forms, ticket fields, the vendor's own people."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.world_ids import Numbers
from sandbox.world_lines import Line, change, contact_lines, organization_lines
from sandbox.world_people import new_user
from sandbox.world_plan import Contact, Organization, World
from sandbox.world_time import Timeline

HOSTS = {"global": "gitlab.zendesk.com", "us_government": "gitlab-federal-support.zendesk.com"}
AGENTS = {"global": 16, "us_government": 5}
PUBLIC_FORMS = (360_000_000_001, 360_000_000_002, 360_000_000_003)
INTERNAL_FORMS = (360_000_000_101, 360_000_000_102)
CES_FIELD, REGION_FIELD = 360_000_000_201, 360_000_000_202
GROUPS = {360_000_000_301: "Support EMEA", 360_000_000_302: "Support AMER", 360_000_000_303: "Support APAC"}
REGION_OPTIONS = {
    "all_regions": "All Regions",
    "americas__usa": "Americas, USA",
    "asia_pacific": "Asia Pacific",
    "europe__middle_east__africa": "Europe, Middle East, Africa",
}


@dataclass(slots=True)
class Support:
    """One Zendesk instance. `colleagues` are end users with the vendor's addresses, in its own organization."""

    source: str
    agents: list[Contact]
    colleagues: list[Contact]
    own_organization: Organization
    ticket_ids: Numbers = field(default_factory=lambda: Numbers(1001))


def support_of(world: World, source: str) -> Support:
    agents = [new_user(world, source, "gitlab.com", world.start, role="agent") for _ in range(AGENTS[source])]
    colleagues = [new_user(world, source, "gitlab.com", world.start) for _ in range(3)]
    at = world.start
    own = Organization(
        source, world.organization_ids[source].next(), "GitLab", None, at, world.never,
        Timeline([(at, "")]), Timeline([(at, "")]), Timeline([(at, None)]), ["gitlab.com"],
    )  # fmt: skip
    return Support(source, agents, colleagues, own)


def support_lines(world: World, support: Support) -> Iterator[Line]:
    for number, values in _fields().items():
        yield change(world.start, "zendesk", "ticket_field", number, values, instance=support.source)
    for number, name in GROUPS.items():
        yield change(world.start, "zendesk", "group", number, {"name": name}, instance=support.source)
    yield from organization_lines(support.own_organization)
    for person in (*support.agents, *support.colleagues):
        yield from contact_lines(person, world.never)


def _fields() -> dict[int, dict[str, Any]]:
    options = [
        {"id": number, "name": name, "value": value}
        for number, (value, name) in enumerate(REGION_OPTIONS.items(), start=360_000_000_401)
    ]
    return {
        CES_FIELD: {"type": "integer", "title": "CES Score"},
        REGION_FIELD: {
            "type": "tagger",
            "title": "Preferred Region for Support",
            "custom_field_options": options,
        },
    }


def custom_fields(region: str | None, ces_score: int | None) -> list[dict[str, Any]]:
    """The whole list, always: a ticket shows every active field, nulls included."""
    return [{"id": CES_FIELD, "value": ces_score}, {"id": REGION_FIELD, "value": region}]


def human_url(source: str, ticket_id: int) -> str:
    return f"https://{HOSTS[source]}/tickets/{ticket_id}"


def api_url(source: str, ticket_id: int) -> str:
    return f"https://{HOSTS[source]}/api/v2/tickets/{ticket_id}.json"
