"""Bulk API 1.0: a batch of records that are inserted, updated, upserted or deleted, each for itself."""

from typing import TYPE_CHECKING, Any

import orjson

from sandbox.http import Call, Refused
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import Org
from sandbox.salesforce.plan import Plan, SeveralRecords

if TYPE_CHECKING:
    from sandbox.salesforce.async_jobs import AsyncJob


def run(org: Org, job: "AsyncJob", call: Call) -> list[dict[str, Any]]:
    """One result for each record, in their order. Raises the refusal of a batch that is no list of JSON records."""
    try:
        records = orjson.loads(call.body)
    except orjson.JSONDecodeError as error:
        raise refused("InvalidBatch", f"only JSON records can be written ({error})") from None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise refused("InvalidBatch", "a list of records is expected")
    plan = Plan(org, call.now)
    results = [_result(plan, job, record) for record in records]
    call.changes = plan.changes
    return results


def _result(plan: Plan, job: "AsyncJob", record: dict[str, Any]) -> dict[str, Any]:
    try:
        row_id, created = _write(plan, job, record)
    except SeveralRecords:
        return _failed("DUPLICATE_EXTERNAL_ID", "more than one record found for external id field", [])
    except Refused as refusal:
        error = refusal.body[0]
        return _failed(error["errorCode"], error["message"], error.get("fields", []))
    return {"success": True, "created": created, "id": row_id, "errors": []}


def _write(plan: Plan, job: "AsyncJob", record: dict[str, Any]) -> tuple[str, bool]:
    row_id = str(record.get("Id") or record.get("id") or "")
    if job.operation == "insert":
        return plan.insert(job.object, record), True
    if job.operation == "update":
        return plan.update(job.object, row_id, record), False
    if job.operation == "upsert":
        key = job.external_id or "Id"
        rest = {name: value for name, value in record.items() if name.lower() != key.lower()}
        value = next((value for name, value in record.items() if name.lower() == key.lower()), None)
        if value in (None, ""):
            raise refused("MISSING_ARGUMENT", f"{key} not specified", fields=[])
        return plan.upsert(job.object, key, value, rest)
    return plan.delete(job.object, row_id, purge=job.operation == "hardDelete"), False


def _failed(code: str, message: str, fields: list[str]) -> dict[str, Any]:
    error = {"statusCode": code, "message": message, "fields": fields, "extendedErrorDetails": None}
    return {"success": False, "created": False, "id": None, "errors": [error]}
