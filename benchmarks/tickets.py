"""A world of nothing but tickets, as large as one likes, and written line by line."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
# Two years, however many tickets: a larger customer base asks more often, not for longer.
SPAN = timedelta(days=730)
ORGANIZATIONS, USERS = 500, 5_000
BODY = (
    "Since the upgrade of last week our pipelines stop after the build stage. Steps: 1. push a branch 2. open the "
    "merge request 3. wait for the runner. Expected: the deploy job starts. Instead it stays pending for {minutes} "
    "minutes and then fails with exit code {code}. Nothing changed in our configuration, and project {project} of the "
    "same group still works. The log of the runner is attached; twelve people cannot release because of this."
)


def write_world(path: Path, tickets: int) -> Path:
    """One change for each of `tickets` tickets, in order of time; returns the file."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(change, option=orjson.OPT_APPEND_NEWLINE) for change in _changes(tickets))
    return path


def _changes(tickets: int) -> Iterator[dict[str, Any]]:
    at = BEGIN.isoformat()
    zendesk = {"system": "zendesk", "instance": "global"}
    for number in range(ORGANIZATIONS):
        values = {"name": f"Customer {number}", "organization_fields": {"am_project_id": str(number)}}
        yield zendesk | {"at": at, "object": "organization", "id": 360_000_000 + number, "set": values}
    for number in range(USERS):
        user = {"name": f"Person {number}", "email": f"person{number}@customer.example"}
        values = user | {"organization_id": 360_000_000 + number % ORGANIZATIONS}
        yield zendesk | {"at": at, "object": "user", "id": 390_000_000 + number, "set": values}
    for number in range(1, tickets + 1):
        requester = 390_000_000 + number * 7919 % USERS
        values = {
            "subject": f"Pipeline stops after the build stage ({number})",
            "requester_id": requester,
            "priority": ("low", "normal", "high", "urgent")[number % 4],
            "tags": [f"product_{number % 40}", "self_managed"],
            "custom_fields": [{"id": 360_000_000_200 + place, "value": f"value_{number % 9}"} for place in range(6)],
        }
        body = BODY.format(minutes=number % 60, code=number % 255, project=number % 10_000)
        moment = (BEGIN + SPAN * number / tickets).isoformat(timespec="seconds")
        about = {"at": moment, "object": "ticket", "id": number, "by": requester, "set": values}
        yield zendesk | about | {"comment": {"author_id": requester, "body": body}}
