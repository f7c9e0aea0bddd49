"""Weighting recovers a planted effect that plain comparison misses, and refuses groups that do not overlap."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import target_trial, weighting
from helpers.results import Effect, NotEnoughData

COVARIATES = "need + C(area)"


def families(seed, *, effect=0.0, n=600, pull=0.8):
    """Children in families of two; need draws families to the service and worsens outcomes."""
    rng = np.random.default_rng(seed)
    family = np.arange(n) // 2
    need, area = rng.normal(size=n // 2)[family] + 0.3 * rng.normal(size=n), rng.integers(0, 3, n // 2)[family]
    exposed = (rng.random(n // 2)[family] < 1 / (1 + np.exp(0.5 - pull * need - 0.3 * area))).astype(int)
    outcome = 2 * need + 0.5 * area + effect * exposed + rng.normal(size=n // 2)[family] + rng.normal(size=n)
    return pd.DataFrame({"family": family, "need": need, "area": area, "exposed": exposed, "outcome": outcome})


@pytest.mark.parametrize("kind", ["all", "exposed", "overlap"])
def test_each_weighting_finds_a_planted_fall_where_plain_means_show_a_rise(kind):
    made = families(1, effect=-1.0, n=3000)
    model = weighting.propensity(made, exposed="exposed", covariates=COVARIATES)
    plain = weighting.difference(made, weighting.weights(model, kind="none"), outcome="outcome")
    weighted = weighting.difference(made, weighting.weights(model, kind=kind), outcome="outcome", model=model, cluster="family")
    assert plain.estimate > 0 and weighted.ci_low < -1 < weighted.ci_high < -0.5


def test_the_overlap_check_passes_where_the_arms_are_alike_and_fails_where_few_could_be_in_either():
    checks = []
    for pull in (0.3, 3.0):
        model = weighting.propensity(families(5, pull=pull, n=2000), exposed="exposed", covariates=COVARIATES)
        checks.append(weighting.overlap_check(model, weighting.weights(model)))
    assert [check.passed for check in checks] == [True, False] and "says as much as" in checks[1].detail


def test_overlap_weights_balance_the_covariates_exactly_and_the_check_tells_before_from_after():
    made = families(2)
    model = weighting.propensity(made, exposed="exposed", covariates=COVARIATES)
    overlap = weighting.weights(model, kind="overlap")
    table = weighting.balance(model, overlap)
    assert table["after"].abs().max() < 1e-6 and table["before"].abs().max() > 0.5
    assert weighting.balance_check(model, overlap).passed is True
    assert weighting.balance_check(model, weighting.weights(model, kind="none")).passed is False


def test_truncation_caps_the_largest_weights_and_stabilising_keeps_their_mean_near_one():
    model = weighting.propensity(families(3), exposed="exposed", covariates=COVARIATES)
    free, capped = weighting.weights(model), weighting.weights(model, truncate=(0.01, 0.99))
    assert capped.values.max() < free.values.max() and capped.pulled_in.sum() == 12
    assert capped.effective_exposed > free.effective_exposed
    assert weighting.weights(model, stabilised=True).values.mean() == pytest.approx(1, abs=0.05)
    assert free.values.mean() == pytest.approx(2, abs=0.1)


def test_the_augmented_estimate_is_right_if_either_model_is():
    made = families(4, effect=-1.0, n=6000)
    right = weighting.propensity(made, exposed="exposed", covariates=COVARIATES)
    wrong = weighting.propensity(made, exposed="exposed", covariates="C(area)")
    for model, outcome in ((right, "exposed + C(area)"), (wrong, "exposed + need + C(area)")):
        answer = weighting.augmented(made, model, outcome="outcome", covariates=outcome, exposed="exposed", cluster="family")
        assert answer.ci_low < -1 < answer.ci_high
    neither = weighting.augmented(made, wrong, outcome="outcome", covariates="exposed", exposed="exposed")
    assert neither.ci_low > -1


def test_without_an_effect_one_is_found_about_as_often_as_promised_when_families_are_clusters():
    false = {"weighted": 0, "augmented": 0, "siblings counted as strangers": 0}
    for seed in range(70):
        made = families(seed)
        model = weighting.propensity(made, exposed="exposed", covariates=COVARIATES)
        overlap = weighting.weights(model, kind="overlap")
        false["weighted"] += weighting.difference(made, overlap, outcome="outcome", model=model, cluster="family").p_value < 0.05
        about = {"outcome": "outcome", "covariates": f"exposed + {COVARIATES}", "exposed": "exposed"}
        false["augmented"] += weighting.augmented(made, model, cluster="family", **about).p_value < 0.05
        false["siblings counted as strangers"] += weighting.augmented(made, model, **about).p_value < 0.05
    rates = {name: count / 70 for name, count in false.items()}
    assert rates["weighted"] <= 0.1 and rates["augmented"] <= 0.12
    assert rates["siblings counted as strangers"] > rates["augmented"]


def test_groups_that_do_not_overlap_missing_covariates_and_few_people_are_refused():
    made = families(5)
    with pytest.raises(NotEnoughData, match="tells the two groups apart"):
        weighting.propensity(made.assign(exposed=(made["need"] > 0).astype(int)), exposed="exposed", covariates="need")
    with pytest.raises(NotEnoughData, match="lack a covariate"):
        weighting.propensity(made.assign(need=made["need"].where(made.index > 3)), exposed="exposed", covariates="need")
    with pytest.raises(NotEnoughData, match="10 of each are needed"):
        weighting.propensity(made.assign(exposed=(made.index < 7).astype(int)), exposed="exposed", covariates="need")
    model = weighting.propensity(made, exposed="exposed", covariates=COVARIATES)
    with pytest.raises(NotEnoughData, match="people with the outcome"):
        rare = made.assign(outcome=(made.index < 12).astype(float))
        weighting.difference(rare, weighting.weights(model), outcome="outcome")


def test_e_values_are_those_of_vanderweele_and_ding():
    # Their worked example: risk ratio 3.9 (1.8 to 8.7) gives 7.26 and 3.0.
    point, limit = weighting.e_value(3.9, 1.8, 8.7)
    assert point == pytest.approx(7.26, abs=0.005) and limit == pytest.approx(3.0, abs=0.005)
    assert weighting.e_value(0.8, 0.6, 1.1) == (pytest.approx(1.81, abs=0.005), 1.0)
    assert weighting.e_value_check(3.9, 1.8, 8.7).passed is None


def test_an_effect_on_what_cannot_have_changed_fails_the_negative_control():
    dental = Effect("dental visits", 6.0, 1.0, 11.0, "percentage points", 0.0, "weighting", 300, "children")
    assert weighting.negative_control(dental).passed is False


PLANS = pd.DataFrame(
    {
        "child": ["a", "a", "b", "c", "d", "e"],
        "start": pd.to_datetime(["2023-01-01", "2023-06-01", "2023-02-01", "2023-03-01", "2023-04-01", "2024-12-01"]),
        "trio": [True, True, True, False, True, True],
        "pilot": [True, True, False, True, True, False],
        "stepped_down": pd.to_datetime([None, "2023-09-01", "2023-02-11", "2023-04-01", "2023-03-01", None]),
        "service": pd.to_datetime(["2023-03-02", "2023-06-02", None, None, None, None]),
    }
)


def test_people_are_followed_from_their_first_eligible_plan_and_not_from_the_service():
    about = {"person": "child", "started": "start", "eligible": "trio", "exposed": "pilot", "outcome_on": "stepped_down"}
    trial = target_trial.target_trial(PLANS, records_until="2024-12-31", service_on="service", **about)
    assert trial.people.set_index("child")["time"].to_dict() == {"a": 365, "b": 10, "e": 30}
    assert trial.people.set_index("child")["end"].to_dict() == {"a": "horizon", "b": "outcome", "e": "censored"}
    assert trial.steps["kept"].tolist() == [6, 5, 5, 4, 3]
    assert trial.immortal_days == 60 and "60 days" in trial.check().detail
    with pytest.raises(NotEnoughData, match="one of the two groups"):
        target_trial.target_trial(PLANS[PLANS["pilot"]], records_until="2024-12-31", **about)
    written = PLANS.assign(start=PLANS["start"].dt.strftime("%Y-%m-%d"), trio=PLANS["trio"].astype(int))
    assert target_trial.target_trial(written, records_until="2024-12-31", **about).people["time"].tolist() == [365, 10, 30]
    with pytest.raises(ValueError, match="trio is true or false"):
        target_trial.target_trial(PLANS.assign(trio="no"), records_until="2024-12-31", **about)


def test_only_a_yes_or_no_outcome_becomes_percentage_points():
    made = families(5).assign(above=lambda rows: rows["outcome"] > 0)
    weighed = weighting.weights(weighting.propensity(made, exposed="exposed", covariates=COVARIATES))
    said = {"outcome": "score", "n_unit": "children"}
    of_share, of_score = (weighting.difference(made, weighed, outcome=name) for name in ("above", "outcome"))
    assert of_share.effect(**said).estimate == 100 * of_share.estimate
    assert (of_score.effect(**said).estimate, of_score.effect(**said).scale) == (of_score.estimate, "difference in means")
