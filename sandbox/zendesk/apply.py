"""Change -> the function that makes it happen in one Zendesk account."""

from collections.abc import Callable, Iterable

from sandbox.changes import Change
from sandbox.zendesk import definitions, identities, organizations, surveys, tickets, users
from sandbox.zendesk.instance import Instance

APPLIERS: dict[str, Callable[[Instance, Change], Iterable[Change]]] = {
    "ticket": tickets.apply,
    "user": users.apply,
    "user_identity": identities.apply,
    "organization_membership": users.apply_membership,
    "organization": organizations.apply,
    "ticket_field": definitions.apply_ticket_field,
    "organization_field": definitions.apply_organization_field,
    "user_field": definitions.apply_user_field,
    "group": definitions.apply_group,
    "survey_response": surveys.apply,
}


def apply(instance: Instance, change: Change) -> Iterable[Change]:
    """Answers with the changes that this one causes later."""
    return APPLIERS[change.object](instance, change)
