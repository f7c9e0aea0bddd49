"""Agreement of graders: as other hands have it, not lost where nearly all is good; grades show what was planted and no more."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import agreement
from helpers.results import NotEnoughData

GRADES = ["Inadequate", "Requires improvement", "Good", "Outstanding"]


def audits(seed, n=200, effect=0.0, uneven=0.0):
    rng = np.random.default_rng(seed)
    after = np.arange(n) % 2 * 1.0
    quality = rng.logistic(size=n) * np.exp(uneven * after) + effect * after
    return np.array(GRADES, dtype=object)[np.digitize(quality, [-2, -0.3, 1.8])], pd.DataFrame({"after": after})


def moderated(seed, n=200, same=0.7):
    rng = np.random.default_rng(seed)
    first, again = (rng.choice(GRADES, n, p=[0.1, 0.3, 0.5, 0.1]) for _ in range(2))
    return first, np.where(rng.random(n) < same, first, again)


def test_kappa_and_its_error_are_those_of_statsmodels_with_every_weight():
    from statsmodels.stats.inter_rater import cohens_kappa

    first, second = moderated(1)
    for ours, theirs in (("none", None), ("linear", "linear"), ("quadratic", "quadratic")):
        result = agreement.weighted_kappa(first, second, grades=GRADES, weights=ours)
        other = cohens_kappa(result.matrix.to_numpy(), wt=theirs)
        assert (result.estimate, result.standard_error) == pytest.approx((other.kappa, other.std_kappa))


def test_where_nearly_all_is_good_kappa_collapses_and_gwets_does_not():
    first = np.repeat(["Good", "Good", "Poor", "Poor"], [118, 5, 2, 0])
    second = np.repeat(["Good", "Poor", "Good", "Poor"], [118, 5, 2, 0])
    kappa = agreement.weighted_kappa(first, second, grades=["Poor", "Good"], weights="none")
    ac1 = agreement.gwet(first, second, grades=["Poor", "Good"])
    assert kappa.observed == 118 / 125 and kappa.estimate == pytest.approx(-0.0234, abs=1e-4)
    assert ac1.estimate == pytest.approx(0.9408, abs=1e-4)  # Gwet 2008


def test_gwets_error_is_that_of_a_jackknife_over_cases():
    first, second = moderated(2, n=120)
    for weights in ("none", "quadratic"):
        result = agreement.gwet(first, second, grades=GRADES, weights=weights)
        left = [
            agreement.gwet(np.delete(first, k), np.delete(second, k), grades=GRADES, weights=weights).estimate
            for k in range(len(first))
        ]
        jackknife = np.sqrt(((np.array(left) - np.mean(left)) ** 2).sum() * (len(left) - 1) / len(left))
        assert result.standard_error == pytest.approx(jackknife, rel=0.02)


def test_raters_who_draw_lots_agree_no_more_than_chance_about_as_often_as_promised():
    denied = 0
    for seed in range(200):
        first, second = moderated(seed, n=100, same=0)
        result = agreement.weighted_kappa(first, second, grades=GRADES)
        denied += not result.ci_low < 0 < result.ci_high
    assert denied / 200 <= 0.09


def test_a_planted_change_in_grades_is_found_and_none_is_found_about_as_often_as_promised():
    row = agreement.proportional_odds(*audits(1, n=1500, effect=0.7), grades=GRADES).coefficients.loc["after"]
    assert row["ci_low"] < np.exp(0.7) < row["ci_high"] and row["ci_low"] > 1
    found = failed = 0
    for seed in range(60):
        fit = agreement.proportional_odds(*audits(seed), grades=GRADES)
        found += fit.coefficients.loc["after", "p_value"] < 0.05
        failed += fit.check.passed is False
    assert found <= 7 and failed <= 7


def test_grades_that_draw_apart_at_both_ends_fail_the_check():
    fit = agreement.proportional_odds(*audits(3, n=800, uneven=0.8), grades=GRADES)
    assert fit.check.passed is False
    effect = agreement.odds_ratio(fit, "after", outcome="a higher grade")
    assert effect.scale == "odds ratio" and effect.checks == (fit.check,)


def test_few_cases_one_grade_or_an_unknown_one_are_refused():
    first, second = moderated(4, n=19)
    with pytest.raises(NotEnoughData, match="fewer than 20"):
        agreement.gwet(first, second, grades=GRADES)
    with pytest.raises(NotEnoughData, match="same grade"):
        agreement.weighted_kappa(["Good"] * 30, ["Good"] * 30, grades=GRADES)
    with pytest.raises(ValueError, match="none of the grades"):
        agreement.gwet(["Fair"] * 30, ["Good"] * 30, grades=GRADES)
    grade, after = audits(5)
    with pytest.raises(NotEnoughData, match="too few cases"):
        agreement.proportional_odds(np.where(np.arange(200) < 4, "Inadequate", "Good"), after, grades=GRADES)
    with pytest.raises(NotEnoughData, match="too alike"):
        agreement.proportional_odds(grade, after.assign(again=after["after"]), grades=GRADES)
