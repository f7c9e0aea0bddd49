"""The same numbers by another route: statsmodels, scipy and arithmetic, on the Stanford heart transplants and made-up studies."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from helpers.designs import cox, few_clusters, gaps, regression, survival, weighting
from helpers.designs.difference_in_differences import two_by_two
from helpers.designs.interrupted_time_series import interrupted_time_series


@pytest.fixture(scope="module")
def transplants():
    """69 people who had a heart transplant at Stanford (Miller 1976): days, died, age at transplant."""
    data = sm.datasets.heart.load_pandas()
    return pd.DataFrame({"days": data.endog, "died": data.censors, "age": data.exog.to_numpy().ravel()})


def test_survival_of_heart_transplants_is_that_of_statsmodels_with_tied_days(transplants):
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff

    theirs = SurvfuncRight(transplants["days"], transplants["died"])
    ours = survival.kaplan_meier(transplants["days"], transplants["died"], times=list(theirs.surv_times)).curve
    assert (1 - ours["share"]).tolist() == pytest.approx(theirs.surv_prob.tolist())
    assert ours["standard_error"].tolist() == pytest.approx(theirs.surv_prob_se.tolist(), abs=1e-9)
    median = survival.median_time(transplants["days"], transplants["died"])
    assert (median.estimate, median.ci_low, median.ci_high) == (theirs.quantile(0.5), *theirs.quantile_ci(0.5, method="cloglog"))
    older = transplants["age"] > 48
    test = survival.log_rank(transplants["days"], transplants["died"], older)
    assert (test.statistic, test.p_value) == pytest.approx(survdiff(transplants["days"], transplants["died"], older.astype(int)))


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_hazard_by_age_at_transplant_is_that_of_statsmodels_and_weights_are_repeated_people(transplants, ties):
    from statsmodels.duration.hazard_regression import PHReg

    theirs = PHReg(transplants["days"], transplants[["age"]], status=transplants["died"], ties=ties).fit(disp=0)
    ours = cox.cox(transplants[["age"]], stop=transplants["days"], event=transplants["died"], ties=ties)
    row = ours.coefficients.loc["age"]
    assert (row["estimate"], row["model_error"]) == pytest.approx((theirs.params[0], theirs.bse[0]), rel=1e-5)
    assert ours.log_likelihood == pytest.approx(theirs.llf)
    twice = cox.cox(
        transplants[["age"]], stop=transplants["days"], event=transplants["died"], ties="breslow", weights=np.full(69, 2)
    )
    doubled = pd.concat([transplants, transplants])
    repeated = cox.cox(doubled[["age"]], stop=doubled["days"], event=doubled["died"], ties="breslow")
    assert twice.coefficients.loc["age", "model_error"] == pytest.approx(repeated.coefficients.loc["age", "model_error"])


def test_competing_outcomes_on_whole_days_are_those_of_statsmodels():
    from statsmodels.duration.survfunc import CumIncidenceRight

    rng = np.random.default_rng(0)
    day, kind = rng.integers(1, 15, 150), rng.integers(0, 3, 150)
    theirs = CumIncidenceRight(day, kind)
    named = np.array([None, "care", "closed"], dtype=object)[kind]
    curve = survival.aalen_johansen(day, named, times=list(theirs.times)).curve
    for number, cause in enumerate(("care", "closed")):
        own = curve[curve["outcome"] == cause]
        assert own["share"].tolist() == pytest.approx(theirs.cinc[number].tolist())
        assert own["standard_error"].tolist() == pytest.approx(theirs.cinc_se[number].tolist(), rel=1e-3)


def test_differences_of_few_are_those_of_scipy_and_of_clusters_those_of_statsmodels():
    rng = np.random.default_rng(4)
    with_change, without = rng.normal(size=4), rng.normal(size=5)
    collapsed, pooled = few_clusters.collapsed_t(with_change, without), stats.ttest_ind(with_change, without)
    assert (collapsed.p_value, collapsed.ci_low) == pytest.approx((pooled.pvalue, pooled.confidence_interval().low))
    values, first, school = rng.normal(size=140), np.arange(140) < 80, np.arange(140) % 14
    plain = stats.ttest_ind(values[first], values[~first], equal_var=False)
    assert gaps.mean_difference(values, first, outcome="x").p_value == pytest.approx(plain.pvalue)
    by_school = sm.OLS(values, sm.add_constant(first.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": school, "use_correction": False}
    )
    ours = gaps.mean_difference(values, first, outcome="x", cluster=school)
    reach = by_school.bse[1] * np.sqrt(14 / 13) * stats.t.ppf(0.975, 13)
    assert ours.ci_high - ours.estimate == pytest.approx(reach, rel=0.02)  # fewer degrees of freedom where schools weigh unevenly
    index = gaps.gap_index(values, first)
    above = stats.mannwhitneyu(values[~first], values[first]).statistic / (80 * 60)
    assert index.index == pytest.approx(10 * (2 * above - 1))


def test_two_changes_of_people_are_welchs_test_of_their_changes():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(40), 2), "after": [0, 1] * 40, "project": np.repeat(np.arange(40) < 15, 2)})
    frame["score"] = rng.normal(size=80)
    change = frame.pivot(index="unit", columns="after", values="score").diff(axis=1)[1].to_numpy()
    welch = stats.ttest_ind(change[:15], change[15:], equal_var=False)
    ours = two_by_two(frame, unit="unit", with_change="project", after="after", outcome="score")
    assert (ours.p_value, ours.ci_low) == pytest.approx((welch.pvalue, welch.confidence_interval().low))


def test_a_segmented_series_and_its_errors_are_those_of_statsmodels_quasi_poisson_and_newey_west():
    rng = np.random.default_rng(6)
    periods, time, after = pd.date_range("2021-10-01", periods=48, freq="MS"), np.arange(48.0), np.arange(48) >= 30
    waves = [wave(2 * np.pi * pair * periods.month / 12) for pair in (1, 2) for wave in (np.sin, np.cos)]
    design = np.column_stack([np.ones(48), time, after, np.where(after, time - 30, 0), *waves])
    monthly = pd.DataFrame({"period": periods, "events": rng.poisson(20, 48), "exposure": 100.0})
    model = sm.GLM(monthly["events"].to_numpy(), design, family=sm.families.Poisson(), offset=np.full(48, np.log(100)))
    about = {"change_on": "2024-04-01", "outcome": "x", "n_unit": "x", "pandemic": None}
    for errors, theirs in (
        ("independent", model.fit(scale="X2")),
        ("hac", model.fit(cov_type="HAC", cov_kwds={"maxlags": 4})),
    ):
        ours = interrupted_time_series(monthly, errors=errors, lags=4, **about).coefficients
        assert ours["estimate"].tolist() == pytest.approx(theirs.params.tolist(), abs=1e-6)
        assert ours["standard_error"].tolist() == pytest.approx(theirs.bse.tolist(), rel=1e-4)


def test_the_test_of_autocorrelation_is_that_of_statsmodels():
    from statsmodels.stats.diagnostic import acorr_ljungbox

    residuals = np.random.default_rng(8).normal(size=60)
    assert regression.ljung_box(residuals, 8) == pytest.approx(acorr_ljungbox(residuals, lags=[8])["lb_pvalue"].iloc[0])


def test_weights_are_those_of_a_logistic_regression_and_a_weighted_regressions_difference():
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"need": rng.normal(size=300), "girl": rng.integers(0, 2, 300)})
    frame["service"] = (rng.random(300) < 1 / (1 + np.exp(-0.5 * frame["need"]))).astype(int)
    frame["score"] = frame["need"] + 0.4 * frame["service"] + rng.normal(size=300)
    model = weighting.propensity(frame, exposed="service", covariates="need + girl")
    chances = sm.Logit(frame["service"], sm.add_constant(frame[["need", "girl"]])).fit(disp=0).predict()
    assert model.scores == pytest.approx(np.asarray(chances))
    ours = weighting.difference(frame, weighting.weights(model), outcome="score")
    heavy = np.where(frame["service"] == 1, 1 / chances, 1 / (1 - chances))
    theirs = sm.WLS(frame["score"], sm.add_constant(frame["service"]), weights=heavy).fit(cov_type="HC0")
    assert (ours.estimate, ours.standard_error) == pytest.approx((theirs.params["service"], theirs.bse["service"]))
