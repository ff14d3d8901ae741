"""What `include` puts beside the rows of a page of tickets or users."""

from typing import Any

import orjson

from sandbox.http import Call
from sandbox.zendesk import exports, identities, metrics, shapes
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Record


def of_tickets(instance: Instance, call: Call, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """`users`, `groups`, `organizations`, `metric_sets`; metric sets stand in the rows too, as `metric_set`."""
    included = exports.includes(call)
    found: dict[str, Any] = {}
    if "metric_sets" in included:
        # Made into JSON once, shown twice.
        sets = [
            orjson.Fragment(orjson.dumps(metrics.metric_set(instance, instance.tickets[row["id"]]))) for row in rows
        ]
        for row, metric_set in zip(rows, sets, strict=True):
            row["metric_set"] = metric_set
        found["metric_sets"] = sets
    if "users" in included:
        ids = dict.fromkeys(row[name] for row in rows for name in ("requester_id", "submitter_id", "assignee_id"))
        found["users"] = [shapes.user(instance, instance.users[i]) for i in ids if i in instance.users]
    if "organizations" in included:
        found["organizations"] = _organizations(instance, [row["organization_id"] for row in rows])
    if "groups" in included:
        ids = dict.fromkeys(row["group_id"] for row in rows)
        found["groups"] = [shapes.group(instance, instance.groups[i]) for i in ids if i in instance.groups]
    return found


def of_users(instance: Instance, call: Call, rows: list[Record]) -> dict[str, Any]:
    """`identities` and `organizations`."""
    included = exports.includes(call)
    found: dict[str, Any] = {}
    if "identities" in included:
        found["identities"] = [
            shapes.identity(instance, identity) for row in rows for identity in identities.of(instance, row)
        ]
    if "organizations" in included:
        found["organizations"] = _organizations(instance, [row.fields.get("organization_id") for row in rows])
    return found


def _organizations(instance: Instance, ids: list[Any]) -> list[dict[str, Any]]:
    known = instance.organizations
    return [shapes.organization(instance, known[row_id]) for row_id in dict.fromkeys(ids) if row_id in known]
