"""Zendesk's buckets: fixed windows of a minute on the virtual clock, charged together with the account's own."""

from sandbox import settings

HEADERS = {
    "exports": ("zendesk-ratelimit-incremental-exports", settings.EXPORTS_PER_MINUTE),
    "users_cursor": ("zendesk-ratelimit-incremental-exports-cursor", settings.USERS_CURSOR_PER_MINUTE),
    "ticket_fields": ("zendesk-ratelimit-ticket-fields-index", settings.TICKET_FIELDS_PER_MINUTE),
}


class Quota:
    """Counts the calls of one account; `enforced=False` reports a full bucket for ever."""

    def __init__(self, *, enforced: bool) -> None:
        self._enforced = enforced
        self._window = -1
        self._used: dict[str, int] = {}

    def charge(self, bucket: str | None, seconds: int) -> tuple[dict[str, str], bool]:
        """The headers of the answer, and whether the call is within its limits; a refused call costs nothing."""
        window, into = divmod(seconds, 60)
        if window != self._window:
            self._window, self._used = window, {}
        limits = {"account": settings.ACCOUNT_PER_MINUTE}
        if bucket == "guide":
            limits = {"guide": settings.GUIDE_PER_MINUTE}
        elif bucket is not None:
            limits[bucket] = HEADERS[bucket][1]
        refused = self._enforced and any(self._used.get(name, 0) >= limit for name, limit in limits.items())
        if not refused:
            for name in limits:
                self._used[name] = self._used.get(name, 0) + 1
        left = {
            name: limit - (min(self._used.get(name, 0), limit) if self._enforced else 1)
            for name, limit in limits.items()
        }
        headers = _headers(limits, left, 60 - into)
        if refused:
            headers["retry-after"] = str(60 - into)
        return headers, not refused


def _headers(limits: dict[str, int], left: dict[str, int], resets: int) -> dict[str, str]:
    overall = "guide" if "guide" in limits else "account"
    headers = {"x-rate-limit": str(limits[overall]), "x-rate-limit-remaining": str(left[overall])}
    if overall == "account":
        headers |= {
            "ratelimit-limit": str(limits["account"]),
            "ratelimit-remaining": str(left["account"]),
            "ratelimit-reset": str(resets),
        }
    for name, limit in limits.items():
        if name in HEADERS:
            headers[HEADERS[name][0]] = f"total={limit}; remaining={left[name]}; resets={resets}"
    return headers
