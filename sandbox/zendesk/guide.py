"""GET /api/v2/guide/survey_responses and /guide/{locale}/surveys: paged by `meta` only, 50 rows at most."""

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call, Refused, reply
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.survey import survey
from sandbox.zendesk.surveys import ulid_ms


def survey_responses(instance: Instance, call: Call) -> Response:
    """Filtered by the time of sending. Newest first, unless `sort=id`; the cursor is the last row's ULID."""
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
    size = _size(call)
    after = query.get("page[after]")
    if after:
        rising = query.get("sort", "-id") == "id"
        rows = [row for row in rows if (row["id"] > after if rising else row["id"] < after)]
    found = rows[:size]
    meta = {
        "has_more": len(found) < len(rows),
        "after_cursor": found[-1]["id"] if found else after,
        "before_cursor": found[0]["id"] if found else None,
    }
    return reply({"survey_responses": found, "meta": meta})


def surveys(_instance: Instance, call: Call) -> Response:
    """The questions and the labels of their options: every account has the one survey that responses name."""
    _size(call)
    found = [] if call.query.get("page[after]") else [survey()]
    cursor = found[0]["id"] if found else None
    meta = {"has_more": False, "after_cursor": cursor or call.query.get("page[after]"), "before_cursor": cursor}
    return reply({"surveys": found, "meta": meta})


def _size(call: Call) -> int:
    given = call.query.get("page[size]", str(settings.SURVEY_PAGE_ROWS))
    if not given.isdigit() or int(given) < 1:
        raise Refused(400, {"errors": [{"title": f"Invalid page[size] {given!r}"}]})
    return min(int(given), settings.SURVEY_PAGE_ROWS)


def _milliseconds(call: Call, name: str) -> int | None:
    given = call.query.get(f"filter[{name}]")
    if given is None:
        return None
    if not given.isdigit():
        raise Refused(400, {"errors": [{"title": f"Invalid filter[{name}] {given!r}"}]})
    return int(given)
