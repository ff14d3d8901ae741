"""The allowance of API calls: per day and per org, and per day and client where the org limits single clients."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingestion.errors import SourceError
from ingestion.quota import DAILY, Limiter

# Not anchored: more may follow. Not part of a longer word: `per-app-api-usage` is another limit.
_ORG = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")
_NAME = re.compile(r"\(.*?\)")
_CLIENT = re.compile(r"per-app-api-usage=(\d+)/(\d+)")


@dataclass
class Allowance:
    """What the last answer said. It is per day: waiting is no option, so reading ends with a sentence."""

    source: str
    share: float
    limiter: Limiter
    _org: tuple[int, int] | None = None
    _client: tuple[int, int] | None = None

    def learn(self, headers: Mapping[str, str]) -> None:
        """`Sforce-Limit-Info: api-usage=18/15000; per-app-api-usage=17/250(appName=x)`"""
        text = _NAME.sub("", headers.get("Sforce-Limit-Info", ""))
        if found := _ORG.search(text):
            self._org = int(found[1]), int(found[2])
            self.limiter.note(DAILY, *self._org)
        if found := _CLIENT.search(text):
            self._client = int(found[1]), int(found[2])

    def check(self) -> None:
        """Raises SourceError when one more call would pass our share, or the client's own limit."""
        if self._org and self._org[0] + 1 > self._org[1] * self.share:
            raise SourceError(
                f"{self.source} has used {self._org[0]} of its {self._org[1]} API calls of the last 24 hours, and "
                f"QUOTA_SHARE_ACCOUNT={self.share} allows no more: wait, or raise that share."
            )
        if self._client and self._client[0] >= self._client[1]:
            raise SourceError(
                f"{self.source} lets this client make {self._client[1]} API calls in 24 hours, and all are used: wait, "
                "or raise the limit of the client."
            )
