"""Gaps: the index is what its identity says, groups that are alike show none, schools count once, changes keep their skew."""

import numpy as np
import pytest
from scipy import stats

from helpers.designs import gaps
from helpers.results import NotEnoughData


def pupils(seed, n=400, gap=0.0, schools=40, school_sd=0.0, own_gap_sd=0.0):
    rng = np.random.default_rng(seed)
    school = np.arange(n) % schools
    behind = rng.random(n) < 0.3
    slope = gap + rng.normal(0, own_gap_sd, schools)[school]
    scores = rng.normal(0, 1, n) + rng.normal(0, school_sd, schools)[school] + behind * slope
    return scores, behind, school


def test_the_department_for_educations_index_is_ten_times_twice_the_auc_less_one_even_with_ties():
    scores, behind, _ = pupils(1, gap=-0.7)
    for values in (scores, np.round(scores)):
        ranks = stats.rankdata(values)
        published = 20 * (ranks[~behind].mean() - ranks[behind].mean()) / len(values)
        assert gaps.gap_index(values, behind).index == pytest.approx(published)
        national = gaps.gap_index_in_national_ranks(ranks, behind, nationally=len(values))
        assert national.index == pytest.approx(published)


def test_delongs_error_is_that_of_a_jackknife_over_pupils():
    scores, behind, _ = pupils(2, n=120, gap=-0.5)
    left_out = np.array([gaps.gap_index(np.delete(scores, k), np.delete(behind, k)).index for k in range(len(scores))])
    groups = [left_out[behind], left_out[~behind]]
    jackknife = sum(((part - part.mean()) ** 2).sum() * (len(part) - 1) / len(part) for part in groups)
    assert gaps.gap_index(scores, behind).standard_error == pytest.approx(np.sqrt(jackknife), rel=0.02)


def test_nothing_is_found_in_nothing_and_intervals_hold_about_as_often_as_promised():
    rates = {"index": 0, "index by school": 0, "g by school": 0, "share by school": 0, "g": 0, "ratio": 0}
    for seed in range(120):
        scores, behind, school = pupils(seed, n=300, schools=30, school_sd=0.5)
        plain, _, _ = pupils(seed, n=300)
        rates["index"] += gaps.gap_index(plain, behind).p_value < 0.05
        rates["index by school"] += gaps.gap_index(scores, behind, cluster=school).p_value < 0.05
        rates["g by school"] += gaps.hedges_g(scores, behind, cluster=school).p_value < 0.05
        rates["g"] += gaps.hedges_g(plain, behind).p_value < 0.05
        share = gaps.risk_difference(scores > 0.3, behind, outcome="expected standard", cluster=school)
        rates["share by school"] += share.p_value < 0.05
        rates["ratio"] += gaps.risk_ratio(plain > 0.3, behind, outcome="expected standard").p_value < 0.05
    assert max(rates.values()) / 120 <= 0.11, rates


def test_a_gap_that_differs_from_school_to_school_is_less_sure_than_pupils_alone_would_say():
    scores, behind, school = pupils(3, n=3000, gap=-0.5, schools=30, own_gap_sd=0.6)
    alone, by_school = gaps.hedges_g(scores, behind), gaps.hedges_g(scores, behind, cluster=school)
    assert by_school.g == alone.g and by_school.standard_error > 1.5 * alone.standard_error


def test_planted_gaps_lie_in_their_intervals():
    from scipy.stats import norm

    held = {"index": 0, "g": 0, "difference": 0}
    for seed in range(100):
        scores, behind, _ = pupils(seed, gap=-0.7)
        index, g = gaps.gap_index(scores, behind), gaps.hedges_g(scores, behind)
        held["index"] += index.ci_low < 10 * (2 * norm.cdf(0.7 / np.sqrt(2)) - 1) < index.ci_high
        held["g"] += g.ci_low < -0.7 < g.ci_high
        other = gaps.risk_difference(pupils(5000 + seed, gap=-0.2)[0] > 0, pupils(5000 + seed)[1], outcome="x")
        change = gaps.difference_in_gaps(gaps.risk_difference(scores > 0, behind, outcome="x"), other, outcome="x")
        held["difference"] += change.ci_low < 100 * (norm.cdf(-0.7) - norm.cdf(-0.2)) < change.ci_high
    assert min(held.values()) / 100 >= 0.89, held


def test_children_in_care_at_maths_are_no_evidence_of_improvement():
    happened = np.repeat([1, 0, 1, 0], [12, 30, 3, 19])
    effect = gaps.risk_difference(happened, np.arange(64) < 42, outcome="grade 4 in mathematics")
    assert (round(effect.p_value, 2), round(effect.ci_low), round(effect.ci_high)) == (0.23, -8, 32)


def test_koopmans_limits_are_where_his_test_is_five_percent_and_turn_over_with_the_groups():
    happened, first = np.repeat([1, 0, 1, 0], [20, 60, 8, 72]), np.arange(160) < 80
    ratio, other = (gaps.risk_ratio(happened, group, outcome="x") for group in (first, ~first))
    for end in (ratio.ci_low, ratio.ci_high):
        assert gaps._score_statistic(end, 20, 80, 8, 80) == pytest.approx(3.8415, abs=1e-3)
    assert (other.ci_low, other.ci_high) == pytest.approx((1 / ratio.ci_high, 1 / ratio.ci_low))
    assert ratio.p_value == pytest.approx(stats.chi2_contingency([[20, 60], [8, 72]], correction=False).pvalue)


def test_points_and_odds_can_disagree_about_a_change():
    def gap(measure, with_it, without):
        return measure(
            np.repeat([1, 0, 1, 0], [with_it, 400 - with_it, without, 400 - without]), np.arange(800) < 400, outcome="x"
        )

    points = gaps.difference_in_gaps(gap(gaps.risk_difference, 340, 376), gap(gaps.risk_difference, 180, 220), outcome="x")
    odds = gaps.difference_in_gaps(gap(gaps.odds_ratio, 340, 376), gap(gaps.odds_ratio, 180, 220), outcome="x")
    assert points.estimate > 0 and odds.estimate < 1
    with pytest.raises(ValueError, match="different scales"):
        gaps.difference_in_gaps(gap(gaps.odds_ratio, 340, 376), gap(gaps.risk_difference, 180, 220), outcome="x")


def test_a_gap_is_widest_where_most_scores_lie_and_a_gap_that_turns_fails_its_check():
    scores, behind, _ = pupils(4, n=2000, gap=-0.6)
    result = gaps.thresholds(scores, behind, at=[-2, -1, 0, 1, 2], chosen=0)
    assert result.check.passed and result.curve["difference"].abs().idxmax() in (1, 2, 3)
    spread = np.where(behind, 2 * (scores + 0.6), scores)
    assert gaps.thresholds(spread, behind, at=[-1.5, 1.5], chosen=-1.5).check.passed is False


def test_nine_pupils_of_a_group_nine_schools_or_groups_wholly_apart_are_refused():
    scores, behind, school = pupils(5)
    with pytest.raises(NotEnoughData, match="too few in one"):
        gaps.gap_index(scores, np.arange(400) < 9)
    with pytest.raises(NotEnoughData, match="fewer than 10 schools"):
        gaps.hedges_g(scores, behind, cluster=school % 9)
    with pytest.raises(NotEnoughData, match="every pupil"):
        gaps.gap_index(behind * -1.0, behind)
    with pytest.raises(NotEnoughData, match="nobody in one"):
        gaps.risk_ratio(~behind, behind, outcome="x")
    with pytest.raises(NotEnoughData, match="same value"):
        gaps.hedges_g(behind, behind)
