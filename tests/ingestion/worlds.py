"""Small worlds, as lists of changes."""

from typing import Any

Change = dict[str, Any]
BEGIN = "2026-03-01T08:00:00Z"


def zendesk(at: str, kind: str, identity: int | str, instance: str = "global", **change: Any) -> Change:
    return {"at": at, "system": "zendesk", "instance": instance, "object": kind, "id": identity, **change}


def salesforce(at: str, kind: str, identity: str, **change: Any) -> Change:
    return {"at": at, "system": "salesforce", "object": kind, "id": identity, **change}


def gitlab(at: str, kind: str, identity: int, **change: Any) -> Change:
    return {"at": at, "system": "gitlab", "object": kind, "id": identity, **change}


def ground() -> list[Change]:
    """What every world needs: the feedback project, one organization, one contact."""
    return [
        gitlab(BEGIN, "project", 1, set={"path_with_namespace": "gitlab-com/support/feedback"}),
        zendesk(BEGIN, "organization", 9, set={"name": "Alpine", "organization_fields": {"am_project_id": "77"}}),
        zendesk(BEGIN, "user", 55, set={"name": "Ana", "email": "ana@alpine.example", "organization_id": 9}),
    ]


def ticket(at: str, identity: int, **fields: Any) -> Change:
    return zendesk(at, "ticket", identity, by=55, set={"subject": "Help", "requester_id": 55, **fields})
