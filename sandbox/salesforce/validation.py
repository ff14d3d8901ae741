"""What a client may write: known and writable fields, values of their type, ids that lead somewhere."""

from typing import Any

from sandbox.http import Refused
from sandbox.salesforce.conditions import NUMBERS
from sandbox.salesforce.describe import length
from sandbox.salesforce.errors import refused
from sandbox.salesforce.ids import widen
from sandbox.salesforce.org import Org, Row
from sandbox.salesforce.schema import REQUIRED, FieldType, object_of
from sandbox.timestamps import parse_ms


def checked(org: Org, kind: str, given: dict[str, Any], row: Row | None) -> dict[str, Any]:
    """The values of a write under the fields' own spelling, with the name that a person's parts make up.

    `row` is the record that is changed, None for a new one. Raises the refusal of the first field that is wrong.
    """
    values: dict[str, Any] = {}
    closed_to_clients = []
    for name, value in given.items():
        if name in ("attributes", "Id", "id"):
            continue
        field = org.types[kind].get(name.lower())
        if field is None:
            raise refused("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}")
        if not field.writable:
            closed_to_clients.append(field.name)
        values[field.name] = _value(org, field, value)
    if closed_to_clients:
        names = ", ".join(closed_to_clients)
        message = f"Unable to create/update fields: {names}. Please check the security settings of this field"
        raise refused("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=closed_to_clients)
    missing = [
        name for name in REQUIRED[kind] if values.get(name, None if row is None else row.fields.get(name)) is None
    ]
    if missing and (row is None or set(missing) & set(values)):
        raise refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", fields=missing)
    return values | _name(kind, values, row)


def _value(org: Org, field: FieldType, value: Any) -> Any:
    if value is None or value == "":
        return None
    if field.type == "boolean":
        if not isinstance(value, bool):
            raise _unreadable(field, value)
    elif field.type in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _unreadable(field, value)
    elif not isinstance(value, str):
        raise _unreadable(field, value)
    elif field.type in ("datetime", "date"):
        try:
            parse_ms(value)
        except ValueError:
            raise _unreadable(field, value) from None
    elif field.type == "reference":
        return _reference(org, field, value)
    elif field.type == "email" and "@" not in value:
        raise refused("INVALID_EMAIL_ADDRESS", f"{field.name}: invalid email address: {value}", fields=[field.name])
    elif 0 < length(field) < len(value):
        message = f"{field.name}: data value too large: {value[:80]} (max length={length(field)})"
        raise refused("STRING_TOO_LONG", message, fields=[field.name])
    return value


def _reference(org: Org, field: FieldType, value: str) -> str:
    row_id = widen(value)
    kind = object_of(row_id)
    # An owner may be a queue, of which the sandbox knows nothing.
    if len(row_id) != 18 or not row_id.isalnum() or (kind is not None and kind != field.target):
        raise refused("MALFORMED_ID", f"{field.name}: id value of incorrect type: {value}", fields=[field.name])
    if kind is not None:
        row = org.rows[kind].get(row_id)
        if row is None or row.purged:
            raise refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=[])
        if row.deleted_at is not None:
            raise refused("ENTITY_IS_DELETED", "entity is deleted", fields=[])
    return row_id


def _name(kind: str, values: dict[str, Any], row: Row | None) -> dict[str, Any]:
    before = row.fields if row is not None else {}
    if kind in ("Contact", "User") and {"FirstName", "LastName"} & set(values):
        parts = (values.get(name, before.get(name)) for name in ("FirstName", "LastName"))
        return {"Name": " ".join(filter(None, parts))}
    return {}


def _unreadable(field: FieldType, value: Any) -> Refused:
    message = f"Cannot deserialize instance of {field.type} from {value!r} for the field {field.name}"
    return refused("JSON_PARSER_ERROR", message)
