"""What an org says of its objects and their fields."""

from typing import Any

from sandbox.salesforce.schema import DELETABLE, KEY_PREFIXES, REQUIRED, FieldType
from sandbox.settings import SALESFORCE_HOST

_LENGTHS = {"id": 18, "reference": 18, "string": 255, "picklist": 255, "textarea": 255, "url": 255, "email": 80,
            "phone": 40}  # fmt: skip
_SOAP = {"id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "datetime": "xsd:dateTime",
         "date": "xsd:date", "double": "xsd:double", "currency": "xsd:double", "percent": "xsd:double",
         "int": "xsd:int", "address": "urn:address", "location": "urn:location"}  # fmt: skip
_NEVER_NULL = ("Id", "IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp", "CreatedById")


def describe(name: str, fields: dict[str, FieldType]) -> dict[str, Any]:
    """The answer of `/sobjects/{name}/describe`."""
    return summary(name) | {
        "fields": [_field(name, field) for field in sorted(fields.values(), key=lambda field: field.name)],
        "childRelationships": [],
        "recordTypeInfos": [],
    }


def summary(name: str) -> dict[str, Any]:
    """An object's row in `/sobjects`."""
    is_history = name == "AccountHistory"
    address = f"https://{SALESFORCE_HOST}/services/data/sobjects/{name}"
    return {
        "name": name,
        "label": name,
        "labelPlural": name,
        "keyPrefix": KEY_PREFIXES[name],
        "custom": False,
        "customSetting": False,
        "queryable": True,
        "createable": not is_history,
        "updateable": not is_history,
        "deletable": name in DELETABLE,
        "undeletable": name in DELETABLE,
        "mergeable": name in ("Account", "Contact", "Case"),
        "retrieveable": True,
        "replicateable": not is_history,
        "searchable": not is_history,
        "triggerable": not is_history,
        "layoutable": not is_history,
        "deprecatedAndHidden": False,
        "urls": {"sobject": address, "describe": f"{address}/describe", "rowTemplate": f"{address}/{{ID}}"},
    }


def length(field: FieldType) -> int:
    """How many characters a value may have; 0 where that means nothing."""
    return field.length if field.length is not None else _LENGTHS.get(field.type, 0)


def _field(name: str, field: FieldType) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.name.removesuffix("__c").replace("_", " "),
        "type": field.type,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "length": length(field),
        "byteLength": length(field) * 3,
        "nillable": field.name not in (*_NEVER_NULL, *REQUIRED.get(name, ())),
        "custom": field.name.endswith("__c"),
        "calculated": field.formula,
        "createable": field.writable,
        "updateable": field.writable,
        "defaultedOnCreate": field.name in _NEVER_NULL,
        "externalId": field.external_id,
        "idLookup": field.name == "Id" or field.external_id,
        "unique": field.unique,
        "caseSensitive": False,
        "filterable": field.filterable,
        "sortable": field.filterable,
        "groupable": field.filterable and field.type not in ("datetime", "double", "currency"),
        "deprecatedAndHidden": False,
        "compoundFieldName": field.compound,
        "referenceTo": [field.target] if field.target else [],
        "relationshipName": field.relationship,
        "picklistValues": [],
    }
