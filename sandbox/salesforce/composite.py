"""Up to 200 records in one call: HTTP 200 even where items fail, one result for each, in their order."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce import query as queries
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import Org
from sandbox.salesforce.plan import Plan, SeveralRecords, duplicate, external_key
from sandbox.salesforce.resources import known_object
from sandbox.salesforce.schema import object_of
from sandbox.salesforce.writes import body, locked

Result = dict[str, Any]
Item = Callable[[Plan, Any], Result]
_ROLLED_BACK = "Record rolled back because not all records were valid and the request was using AllOrNone header"


def create(org: Org, call: Call) -> Response:
    """POST /composite/sobjects"""
    return _records(org, call, lambda plan, given: {"id": plan.insert(_kind(org, given), given)})


def update(org: Org, call: Call) -> Response:
    """PATCH /composite/sobjects"""

    def one(plan: Plan, given: dict[str, Any]) -> Result:
        row_id = given.get("id") or given.get("Id")
        if not isinstance(row_id, str):
            raise refused("MISSING_ARGUMENT", "Id not specified in an update call", fields=["Id"])
        return {"id": plan.update(_kind(org, given), row_id, given)}

    return _records(org, call, one)


def upsert(org: Org, call: Call) -> Response:
    """PATCH /composite/sobjects/{object}/{field}"""
    kind = known_object(org, call)
    key = external_key(org, kind, call.matched["field"])

    def one(plan: Plan, given: dict[str, Any]) -> Result:
        if _kind(org, given) != kind:
            raise refused("INVALID_TYPE", f"attributes.type must be {kind}", fields=[])
        value = next((value for name, value in given.items() if name.lower() == key.name.lower()), None)
        if value in (None, ""):
            raise refused("MISSING_ARGUMENT", f"{key.name} not specified", fields=[])
        rest = {name: value for name, value in given.items() if name.lower() != key.name.lower()}
        before = len(plan.changes)
        row_id, created = plan.upsert(kind, key.name, value, rest)
        if call.suffers("upsert_race") and before == 0:
            if not created:
                plan.changes.clear()
            raise duplicate(key.name, row_id)
        if call.suffers("upsert_several") and before == 0:
            plan.changes.clear()
            raise SeveralRecords([])
        return {"id": row_id, "created": created}

    return _records(org, call, one)


def delete(org: Org, call: Call) -> Response:
    """DELETE /composite/sobjects?ids=&allOrNone="""

    def one(plan: Plan, row_id: str) -> Result:
        kind = object_of(row_id)
        if kind is None:
            raise refused("MALFORMED_ID", f"malformed id {row_id}", fields=[])
        return {"id": plan.delete(kind, row_id)}

    ids = [row_id for row_id in call.query.get("ids", "").split(",") if row_id]
    return _all(org, call, ids, call.query.get("allOrNone", "").lower() == "true", one)


def _records(org: Org, call: Call, one: Item) -> Response:
    given = body(call)
    records = given.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise refused("JSON_PARSER_ERROR", "records must be a list of objects")
    return _all(org, call, records, given.get("allOrNone") is True, one)


def _all(org: Org, call: Call, items: list[Any], all_or_none: bool, one: Item) -> Response:
    if len(items) > settings.COLLECTION_RECORDS:
        message = f"record limit reached. cannot submit more than {settings.COLLECTION_RECORDS} records into this call"
        raise refused("EXCEEDED_ID_LIMIT", message, fields=[])
    plan = Plan(org, call.now)
    results = [_result(call, plan, number, item, one) for number, item in enumerate(items)]
    if all_or_none and not all(result["success"] for result in results):
        results = [_failed("ALL_OR_NONE_OPERATION_ROLLED_BACK", _ROLLED_BACK, []) if each["success"] else each
                   for each in results]  # fmt: skip
        return reply(results)
    call.changes = plan.changes
    return reply(results)


def _result(call: Call, plan: Plan, number: int, item: Any, one: Item) -> Result:
    try:
        if number == 0 and call.suffers("row_lock"):
            raise locked()
        return one(plan, item) | {"success": True, "errors": []}
    except SeveralRecords:
        return _failed("DUPLICATE_EXTERNAL_ID", "more than one record found for external id field", [])
    except Refused as refusal:
        error = refusal.body[0]
        return _failed(error["errorCode"], error["message"], error.get("fields", []))


def _failed(code: str, message: str, fields: list[str]) -> Result:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": fields}]}


def _kind(org: Org, given: dict[str, Any]) -> str:
    attributes = given.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(kind, str):
        raise refused("INVALID_INPUT", "attributes.type is required", fields=[])
    return queries.object_name(org, kind)
