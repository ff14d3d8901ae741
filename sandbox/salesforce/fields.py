"""A field name of a query, straight or through relationships -> how to read it from a row, and its type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.http import Refused
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import Org, Row
from sandbox.salesforce.schema import ADDRESS_PARTS, FieldType, relationship_of
from sandbox.timestamps import salesforce_time


@dataclass(frozen=True, slots=True)
class FieldPath:
    """`parts` is the path as the answer nests it; `get` reads the stored value (datetimes in milliseconds)."""

    parts: tuple[str, ...]
    type: str
    get: Callable[[Row], Any]
    filterable: bool = True


def resolve(org: Org, name: str, path: str) -> FieldPath:
    """Raises INVALID_FIELD when the object, or one on the way, has no such column or relationship."""
    *relationships, field = path.split(".")
    if relationships and relationships[0].lower() == name.lower():
        relationships = relationships[1:]
    if not relationships:
        return _own(org, name, field)
    first = _follows(org.types[name], relationships[0])
    if first is None and not _given_dicts(org, name, relationships[0]):
        raise _no_relationship(name, relationships[0])
    relationship = first or relationships[0]
    target = _target(org, name, relationship)
    rest = ".".join([*relationships[1:], field])
    if target is not None:
        further = resolve(org, target, rest)
        parts, kind, get, filterable = (relationship, *further.parts), further.type, further.get, further.filterable
    else:
        parts, kind, get, filterable = (relationship, *rest.split(".")), "string", None, True

    def read(row: Row) -> Any:
        found = org.related(row, relationship)
        if isinstance(found, dict):
            for part in parts[1:]:
                found = found.get(part) if isinstance(found, dict) else None
            return found
        if found is None or get is None:
            return None
        return get(found[1])

    return FieldPath(parts, kind, read, filterable)


def shown(kind: str, value: Any) -> Any:
    """A stored value as REST writes it."""
    return salesforce_time(value) if kind == "datetime" and isinstance(value, int) else value


def no_column(name: str, field: str) -> Refused:
    message = (
        f"\nSELECT {field} FROM {name}\n       ^\nERROR at Row:1:Column:8\n"
        f"No such column '{field}' on entity '{name}'. "
        "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
    )
    return refused("INVALID_FIELD", message)


def _own(org: Org, name: str, field: str) -> FieldPath:
    known = org.types[name].get(field.lower())
    if known is None:
        raise no_column(name, field)
    return FieldPath((known.name,), known.type, _reader(org, known), known.filterable)


def _reader(org: Org, known: FieldType) -> Callable[[Row], Any]:
    key = known.name
    if key == "BillingAddress":
        return _address
    if key == "Account_ID_18__c":
        return lambda row: row.fields.get(key, row.id)
    if key == "Technical_Account_Manager_Name__c":
        return lambda row: _manager_name(org, row)
    return lambda row: row.fields.get(key)


def _address(row: Row) -> dict[str, Any] | None:
    parts = {part[0].lower() + part[1:]: row.fields.get(f"Billing{part}") for part in ADDRESS_PARTS}
    if not any(parts.values()):
        return None
    return parts | {"geocodeAccuracy": None, "latitude": None, "longitude": None}


def _manager_name(org: Org, row: Row) -> Any:
    if "Technical_Account_Manager_Name__c" in row.fields:
        return row.fields["Technical_Account_Manager_Name__c"]
    found = org.related(row, "Technical_Account_Manager_LU__r")
    if isinstance(found, dict):
        return found.get("Name")
    return found[1].fields.get("Name") if found else None


def _target(org: Org, name: str, relationship: str) -> str | None:
    for field in org.types[name].values():
        if field.relationship == relationship:
            return field.target if field.target in org.rows else None
    return None


def _given_dicts(org: Org, name: str, relationship: str) -> bool:
    return any(isinstance(row.fields.get(relationship), dict) for row in org.rows[name].values())


def _no_relationship(name: str, relationship: str) -> Refused:
    message = f"Didn't understand relationship '{relationship}' in field path on entity '{name}'."
    return refused("INVALID_FIELD", message)


def _follows(types: dict[str, FieldType], relationship: str) -> str | None:
    wanted = relationship.lower()
    for field in types.values():
        if field.relationship and field.relationship.lower() == wanted:
            return field.relationship
        if field.name.endswith("__c") and relationship_of(field.name).lower() == wanted:
            return relationship_of(field.name)
    return None
