"""GET /ticket_fields, /organization_fields, /user_fields."""

from collections.abc import Callable, Iterable
from dataclasses import replace
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
    rows = [_with_options(row, instance.organizations.values(), "organization_fields") for row in rows]
    return _answer(instance, call, "organization_fields", rows, shapes.keyed_field)


def user_fields(instance: Instance, call: Call) -> Response:
    """Defined ones, and one for every key that users carry."""
    rows = definitions.keyed_fields(instance.user_fields, instance.user_keys)
    rows = [_with_options(row, instance.users.values(), "user_fields") for row in rows]
    return _answer(instance, call, "user_fields", rows, shapes.keyed_field)


def _with_options(field: Record, carriers: Iterable[Record], name: str) -> Record:
    """A choice whose options the world does not list offers what is chosen."""
    if field.fields.get("type") != "dropdown" or "custom_field_options" in field.fields:
        return field
    values = {row.fields.get(name, {}).get(field.fields["key"]) for row in carriers} - {None}
    options = [
        {"id": field.id * 1000 + place, "name": str(value), "value": value}
        for place, value in enumerate(sorted(values), start=1)
    ]
    return replace(field, fields=field.fields | {"custom_field_options": options})


def _answer(
    instance: Instance,
    call: Call,
    name: str,
    rows: list[Record],
    shape: Callable[[Instance, Record, str], dict[str, Any]],
) -> Response:
    found, envelope = page(call, rows, lambda row: (row.id,), whole=True)
    return reply({name: [shape(instance, row, name) for row in found], **envelope})
