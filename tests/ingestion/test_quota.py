"""The limiter: spends its share, waits where one can see it, and never past its deadline."""

import time

import pytest

from ingestion.errors import QuotaSpent
from ingestion.quota import ACCOUNT, Limiter

EXPORTS = "zendesk-ratelimit-incremental-exports"


class Waiting:
    """A limiter whose sleeps and words are kept instead of happening."""

    def __init__(self, deadline: float | None = None) -> None:
        self.slept: list[float] = []
        self.said: list[str] = []
        self.limiter = Limiter(0.5, 0.8, self.said.append, self.slept.append, deadline)

    def learn(self, **headers: str) -> None:
        self.limiter.learn({name.replace("_", "-"): value for name, value in headers.items()}, time.time())


def test_an_export_bucket_is_spent_to_its_share_and_not_further() -> None:
    """R11: a limiter per bucket, fed by headers."""
    waiting = Waiting()
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=3; resets=45")
    waiting.limiter.wait_for((EXPORTS, ACCOUNT))
    assert waiting.slept == []
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=2; resets=45")
    waiting.limiter.wait_for((EXPORTS, ACCOUNT))
    assert waiting.slept == [pytest.approx(45, abs=1)]
    assert waiting.said == [f"{EXPORTS}: 8 of 10 calls of this window are used; waiting 45 s"]


def test_half_of_the_account_is_left_to_others() -> None:
    waiting = Waiting()
    waiting.learn(ratelimit_limit="400", ratelimit_remaining="200", ratelimit_reset="30")
    waiting.limiter.wait_for((ACCOUNT,))
    assert waiting.slept == [pytest.approx(30, abs=1)]


def test_a_window_that_has_passed_is_not_waited_for_again() -> None:
    waiting = Waiting()
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=0; resets=45")
    waiting.limiter.wait_for((EXPORTS,))
    waiting.limiter.wait_for((EXPORTS,))
    assert len(waiting.slept) == 1


def test_a_reset_given_as_a_moment_is_understood() -> None:
    waiting = Waiting()
    waiting.learn(ratelimit_limit="100", ratelimit_remaining="0", ratelimit_reset=str(int(time.time()) + 20))
    waiting.limiter.wait_for((ACCOUNT,))
    assert waiting.slept == [pytest.approx(20, abs=1.5)]


def test_a_wait_that_would_pass_the_deadline_is_refused() -> None:
    waiting = Waiting(deadline=time.monotonic() + 5)
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=0; resets=45")
    with pytest.raises(QuotaSpent, match="next window opens in 4"):
        waiting.limiter.wait_for((EXPORTS,))
    assert waiting.slept == []


def test_a_bucket_that_nobody_named_is_free() -> None:
    waiting = Waiting()
    waiting.learn(content_type="application/json", zendesk_ratelimit_incremental_exports="nonsense")
    waiting.limiter.wait_for((EXPORTS, ACCOUNT))
    assert waiting.slept == []
