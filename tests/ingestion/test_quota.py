"""The limiter: spends its share and no more, waits where one can see it, and never past its deadline."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import QuotaSpent
from ingestion.quota import ACCOUNT, LIVE_CALLS, Left, Limiter
from ingestion.sources.zendesk.api import buckets

EXPORTS = "incremental-exports"
BEGAN = 1_772_355_616.0  # 16 seconds into a minute


class Waiting:
    """A limiter whose sleeps and words are kept; its time passes by sleeping alone."""

    def __init__(self, deadline: float | None = None) -> None:
        self.slept: list[float] = []
        self.said: list[str] = []
        self.limiter = Limiter(0.5, 0.8, self.said.append, self, deadline)

    def now(self) -> float:
        return 1000.0 + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def learn(self, *names: str, **headers: str) -> None:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.limiter.learn(names or (EXPORTS, ACCOUNT), given, BEGAN + sum(self.slept))


def test_an_export_bucket_is_spent_to_its_share_and_not_further() -> None:
    """R11: a limiter per bucket, fed by headers."""
    waiting = Waiting()
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=3; resets=45")
    waiting.limiter.wait_for((EXPORTS, ACCOUNT))
    assert waiting.slept == []
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=2; resets=45")
    waiting.limiter.wait_for((EXPORTS, ACCOUNT))
    assert waiting.slept == [45]
    assert waiting.said == [f"{EXPORTS}: 8 of 10 calls of this window are used; waiting 45 s"]


def test_a_call_that_was_never_answered_counts_too() -> None:
    waiting = Waiting()
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=3; resets=45")
    waiting.limiter.wait_for((EXPORTS,))
    waiting.limiter.wait_for((EXPORTS,))
    assert waiting.slept == [45]


def test_half_of_the_account_is_left_to_others() -> None:
    waiting = Waiting()
    waiting.learn(ACCOUNT, ratelimit_limit="400", ratelimit_remaining="200", ratelimit_reset="30")
    waiting.limiter.wait_for((ACCOUNT,))
    assert waiting.slept == [30]


def test_a_window_that_has_passed_is_not_waited_for_again() -> None:
    waiting = Waiting()
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=0; resets=45")
    waiting.limiter.wait_for((EXPORTS,))
    waiting.limiter.wait_for((EXPORTS,))
    assert waiting.slept == [45]


def test_a_reset_given_as_a_moment_is_understood() -> None:
    waiting = Waiting()
    waiting.learn(ACCOUNT, ratelimit_limit="100", ratelimit_remaining="0", ratelimit_reset=str(int(BEGAN) + 20))
    waiting.limiter.wait_for((ACCOUNT,))
    assert waiting.slept == [20]


def test_a_reset_far_away_is_asked_again_after_ten_minutes() -> None:
    waiting = Waiting()
    waiting.learn(ACCOUNT, ratelimit_limit="100", ratelimit_remaining="0", ratelimit_reset=str(int(BEGAN) + 9_000))
    waiting.limiter.wait_for((ACCOUNT,))
    assert waiting.slept == [600]


def test_each_route_of_the_help_center_counts_for_itself_to_the_full_minute() -> None:
    surveys = buckets("/zendesk/global/api/v2/guide/survey_responses")
    assert surveys == ("guide/survey_responses",)
    waiting = Waiting()
    waiting.learn(*surveys, x_rate_limit="400", x_rate_limit_remaining="200")
    waiting.limiter.wait_for((ACCOUNT, "guide/surveys"))
    assert waiting.slept == []
    waiting.limiter.wait_for(surveys)
    assert waiting.slept == [44]


def test_a_wait_that_would_pass_the_deadline_is_refused() -> None:
    waiting = Waiting(deadline=1005.0)
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=0; resets=45")
    with pytest.raises(QuotaSpent, match="calls are free again in 45 s"):
        waiting.limiter.wait_for((EXPORTS,))
    assert waiting.slept == []


def test_a_bucket_that_nobody_named_is_free() -> None:
    waiting = Waiting()
    waiting.learn(content_type="application/json", zendesk_ratelimit_incremental_exports="nonsense")
    waiting.limiter.wait_for((EXPORTS, ACCOUNT))
    assert waiting.slept == []


def test_an_allowance_that_is_only_shown_is_never_waited_for() -> None:
    waiting = Waiting()
    waiting.limiter.note("daily", used=15_000, total=15_000)
    waiting.limiter.wait_for(("daily",))
    assert waiting.slept == []
    assert waiting.limiter.left(["daily", EXPORTS]) == {"daily": Left(15_001, 7_500, 15_000)}


def test_what_was_spent_and_waited_is_counted_with_its_reason() -> None:
    waiting = Waiting()
    waiting.limiter.wait_for((EXPORTS, ACCOUNT))
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=2; resets=45")
    waiting.limiter.wait_for((EXPORTS, ACCOUNT))
    waiting.limiter.pause(7, "zendesk/global answered 429")
    meter = waiting.limiter.meter
    assert (meter.calls, meter.by_bucket) == (2, Counter({EXPORTS: 2, ACCOUNT: 2}))
    assert meter.waited == {f"{EXPORTS} used up": 45, "zendesk/global answered 429": 7}
    assert waiting.limiter.scarcest((EXPORTS, ACCOUNT)) == (None, None), "the window is over and unknown"


def test_history_leaves_live_reading_its_calls_until_the_window_is_about_to_end() -> None:
    waiting = Waiting()
    waiting.limiter.phase = "history"
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=5; resets=45")
    waiting.limiter.wait_for((EXPORTS,))
    assert waiting.slept == [35]
    assert waiting.limiter.meter.waited == {f"{EXPORTS} kept for live reading": 35}
    for _ in range(LIVE_CALLS - 1):
        waiting.limiter.wait_for((EXPORTS,))
    assert waiting.slept == [35]
    waiting.limiter.wait_for((EXPORTS,))
    assert waiting.slept == [35, 10]


def test_history_keeps_nothing_back_where_live_reading_had_its_turn() -> None:
    waiting = Waiting()
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=5; resets=45")
    waiting.limiter.phase = "history"
    waiting.learn(zendesk_ratelimit_incremental_exports="total=10; remaining=3; resets=44")
    waiting.limiter.wait_for((EXPORTS,))
    assert waiting.slept == []


@dataclass
class Server:
    """An account on its own clock: a fixed window a minute, and others who spend of it while we are not looking.

    `others` holds, for each of our calls and sleeps in turn, how many calls others make meanwhile.
    """

    total: int
    latency: float
    others: list[int]
    time: float = BEGAN
    used: Counter[int] = field(default_factory=Counter)
    ours: Counter[int] = field(default_factory=Counter)
    beyond: Counter[int] = field(default_factory=Counter)
    told_spent: set[int] = field(default_factory=set)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self._meanwhile()

    def call(self, allowed: int) -> dict[str, str]:
        """The headers of one of our calls, which is counted when it arrives."""
        self.time += self.latency / 2
        window, into = divmod(self.time, 60)
        assert window not in self.told_spent, "called although this window's share was said to be spent"
        self.beyond[int(window)] += self.used[int(window)] >= allowed
        self.used[int(window)] = min(self.used[int(window)] + 1, self.total)
        self.ours[int(window)] += 1
        if self.used[int(window)] >= allowed:
            self.told_spent.add(int(window))
        headers = f"total={self.total}; remaining={self.total - self.used[int(window)]}; resets={60 - int(into)}"
        self.time += self.latency / 2
        self._meanwhile()
        return {"zendesk-ratelimit-incremental-exports": headers}

    def _meanwhile(self) -> None:
        window = int(self.time // 60)
        self.used[window] = min(self.used[window] + (self.others.pop() if self.others else 0), self.total)


@given(
    total=st.integers(2, 60),
    share=st.sampled_from((0.29, 0.5, 0.8, 1.0)),
    latency=st.floats(0.01, 0.8),
    others=st.lists(st.integers(0, 3), max_size=60),
    phase=st.sampled_from(("live", "history")),
)
def test_no_window_is_overspent_and_a_backfill_spends_what_the_share_allows(
    total: int, share: float, latency: float, others: list[int], phase: str
) -> None:
    server = Server(total, latency, others)
    limiter = Limiter(0.5, share, lambda _: None, server, phase=phase)  # pyright: ignore[reportArgumentType]
    allowed = max(int(total * share + 1e-9), 1)
    first, end = int(server.time // 60), server.time + 600
    while server.time < end:
        limiter.wait_for((EXPORTS,))
        limiter.learn((EXPORTS,), server.call(allowed), server.time)

    for window in range(first + 1, int(end // 60)):
        # One call may find that others were quicker since the last answer; there is never a second one.
        assert server.beyond[window] <= 1
        assert server.ours[window] <= allowed
        assert server.used[window] >= 0.9 * allowed


def test_alone_on_an_account_every_window_is_spent_to_the_call() -> None:
    server = Server(10, 2.0, [])
    limiter = Limiter(0.5, 0.8, lambda _: None, server, phase="history")
    while server.time < BEGAN + 600:
        limiter.wait_for((EXPORTS,))
        limiter.learn((EXPORTS,), server.call(8), server.time)
    first = int(BEGAN // 60)
    assert [server.ours[window] for window in range(first, first + 10)] == [8] * 10
