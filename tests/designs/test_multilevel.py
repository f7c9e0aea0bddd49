"""Pupils within schools: planted spread is found, small schools are drawn to the middle, none is below the library's."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.designs import multilevel
from helpers.results import NotEnoughData


def pupils(seed, schools=30, size=20, sd=0.5, gap=-0.4, gap_sd=0.0):
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(schools), size)
    fsm = (rng.random(len(school)) < np.linspace(0.1, 0.6, schools)[school]).astype(float)
    score = (
        rng.normal(0, sd, schools)[school] + fsm * (gap + rng.normal(0, gap_sd, schools)[school]) + rng.normal(size=len(school))
    )
    return pd.DataFrame({"school": school, "fsm": fsm, "score": score})


def test_a_planted_gap_and_spread_between_schools_are_found():
    fit = multilevel.multilevel(pupils(11, schools=60, size=30), outcome="score", covariates=["fsm"], group="school")
    row = fit.coefficients.loc["fsm"]
    assert row["ci_low"] < -0.4 < row["ci_high"]
    assert fit.sd_group == pytest.approx(0.5, abs=0.15) and fit.icc == pytest.approx(0.2, abs=0.08)
    assert multilevel.coefficient(fit, "fsm", outcome="gap").clusters == 60


def test_a_gap_that_differs_between_schools_has_a_spread_of_its_own():
    rows = pupils(2, schools=50, size=40, gap_sd=0.5)
    fit = multilevel.multilevel(rows, outcome="score", covariates=["fsm"], slope="fsm", group="school")
    assert fit.sd_slope == pytest.approx(0.5, abs=0.2) and {"slope", "slope_error"} <= set(fit.groups)


def test_departures_of_schools_are_drawn_in_the_more_the_fewer_their_pupils():
    rows = pupils(3)
    rows = rows[(rows["school"] % 2 == 0) | (rows.groupby("school").cumcount() < 4)]
    fit = multilevel.multilevel(rows, outcome="score", covariates=[], group="school")
    raw = rows.groupby("school")["score"].mean() - fit.coefficients.loc["intercept", "estimate"]
    expected = raw * fit.sd_group**2 / (fit.sd_group**2 + fit.sd_residual**2 / fit.groups["size"])
    assert fit.groups["intercept"].tolist() == pytest.approx(expected.tolist())
    drawn = 1 - fit.groups["intercept"] / raw
    assert drawn[fit.groups["size"] == 4].min() > drawn[fit.groups["size"] == 20].max()


def test_what_goes_with_a_pupil_and_what_goes_with_a_school_are_told_apart():
    rows = pupils(4, schools=60, size=15, gap=-0.3)
    rows["score"] -= 1.5 * rows.groupby("school")["fsm"].transform("mean")
    fit = multilevel.within_and_between(rows, outcome="score", covariate="fsm", group="school").coefficients
    for term, truth in (("fsm within", -0.3), ("fsm between", -1.8)):
        assert fit.loc[term, "ci_low"] < truth < fit.loc[term, "ci_high"]


def test_statsmodels_variance_parameter_is_not_a_variance():
    import statsmodels.formula.api as smf

    rows = pupils(5)
    rows["score"] *= 3
    theirs = smf.mixedlm("score ~ fsm", rows, groups="school").fit()
    ours = multilevel.multilevel(rows, outcome="score", covariates=["fsm"], group="school")
    assert theirs.params.iloc[-1] * theirs.scale == pytest.approx(ours.sd_group**2, rel=1e-3)


def test_schools_that_do_not_differ_have_no_variance_between_them_and_least_squares_coefficients():
    rows = pupils(4, gap=0, sd=0)
    rows["score"] -= rows.groupby("school")["score"].transform("mean")
    fit = multilevel.multilevel(rows, outcome="score", covariates=["fsm"], group="school")
    slope, intercept = np.polyfit(rows["fsm"], rows["score"], 1)
    assert fit.sd_group == 0 and fit.icc == 0 and (fit.groups["intercept"] == 0).all()
    assert fit.coefficients["estimate"].tolist() == pytest.approx([intercept, slope], abs=1e-9)


def test_no_likelihood_is_below_statsmodels_and_a_school_covariate_has_the_degrees_of_freedom_of_schools():
    from statsmodels.regression.mixed_linear_model import MixedLM

    rows = pupils(1, schools=12, size=12, sd=0.1, gap_sd=0.1)
    exog = np.column_stack([np.ones(len(rows)), rows["fsm"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = MixedLM(rows["score"].to_numpy(), exog, groups=rows["school"].to_numpy(), exog_re=exog).fit()
    ours = multilevel.multilevel(rows, outcome="score", covariates=["fsm"], group="school", slope="fsm")
    assert ours.log_likelihood >= theirs.llf - 1e-4
    rows = pupils(1).assign(urban=lambda p: p["school"] % 2.0)
    urban = multilevel.multilevel(rows, outcome="score", covariates=["urban"], group="school").coefficients.loc["urban"]
    assert urban["p_value"] == pytest.approx(2 * stats.t.sf(abs(urban["estimate"]) / urban["standard_error"], 28))


def test_the_intraclass_correlation_lies_in_its_interval_about_as_often_as_promised_and_nought_is_seldom_denied():
    held = denied = 0
    for seed in range(300):
        rows = pupils(seed, gap=0)
        result = multilevel.intraclass_correlation(rows["score"], rows["school"])
        held += result.ci_low < 0.2 < result.ci_high
        none = pupils(seed, gap=0, sd=0)
        denied += multilevel.intraclass_correlation(none["score"], none["school"]).ci_low > 0
    assert held / 300 >= 0.92 and denied / 300 <= 0.05


def test_a_coefficient_that_is_nought_is_found_about_as_often_as_promised():
    found = 0
    for seed in range(20):
        rows = pupils(seed, gap=0, schools=20, size=8)
        fit = multilevel.multilevel(rows, outcome="score", covariates=["fsm"], group="school")
        found += fit.coefficients.loc["fsm", "p_value"] < 0.05
    assert found <= 4


def test_nine_schools_or_pupils_alone_in_theirs_are_refused():
    about = {"outcome": "score", "covariates": ["fsm"], "group": "school"}
    with pytest.raises(NotEnoughData, match="too few groups"):
        multilevel.multilevel(pupils(7, schools=9), **about)
    with pytest.raises(NotEnoughData, match="too few groups"):
        multilevel.multilevel(pupils(7, size=1), **about)
    with pytest.raises(ValueError, match="fsm: 600 of 600 values are missing"):
        multilevel.multilevel(pupils(7).assign(fsm=np.nan), **about)
    with pytest.raises(ValueError, match="one of the covariates"):
        multilevel.multilevel(pupils(7), slope="sen", **about)
