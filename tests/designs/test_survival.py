"""Time to an outcome: competing outcomes share the whole, siblings count once, and too few are refused."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import survival
from helpers.results import NotEnoughData


def plans(seed, children=400, step_down=0.004, escalate=0.001, siblings=1):
    """Plans that end by stepping down or escalating at constant daily hazards, followed for up to two years."""
    rng = np.random.default_rng(seed)
    family = np.repeat(np.arange(children // siblings), siblings)
    end = rng.exponential(1 / (step_down + escalate), children // siblings)[family]
    down = (rng.random(children // siblings) < step_down / (step_down + escalate))[family]
    known = rng.uniform(200, 730, children)
    outcome = np.where(end <= known, np.where(down, "stepped down", "escalated"), None)
    return np.ceil(np.minimum(end, known)), outcome, family


def test_shares_of_competing_outcomes_agree_with_what_was_planted_and_never_pass_the_whole():
    duration, outcome, _ = plans(1, children=4000)
    curve = survival.aalen_johansen(duration, outcome, times=[365]).curve.set_index("outcome")
    truth = 0.8 * (1 - np.exp(-0.005 * 365))
    assert curve.loc["stepped down", "ci_low"] < truth < curve.loc["stepped down", "ci_high"]
    assert curve["share"].sum() < 1


def test_kaplan_meier_overstates_an_outcome_that_another_rules_out():
    duration, outcome, _ = plans(1)
    fair = survival.aalen_johansen(duration, outcome, times=[365], causes=["escalated"]).curve["share"].iloc[0]
    naive = survival.kaplan_meier(duration, outcome == "escalated", times=[365]).curve["share"].iloc[0]
    assert naive > 1.3 * fair


def test_the_variance_agrees_with_statsmodels_for_one_outcome():
    from statsmodels.duration.survfunc import SurvfuncRight

    duration, outcome, _ = plans(2)
    event = np.array([value is not None for value in outcome])
    ours = survival.kaplan_meier(duration, event, times=[100, 300]).curve
    theirs = SurvfuncRight(duration, event.astype(int))
    for _, row in ours.iterrows():
        at = np.searchsorted(theirs.surv_times, row["time"], side="right") - 1
        assert 1 - row["share"] == pytest.approx(theirs.surv_prob[at])
        assert row["standard_error"] == pytest.approx(theirs.surv_prob_se[at], rel=1e-6)


def test_siblings_counted_as_strangers_would_make_the_interval_too_narrow():
    duration, outcome, family = plans(3, children=400, siblings=2)
    chosen = family % 2 == 0
    arguments = {"with_change": chosen, "cause": "stepped down", "at": 365, "name": "stepping down within a year"}
    clustered = survival.difference_at(duration, outcome, cluster=family, **arguments)
    alone = survival.difference_at(duration, outcome, cluster=np.arange(len(family)), **arguments)
    assert clustered.ci_high - clustered.ci_low > 1.2 * (alone.ci_high - alone.ci_low)


def test_a_planted_difference_lies_in_the_interval_about_as_often_as_promised_and_none_is_seldom_found():
    held = false = 0
    for seed in range(60):
        first, second = plans(seed, 240, step_down=0.005, siblings=2), plans(1000 + seed, 240, siblings=2)
        third = plans(2000 + seed, 240, siblings=2)
        truth = 100 * (5 / 6 * (1 - np.exp(-0.006 * 365)) - 0.8 * (1 - np.exp(-0.005 * 365)))
        for other, count in ((first, "held"), (third, "false")):
            effect = survival.difference_at(
                np.concatenate([other[0], second[0]]), np.concatenate([other[1], second[1]]), cause="stepped down", at=365,
                with_change=np.arange(480) < 240, cluster=np.concatenate([other[2], 1000 + second[2]]), name="x", draws=200,
            )  # fmt: skip
            if count == "held":
                held += effect.ci_low < truth < effect.ci_high
            else:
                false += effect.p_value < 0.05
    assert held / 60 >= 0.88 and false / 60 <= 0.125


def test_nineteen_children_or_nine_outcomes_are_refused_without_telling_how_few():
    with pytest.raises(NotEnoughData, match="too few at risk or too few outcomes: 20 and 10"):
        survival.kaplan_meier(np.arange(1, 20), np.ones(19), times=[5])
    with pytest.raises(NotEnoughData, match="20 and 10 are needed"):
        survival.kaplan_meier(np.arange(1, 41), np.arange(40) < 9, times=[5])


def test_a_child_who_enters_late_is_not_at_risk_before():
    duration, event = np.arange(1, 41).astype(float), np.ones(40)
    late = survival.kaplan_meier(duration + 100, event, times=[120.0], entry=np.where(np.arange(40) < 20, 0.0, 119.5))
    assert late.curve["at_risk"].iloc[0] == 1 + 20  # the 20th early child and the 20 late ones


def test_nobody_followed_to_the_time_asked_is_refused_in_a_sentence_without_a_unit():
    duration, outcome, family = plans(1)
    with pytest.raises(NotEnoughData, match="followed for long enough"):
        survival.difference_at(
            duration, outcome, with_change=family % 2 == 0, cluster=family, cause="escalated", at=4000, name="escalation"
        )


def test_a_share_with_every_weight_one_is_aalen_and_johansens():
    duration, outcome, _ = plans(5)
    plain = survival.aalen_johansen(duration, outcome, times=[365], causes=["escalated"]).curve["share"].iloc[0]
    [weighted] = survival.weighted_share(duration, outcome, "escalated", 365, np.ones((1, len(duration))))
    assert weighted == pytest.approx(plain)


def test_log_rank_finds_nothing_in_nothing_about_as_often_as_promised_and_a_planted_difference():
    found = 0
    for seed in range(200):
        duration, outcome, _ = plans(seed, children=120)
        found += survival.log_rank(duration, outcome == "stepped down", np.arange(120) % 3).p_value < 0.05
    assert found / 200 <= 0.09
    fast, slow = plans(1, step_down=0.007), plans(2)
    both = [np.concatenate(pair) for pair in zip(fast, slow, strict=True)]
    result = survival.log_rank(both[0], both[1] == "stepped down", np.repeat(["pilot", "rest"], 400))
    assert result.p_value < 0.01 and result.groups.loc["pilot", "observed"] > result.groups.loc["pilot", "expected"]
    with pytest.raises(NotEnoughData, match="one group"):
        survival.log_rank(duration, outcome == "stepped down", np.zeros(120))


def test_a_service_that_only_slows_escalation_raises_stepping_down_by_fine_gray_but_not_its_own_hazard():
    parts = [plans(3, children=4000, escalate=0.0005), plans(4, children=4000, escalate=0.004)]
    duration, outcome = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    service = pd.DataFrame({"service": np.repeat([1.0, 0.0], 4000)})
    own = survival.cause_specific(service, duration, outcome, cause="stepped down").coefficients.loc["service"]
    reach = survival.fine_gray(service, duration, outcome, cause="stepped down").coefficients.loc["service"]
    assert own["ci_low"] < 1 < own["ci_high"] and reach["ci_low"] > 1.2


def test_fine_gray_without_another_outcome_is_cox_and_finds_nothing_in_nothing_about_as_often_as_promised():
    duration, outcome, _ = plans(5)
    group = pd.DataFrame({"group": np.arange(400) % 2.0})
    alone = np.where(outcome == "stepped down", outcome, None)
    both = [
        fit(group, duration, alone, cause="stepped down").coefficients["estimate"].iloc[0]
        for fit in (survival.fine_gray, survival.cause_specific)
    ]
    assert both[0] == pytest.approx(both[1])
    found = 0
    for seed in range(100):
        duration, outcome, _ = plans(seed, children=150)
        fit = survival.fine_gray(group[:150], duration, outcome, cause="stepped down")
        found += fit.coefficients["p_value"].iloc[0] < 0.05
    assert found <= 11


def entering_late(seed, n=400, ratio=1.0):
    """People with one of two outcomes or none, seen from a time of their own: entry, duration, outcome, and who is first."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 2, n).astype(float)
    care = rng.exponential(1 / (0.5 * np.where(first == 1, ratio, 1.0)))
    closed, lost, entry = rng.exponential(1.5, n), rng.exponential(3.0, n), rng.exponential(0.4, n) * rng.integers(0, 2, n)
    duration = np.minimum(np.minimum(care, closed), lost)
    outcome = np.where(duration == care, "care", np.where(duration == closed, "closed", None))
    seen = duration > entry
    return entry[seen], duration[seen], outcome[seen], first[seen]


def test_the_weights_of_fine_and_gray_with_late_entry_give_aalen_and_johansens_curve():
    entry, duration, outcome, _ = entering_late(1)
    _, start, stop, weight = survival._subdistribution_rows(duration, outcome, entry, "care")
    surviving = 1.0
    for time in np.unique(duration[outcome == "care"]):
        at_risk = weight[(start < time) & (stop >= time)].sum()
        surviving *= 1 - ((outcome == "care") & (duration == time)).sum() / at_risk
    curve = survival.aalen_johansen(duration, outcome, entry=entry, times=[duration.max()], causes=["care"]).curve
    assert np.isclose(1 - surviving, curve["share"].iloc[0], atol=1e-10)


def test_fine_and_gray_with_late_entry_finds_nothing_in_nothing_and_ignores_entry_at_the_start():
    false = 0
    for seed in range(60):
        entry, duration, outcome, first = entering_late(seed)
        fit = survival.fine_gray(pd.DataFrame({"first": first}), duration, outcome, cause="care", entry=entry)
        false += fit.coefficients["p_value"].iloc[0] < 0.05
    assert false / 60 <= 0.12
    frame = pd.DataFrame({"first": first})
    plain = survival.fine_gray(frame, duration, outcome, cause="care")
    at_start = survival.fine_gray(frame, duration, outcome, cause="care", entry=np.full(len(duration), -1.0))
    assert np.isclose(plain.coefficients["estimate"].iloc[0], at_start.coefficients["estimate"].iloc[0])


def test_a_time_that_decimals_do_not_hold_exactly_is_asked_for_as_children_were_followed():
    """Days as years: 100 and 365 of 365.25 have no end as decimals, and everyone still there was followed for 365."""
    years = np.repeat([100, 365], [12, 20]) / 365.25
    curve = survival.kaplan_meier(years, years < 0.5, times=[100 / 365.25, 365 / 365.25]).curve
    assert curve["share"].tolist() == [12 / 32] * 2 and curve["at_risk"].tolist() == [32, 20]


def test_past_the_last_child_who_was_followed_nothing_is_read_off_a_curve():
    """Thirty children followed for 12 months, to ten of whom it happened at 6: at 24 months nobody knows."""
    duration, happened = [6] * 10 + [12] * 20, [True] * 10 + [False] * 20
    curve = survival.kaplan_meier(duration, happened, times=[6, 12, 24]).curve.set_index("time")
    assert curve["share"][12] == pytest.approx(1 / 3) and curve.loc[24, ["share", "ci_low", "ci_high"]].isna().all()
    assert curve["at_risk"][24] == 0
    with pytest.raises(NotEnoughData, match="followed for long enough"):
        survival.kaplan_meier(duration, happened, times=[24])
    everyone = survival.kaplan_meier([6] * 10 + [12] * 20, [True] * 30, times=[24]).curve
    assert everyone["share"].tolist() == [1.0]  # to whom it has happened, it has happened for good
