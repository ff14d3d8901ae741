"""GitLab's routes: a project by id or path, and its issues page by page."""

from typing import Any
from urllib.parse import unquote, urlencode

from starlette.responses import Response

from sandbox import settings
from sandbox.gitlab.projects import GitLab
from sandbox.http import Call, Refused, Route, Routes, reply
from sandbox.timestamps import parse_ms

V4 = "/api/v4"


def project(gitlab: GitLab, call: Call) -> Response:
    """GET /projects/{id or encoded path}"""
    return reply(_project(gitlab, call))


def issues(gitlab: GitLab, call: Call) -> Response:
    """GET /projects/{id or encoded path}/issues, `updated_after` inclusive."""
    found = _project(gitlab, call)
    query = call.query
    rows = [row for row in gitlab.issues.values() if row["project_id"] == found["id"]]
    for name, keep in (("after", 1), ("before", -1)):
        for stamp in ("updated", "created"):
            limit = query.get(f"{stamp}_{name}")
            if limit:
                rows = [row for row in rows if keep * parse_ms(row[f"{stamp}_at"]) >= keep * _time(limit)]
    labels = {label for label in query.get("labels", "").split(",") if label}
    if labels:
        rows = [row for row in rows if labels <= set(row["labels"])]
    if query.get("state", "all") != "all":
        rows = [row for row in rows if row["state"] == query["state"]]
    if query.get("iids[]"):
        rows = [row for row in rows if str(row["iid"]) == query["iids[]"]]
    order = query.get("order_by", "created_at")
    if order not in ("created_at", "updated_at"):
        raise Refused(400, {"error": "order_by does not have a valid value"})
    rows.sort(key=lambda row: (row[order], row["id"]), reverse=query.get("sort", "desc") != "asc")
    return _page(call, rows)


ROUTES = Routes(
    [
        Route("GET", f"{V4}/projects/{{project}}", project),
        Route("GET", f"{V4}/projects/{{project}}/issues", issues),
    ]
)


def answer(gitlab: GitLab, call: Call) -> Response:
    """One call; never raises."""
    try:
        token = call.headers.get("private-token") or call.headers.get("authorization", "").removeprefix("Bearer ")
        if token in ("", "wrong"):
            raise Refused(401, {"message": "401 Unauthorized"})
        found = ROUTES.find(call.method, call.path)
        if found is None:
            raise Refused(404, {"error": "404 Not Found"})
        call.matched = found[1]
        return found[0].handler(gitlab, call)
    except Refused as refused:
        return refused.response()


def _project(gitlab: GitLab, call: Call) -> dict[str, Any]:
    found = gitlab.project(unquote(call.matched["project"]))
    if found is None:
        raise Refused(404, {"message": "404 Project Not Found"})
    return found


def _page(call: Call, rows: list[dict[str, Any]]) -> Response:
    size = min(_number(call, "per_page", settings.GITLAB_PAGE_ROWS), settings.GITLAB_PAGE_ROWS_MOST)
    number = _number(call, "page", 1)
    pages = max(1, -(-len(rows) // size))
    headers = {
        "x-page": str(number),
        "x-per-page": str(size),
        "x-next-page": str(number + 1) if number < pages else "",
        "x-prev-page": str(number - 1) if number > 1 else "",
        "x-total": str(len(rows)),
        "x-total-pages": str(pages),
    }
    links = [("first", 1), ("last", pages)]
    if number > 1:
        links.insert(0, ("prev", number - 1))
    if number < pages:
        links.insert(0, ("next", number + 1))
    headers["link"] = ", ".join(f'<{_address(call, place, size)}>; rel="{name}"' for name, place in links)
    return reply(rows[(number - 1) * size : number * size], headers=headers)


def _address(call: Call, number: int, size: int) -> str:
    parameters = call.query | {"page": str(number), "per_page": str(size)}
    return f"{call.base_url}{call.path}?{urlencode(sorted(parameters.items()))}"


def _number(call: Call, name: str, default: int) -> int:
    given = call.query.get(name, str(default))
    if not given.isdigit() or int(given) < 1:
        raise Refused(400, {"error": f"{name} is invalid"})
    return int(given)


def _time(text: str) -> int:
    try:
        return parse_ms(text.replace(" ", "+"))
    except ValueError:
        raise Refused(400, {"error": f"{text} is not a valid date"}) from None
