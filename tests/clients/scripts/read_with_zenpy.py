"""Runs in the environment of zenpy: reads an account as a user of the library would, and prints what came."""

# pyright: reportMissingImports=false

import json
import sys
from typing import Any

from zenpy import Zenpy


def main(subdomain: str, token: str) -> dict[str, Any]:
    """Rows as [id, version], in the order in which they came."""
    client = Zenpy(subdomain=subdomain, oauth_token=token, disable_cache=True)
    tickets = list(client.tickets.incremental(start_time=0, per_page=50))
    events = list(client.tickets.events(start_time=0, include=["comment_events"], per_page=100))
    return {
        "tickets": [[row.id, row.generated_timestamp] for row in tickets],
        "custom_fields": {row.id: row.custom_fields for row in tickets},
        "tickets_by_time": [
            [row.id, row.generated_timestamp]
            for row in client.tickets.incremental(start_time=0, paginate_by_time=True, per_page=100)
        ],
        "users": [[row.id, row.updated_at] for row in client.users.incremental(start_time=0, per_page=100)],
        "organizations": [
            [row.id, row.updated_at] for row in client.organizations.incremental(start_time=0, per_page=100)
        ],
        "ticket_events": [[event.id, event.timestamp] for event in events],
        "comments": [
            child["body"] for event in events for child in event.child_events if child["event_type"] == "Comment"
        ],
        "audits": {str(row_id): [audit.id for audit in client.tickets.audits(row_id)] for row_id in (1, 16, 64, 70)},
        "satisfaction_ratings": [[row.id, row.updated_at] for row in client.satisfaction_ratings()],
        "organization_memberships": [[row.id, row.updated_at] for row in client.organization_memberships()],
        "metric_events": [[event.id, event.ticket_id] for event in client.tickets.metrics_incremental(start_time=0)],
        "found": sorted(row.id for row in client.search(type="ticket", status="solved")),
    }


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
