"""GET /ticket_fields, /organization_fields, /user_fields."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.http import Call, reply
from sandbox.zendesk import definitions, shapes
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.paging import page
from sandbox.zendesk.records import Record


def ticket_fields(instance: Instance, call: Call) -> Response:
    """The account's own fields and the world's."""
    return _answer(instance, call, "ticket_fields", definitions.ticket_fields(instance), shapes.ticket_field)


def organization_fields(instance: Instance, call: Call) -> Response:
    """Defined ones, and one for every key that organizations carry."""
    rows = definitions.keyed_fields(instance.organization_fields, instance.organization_keys)
    return _answer(instance, call, "organization_fields", rows, shapes.keyed_field)


def user_fields(instance: Instance, call: Call) -> Response:
    """Defined ones, and one for every key that users carry."""
    rows = definitions.keyed_fields(instance.user_fields, instance.user_keys)
    return _answer(instance, call, "user_fields", rows, shapes.keyed_field)


def _answer(
    instance: Instance,
    call: Call,
    name: str,
    rows: list[Record],
    shape: Callable[[Instance, Record, str], dict[str, Any]],
) -> Response:
    found, envelope = page(call, rows, lambda row: (row.id,), whole=True)
    return reply({name: [shape(instance, row, name) for row in found], **envelope})
