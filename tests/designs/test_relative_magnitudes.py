"""Bounds by relative magnitudes: worked by hand, valid where trends part, and turned over at the right M-bar."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs.relative_magnitudes import relative_magnitudes, relative_magnitudes_of
from helpers.designs.staggered_difference_in_differences import group_time_effects
from helpers.results import NotEnoughData

SINCE = [-4, -3, -2, 0, 1]


def test_bounds_and_breakdown_are_those_worked_by_hand():
    # Partings before: -0.02 to 0.01 is 0.03, 0.01 to -0.01 is -0.02, -0.01 to 0 is 0.01: the largest is 0.03.
    # Errors are nought, so the effect at once, 0.30, lies within 0.03 M; it meets no effect at M = 10.
    nothing = np.zeros((5, 5))
    at_once = relative_magnitudes([-0.02, 0.01, -0.01, 0.30, 0.12], nothing, SINCE, weights=[1, 0], magnitudes=[0, 1, 2])
    assert at_once.parting == pytest.approx(0.03) and at_once.breakdown == pytest.approx(10)
    assert at_once.bounds["low"].tolist() == pytest.approx([0.30, 0.27, 0.24])
    assert at_once.bounds["ci_high"].tolist() == pytest.approx([0.30, 0.33, 0.36])
    # A period later trends have parted twice: 0.12 within 0.06 M.
    later = relative_magnitudes([-0.02, 0.01, -0.01, 0.30, 0.12], nothing, SINCE, weights=[0, 1])
    assert later.breakdown == pytest.approx(2)
    # Their mean: 0.21 within (0.03 + 0.06) / 2 M.
    mean = relative_magnitudes([-0.02, 0.01, -0.01, 0.30, 0.12], nothing, SINCE, magnitudes=[1])
    assert mean.bounds["low"].iloc[0] == pytest.approx(0.21 - 0.045)


def test_errors_widen_the_bounds_by_those_of_the_parting_and_the_effect_together():
    # Independent errors of 0.01: the effect less the parting of -0.03 at M = 1 has error 0.01 root 3.
    fit = relative_magnitudes([-0.02, 0.01, 0.00, 0.30, 0.12], 0.0001 * np.eye(5), SINCE, weights=[1, 0], magnitudes=[0, 1])
    assert fit.bounds["ci_low"].tolist() == pytest.approx([0.30 - 1.959964 * 0.01, 0.30 - 0.03 - 1.959964 * 0.01 * 3**0.5])


def test_too_few_periods_before_and_a_period_left_out_are_refused():
    with pytest.raises(NotEnoughData, match="three periods before the change; 4 are needed"):
        relative_magnitudes([0.0, 0.1, 0.3], np.eye(3), [-3, -2, 0])
    with pytest.raises(ValueError, match="every period before"):
        relative_magnitudes([0.0, 0.1, 0.1, 0.3], np.eye(4), [-5, -3, -2, 0])


def panel(seed, *, slope=0.0, effect=0.0):
    """Twelve places; five pilots part from the others by `slope` a period, all along; periods 0 to 7, the change at 5."""
    rng = np.random.default_rng(seed)
    rows = [
        (place, period, rng.normal(0, 0.1) + (place < 5) * (slope * period + effect * (period >= 5)), 5 if place < 5 else np.nan)
        for place in range(12)
        for period in range(8)
    ]
    frame = pd.DataFrame(rows, columns=["place", "period", "outcome", "first"])
    return group_time_effects(frame, place="place", period="period", outcome="outcome", first_changed="first")


def test_where_trends_part_alike_before_and_after_the_bounds_hold_the_truth_and_the_plain_interval_does_not():
    held = [0, 0]
    for seed in range(40):
        bounds = relative_magnitudes_of(panel(seed, slope=0.15), magnitudes=[0, 1]).bounds
        held = [count + (row.ci_low <= 0 <= row.ci_high) for count, row in zip(held, bounds.itertuples(), strict=True)]
    assert held[0] <= 5 and held[1] >= 37


def test_the_check_tells_how_far_trends_may_part_or_that_there_is_nothing_to_lose():
    large = relative_magnitudes_of(panel(1, effect=1.0))
    assert 0 < large.breakdown < 10 and "stays clear until trends part" in large.check().detail and large.check().passed is None
    assert "not clear even if" in relative_magnitudes_of(panel(2)).check().detail
