"""Two points: the self-evaluation's own figures come out as the methods notes list them, and nothing claims a cause."""

import math

import numpy as np
import pytest

from helpers.designs import two_points
from helpers.results import Effect, NotEnoughData

ABOUT = {"outcome": "missing incidents", "n_unit": "incidents", "better": "lower"}


@pytest.mark.parametrize(
    ("before", "after", "p"), [(95, 66, 0.027), (43, 38, 0.66), (18, 21, 0.75), (28, 14, 0.044), (26, 39, 0.14), (13, 19, 0.38)]
)
def test_counts_of_the_self_evaluation_have_the_listed_p_values(before, after, p):
    assert two_points.two_counts(before, after, **ABOUT).p_value == pytest.approx(p, abs=0.006)


def test_when_the_same_children_recur_the_fall_in_missing_incidents_is_no_longer_clear():
    assert two_points.two_counts(95, 66, phi=3, **ABOUT).p_value == pytest.approx(0.19, abs=0.005)


@pytest.mark.parametrize(("before", "after", "p"), [((3, 22), (12, 42), 0.23), ((2, 22), (7, 42), 0.71), ((5, 22), (9, 42), 1.0)])
def test_gcse_results_of_children_in_care_have_the_listed_p_values(before, after, p):
    effect = two_points.two_proportions(*before, *after, outcome="maths", n_unit="children", better="higher")
    assert effect.p_value == pytest.approx(p, abs=0.01)


def test_the_gcse_maths_difference_runs_from_8_points_down_to_32_up():
    effect = two_points.two_proportions(3, 22, 12, 42, outcome="maths", n_unit="children", better="higher")
    assert (round(effect.ci_low), round(effect.ci_high)) == (-8, 32)


def test_no_events_at_all_is_refused_and_none_before_leaves_the_ratio_open():
    with pytest.raises(NotEnoughData, match="nothing to compare"):
        two_points.two_counts(0, 0, **ABOUT)
    assert two_points.two_counts(0, 9, **ABOUT).estimate == math.inf


@pytest.mark.parametrize("phi", [1, 3])
def test_two_counts_without_a_difference_are_called_different_no_more_than_promised(phi):
    rng = np.random.default_rng(1)
    size = 40 / (phi - 1) if phi > 1 else None
    draw = rng.poisson(40, (2, 2000)) if phi == 1 else rng.negative_binomial(size, size / (size + 40), (2, 2000))
    false = np.mean([two_points.two_counts(a, b, phi=phi, **ABOUT).p_value < 0.05 for a, b in draw.T])
    assert 0.02 <= false <= 0.065


def test_two_shares_of_families_without_a_difference_are_called_different_no_more_than_promised():
    """200 families, 2 children each who share what happens: variance twice that of separate children."""
    rng, false = np.random.default_rng(1), {1.0: 0, 2.0: 0}
    for _ in range(300):
        first, last = 2 * rng.binomial(200, 0.2, 2)
        for phi in false:
            effect = two_points.two_proportions(first, 400, last, 400, phi=phi, outcome="referred again", n_unit="referrals")
            false[phi] += not effect.ci_low <= 0 <= effect.ci_high
            assert (effect.p_value < 0.05) == (not effect.ci_low <= 0 <= effect.ci_high) or 0.03 < effect.p_value < 0.07
    assert false[1.0] > 0.1 * 300 and 0.02 * 300 < false[2.0] < 0.08 * 300


def test_a_family_that_is_there_on_both_days_is_no_chance_and_brothers_and_sisters_are_one():
    effect = two_points.two_stocks_of_families(["A", "A", "B"], ["A", "A", "C"], outcome="help", n_unit="children")
    assert effect.ci_high == pytest.approx(math.exp(4.302653 * math.sqrt(2) / 3))  # only B and C count; t with 2 degrees
    alone = two_points.two_stocks_of_families(range(300), range(300, 500), outcome="help", n_unit="children")
    assert math.log(alone.ci_high / alone.ci_low) / 2 == pytest.approx(1.96 * math.sqrt(1 / 300 + 1 / 200), rel=0.01)
    with pytest.raises(NotEnoughData, match="one of the two days"):
        two_points.two_stocks_of_families([], ["A"], outcome="help", n_unit="children")


def test_two_days_of_families_who_come_and_go_differ_no_more_often_than_promised():
    rng, false = np.random.default_rng(1), {"independent": 0, "families": 0}
    about = {"outcome": "help", "n_unit": "children"}
    for _ in range(500):
        families = rng.poisson(600)
        children, first, both = 1 + rng.poisson(0.86, families), rng.random(families) < 0.5, rng.random(families) < 0.2
        days = [np.repeat(np.arange(families), children * there) for there in (first | both, ~first | both)]
        false["families"] += two_points.two_stocks_of_families(*days, **about).p_value < 0.05
        false["independent"] += two_points.two_stocks(*map(len, days), **about).p_value < 0.05
    assert false["families"] < 0.075 * 500 and false["independent"] > 0.11 * 500


def test_pupils_picked_for_low_attendance_who_come_half_the_way_back_show_no_more_than_chance_gives():
    # Picked at 70% where everyone attends 92%; terms correlate at 0.5, so 11 points of the way back come by themselves.
    about = {"scale": "percentage points", "null": 0.0, "design": "two_points", "n": 40, "n_unit": "pupils"}
    chosen = {"selected": 70.0, "everyone": 92.0, "correlation": 0.5}
    by_itself = two_points.regression_to_the_mean(Effect("attendance", 12.0, 8.0, 16.0, **about), **chosen)
    assert by_itself.passed is False and "by itself the group would have moved by 11" in by_itself.detail
    assert two_points.regression_to_the_mean(Effect("attendance", 17.0, 13.0, 21.0, **about), **chosen).passed is True
