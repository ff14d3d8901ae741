"""Payloads in the shapes of the real APIs, small enough to read in a test."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from tests.warehouse.log import Event

HOSTS = {
    "zendesk/global": "https://gitlab.zendesk.com",
    "zendesk/us_government": "https://gitlab-federal-support.zendesk.com",
}
GLOBAL = "zendesk/global"
# 18-character ids need not carry a true checksum here: nothing verifies it on full ids.
CSM_FIELD = "Technical_Account_Manager_LU__c"


def account_id(number: int) -> str:
    return f"0014M{number:010d}QAA"


def user_id(number: int) -> str:
    return f"0054M{number:010d}QAA"


def account(
    number: int, at: str, *, created: str = "2023-06-01T00:00:00Z", deleted: bool = False, **fields: Any
) -> Event:
    payload = {
        "Id": account_id(number),
        "Name": f"Account {number}",
        "Type": "Customer",
        "ParentId": None,
        "IsDeleted": deleted,
        "CreatedDate": created,
        "SystemModstamp": at,
    } | fields
    return Event(
        stream="salesforce__account",
        entity_id=account_id(number),
        occurred_at=at,
        payload=payload,
        deleted=deleted,
    )


def assigned_to(csm: int) -> dict[str, Any]:
    """The account's field that names its CSM."""
    return {CSM_FIELD: user_id(csm)}


def csm_change(change: int, account: int, at: str, old: int | None, new: int | None) -> Event:
    payload = {
        "Id": f"017{change:015d}",
        "AccountId": account_id(account),
        "Field": CSM_FIELD,
        "DataType": "EntityId",
        "OldValue": user_id(old) if old else None,
        "NewValue": user_id(new) if new else None,
        "CreatedDate": at,
    }
    return Event(
        stream="salesforce__account_field_history",
        entity_id=payload["Id"],
        occurred_at=at,
        payload=payload,
    )


def subscription(
    number: int,
    account: int,
    buyer: str | None,
    at: str,
    *,
    starts: str | None = None,
    ends: str | None = None,
    status: str | None = "Active",
    deleted: bool = False,
) -> Event:
    payload = {
        "Id": f"a0S4M{number:010d}QAA",
        "Zuora__Account__c": account_id(account),
        "Sold_To_Email__c": buyer,
        "Zuora__Status__c": status,
        "Zuora__SubscriptionStartDate__c": starts,
        "Zuora__SubscriptionEndDate__c": ends,
        "IsDeleted": deleted,
        "CreatedDate": "2022-06-01T00:00:00Z",
        "SystemModstamp": at,
    }
    stream = "salesforce__subscription"
    return Event(stream=stream, entity_id=payload["Id"], occurred_at=at, payload=payload, deleted=deleted)


def salesforce_user(
    number: int,
    at: str,
    *,
    name: str = "",
    active: bool = True,
    manager: int | None = None,
    created: str = "2022-01-01T00:00:00Z",
) -> Event:
    payload = {
        "Id": user_id(number),
        "Name": name or f"CSM {number}",
        "Email": f"csm{number}@gitlab.com",
        "IsActive": active,
        "ManagerId": user_id(manager) if manager else None,
        "CreatedDate": created,
        "SystemModstamp": at,
    }
    return Event(stream="salesforce__user", entity_id=payload["Id"], occurred_at=at, payload=payload)


def case(number: int, at: str, *, url: str | None = None, ticket: str | None = None, deleted: bool = False) -> Event:
    payload = {
        "Id": f"5004M{number:010d}QAA",
        "AccountId": None,
        "CaseNumber": f"{number:08d}",
        "Status": "New",
        "Zendesk_Support_Ticket_URL__c": url,
        "Zendesk_Support_Ticket_ID__c": ticket,
        "IsDeleted": deleted,
        "CreatedDate": at,
        "SystemModstamp": at,
    }
    return Event(
        stream="salesforce__case",
        entity_id=payload["Id"],
        occurred_at=at,
        payload=payload,
        deleted=deleted,
    )


def organization(
    number: int,
    at: str,
    *,
    account: int | str | None = None,
    source: str = GLOBAL,
    created: str = "2023-06-02T00:00:00Z",
    deleted: bool = False,
    **fields: Any,
) -> Event:
    salesforce_id = account_id(account) if isinstance(account, int) else account
    payload = {
        "id": number,
        # the sync names it like its account
        "name": f"Account {account}" if isinstance(account, int) else f"Organization {number}",
        "domain_names": [],
        "organization_fields": {"salesforce_id": salesforce_id} | fields,
        "created_at": created,
        "updated_at": at,
        "deleted_at": at if deleted else None,
    }
    return Event(
        stream="zendesk__organization",
        entity_id=number,
        occurred_at=at,
        payload=payload,
        source=source,
        deleted=deleted,
    )


def user(
    number: int,
    at: str,
    *,
    source: str = GLOBAL,
    created: str = "2023-06-03T00:00:00Z",
    active: bool = True,
    **fields: Any,
) -> Event:
    payload = {
        "id": number,
        "name": f"User {number}",
        "email": f"user{number}@example.com",
        "role": "end-user",
        "active": active,
        "suspended": False,
        "verified": True,
        "organization_id": None,
        "created_at": created,
        "updated_at": at,
    } | fields
    return Event(
        stream="zendesk__user",
        entity_id=number,
        occurred_at=at,
        payload=payload,
        source=source,
        deleted=not active,
    )


def membership(
    number: int,
    user: int,
    organization: int,
    at: str,
    *,
    source: str = GLOBAL,
    created: str = "2023-06-03T00:00:00Z",
    deleted: bool = False,
) -> Event:
    payload = {
        "id": number,
        "user_id": user,
        "organization_id": organization,
        "default": True,
        "created_at": created,
        "updated_at": created,
    }
    return Event(
        stream="zendesk__organization_membership",
        entity_id=number,
        occurred_at=at,
        payload=payload,
        source=source,
        deleted=deleted,
    )


def ticket(
    number: int,
    at: str,
    *,
    requester: int,
    source: str = GLOBAL,
    created: str | None = None,
    organization: int | None = None,
    **fields: Any,
) -> Event:
    created = created or at
    payload = {
        "id": number,
        "url": f"{HOSTS[source]}/api/v2/tickets/{number}.json",
        "subject": f"Ticket {number}",
        "status": "open",
        "requester_id": requester,
        "submitter_id": requester,
        "assignee_id": None,
        "organization_id": organization,
        "group_id": None,
        "ticket_form_id": 1,
        "tags": [],
        "custom_fields": [{"id": 7, "value": "x"}, {"id": 8, "value": None}],
        "satisfaction_rating": {"score": "unoffered"},
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": created,
        "updated_at": at,
        "generated_timestamp": int(datetime.fromisoformat(at).timestamp()),
    } | fields
    return Event(
        stream="zendesk__ticket",
        entity_id=number,
        occurred_at=at,
        payload=payload,
        source=source,
        deleted=payload["status"] == "deleted",
    )


def audit(number: int, ticket: int, at: str, *children: dict[str, Any], by: int = -1, source: str = GLOBAL) -> Event:
    payload = {
        "id": number,
        "ticket_id": ticket,
        "timestamp": int(datetime.fromisoformat(at).timestamp()),
        "created_at": at,
        "updater_id": by,
        "via": "Web service",
        "event_type": "Audit",
        "child_events": [{"id": number * 100 + i, "via": "Web service"} | c for i, c in enumerate(children)],
    }
    return Event(stream="zendesk__ticket_audit", entity_id=number, occurred_at=at, payload=payload, source=source)


def create(**field: Any) -> dict[str, Any]:
    """A child event that sets one field at creation; ids of organizations stand as text."""
    return {"event_type": "Create"} | field


def change(previous_value: Any = None, **field: Any) -> dict[str, Any]:
    return {"event_type": "Change", "previous_value": previous_value} | field


def comment(author: int, *, public: bool = True, body: str = "Hello", **fields: Any) -> dict[str, Any]:
    via = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}
    return {
        "event_type": "Comment",
        "type": "Comment",
        "author_id": author,
        "body": body,
        "public": public,
        "attachments": [],
        "via": via,
    } | fields


def rating(number: int, ticket: int, at: str, score: str, *, created: str, requester: int, **fields: Any) -> Event:
    payload = {
        "id": number,
        "ticket_id": ticket,
        "requester_id": requester,
        "assignee_id": None,
        "group_id": None,
        "score": score,
        "comment": None,
        "reason": None,
        "created_at": created,
        "updated_at": at,
    } | fields
    return Event(stream="zendesk__satisfaction_rating", entity_id=number, occurred_at=at, payload=payload)


def survey_response(ulid: str, ticket: int, at: str, rating: int, category: str) -> Event:
    answer = {
        "type": "rating_scale",
        "rating": rating,
        "rating_category": category,
        "created_at": at,
        "updated_at": at,
    }
    payload = {
        "id": ulid,
        "responder_id": "55",
        "expires_at": "2024-06-01T00:00:00Z",
        "subject_zrns": [f"zen:ticket:{ticket}"],
        "answers": [answer],
    }
    return Event(stream="zendesk__survey_response", entity_id=ulid, occurred_at=at, payload=payload)


def ticket_field(number: int, at: str, title: str) -> Event:
    payload = {"id": number, "title": title, "type": "integer", "active": True, "updated_at": at}
    return Event(stream="zendesk__ticket_field", entity_id=number, occurred_at=at, payload=payload)


def issue(number: int, at: str, title: str, *, created: str, state: str = "opened", **fields: Any) -> Event:
    payload = {
        "id": number,
        "iid": number,
        "project_id": 1,
        "title": title,
        "description": "",
        "state": state,
        "labels": [],
        "author": {"id": 1, "username": "reporter", "name": "Reporter"},
        "assignees": [],
        "created_at": created,
        "updated_at": at,
        "closed_at": at if state == "closed" else None,
        "web_url": f"https://gitlab.com/gitlab-com/support/feedback/-/issues/{number}",
    } | fields
    return Event(stream="gitlab__issue", entity_id=number, occurred_at=at, payload=payload)


def project(number: int, at: str, path: str) -> Event:
    payload = {
        "id": number,
        "path_with_namespace": path,
        "web_url": f"https://gitlab.com/{path}",
        "archived": False,
        "last_activity_at": at,
    }
    return Event(stream="gitlab__project", entity_id=number, occurred_at=at, payload=payload)


def feedback_line(line: str, at: str, ticket: int, polarity: str) -> Event:
    payload = {
        "ticket_id": ticket,
        "instance": "global",
        "account_id": None,
        "polarity": polarity,
        "reporter": "csm1",
        "text": "by e-mail",
        "manager_contact_requested": True,
        "received_at": at,
    }
    return Event(stream="file__feedback", entity_id=line, occurred_at=at, payload=payload)


def notification_id(ticket: int, source: str = GLOBAL) -> str:
    return hashlib.md5(f"{source}|{ticket}".encode()).hexdigest()


def attempt(ticket: int, at: str, recipient: str, channel: str = "email") -> Event:
    return _delivery(
        "delivery__attempt", ticket, at, channel, recipient=recipient, message_id=f"<{ticket}@example.com>"
    )


def outcome(ticket: int, at: str, status: str, error: str | None = None, channel: str = "email") -> Event:
    retry_at = at if status == "failed" else None
    return _delivery("delivery__outcome", ticket, at, channel, status=status, error=error, retry_at=retry_at)


def _delivery(stream: str, ticket: int, at: str, channel: str, **more: Any) -> Event:
    told = {"kind": "ticket", "channel": channel, "subject_id": notification_id(ticket)}
    entity = "/".join(told.values())
    return Event(stream=stream, entity_id=entity, occurred_at=at, payload={**told, "at": at, **more})
