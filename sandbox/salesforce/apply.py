"""How a change moves an org: records are made, changed, deleted, restored, merged away or purged."""

from typing import Any

from sandbox import settings
from sandbox.changes import Change
from sandbox.salesforce import account_history, field_changes
from sandbox.salesforce.ids import widen
from sandbox.salesforce.org import SYSTEM_USER, Org, Row
from sandbox.salesforce.schema import DEFAULTS
from sandbox.timestamps import parse_ms


def apply(org: Org, change: Change) -> None:
    """Raises ValueError for what cannot happen: a merge into nothing, a field of no known type."""
    if change.object == "Field":
        field_changes.apply(org, change)
    elif change.object == "ExternalClientApp":
        org.certificates[change.id] = str(change.set.get("certificate", ""))
    else:
        _record(org, change)


def _record(org: Org, change: Change) -> None:
    row_id = widen(change.id)
    at = change.at // 1000 * 1000
    row = org.rows[change.object].get(row_id)
    values = _stored(org, change.object, change.set)
    by = widen(str(change.by)) if change.by else SYSTEM_USER
    if row is None:
        row = org.rows[change.object][row_id] = _created(org, change.object, row_id, at, by)
        if change.object == "Account":
            _add_history(org, account_history.created(row_id, at, row.fields["CreatedById"]))
    elif change.object == "Account" and not change.silent:
        _add_history(org, account_history.rows(org, row, values, at, by))
    if change.object == "Case" and "Status" in values:
        values = _closing(row, values["Status"], at) | values
    row.fields.update(values)
    _end(org, change, row, at)
    if not (change.silent or (change.delete and not settings.DELETE_MOVES_STAMP)):
        row.fields["SystemModstamp"] = max(row.fields["SystemModstamp"], values.get("SystemModstamp", at))
        row.fields["LastModifiedDate"] = max(row.fields["LastModifiedDate"], values.get("LastModifiedDate", at))
    row.stamp = row.fields["SystemModstamp"]
    org.touched(change.object)


def _end(org: Org, change: Change, row: Row, at: int) -> None:
    if change.merge_into is not None:
        _merge(org, change.object, row, widen(str(change.merge_into)), at)
    elif change.delete and change.object == "User":
        # Salesforce never deletes users.
        row.fields["IsActive"] = False
    elif change.delete:
        row.fields["IsDeleted"], row.deleted_at = True, at
    if change.restore:
        row.fields["IsDeleted"], row.deleted_at, row.purged = False, None, False
        row.fields["MasterRecordId"] = None
    if change.purge:
        row.deleted_at, row.purged = row.deleted_at or at, True
        for history in org.rows["AccountHistory"].values():
            if history.fields["AccountId"] == row.id:
                history.deleted_at, history.purged = at, True


def _merge(org: Org, kind: str, loser: Row, winner: str, at: int) -> None:
    """The loser goes to the recycle bin and names its master; what pointed to it points to the winner."""
    if kind == "User":
        raise ValueError("users cannot be merged")
    if winner not in org.rows[kind]:
        raise ValueError(f"merge_into names {winner}, which is no {kind} yet")
    loser.fields["IsDeleted"], loser.deleted_at = True, at
    loser.fields["MasterRecordId"] = winner
    for child_kind, types in org.types.items():
        lookups = [field.name for field in types.values() if field.target == kind and field.name != "MasterRecordId"]
        if child_kind == "AccountHistory" or not lookups:
            continue
        for child in org.rows[child_kind].values():
            moved = [name for name in lookups if child.fields.get(name) == loser.id]
            child.fields.update(dict.fromkeys(moved, winner))
            if moved and settings.MERGE_MOVES_CHILDREN_STAMP:
                child.stamp = child.fields["SystemModstamp"] = max(child.fields["SystemModstamp"], at)
        org.touched(child_kind)


def _closing(row: Row, status: Any, at: int) -> dict[str, Any]:
    is_closed = status in settings.CLOSED_CASE_STATUSES
    if is_closed == row.fields.get("IsClosed", False):
        return {}
    return {"IsClosed": is_closed, "ClosedDate": at if is_closed else None}


def _created(org: Org, kind: str, row_id: str, at: int, by: str) -> Row:
    fields = dict(DEFAULTS[kind])
    fields |= {"Id": row_id, "CreatedDate": at, "LastModifiedDate": at, "SystemModstamp": at, "CreatedById": by}
    if kind == "Case":
        fields["CaseNumber"] = f"{len(org.rows['Case']) + 1:08d}"
    return Row(row_id, fields, at)


def _stored(org: Org, kind: str, values: dict[str, Any]) -> dict[str, Any]:
    types = org.types[kind]
    stored = {}
    for key, value in values.items():
        field = types.get(key.lower())
        if isinstance(value, str) and field is not None:
            if field.type == "datetime":
                value = parse_ms(value)
            elif field.type in ("reference", "id"):
                value = widen(value)
        stored[key if field is None else field.name] = None if value == "" else value
    if "Name" not in stored and "LastName" in stored and kind in ("Contact", "User"):
        stored["Name"] = " ".join(filter(None, (stored.get("FirstName"), stored["LastName"])))
    return stored


def _add_history(org: Org, found: list[dict[str, Any]]) -> None:
    for fields in found:
        row = Row(fields["Id"], DEFAULTS["AccountHistory"] | fields, fields["CreatedDate"])
        org.rows["AccountHistory"][row.id] = row
        org.history_lengths[row.fields["AccountId"]] += 1
    if found:
        org.touched("AccountHistory")
