"""Cox regression: planted ratios are found, siblings count once, nothing is found in nothing, what has no answer is refused."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import cox
from helpers.results import NotEnoughData


def children(seed, n=600, ratio=1.0, siblings=1, family_sd=0.0, late=False):
    """Children with or without a service, by family; events at a constant hazard per day, some entering late, some censored."""
    rng = np.random.default_rng(seed)
    family = np.arange(n) // siblings
    service = (rng.permutation(n // siblings) % 2).astype(float)[family]
    frailty = np.exp(rng.normal(0, family_sd, n // siblings))[family]
    end = np.ceil(rng.exponential(1 / (0.004 * frailty * ratio**service)))
    known = rng.integers(60, 700, n)
    entry = rng.integers(0, 100, n) if late else np.zeros(n)
    frame = pd.DataFrame(
        {"service": service, "start": entry, "stop": np.minimum(end, known), "event": end <= known, "family": family}
    )
    return frame[frame["stop"] > frame["start"]]


def fit(rows, **more):
    return cox.cox(rows[["service"]], start=rows["start"], stop=rows["stop"], event=rows["event"], **more)


def test_a_planted_ratio_is_found_when_children_enter_late():
    row = fit(children(1, n=6000, ratio=0.7, late=True)).coefficients.loc["service"]
    assert row["ci_low"] < 0.7 < row["ci_high"] and row["ci_high"] - row["ci_low"] < 0.12


def test_counting_who_enters_at_an_event_time_as_at_risk_then_would_give_another_answer():
    rows = children(1, late=True)
    right = fit(rows, ties="breslow").coefficients["estimate"].iloc[0]
    wrong = fit(rows.assign(start=rows["start"] - 0.5), ties="breslow").coefficients["estimate"].iloc[0]
    assert abs(right - wrong) > 1e-4


def test_estimates_agree_with_statsmodels_where_nobody_enters_late():
    from statsmodels.duration.hazard_regression import PHReg

    rows = children(2)
    for ties in ("efron", "breslow"):
        ours = fit(rows, ties=ties).coefficients.iloc[0]
        theirs = PHReg(rows["stop"], rows[["service"]], status=rows["event"].astype(int), ties=ties).fit()
        assert ours["estimate"] == pytest.approx(theirs.params[0], abs=1e-5)
        assert ours["model_error"] == pytest.approx(theirs.bse[0], rel=1e-3)


def test_a_split_of_each_childs_time_changes_nothing_nor_do_strata_that_are_alike():
    rows = children(3).reset_index(drop=True)
    half = np.floor(rows["stop"] / 2)
    early = rows.assign(stop=half, event=False)[half > 0]
    split = pd.concat([early, rows.assign(start=half)])
    whole, parts = (fit(frame, cluster=frame["family"]).coefficients.iloc[0] for frame in (rows, split))
    assert parts["estimate"] == pytest.approx(whole["estimate"]) and parts["standard_error"] == pytest.approx(
        whole["standard_error"]
    )
    twice = pd.concat([rows.assign(side=0), rows.assign(side=1)])
    stratified = fit(twice, strata=twice["side"]).coefficients.iloc[0]
    assert stratified["estimate"] == pytest.approx(whole["estimate"])
    assert stratified["model_error"] == pytest.approx(whole["model_error"] / np.sqrt(2))


def test_a_child_of_weight_two_is_two_children_by_breslow():
    rows = children(4, n=200)
    double = pd.concat([rows, rows])
    weighted = fit(rows, weights=np.full(len(rows), 2.0), ties="breslow").coefficients.iloc[0]
    repeated = fit(double, ties="breslow").coefficients.iloc[0]
    assert weighted["estimate"] == pytest.approx(repeated["estimate"])
    assert weighted["model_error"] == pytest.approx(repeated["model_error"])


def test_siblings_make_the_errors_larger_and_families_counted_once_find_nothing_as_often_as_promised():
    found = held = alone = 0
    for seed in range(150):
        rows = children(seed, n=240, siblings=3, family_sd=1.0)
        row = fit(rows, cluster=rows["family"]).coefficients.iloc[0]
        found += row["p_value"] < 0.05
        held += row["ci_low"] < 1 < row["ci_high"]
        alone += fit(rows).coefficients.iloc[0]["p_value"] < 0.05
    assert found / 150 <= 0.10 and held / 150 >= 0.90 and alone / 150 > found / 150


def test_a_ratio_that_fades_fails_the_check_and_one_that_stays_seldom_does():
    failed = sum(not cox.proportional_hazards(fit(children(seed, ratio=0.6)), "service").passed for seed in range(100))
    assert failed <= 12
    rng = np.random.default_rng(1)
    service = np.arange(800) % 2
    end = np.where(service == 1, 300 * rng.weibull(3, 800), rng.exponential(300, 800))
    rows = pd.DataFrame({"service": service.astype(float), "start": 0.0, "stop": end, "event": True})
    check = cox.proportional_hazards(fit(rows), "service")
    assert check.passed is False and "rises" in check.detail


def test_the_effect_says_children_ratio_and_places():
    rows = children(5)
    effect = cox.hazard_ratio(
        fit(rows, cluster=rows["family"]), "service", outcome="a further plan", n=600, better="lower", places=6
    )
    assert (effect.scale, effect.null, effect.clusters, effect.n_unit) == ("hazard ratio", 1.0, 6, "children")
    assert [check.name for check in effect.checks] == ["Proportional hazards"]


def test_no_answer_is_given_where_there_is_none():
    rows = children(6)
    with pytest.raises(NotEnoughData, match="too few events for one covariate: ten events are needed"):
        fit(rows.assign(event=np.arange(len(rows)) < 5))
    with pytest.raises(NotEnoughData, match="one side has had none"):
        fit(rows.assign(event=rows["event"] & (rows["service"] == 1)))
    with pytest.raises(NotEnoughData, match="to be told apart"):
        fit(rows.assign(service=1.0))
    with pytest.raises(NotEnoughData, match="fewer than 20"):
        fit(rows, cluster=rows["family"] % 6)
    with pytest.raises(ValueError, match="missing; leave such rows out"):
        fit(rows.assign(service=np.nan))
    with pytest.raises(ValueError, match="stop after it starts"):
        fit(rows.assign(start=rows["stop"]))
