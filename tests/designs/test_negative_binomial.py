"""Counts that spread more than chance: planted rates are found, spread is allowed for, zeros are only too many where they are."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import negative_binomial
from helpers.results import NotEnoughData


def counts(seed, n=300, ratio=1.0, alpha=1.0, never=0.0):
    rng = np.random.default_rng(seed)
    panel, years = np.arange(n) % 2 * 1.0, rng.uniform(0.5, 3, n)
    mean = 1.5 * ratio**panel * years
    y = rng.poisson(mean * (rng.gamma(1 / alpha, alpha, n) if alpha else 1)) * (rng.random(n) >= never)
    return y, pd.DataFrame({"panel": panel}), years


def test_a_planted_ratio_and_spread_are_found_and_agree_with_statsmodels():
    import statsmodels.api as sm

    y, x, years = counts(1, n=3000, ratio=0.7)
    fit = negative_binomial.negative_binomial(y, x, exposure=years)
    row = fit.coefficients.loc["panel"]
    assert row["ci_low"] < 0.7 < row["ci_high"] and fit.alpha == pytest.approx(1, abs=0.15)
    theirs = sm.NegativeBinomial(y, sm.add_constant(x), exposure=years).fit(disp=0, maxiter=200)
    assert fit.coefficients["estimate"].tolist() == pytest.approx(theirs.params.iloc[:2].tolist(), abs=1e-3)
    assert (fit.log_likelihood, fit.alpha) == pytest.approx((theirs.llf, theirs.params["alpha"]), rel=1e-3)


def test_counts_that_spread_no_more_than_chance_are_poisson():
    y, x, years = counts(0, alpha=0)
    fits = [negative_binomial.negative_binomial(*counts(seed, alpha=0)[:2]) for seed in range(2)]
    assert negative_binomial.negative_binomial(np.minimum(y, 3), x, exposure=years).alpha < 0.02
    assert all(fit.alpha < 0.5 for fit in fits)


def test_nothing_is_found_in_nothing_about_as_often_as_promised_and_zeros_are_seldom_too_many():
    found = zeros = poisson_zeros = held = 0
    for seed in range(100):
        y, x, years = counts(seed, n=150)
        fit = negative_binomial.negative_binomial(y, x, exposure=years)
        found += fit.coefficients.loc["panel", "p_value"] < 0.05
        held += fit.coefficients.loc["panel", "ci_low"] < 1 < fit.coefficients.loc["panel", "ci_high"]
        zeros += fit.excess_zeros_p < negative_binomial.TOO_MANY_ZEROS
        poisson_zeros += (
            negative_binomial.negative_binomial(*counts(seed, n=150, alpha=0)[:2]).excess_zeros_p
            < negative_binomial.TOO_MANY_ZEROS
        )
    assert found <= 11 and held >= 89 and zeros <= 6 and poisson_zeros <= 6


def test_families_that_share_a_rate_count_once():
    rng = np.random.default_rng(3)
    family = np.repeat(np.arange(60), 4)
    y = rng.poisson(2 * rng.gamma(1, 1, 60)[family])
    x = pd.DataFrame({"panel": family % 2 * 1.0})
    row = negative_binomial.negative_binomial(y, x, cluster=family).coefficients.loc["panel"]
    assert row["standard_error"] > 1.4 * row["model_error"]


def test_those_never_at_risk_are_told_apart_only_where_the_zeros_say_so_and_a_reason_is_given():
    y, x, years = counts(5, n=1500, alpha=0.2, never=0.35)
    fit = negative_binomial.zero_inflated(y, x, exposure=years, why_never="some are placed where nobody is reported")
    assert fit.never == pytest.approx(0.35, abs=0.06) and fit.coefficients.loc["panel", "ci_low"] < 1
    y, x, years = counts(6, n=300)
    with pytest.raises(NotEnoughData, match="no more people without events"):
        negative_binomial.zero_inflated(y, x, exposure=years, why_never="some")
    with pytest.raises(ValueError, match="say why"):
        negative_binomial.zero_inflated(y, x, why_never=" ")


def test_one_side_without_events_or_too_few_is_refused():
    y, x, years = counts(7)
    with pytest.raises(NotEnoughData, match="one side"):
        negative_binomial.negative_binomial(y * (x["panel"] == 0), x, exposure=years)
    with pytest.raises(NotEnoughData, match="too few"):
        negative_binomial.negative_binomial(np.zeros(300), x)
    with pytest.raises(NotEnoughData, match="told apart"):
        negative_binomial.negative_binomial(y, x.assign(again=x["panel"]))
    effect = negative_binomial.rate_ratio(negative_binomial.negative_binomial(y, x), "panel", outcome="incidents")
    assert effect.scale == "rate ratio" and effect.checks[0].name == "People without events"
