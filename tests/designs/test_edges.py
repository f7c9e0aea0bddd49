"""At the edges: where nothing varies, where nobody or everybody has the outcome, no number is passed off as known."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import agreement, control_chart, decomposition, few_clusters, funnel, gaps, multilevel, survival, weighting
from helpers.designs import mean_cumulative_function as events
from helpers.designs import staggered_difference_in_differences as staggered
from helpers.designs.difference_in_differences import difference_in_differences, two_by_two
from helpers.designs.interrupted_time_series import interrupted_time_series
from helpers.designs.negative_binomial import negative_binomial
from helpers.designs.two_points import two_counts
from helpers.designs.two_way_fixed_effects import fixed_effects_poisson
from helpers.results import NotEnoughData

MONTHS = pd.date_range("2020-10-01", periods=48, freq="MS")
FIRST = np.arange(60) < 30
SAID = {"outcome": "plans", "n_unit": "plans"}
SIX = pd.MultiIndex.from_product([list("ABCDEF"), MONTHS], names=["place", "period"]).to_frame(index=False)
SIX = SIX.assign(
    events=5, exposure=1.0, exposed=(SIX["place"] < "D") & (SIX["period"] >= "2023"), number=np.tile(np.arange(48), 6)
)

FAMILY = np.where(FIRST, np.arange(60) % 4, np.arange(60))  # one of the groups in four families


def series(events):
    frame = pd.DataFrame({"period": MONTHS, "events": events, "exposure": 1.0})
    return interrupted_time_series(frame, change_on="2023-01-01", **SAID)


def group_time(outcome):
    panel = SIX.assign(outcome=outcome, first=np.where(SIX["place"] < "D", 27, 0))
    return staggered.group_time_effects(panel, place="place", period="number", outcome="outcome", first_changed="first")


def people(**columns):
    frame = pd.DataFrame({"age": np.sin(np.arange(60)), "exposed": np.arange(60) % 2, "family": np.arange(60) // 2})
    return frame.assign(**columns)


def weighted(outcome):
    frame = people(outcome=outcome)
    model = weighting.propensity(frame, exposed="exposed", covariates="age")
    return weighting.difference(frame, weighting.weights(model), outcome="outcome", model=model)


PLACES = {"place": "place", "period": "period", "events": "events", "exposure": "exposure", "exposed": "exposed"}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: series(np.full(48, 20)), "keep exactly to one line"),
        (lambda: series(np.r_[np.full(27, 20), np.full(21, 10)]), "keep exactly to one line"),
        (lambda: series(np.r_[np.full(27, 5), np.zeros(21)]), "no events from January 2023"),
        (lambda: series(np.r_[np.zeros(27), np.full(21, 5)]), "no events before January 2023"),
        (lambda: few_clusters.collapsed_t([1, 1, 1], [0, 0, 0]), "changed exactly alike"),
        (
            lambda: few_clusters.wild_cluster_bootstrap(SIX["events"], SIX["exposed"], SIX["place"], SIX["period"]),
            "explain every",
        ),
        (lambda: fixed_effects_poisson(SIX, **PLACES, **SAID), "explain every count"),
        (lambda: staggered.effect(group_time(1.0), n=9, **SAID), "moved exactly alike"),
        (lambda: difference_in_differences(SIX, place="place", with_change=["A", "B"], change_on="2023-01-01", **SAID), "alike"),
        (lambda: multilevel.multilevel(people(y=1.0), outcome="y", covariates=["age"], group="family"), "left to chance"),
        (lambda: gaps.gap_index(np.ones(60), FIRST), "every pupil has the same score"),
        (lambda: weighted(3.0), "everybody has the same outcome"),
        (lambda: gaps.risk_difference(np.arange(60) % 2, FIRST, outcome="x", cluster=FAMILY), "fewer than five fam"),
        (
            lambda: negative_binomial(np.arange(60), people(exposed=FIRST)[["exposed"]], cluster=FAMILY),
            "fewer than five families",
        ),
        (
            lambda: decomposition.oaxaca_blinder(people(y=1.0), outcome="y", covariates=["age"], first="exposed"),
            "the same outcome",
        ),
    ],
)
def test_where_nothing_varies_the_design_refuses_instead_of_being_certain(call, said):
    with pytest.raises(NotEnoughData, match=said):
        call()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: difference_in_differences(SIX, place="place", with_change="A", change_on="2023-01-01", **SAID),
            "with_change is a list",
        ),
        (lambda: multilevel.multilevel(people(), outcome="age", covariates="exposed", group="family"), "covariates is a list"),
        (lambda: negative_binomial(np.full(60, 2.5), people()[["age"]]), "counts: 60 values not whole"),
        (lambda: gaps.hedges_g_from_summary(1, 0, 0, 20, 20), "some spread"),
        (lambda: agreement.gwet(["a"] * 30, ["a"] * 30, grades=["a"]), "two or more"),
        (lambda: two_counts(np.nan, 5, **SAID), "counts of plans: 1 of two values is missing"),
        (lambda: two_counts(3, 5, phi=2, exposure_before=0, **SAID), "an exposure must be above 0"),
        (lambda: weighting.propensity(people(), exposed="exposed", covariates="age + need"), "'age . need' cannot be read"),
        (lambda: control_chart.xmr(np.arange(12), range(9)), "values 12, periods 9"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_an_effect_of_places_that_moved_alike_in_one_period_has_no_ends_and_is_not_found():
    row = group_time(SIX["exposed"].astype(float)).effects.iloc[-1]
    assert (row["estimate"], row["ci_low"], row["ci_high"], row["p_value"]) == (1.0, -np.inf, np.inf, 1.0)


def test_shares_of_none_and_of_all_have_limits_that_fit_how_many_were_seen():
    curve = survival.kaplan_meier(np.full(30, 2.0), np.ones(30), times=[1.0, 2.0]).curve
    none, every = curve.itertuples()
    assert (none.ci_low, none.ci_high) == pytest.approx((0, 1 - 0.025 ** (1 / 30)))
    assert (every.ci_low, every.ci_high) == pytest.approx((0.025 ** (1 / 30), 1))
    seen = pd.DataFrame({"child": range(80), "start": 0.0, "stop": 2.0, "event": True})
    assert events.mean_cumulative(seen, person="child", times=[1.0, 2.0]).curve["ci_high"].iloc[0] == pytest.approx(
        3.6889 / 80, rel=1e-4
    )


def test_a_ratio_of_shares_has_limits_where_everybody_of_a_group_has_the_outcome():
    # By hand: with 30 of 30 twice the score is 30 (ratio - 1), which passes 3.84 at 1.128.
    both = gaps.risk_ratio(np.ones(60), FIRST, outcome="x")
    assert (both.ci_low, both.ci_high) == pytest.approx((1 / 1.128049, 1.128049), rel=1e-5)
    from statsmodels.stats.proportion import confint_proportions_2indep as limits

    one = gaps.risk_ratio(np.r_[np.ones(30), np.arange(30) < 16], FIRST, outcome="x")
    assert (one.ci_low, one.ci_high) == pytest.approx(
        limits(30, 30, 16, 30, method="score", compare="ratio", correction=False), 1e-3
    )


def test_graders_who_agree_on_every_case_are_not_certain_to_agree_on_the_next():
    perfect = agreement.weighted_kappa(["a", "b"] * 15, ["a", "b"] * 15, grades=["a", "b"])
    assert perfect.estimate == 1 and perfect.ci_low == pytest.approx(2 * 0.025 ** (1 / 30) - 1)


def test_a_small_place_without_events_is_not_below_a_funnel_and_a_large_one_is():
    frame = pd.DataFrame({"place": ["small", "large"], "o": [0, 0], "e": [4.0, 9.0]})
    assert funnel.ratios(frame, place="place", observed="o", expected="e").points["beyond"].tolist() == ["", "below"]


def test_a_series_that_never_moves_breaks_no_rule():
    for chart in (control_chart.t(np.full(20, 3.0), range(20)), control_chart.xmr(np.full(20, 0.1), range(20))):
        assert (chart.points["signal"] == "").all()


def test_two_by_two_of_units_that_all_changed_alike_is_refused():
    frame = pd.DataFrame({"u": np.repeat(np.arange(20), 2), "after": [0, 1] * 20, "p": np.repeat(np.arange(20) < 8, 2), "y": 1.0})
    with pytest.raises(NotEnoughData, match="changed exactly alike"):
        two_by_two(frame, unit="u", with_change="p", after="after", outcome="y")
