"""Few places: what can be said is exact, and what cannot be reached is said."""

import math

import numpy as np
import pytest

from helpers.designs import few_clusters
from helpers.results import NotEnoughData


def test_with_three_of_six_localities_there_are_20_choices_and_no_p_below_a_tenth():
    result = few_clusters.exact_permutation([-0.9, -0.8, -0.85], [0.1, 0.0, 0.05])
    assert len(result.statistics) == 20
    assert result.p_value == result.smallest_p == 0.1
    assert result.ci_low < result.observed < result.ci_high < 0
    assert few_clusters.exact_permutation([-0.9, -0.8, -0.85], [0.1, 0.0, 0.05], level=0.95).ci_high == math.inf


def test_the_permutation_interval_holds_exactly_the_effects_that_the_test_does_not_reject():
    treated, control = np.array([-0.4, -0.1, -0.3]), np.array([0.1, 0.05, -0.15])
    interval = few_clusters.exact_permutation(treated, control)
    for tau in (interval.ci_low + 1e-6, interval.ci_high - 1e-6):
        assert few_clusters.exact_permutation(treated - tau, control).p_value > 0.1
    for tau in (interval.ci_low - 1e-6, interval.ci_high + 1e-6):
        assert few_clusters.exact_permutation(treated - tau, control).p_value <= 0.1


def test_the_collapsed_t_agrees_with_the_textbook_two_sample_test():
    from scipy import stats

    treated, control = [-0.4, -0.1, -0.3], [0.1, 0.05, -0.15]
    assert few_clusters.collapsed_t(treated, control).p_value == pytest.approx(stats.ttest_ind(treated, control).pvalue)


def test_one_locality_on_a_side_is_refused():
    with pytest.raises(NotEnoughData, match="two of each"):
        few_clusters.collapsed_t([0.1], [0.2, 0.3])


def panel(seed, effect=0.0):
    rng = np.random.default_rng(seed)
    place, period = np.repeat(np.arange(6), 24), np.tile(np.arange(24), 6)
    exposed = ((place < 3) & (period >= 12)).astype(float)
    drift = rng.normal(0, 0.3, (6, 2))[place, (period >= 12).astype(int)]
    return drift + rng.normal(0, 0.5, len(place)) + effect * exposed, exposed, place, period


def test_the_wild_bootstrap_lists_64_signs_with_rademacher_weights_and_cannot_go_below_one_in_32():
    result = few_clusters.wild_cluster_bootstrap(*panel(1, effect=-6.0))
    assert len(result.statistics) == 64
    assert result.p_value == result.smallest_p == 1 / 32
    assert result.ci_low < result.estimate < result.ci_high < 0


def test_webbs_weights_reach_below_rademachers_and_hold_the_planted_effect():
    result = few_clusters.wild_cluster_bootstrap(*panel(1, effect=-6.0), weights="webb")
    assert result.p_value < 1 / 32
    assert result.ci_low < -6.0 < result.ci_high


def test_places_that_drift_without_a_change_are_called_changed_about_as_often_as_promised():
    wild, t = [], []
    for seed in range(300):
        outcome, exposed, place, period = panel(seed)
        wild.append(few_clusters.wild_cluster_bootstrap(outcome, exposed, place, period, interval=False).p_value < 0.05)
        change = [outcome[(place == g) & (period >= 12)].mean() - outcome[(place == g) & (period < 12)].mean() for g in range(6)]
        t.append(few_clusters.collapsed_t(change[:3], change[3:]).p_value < 0.05)
    assert 0.02 <= np.mean(t) <= 0.08
    assert np.mean(wild) <= 0.10


def test_of_forty_places_vectors_are_drawn_and_the_answer_is_that_of_t():
    rng = np.random.default_rng(2)
    place, period = np.repeat(np.arange(40), 2), np.tile([0, 1], 40)
    exposed = (place < 20) * period
    outcome = rng.normal(size=80) + 0.6 * exposed
    wild = few_clusters.wild_cluster_bootstrap(outcome, exposed, place, period)
    change = outcome[1::2] - outcome[::2]
    t = few_clusters.collapsed_t(change[:20], change[20:])
    assert wild.smallest_p == 1e-4 and len(wild.statistics) == 10_000
    assert (wild.estimate, wild.p_value) == (pytest.approx(t.estimate), pytest.approx(t.p_value, abs=0.02))
    assert (wild.ci_low, wild.ci_high) == (pytest.approx(t.ci_low, abs=0.1), pytest.approx(t.ci_high, abs=0.1))
