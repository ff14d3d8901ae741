"""A change of a tracked account field -> rows of AccountHistory, two for a lookup: one with ids, one with names."""

from typing import TYPE_CHECKING, Any

from sandbox.salesforce.ids import in_time

if TYPE_CHECKING:
    from sandbox.salesforce.org import Org, Row

LOOKUPS = {"Technical_Account_Manager_LU__c": "Technical_Account_Manager_LU__c", "OwnerId": "Owner"}


def created(account_id: str, at: int, by: str) -> list[dict[str, Any]]:
    """The row that says that an account was made."""
    return [_row(account_id, 0, "created", "Text", None, None, at, by)]


def rows(org: "Org", account: "Row", values: dict[str, Any], at: int, by: str) -> list[dict[str, Any]]:
    """The rows for the tracked fields that `values` move: a lookup has one with ids and one with names."""
    found = []
    place = org.history_lengths[account.id]
    for name, shown_as in LOOKUPS.items():
        old, new = account.fields.get(name), values.get(name)
        if name in values and old != new:
            found.append(_row(account.id, place, shown_as, "EntityId", old, new, at, by))
            found.append(_row(account.id, place + 1, shown_as, "Text", _name(org, old), _name(org, new), at, by))
    if "Name" in values and values["Name"] != account.fields.get("Name"):
        found.append(_row(account.id, place + 2, "Name", "Text", account.fields.get("Name"), values["Name"], at, by))
    return found


def _name(org: "Org", user_id: str | None) -> str | None:
    user = org.rows["User"].get(user_id) if user_id else None
    return user.fields.get("Name") if user else None


def _row(account_id: str, place: int, field: str, kind: str, old: Any, new: Any, at: int, by: str) -> dict[str, Any]:
    return {
        "Id": in_time("017", at // 1000, place, f"{account_id}/{field}/{kind}/{old}/{new}"),
        "AccountId": account_id,
        "Field": field,
        "DataType": kind,
        "OldValue": old,
        "NewValue": new,
        "CreatedDate": at,
        "CreatedById": by,
    }
