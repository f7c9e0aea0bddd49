"""Published results beyond those of ../shared/replication, of which a few numbers are enough; sources stand beside each."""

import numpy as np
import pandas as pd
import pytest

from helpers import intervals
from helpers.designs import agreement, control_chart, cox, gaps, multilevel, negative_binomial, survival, two_way_fixed_effects
from helpers.designs import staggered_difference_in_differences as staggered
from helpers.results import NotEnoughData

# Acute myelogenous leukaemia (Miller 1981), weeks; 0 in `relapsed` is censored.
MAINTAINED = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
NOT_MAINTAINED = [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
LEUKAEMIA = pd.DataFrame(
    {
        "weeks": MAINTAINED + NOT_MAINTAINED,
        "relapsed": [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1],
        "arm": ["maintained"] * 11 + ["not"] * 12,
    }
)


def test_leukaemia_is_as_r_prints_it_and_a_group_that_left_before_the_first_relapse_is_no_part_of_the_test():
    test = survival.log_rank(LEUKAEMIA["weeks"], LEUKAEMIA["relapsed"], LEUKAEMIA["arm"])
    assert (round(test.statistic, 1), round(test.p_value, 2)) == (3.4, 0.07)
    assert test.groups["expected"].round(2).tolist() == [10.69, 7.31]
    # R survival's own test (difftest.R): seven people censored by week 4 leave statistic and degrees of freedom as they were.
    early = pd.DataFrame({"weeks": [1, 2, 2, 3, 3, 3, 4], "relapsed": 0, "arm": "early"})
    with_early = pd.concat([LEUKAEMIA, early])
    again = survival.log_rank(with_early["weeks"], with_early["relapsed"], with_early["arm"])
    assert (again.degrees_of_freedom, again.p_value) == (1, pytest.approx(test.p_value))
    with pytest.raises(NotEnoughData, match="when the first event came"):
        survival.log_rank(with_early["weeks"], with_early["relapsed"], with_early["arm"].eq("early") | (with_early["weeks"] < 5))


@pytest.mark.parametrize(("ties", "estimate", "error"), [("breslow", 0.8596, 0.7131), ("efron", 0.8726, 0.7126)])
def test_a_weighted_cox_regression_is_that_worked_by_therneau_and_grambsch(ties, estimate, error):
    rows = pd.DataFrame({"x": [2, 0, 1, 1, 0, 1, 0, 1, 0]})
    fit = cox.cox(
        rows, stop=[1, 1, 2, 2, 2, 2, 3, 4, 5], event=[1, 0, 1, 1, 1, 0, 0, 1, 0], weights=[1, 2, 3, 4, 3, 2, 1, 2, 1],
        ties=ties, events_a_parameter=1,
    )  # fmt: skip
    assert fit.coefficients.loc["x", ["estimate", "standard_error"]].round(4).tolist() == [estimate, error]


def test_a_covariate_with_a_long_tail_has_its_ratio_and_one_that_tells_all_events_has_none():
    rng = np.random.default_rng(0)
    tail = np.exp(rng.normal(0, 2.5, 300))  # up to two thousand: a log ratio of 0.1 is 200 across the range
    days = rng.exponential(np.exp(-0.1 * tail)).argsort().argsort() + 1.0  # only their order matters
    fit = cox.cox(pd.DataFrame({"tail": tail}), stop=days, event=np.ones(300))
    assert fit.coefficients.loc["tail", "estimate"] == pytest.approx(0.1, abs=0.03)
    with pytest.raises(NotEnoughData, match="none of the events"):
        cox.cox(pd.DataFrame({"told": days < 99}), stop=np.minimum(days, 99), event=days < 99)


def test_outcomes_named_by_numbers_are_found_by_those_numbers():
    outcome = pd.Series([1, 2, np.nan] * 20)
    named = survival.aalen_johansen(range(1, 61), outcome.map({1: "care", 2: "closed"}), times=40).curve
    numbered = survival.aalen_johansen(range(1, 61), outcome.astype("Int64"), times=40, causes=[1, 2]).curve
    assert numbered["share"].tolist() == named["share"].tolist() and min(named["share"]) > 0
    x = pd.DataFrame({"x": np.arange(60) % 7})
    assert survival.fine_gray(x, range(1, 61), outcome, cause=1).events == 20
    with pytest.raises(ValueError, match="'' would be one of the outcomes"):
        survival.aalen_johansen(range(1, 61), outcome.map({1: "care", 2: "closed"}).fillna(""), times=[40])


def test_ship_damage_varies_no_more_than_chance_and_has_the_published_poisson_rates():
    """McCullagh and Nelder (1989), table 6.2: incidents by type of ship, years of building and of service, months as exposure."""
    months = [127, 63, 1095, 1095, 1512, 3353, 2244, 44882, 17176, 28609, 20370, 7064, 13099, 7117, 1179, 552, 781, 676, 783]
    months += [1948, 274, 251, 105, 288, 192, 349, 1208, 2051, 45, 789, 437, 1157, 2161, 542]
    incidents = [0, 0, 3, 4, 6, 18, 11, 39, 29, 58, 53, 12, 44, 18, 1, 1, 0, 1, 6, 2, 1, 0, 0, 0, 0, 2, 11, 4, 0, 7, 7, 5, 12, 1]
    ship = pd.Series(list("A" * 7 + "B" * 7 + "C" * 7 + "D" * 7 + "E" * 6))
    built = pd.Series([60, 60, 65, 65, 70, 70, 75] * 4 + [60, 65, 65, 70, 70, 75])
    later = pd.Series([0, 1, 0, 1, 0, 1, 1] * 4 + [0, 0, 1, 0, 1, 1])
    terms = {**{k: ship == k for k in "BCDE"}, **{f"built {k}": built == k for k in (65, 70, 75)}, "later": later}
    fit = negative_binomial.negative_binomial(incidents, pd.DataFrame(terms, dtype=float), exposure=months)
    assert fit.alpha == 0
    published = [-6.406, -0.543, -0.687, -0.076, 0.326, 0.697, 0.818, 0.453, 0.384]
    assert fit.coefficients["estimate"].round(3).tolist() == published


def test_montgomerys_orange_juice_and_circuit_boards_with_samples_of_one_size():
    cans = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
    chart = control_chart.p(cans, 50, range(1, 31)).points
    assert chart.loc[0, ["lower", "centre", "upper"]].astype(float).round(2).tolist() == [5.24, 23.13, 41.02]
    assert chart.loc[chart["signal"] == control_chart.OUTSIDE, "period"].tolist() == [15, 23]
    flaws = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
    board = control_chart.u(flaws, 1, range(26), overdispersion=False).points.iloc[0]
    # The book prints 33.22, from a mean rounded to 19.85.
    assert board[["lower", "centre", "upper"]].astype(float).round(2).tolist() == [6.48, 19.85, 33.21]
    with pytest.raises(ValueError, match="counts 30, n 29"):
        control_chart.p(cans, [50] * 29, range(30))


def test_tables_of_agreement_and_of_shares_have_their_published_values():
    # Agresti (1990): how much fun sex is, husbands by wives; standard errors as in R's vcd.
    table = np.array([[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]])
    husband, wife = np.repeat(np.indices((4, 4)).reshape(2, -1), table.ravel(), axis=1)
    for weights, value in {"none": (0.1293, 0.0686), "linear": (0.2374, 0.0783)}.items():
        kappa = agreement.weighted_kappa(husband, wife, grades=[0, 1, 2, 3], weights=weights)
        assert (round(kappa.estimate, 4), round(kappa.standard_error, 4)) == value
    # Newcombe (1998), table II, method 10; Koopman (1984).
    assert [round(v, 4) for v in vars(intervals.newcombe(5, 56, 0, 29)).values()] == [-0.0381, 0.1926]
    assert [round(v, 4) for v in vars(intervals.newcombe(0, 10, 0, 20)).values()] == [-0.1611, 0.2775]
    ratio = gaps.risk_ratio(np.r_[np.arange(40) < 36, np.arange(80) < 16], np.arange(120) < 40, outcome="x")
    assert [round(v, 2) for v in (ratio.ci_low, ratio.ci_high)] == [2.94, 7.15]


def test_a_slope_over_years_is_the_same_model_as_over_years_since_the_start():
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({"child": np.repeat(np.arange(40), 6), "year": np.tile(np.arange(6.0), 40)})
    own = rng.normal(0, 1, (2, 40))[:, rows["child"]]
    rows["score"] = 10 + own[0] + (2 + own[1]) * rows["year"] + rng.normal(size=240)
    about = {"outcome": "score", "covariates": ["year"], "group": "child", "slope": "year"}
    since, dated = multilevel.multilevel(rows, **about), multilevel.multilevel(rows.assign(year=rows["year"] + 2019), **about)
    assert dated.deviance == pytest.approx(since.deviance, abs=1e-6)
    for name in ("sd_slope", "sd_residual", "icc"):
        assert getattr(dated, name) == pytest.approx(getattr(since, name), rel=1e-4)
    assert dated.coefficients.loc["year"].tolist() == pytest.approx(since.coefficients.loc["year"].tolist(), rel=1e-4)


def test_places_always_changed_are_controls_of_the_two_way_regression_and_never_may_be_infinite():
    rng = np.random.default_rng(3)
    panel = pd.MultiIndex.from_product([range(12), range(6)], names=["place", "year"]).to_frame(index=False)
    panel["first"] = panel["place"].map(dict(enumerate([0, 0, 0, 2, 2, 2, 4, 4, 4, np.inf, np.inf, np.inf])))
    panel["y"] = rng.normal(size=len(panel))
    about = {"place": "place", "period": "year", "outcome": "y", "first_changed": "first"}
    always = panel.assign(year=panel["year"] + 1, first=panel["first"] + 1)  # counted from 1, as 0 means never
    split = two_way_fixed_effects.decomposition(always, **about)
    parts = split.comparisons
    assert parts["weight"].sum() == pytest.approx(1) and parts["weight"].min() > 0
    assert parts["weight"] @ parts["estimate"] == pytest.approx(split.estimate)
    assert (parts.loc[parts["against"] == 1, "kind"] == "with places already changed").all() and len(parts) == 6
    waves = staggered.group_time_effects(always[always["first"] > 1], **about).waves
    assert waves["first"].tolist()[:2] == [3, 5] and waves["places"].tolist() == [3, 3, 3]


def test_times_added_up_from_decimals_tie_as_they_would_in_tenths():
    rng = np.random.default_rng(8)
    start, length = rng.integers(0, 40, 200), rng.integers(1, 20, 200)
    x, event = pd.DataFrame({"x": rng.normal(size=200)}), rng.random(200) < 0.7
    whole = cox.cox(x, start=start, stop=start + length, event=event)
    tenths = cox.cox(x, start=start / 10, stop=start / 10 + length / 10, event=event)  # 0.1 + 0.2 is not 0.3
    assert tenths.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-9)
    curve = survival.kaplan_meier(start / 10 + length / 10, event, times=[0.3, 2.9]).curve
    assert curve["share"].tolist() == survival.kaplan_meier(start + length, event, times=[3, 29]).curve["share"].tolist()
