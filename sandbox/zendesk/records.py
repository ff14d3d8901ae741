"""What the sandbox remembers of Zendesk objects: only what was set; full shapes are made when they are asked for."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

# How much an audit's `metadata.system` says: of a request, only its transaction, or nothing.
System = Literal["full", "transaction", "none"]


@dataclass(slots=True)
class Record:
    """A user, organization, membership, group or field definition; stamps are seconds since 1970."""

    id: int
    fields: dict[str, Any]
    created: int
    updated: int


class FieldChange(NamedTuple):
    """One child event of an audit. `kind` is its type; values have the form of the ticket_events export.

    `custom_ticket_fields` holds (field id, value); `tags` holds (tags, added, removed).
    """

    kind: str
    field: str
    value: Any
    previous: Any = None


class Audit(NamedTuple):
    """One update of one ticket; `number` is the ticket's own count of events before it, from which the ids follow.

    `comment` is the comment as it is now: redacting it changes what all earlier events show.
    """

    ticket_id: int
    number: int
    at: int
    updater_id: int
    via: dict[str, Any]
    changes: tuple[FieldChange, ...]
    comment: dict[str, Any] | None = None
    system: System = "full"
    parent: int | None = None


class MetricEvent(NamedTuple):
    """One row of the metric events export: the `number`-th of its ticket. They are ordered as their fields are."""

    at: int
    ticket_id: int
    number: int
    metric: str
    instance_id: int
    type: str
    details: dict[str, Any]


@dataclass(slots=True)
class Ticket:
    """A ticket now. `fields` holds what was set under the API's names, `custom` the custom fields by id."""

    id: int
    fields: dict[str, Any]
    created: int
    updated: int
    generated: int
    custom: dict[int, Any] = field(default_factory=dict)
    rating: dict[str, Any] | None = None
    status_before_delete: str | None = None
    audits: list[Audit] = field(default_factory=list)
    next_number: int = 0
    is_purged: bool = False


# Ids must not grow with time and must be the same after a restart: a ticket's n-th event is spread over 47 bits.
_SPREAD = 0x2545F4914F6D | 1
_BITS = 47
_EVENTS_BITS = 16
_EVENT_IDS_FROM = 10_000_000


def event_id(ticket_id: int, number: int) -> int:
    """Id of the `number`-th event of a ticket (audits and their children draw from one count)."""
    packed = (ticket_id << _EVENTS_BITS) | (number & 0xFFFF)
    return (packed * _SPREAD) % (1 << _BITS) + _EVENT_IDS_FROM


def metric_event_id(ticket_id: int, number: int) -> int:
    """Id of the `number`-th metric event of a ticket; none of them is the id of an audit or a child."""
    return event_id(ticket_id, number) - _EVENT_IDS_FROM + (1 << 48)
