"""GET /api/v2/guide/survey_responses: paged by `meta` only, 50 rows at most, filtered by the time of sending."""

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.surveys import ulid_ms


def survey_responses(instance: Instance, call: Call) -> Response:
    """Newest first, unless `sort=id`; the cursor is the last row's ULID."""
    query = call.query
    ids = sorted(instance.surveys, reverse=query.get("sort", "-id") != "id")
    zrns = {zrn for zrn in query.get("filter[subject_zrns]", "").split(",") if zrn}
    responders = {found for found in query.get("filter[responder_ids]", "").split(",") if found}
    after_ms, before_ms = _milliseconds(call, "created_at_start"), _milliseconds(call, "created_at_end")
    rows = [
        instance.surveys[row_id]
        for row_id in ids
        if (after_ms is None or ulid_ms(row_id) >= after_ms) and (before_ms is None or ulid_ms(row_id) <= before_ms)
    ]
    if zrns:
        rows = [row for row in rows if zrns.intersection(row["subject_zrns"])]
    if responders:
        rows = [row for row in rows if row["responder_id"] in responders]
    size = query.get("page[size]", str(settings.SURVEY_PAGE_ROWS))
    if not size.isdigit() or int(size) < 1:
        raise Refused(400, {"errors": [{"title": f"Invalid page[size] {size!r}"}]})
    after = query.get("page[after]")
    if after:
        rising = query.get("sort", "-id") == "id"
        rows = [row for row in rows if (row["id"] > after if rising else row["id"] < after)]
    found = rows[: min(int(size), settings.SURVEY_PAGE_ROWS)]
    meta = {
        "has_more": len(found) < len(rows),
        "after_cursor": found[-1]["id"] if found else after,
        "before_cursor": found[0]["id"] if found else None,
    }
    return reply({"survey_responses": found, "meta": meta})


def _milliseconds(call: Call, name: str) -> int | None:
    given = call.query.get(f"filter[{name}]")
    if given is None:
        return None
    if not given.isdigit():
        raise Refused(400, {"errors": [{"title": f"Invalid filter[{name}] {given!r}"}]})
    return int(given)
