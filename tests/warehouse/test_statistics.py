"""The statistics macros against published golden values (rules F-3 to F-6), run in DuckDB."""

from functools import partial
from math import comb

import pytest

from tests.warehouse import macros

evaluate = partial(macros.evaluate, "statistics")

WILSON = [
    (0, 1, 0.000000, 0.793451),
    (1, 1, 0.206549, 1.000000),
    (3, 3, 0.438503, 1.000000),
    (0, 5, 0.000000, 0.434482),
    (5, 5, 0.565518, 1.000000),
    (8, 10, 0.490162, 0.943318),
    (13, 15, 0.621180, 0.962639),
    (15, 15, 0.796117, 1.000000),
    (19, 20, 0.763869, 0.991119),
    (95, 100, 0.888250, 0.978456),
    (930, 1000, 0.912485, 0.944224),
]


def test_wilson_bounds_match_the_golden_values():
    """F-3, E-60."""
    samples = ", ".join(f"({k}, {n})" for k, n, _, _ in WILSON)
    rows = evaluate(
        "k, n, {{ wilson_low('k', 'n') }}, {{ wilson_high('k', 'n') }}",
        f"(values {samples}) as samples(k, n)",
    )
    for row, golden in zip(rows, WILSON, strict=True):
        assert row == pytest.approx(golden, abs=1e-6)


def test_wilson_of_no_answers_is_null_and_never_leaves_the_unit_interval():
    """E-67."""
    assert evaluate("{{ wilson_low('0', '0') }}, {{ wilson_high('0', '0') }}") == [(None, None)]
    rows = evaluate(
        "min({{ wilson_low('k', 'n') }}), max({{ wilson_high('k', 'n') }})",
        "(select unnest(range(n + 1)) as k, n from range(1, 60) as sizes(n))",
    )
    assert rows == [(0.0, 1.0)]


PERIODS = "(values (95, 100), (40, 45), (18, 25), (60, 62), (9, 12)) as periods(good, n)"
CENTER = "(222e0 / 244)"


def test_p_chart_limits_match_the_golden_values():
    """F-4, E-62."""
    limits = "{{ p_chart_low(center, 'n') }}, {{ p_chart_high(center, 'n') }}"
    rows = evaluate(limits, PERIODS, center=CENTER)
    golden = [0.8239, 0.7817, 0.7380, 0.8007, 0.6618]
    assert [low for low, _ in rows] == pytest.approx(golden, abs=5e-5)
    assert all(high <= 1 for _, high in rows)


def test_a_point_below_its_limit_with_few_expected_failures_asks_for_an_exact_test():
    """F-4, E-62."""
    rows = evaluate("good, {{ p_chart_signal('good / n', center, 'n') }}", PERIODS, center=CENTER)
    assert dict(rows) == {
        95: "none",
        40: "none",
        18: "confirm_exact",
        60: "none",
        9: "none",
    }


@pytest.mark.parametrize(
    ("good", "answers", "center", "signal"),
    [
        (60, 100, "0.9", "special_cause_low"),
        (100, 100, "0.5", "special_cause_high"),
        (90, 100, "0.9", "none"),
        (0, 0, "0.9", "none"),
        (0, 100, "null", "none"),
    ],
)
def test_a_plain_alarm_needs_enough_answers_a_baseline_and_a_share(good, answers, center, signal):
    share = f"({good}e0 / nullif({answers}, 0))"
    chart = "{{ p_chart_signal(share, center, answers) }}"
    assert evaluate(chart, share=share, center=center, answers=answers) == [(signal,)]


@pytest.mark.parametrize(
    ("now", "earlier", "difference", "low", "high"),
    [
        ((18, 25), (95, 100), -0.2300, -0.4278, -0.0796),
        ((8, 10), (9, 10), -0.10, -0.4205, 0.2362),
    ],
)
def test_newcombe_intervals_match_the_golden_values(now, earlier, difference, low, high):
    """F-5, E-63."""
    interval = """
        p - q,
        {{ newcombe_low('p', wilson_low(*now), 'q', wilson_high(*earlier)) }},
        {{ newcombe_high('p', wilson_high(*now), 'q', wilson_low(*earlier)) }}
    """
    shares = f"(values ({now[0]} / {now[1]}, {earlier[0]} / {earlier[1]})) as shares(p, q)"
    rows = evaluate(interval, shares, now=now, earlier=earlier)
    assert rows == [pytest.approx((difference, low, high), abs=5e-5)]


def test_the_exact_tail_tells_what_normal_limits_cannot():
    """E-62, F-4: 18 of 25 is outside the normal limits, and yet more likely than a point there should be."""
    tails = "{{ exact_tail(18, 25, '0.909836e0') }}, {{ exact_tail(9, 12, '0.909836e0') }}"
    ((alarm, noise),) = evaluate(tails)
    assert alarm == pytest.approx(sum(comb(25, k) * 0.909836**k * 0.090164 ** (25 - k) for k in range(19)), rel=1e-9)
    assert 0.00135 < alarm < 0.01 < noise
    upper = evaluate("{{ exact_tail(25, 25, '0.5e0') }}")
    assert upper == [(pytest.approx(0.5**25, rel=1e-5),)]


def test_the_exact_tail_of_nothing_is_null_and_certainty_is_no_surprise():
    ends = "{{ exact_tail(0, 0, '0.9e0') }}, {{ exact_tail(3, 3, '1e0') }}, {{ exact_tail(0, 3, '0e0') }}"
    assert evaluate(ends) == [(None, 1.0, 1.0)]
    assert evaluate("{{ exact_tail(2, 3, '1e0') }}, {{ exact_tail(1000, 2000, '0.5e0') }} between 0.5 and 0.51") == [
        (0.0, True)
    ]
