"""A `Field` line of a world: a field that comes, changes its type, or goes while the org is read."""

from typing import Any

from sandbox.changes import Change
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import FieldType, relationship_of
from sandbox.timestamps import parse_ms, salesforce_time

NUMBERS = ("double", "int", "currency", "percent")
TYPES = {
    "string", "textarea", "picklist", "multipicklist", "boolean", "date", "datetime", "email", "phone", "url", "id",
    "reference", "anyType", "base64", *NUMBERS,
}  # fmt: skip
SETTINGS = {"type", "unique", "externalId", "calculated", "length", "referenceTo", "relationshipName"}


def apply(org: Org, change: Change) -> None:
    """No record's stamp moves. Raises ValueError naming what is wrong with the line."""
    kind, _, name = change.id.partition(".")
    if kind not in org.types or not name:
        raise ValueError(f"a Field's id is an object and a field, as in Account.Tier__c, not {change.id!r}")
    known = org.types[kind].get(name.lower())
    if change.delete:
        org.types[kind].pop(name.lower(), None)
        for row in org.rows[kind].values():
            row.fields.pop(known.name if known else name, None)
    else:
        org.types[kind][name.lower()] = found = _type(name, change.set, known)
        for row in org.rows[kind].values():
            if row.fields.get(found.name) is not None:
                row.fields[found.name] = _converted(row.fields[found.name], known.type if known else "", found.type)
    org.touched(kind)


def _type(name: str, given: dict[str, Any], known: FieldType | None) -> FieldType:
    if unknown := set(given) - SETTINGS:
        raise ValueError(f"a Field has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(SETTINGS))}")
    kind = given.get("type", known.type if known else "string")
    if kind not in TYPES:
        raise ValueError(f"type is one of {', '.join(sorted(TYPES))}, not {kind!r}")
    relationship = relationship_of(name) if kind == "reference" else None
    return FieldType(
        known.name if known else name,
        kind,
        given.get("relationshipName", relationship),
        given.get("referenceTo", known.target if known else None),
        formula=bool(given.get("calculated", known.formula if known else False)),
        compound=known.compound if known else None,
        external_id=bool(given.get("externalId", known.external_id if known else False)),
        unique=bool(given.get("unique", known.unique if known else False)),
        length=given.get("length", known.length if known else None),
    )


def _converted(value: Any, before: str, after: str) -> Any:
    """The value in its new type; null where it cannot be one."""
    if before == "datetime" and isinstance(value, int):
        value = salesforce_time(value)
    try:
        if after == "datetime":
            return parse_ms(value)
        if after in NUMBERS:
            return float(value)
    except (TypeError, ValueError):
        return None
    if after == "boolean":
        return value if isinstance(value, bool) else None
    return value if isinstance(value, str | dict) else str(value)
