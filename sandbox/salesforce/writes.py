"""Single records: made, changed, deleted, and upserted by an external id.

A write leaves its changes on the call; the world gets them before the answer is given.
"""

from typing import Any
from urllib.parse import unquote

import orjson
from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.org import Org
from sandbox.salesforce.plan import NO_SUCH_KEY, Plan, SeveralRecords, duplicate, external_key, matching
from sandbox.salesforce.resources import known_object, shown_record


def create(org: Org, call: Call) -> Response:
    """POST /sobjects/{object}"""
    row_lock(call)
    plan = Plan(org, call.now)
    row_id = plan.insert(known_object(org, call), body(call))
    call.changes = plan.changes
    return reply({"id": row_id, "success": True, "errors": []}, 201)


def update(org: Org, call: Call) -> Response:
    """PATCH /sobjects/{object}/{id}"""
    row_lock(call)
    plan = Plan(org, call.now)
    plan.update(known_object(org, call), call.matched["id"], body(call))
    call.changes = plan.changes
    return Response(status_code=204)


def delete(org: Org, call: Call) -> Response:
    """DELETE /sobjects/{object}/{id}"""
    row_lock(call)
    plan = Plan(org, call.now)
    plan.delete(known_object(org, call), call.matched["id"])
    call.changes = plan.changes
    return Response(status_code=204)


def upsert(org: Org, call: Call) -> Response:
    """PATCH /sobjects/{object}/{field}/{value}?updateOnly="""
    row_lock(call)
    kind, given, value = known_object(org, call), body(call), unquote(call.matched["value"])
    key = external_key(org, kind, call.matched["field"])
    if any(name.lower() == key.name.lower() for name in given):
        raise refused(
            "INVALID_FIELD", f"{key.name} is named by the address and must not be in the body", fields=[key.name]
        )
    plan = Plan(org, call.now)
    update_only = call.query.get("updateOnly", "").lower() == "true"
    try:
        row_id, created = plan.upsert(kind, key.name, value, given, update_only=update_only)
    except SeveralRecords as found:
        raise _several(call, kind, found.ids) from None
    if call.suffers("upsert_several"):
        raise _several(call, kind, [row_id, org.new_id(row_id[:3], call.now)])
    if call.suffers("upsert_race"):
        # The other one of the race wrote the same record.
        call.changes = plan.changes if created else []
        return duplicate(key.name, row_id).response()
    call.changes = plan.changes
    version = int(call.matched["version"].partition(".")[0])
    if not created and version < settings.UPSERT_TELLS_OF_UPDATES_FROM_VERSION:
        return Response(status_code=204)
    return reply({"id": row_id, "success": True, "errors": [], "created": created}, 201 if created else 200)


def by_external_id(org: Org, call: Call) -> Response:
    """GET /sobjects/{object}/{field}/{value}"""
    kind, row_id = _named(org, call)
    return shown_record(org, call, kind, org.rows[kind][row_id])


def delete_by_external_id(org: Org, call: Call) -> Response:
    """DELETE /sobjects/{object}/{field}/{value}"""
    row_lock(call)
    kind, row_id = _named(org, call)
    plan = Plan(org, call.now)
    plan.delete(kind, row_id)
    call.changes = plan.changes
    return Response(status_code=204)


def body(call: Call) -> dict[str, Any]:
    """The JSON object of a write. Raises JSON_PARSER_ERROR."""
    try:
        found = orjson.loads(call.body)
    except orjson.JSONDecodeError as error:
        raise refused("JSON_PARSER_ERROR", str(error)) from None
    if not isinstance(found, dict):
        raise refused("JSON_PARSER_ERROR", "Can not deserialize SObject: a JSON object is expected")
    return found


def row_lock(call: Call) -> None:
    if call.suffers("row_lock"):
        raise locked()


def locked() -> Refused:
    return refused("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", fields=[])


def _named(org: Org, call: Call) -> tuple[str, str]:
    kind, value = known_object(org, call), unquote(call.matched["value"])
    rows = matching(org, kind, external_key(org, kind, call.matched["field"]), value)
    if not rows:
        raise not_found(NO_SUCH_KEY + value) if call.matched["field"] == "Id" else not_found()
    if len(rows) > 1:
        raise _several(call, kind, [row.id for row in rows])
    return kind, rows[0].id


def _several(call: Call, kind: str, ids: list[str]) -> Refused:
    return Refused(300, [f"/services/data/v{call.matched['version']}/sobjects/{kind}/{row_id}" for row_id in ids])
