"""Intervals agree with published numbers, hold their level, and refuse what cannot be."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import intervals


def test_byar_gives_ukhsas_printed_limits_for_65_events():
    interval = intervals.byar(65)
    assert interval.low == pytest.approx(50.163188, abs=1e-5)
    assert interval.high == pytest.approx(82.849139, abs=1e-5)


def test_below_ten_events_byar_is_the_exact_interval():
    assert intervals.byar(5) == intervals.exact_poisson(5)
    assert intervals.exact_poisson(5).low == pytest.approx(1.623486, abs=1e-5)
    assert intervals.exact_poisson(0).low == 0
    assert intervals.exact_poisson(0).high == pytest.approx(3.688879, abs=1e-5)


def test_newcombe_gives_his_own_published_interval():
    interval = intervals.newcombe(56, 70, 48, 80)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.0524, 0.3339)


def test_wilson_at_none_and_all_stays_within_0_and_1():
    assert intervals.wilson(0, 12).low == 0
    assert intervals.wilson(12, 12).high == 1


def test_clopper_pearson_agrees_with_scipy():
    for count, n in [(0, 7), (3, 22), (12, 42), (9, 9)]:
        expected = stats.binomtest(count, n).proportion_ci(method="exact")
        interval = intervals.clopper_pearson(count, n)
        assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_the_self_evaluations_missing_incidents_have_the_ratio_interval_of_the_methods():
    interval = intervals.rate_ratio(66, 1, 95, 1)
    assert (round(interval.low, 2), round(interval.high, 2)) == (0.50, 0.96)  # exact; methods.md prints the near 0.51-0.95


def test_no_events_on_one_side_leaves_the_ratio_open_on_that_side():
    assert intervals.rate_ratio(0, 1, 8, 1).low == 0
    assert intervals.rate_ratio(8, 1, 0, 1).high == np.inf
    assert np.isnan(intervals.rate_ratio(0, 1, 0, 1).low)


def test_a_column_of_counts_gives_a_column_of_limits_and_missing_stays_missing():
    interval = intervals.poisson_rate(pd.Series([12, None, 0]), pd.Series([1000, 1000, 500]), per=10_000)
    assert interval.low[0] == pytest.approx(intervals.byar(12).low * 10)
    assert np.isnan(interval.low[1]) and np.isnan(interval.high[1])
    assert interval.low[2] == 0


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: intervals.byar(-1),
        lambda: intervals.byar(2.5),
        lambda: intervals.byar(np.inf),
        lambda: intervals.wilson(5, 4),
        lambda: intervals.wilson(0, 0),
        lambda: intervals.poisson_rate(3, 0),
        lambda: intervals.byar(3, level=95),
        lambda: intervals.rate_ratio(3, -1, 4, 1),
    ],
)
def test_impossible_counts_denominators_and_levels_are_refused(impossible):
    with pytest.raises(ValueError):
        impossible()


@pytest.mark.parametrize("truth", [0.03, 0.3])
def test_wilson_and_newcombe_hold_their_level_on_groups_of_sixty(truth):
    """Exact average coverage, no simulation: every outcome weighed by its probability."""
    n = 60
    weights = stats.binom.pmf(np.arange(n + 1), n, truth)
    covered = weights[intervals.wilson(np.arange(n + 1), np.full(n + 1, n)).holds(truth)].sum()
    assert 0.92 < covered < 0.985
    first, second = np.meshgrid(np.arange(n + 1), np.arange(n + 1))
    difference = intervals.newcombe(first, np.full_like(first, n), second, np.full_like(second, n))
    assert 0.93 < np.outer(weights, weights)[difference.holds(0.0)].sum() < 0.995
