"""Zendesk's buckets: fixed windows of a minute on the virtual clock, charged together with the account's own."""

from sandbox import settings

# Bucket -> its limit, and the header that tells of it (None: no header has been seen).
LIMITS = {
    "account": (settings.ACCOUNT_PER_MINUTE, None),
    "exports": (settings.EXPORTS_PER_MINUTE, "zendesk-ratelimit-incremental-exports"),
    "users_cursor": (settings.USERS_CURSOR_PER_MINUTE, "zendesk-ratelimit-incremental-exports-cursor"),
    "ticket_fields": (settings.TICKET_FIELDS_PER_MINUTE, "zendesk-ratelimit-ticket-fields-index"),
    "tickets_index": (settings.TICKETS_INDEX_PER_MINUTE, "zendesk-ratelimit-tickets-index"),
    "tickets_index_deep": (settings.TICKETS_INDEX_DEEP_PER_MINUTE, None),
    "deleted_tickets": (settings.DELETED_TICKETS_PER_MINUTE, None),
    "deleted_tickets_deep": (settings.DELETED_TICKETS_DEEP_PER_MINUTE, None),
    "search_export": (settings.SEARCH_EXPORT_PER_MINUTE, None),
}
DEEP_FROM_PAGE = {
    "tickets_index": settings.TICKETS_INDEX_DEEP_FROM_PAGE,
    "deleted_tickets": settings.DELETED_TICKETS_DEEP_FROM_PAGE,
}


class Quota:
    """Counts the calls of one account; `enforced=False` reports a full bucket for ever."""

    def __init__(self, *, enforced: bool) -> None:
        self._enforced = enforced
        self._window = -1
        self._used: dict[str, int] = {}

    def charge(self, bucket: str | None, page: str, seconds: int) -> tuple[dict[str, str], bool]:
        """The headers of the answer, and whether the call is within its limits; a refused call costs nothing.

        `page` is the asked number of an offset page: deep pages of some lists have a second limit.
        """
        buckets = ["account"] if bucket is None else ["account", bucket]
        if bucket in DEEP_FROM_PAGE and page.isdigit() and int(page) >= DEEP_FROM_PAGE[bucket]:
            buckets.append(f"{bucket}_deep")
        left, resets, allowed = self._charge({name: LIMITS[name][0] for name in buckets}, seconds)
        headers = _account_headers(left["account"]) | {
            "ratelimit-limit": str(settings.ACCOUNT_PER_MINUTE),
            "ratelimit-remaining": str(left["account"]),
            "ratelimit-reset": str(resets),
        }
        for name in buckets:
            limit, header = LIMITS[name]
            if header is not None:
                headers[header] = f"total={limit}; remaining={left[name]}; resets={resets}"
        return headers | _retry(allowed, resets), allowed

    def charge_guide(self, route: str, seconds: int) -> tuple[dict[str, str], bool]:
        """The same for a route of the guide service, each of which counts for itself."""
        left, resets, allowed = self._charge({route: settings.GUIDE_PER_MINUTE}, seconds)
        return _account_headers(left[route], settings.GUIDE_PER_MINUTE) | _retry(allowed, resets), allowed

    def _charge(self, limits: dict[str, int], seconds: int) -> tuple[dict[str, int], int, bool]:
        window, into = divmod(seconds, 60)
        if window != self._window:
            self._window, self._used = window, {}
        allowed = not self._enforced or all(self._used.get(name, 0) < limit for name, limit in limits.items())
        if allowed:
            for name in limits:
                self._used[name] = self._used.get(name, 0) + 1
        left = {name: limit - (self._used.get(name, 0) if self._enforced else 1) for name, limit in limits.items()}
        return left, 60 - into, allowed


def _account_headers(left: int, limit: int = settings.ACCOUNT_PER_MINUTE) -> dict[str, str]:
    return {"x-rate-limit": str(limit), "x-rate-limit-remaining": str(left)}


def _retry(allowed: bool, resets: int) -> dict[str, str]:
    return {} if allowed else {"retry-after": str(resets)}
