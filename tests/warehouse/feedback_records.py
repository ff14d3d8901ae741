"""Tickets with surveys, and feedback issues, as events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.warehouse.log import Event
from tests.warehouse.records import GLOBAL, audit, change, comment, create, ticket

CES_FIELD = 900
AGENT = 70


def ces_field() -> Event:
    payload = {"id": CES_FIELD, "title": "CES Score", "type": "integer", "active": True}
    return Event(
        stream="zendesk__ticket_field", entity_id=CES_FIELD, occurred_at="2023-01-01T00:00:00Z", payload=payload
    )


def survey(
    number: int,
    opened: str,
    *steps: tuple[str, str | int],
    requester: int,
    organization: int | None = None,
    reply: str | None = None,
    source: str = GLOBAL,
    **fields: Any,
) -> Iterator[Event]:
    """A ticket solved a second after `opened`, and `steps` (time, what): a word of the survey or an effort number."""
    last = steps[-1][0] if steps else opened
    born = [create(requester_id=str(requester)), create(status="open"), create(assignee_id=str(AGENT))]
    if organization:
        born.append(create(organization_id=str(organization)))
    owned = {"source": source, "requester": requester, "organization": organization, "assignee_id": AGENT}
    yield ticket(number, last, created=opened, **owned | fields)
    yield audit(number * 100, number, opened, *born, source=source)
    yield audit(
        number * 100 + 1, number, opened.replace("00Z", "01Z"), change("open", status="solved"), by=AGENT, source=source
    )
    before = "unoffered"
    for step, (at, what) in enumerate(steps, start=2):
        if isinstance(what, int):
            changed = change(None, custom_ticket_fields={str(CES_FIELD): str(what)})
        else:
            before, changed = what, change(before, satisfaction_score=what)
        yield audit(number * 100 + step, number, at, changed, source=source)
    if reply:
        yield audit(number * 100 + 99, number, reply, comment(AGENT), by=AGENT, source=source)


def response(number: int, ticket: int, at: str, rating: int, category: str, source: str = GLOBAL) -> Event:
    answer = {"type": "rating_scale", "rating": rating, "rating_category": category, "created_at": at, "updated_at": at}
    payload = {
        "id": f"01RESPONSE{number}",
        "responder_id": "1",
        "expires_at": "2025-08-01T00:00:00Z",
        "subject_zrns": [f"zen:ticket:{ticket}"],
        "answers": [answer],
    }
    entity = payload["id"]
    return Event(stream="zendesk__survey_response", entity_id=entity, occurred_at=at, payload=payload, source=source)


def issue(number: int, at: str, title: str, *labels: str, description: str = "", **fields: Any) -> Event:
    payload = {
        "id": number,
        "iid": number,
        "project_id": 1,
        "title": title,
        "description": description,
        "state": "opened",
        "labels": list(labels),
        "author": {"username": "bot"},
        "assignees": [],
        "created_at": at,
        "closed_at": None,
    } | fields
    return Event(stream="gitlab__issue", entity_id=number, occurred_at=at, payload=payload)


def line(number: int, at: str, **fields: Any) -> Event:
    payload = {"received_at": at, "polarity": "negative", "reporter": "csm1@gitlab.com", "channel": "e-mail"} | fields
    return Event(stream="file__feedback", entity_id=f"notes.csv:{number}", occurred_at=at, payload=payload)
