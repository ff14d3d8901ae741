"""Which fields each Salesforce object has: a standard set, GitLab's own, and whatever the world uses."""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field's API type; `relationship` is the name that leads over it to another object.

    `compound` names the field that this one is a part of.
    """

    name: str
    type: str
    relationship: str | None = None
    target: str | None = None
    formula: bool = False
    compound: str | None = None
    external_id: bool = False
    unique: bool = False
    length: int | None = None
    read_only: bool = False

    @property
    def is_compound(self) -> bool:
        """Shown as one value that others make up; nobody can write it, filter by it or sort by it."""
        return self.type in ("address", "location")

    @property
    def writable(self) -> bool:
        return not (self.formula or self.is_compound or self.read_only or self.name in SYSTEM)

    @property
    def filterable(self) -> bool:
        return not (self.is_compound or self.type == "base64" or (self.length or 0) > 4000)


# What Zuora's package for Salesforce calls a subscription; a company may add fields of its own, such as its buyer.
SUBSCRIPTION = "Zuora__Subscription__c"
# What may be deleted and restored.
DELETABLE = ("Account", "Contact", "Case", SUBSCRIPTION)
SYSTEM = frozenset({
    "Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
    "MasterRecordId", "CaseNumber", "IsClosed", "ClosedDate",
})  # fmt: skip
ADDRESS_PARTS = ("Street", "City", "State", "PostalCode", "Country")
_REFERENCES = {
    "Account": "MasterRecordId:MasterRecord:Account ParentId:Parent:Account OwnerId:Owner:User "
    "Technical_Account_Manager_LU__c:Technical_Account_Manager_LU__r:User "
    "Latest_Sold_To_Contact__c:Latest_Sold_To_Contact__r:Contact",
    "Contact": "MasterRecordId:MasterRecord:Contact AccountId:Account:Account OwnerId:Owner:User",
    "User": "ManagerId:Manager:User ProfileId:Profile:Profile UserRoleId:UserRole:UserRole",
    "Case": "MasterRecordId:MasterRecord:Case AccountId:Account:Account ContactId:Contact:Contact OwnerId:Owner:User "
    "ParentId:Parent:Case",
    SUBSCRIPTION: "OwnerId:Owner:User Zuora__Account__c:Zuora__Account__r:Account",
    "AccountHistory": "AccountId:Account:Account",
}
_COMMON = "Id:id IsDeleted:boolean CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime"
_MADE_BY = "CreatedById:CreatedBy:User"
_PLAIN = {
    "Account": f"{_COMMON} Name:string Type:picklist Industry:picklist Website:url Phone:phone "
    "BillingStreet:textarea BillingCity:string BillingState:string BillingPostalCode:string BillingCountry:string "
    "BillingAddress:address AccountNumber:string Description:textarea NumberOfEmployees:int AnnualRevenue:currency "
    "Support_Hold__c:boolean Account_Demographics_Geo__c:string Collaboration_Project_URL__c:url "
    "Account_Demographics_Region__c:string Support_Instance__c:string",
    "Contact": f"{_COMMON} FirstName:string LastName:string Name:string Email:email Phone:phone Title:string "
    "EmailBouncedDate:datetime EmailBouncedReason:string Inactive_Contact__c:boolean",
    "User": "Id:id Username:string FirstName:string LastName:string Name:string Email:email IsActive:boolean "
    "UserType:picklist Title:string CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime",
    "Case": f"{_COMMON} CaseNumber:string Subject:string Description:textarea Status:picklist Priority:picklist "
    "Origin:picklist Type:picklist Reason:picklist SuppliedEmail:email SuppliedName:string IsClosed:boolean "
    "IsEscalated:boolean ClosedDate:datetime Zendesk_Support_Ticket_URL__c:url Zendesk_Support_Ticket_ID__c:string",
    SUBSCRIPTION: f"{_COMMON} Name:string Zuora__SubscriptionNumber__c:string Zuora__Status__c:picklist "
    "Zuora__SubscriptionStartDate__c:date Zuora__SubscriptionEndDate__c:date Sold_To_Email__c:email",
    "AccountHistory": "Id:id IsDeleted:boolean CreatedDate:datetime Field:picklist DataType:picklist "
    "OldValue:anyType NewValue:anyType",
}
_FORMULAS = {"Account": ("Account_ID_18__c", "Technical_Account_Manager_Name__c")}
_EXTERNAL_IDS = {"Case": ("Zendesk_Ticket_Id__c",)}
_LENGTHS = {"Description": 32_000, "Username": 80, "AccountNumber": 40, "SuppliedName": 80}
KEY_PREFIXES = {
    "Account": "001", "Contact": "003", "User": "005", "Case": "500", SUBSCRIPTION: "a0S", "AccountHistory": "017",
}  # fmt: skip
REQUIRED = {
    "Account": ("Name",), "Contact": ("LastName",), "User": ("Username", "LastName", "Email"), "Case": (),
    SUBSCRIPTION: (),
}  # fmt: skip
DEFAULTS: dict[str, dict[str, Any]] = {
    "Account": {"IsDeleted": False, "Support_Hold__c": False, "Name": ""},
    "Contact": {"IsDeleted": False, "Inactive_Contact__c": False},
    "User": {"IsActive": True, "UserType": "Standard"},
    "Case": {"IsDeleted": False, "Status": "New", "IsClosed": False, "IsEscalated": False},
    SUBSCRIPTION: {"IsDeleted": False, "Zuora__Status__c": "Active"},
    "AccountHistory": {"IsDeleted": False},
}
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_OBJECT_OF_PREFIX = {prefix: name for name, prefix in KEY_PREFIXES.items()}


def standard(name: str) -> dict[str, FieldType]:
    """The fields that an object has before any world is read, by lower-case name."""
    found: list[FieldType] = []
    for pair in _PLAIN[name].split():
        field, kind = pair.split(":")
        # A person's name is put together of its parts.
        is_made = field == "Name" and name in ("Contact", "User")
        length = _LENGTHS.get(field)
        found.append(FieldType(field, kind, compound=_compound(name, field), length=length, read_only=is_made))
    for triple in f"{_REFERENCES[name]} {_MADE_BY}".split():
        field, relationship, target = triple.split(":")
        found.append(FieldType(field, "reference", relationship, target))
    found += [FieldType(field, "string", formula=True) for field in _FORMULAS.get(name, ())]
    found += [FieldType(field, "string", external_id=True, unique=True) for field in _EXTERNAL_IDS.get(name, ())]
    return {field.name.lower(): field for field in found}


def guess(name: str, value: Any) -> FieldType | None:
    """The type of a field that a world uses without having defined it; None for a nested record."""
    if isinstance(value, dict):
        return None
    if isinstance(value, bool):
        return FieldType(name, "boolean")
    if isinstance(value, int | float):
        return FieldType(name, "double")
    if isinstance(value, str) and _DATETIME.match(value):
        return FieldType(name, "datetime")
    target = _OBJECT_OF_PREFIX.get(value[:3]) if isinstance(value, str) and len(value) in (15, 18) else None
    if target and name.endswith(("__c", "Id")):
        return FieldType(name, "reference", relationship_of(name), target)
    return FieldType(name, "string")


def relationship_of(field: str) -> str:
    """`X__c` is followed as `X__r`, `XId` as `X`."""
    return field[:-3] + "__r" if field.endswith("__c") else field.removesuffix("Id")


def object_of(row_id: str) -> str | None:
    """The object that an id belongs to, by its first three characters."""
    return _OBJECT_OF_PREFIX.get(row_id[:3])


def _compound(name: str, field: str) -> str | None:
    if field in ("FirstName", "LastName"):
        return "Name"
    return "BillingAddress" if field.removeprefix("Billing") in ADDRESS_PARTS and name == "Account" else None
