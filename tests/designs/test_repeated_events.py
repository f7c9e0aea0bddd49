"""Regressions of repeated events: time at risk is cut by hand, planted ratios are found, children with many events count once."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import mean_cumulative_function, recurrent_events
from helpers.results import NotEnoughData

DAY = pd.Timedelta(days=1)


def days(*numbers):
    return pd.to_datetime([None if number is None else pd.Timestamp("2024-01-01") + number * DAY for number in numbers])


def missing(seed, n=200, ratio=1.0, unevenness=1.0):
    """Children in care for 100 to 400 days who go missing at rates that differ from child to child, and their days at risk."""
    rng = np.random.default_rng(seed)
    panel = np.arange(n) % 2
    length = rng.integers(100, 400, n)
    rate = 0.006 * ratio**panel * rng.gamma(1 / unevenness, unevenness, n)
    counts = rng.poisson(rate * length)
    who = np.repeat(np.arange(n), counts)
    events = pd.DataFrame({"child": who, "from": pd.Timestamp("2024-01-01") + rng.uniform(0, 1, len(who)) * length[who] * DAY})
    people = pd.DataFrame({"child": range(n), "came": days(*[0] * n), "left": days(*length.tolist())})
    rows = recurrent_events.intervals_at_risk(
        events, people, person="child", start="from", end=None, followed_from="came", followed_to="left"
    )
    return rows.assign(panel=rows["child"].map(dict(enumerate(panel))).astype(float))


def test_time_at_risk_stops_while_missing_and_starts_again_on_return():
    people = pd.DataFrame({"child": ["a", "b"], "came": days(0, 5), "left": days(30, 30)})
    events = pd.DataFrame(
        {"child": ["a", "a", "a", "a", "c"], "from": days(10, 11, 15, 40, 3), "to": days(12, 13, None, 41, 4)}
    )  # the second starts while the first goes on; the fourth after care ended; "c" was never in care
    rows = recurrent_events.intervals_at_risk(
        events, people, person="child", start="from", end="to", followed_from="came", followed_to="left"
    )
    assert rows.to_numpy().tolist() == [
        ["a", 0.0, 10.0, True, 1],
        ["a", 13.0, 15.0, True, 2],
        ["a", 15.0, 30.0, False, 3],
        ["b", 0.0, 25.0, False, 1],
    ]


def test_a_child_who_leaves_at_the_moment_of_return_is_at_risk_for_a_minute():
    people = pd.DataFrame({"child": ["a"], "came": days(0), "left": days(30)})
    events = pd.DataFrame({"child": ["a", "a"], "from": days(10, 12), "to": days(12, 13)})
    rows = recurrent_events.intervals_at_risk(
        events, people, person="child", start="from", end="to", followed_from="came", followed_to="left"
    )
    assert rows["event"].sum() == 2 and (rows["stop"] > rows["start"]).all()


def test_rows_for_first_second_and_third_event_hold_the_time_of_each_or_of_the_end():
    people = pd.DataFrame({"child": ["a", "b"], "came": days(0, 0), "left": days(30, 20)})
    events = pd.DataFrame({"child": ["a", "a"], "from": days(10, 15)})
    rows = recurrent_events.marginal_rows(
        recurrent_events.intervals_at_risk(
            events, people, person="child", start="from", end=None, followed_from="came", followed_to="left"
        ),
        person="child", orders=3,
    )  # fmt: skip
    assert rows["stop"].tolist() == [10, 15, 30, 20, 20, 20]
    assert rows["event"].tolist() == [True, True, False, False, False, False]


def test_a_planted_ratio_is_found_by_rate_by_mean_and_by_the_average_over_orders():
    rows = missing(1, n=3000, ratio=0.6)
    rate = recurrent_events.andersen_gill(rows, covariates=["panel"], person="child").coefficients.loc["panel"]
    mean = mean_cumulative_function.mean_cumulative_ratio(
        rows.assign(panel=rows["panel"] == 1), person="child", with_change="panel", at=300, outcome="incidents"
    )
    assert rate["ci_low"] < 0.6 < rate["ci_high"] and mean.ci_low < 0.6 < mean.ci_high
    marginal = recurrent_events.marginal_rows(rows, person="child", orders=3)
    marginal["panel"] = marginal["child"] % 2 * 1.0
    result = recurrent_events.wei_lin_weissfeld(marginal, covariates=["panel"], person="child")
    assert result.average.loc["panel", "ci_high"] < 0.85
    assert result.average.loc["panel", "standard_error"] <= result.by_order.coefficients["standard_error"].min()


def test_a_later_event_is_compared_among_those_chosen_by_the_earlier_so_its_ratio_leans_to_one():
    rows = missing(2, n=3000, ratio=0.6, unevenness=2.0)
    about = {"covariates": ["panel"], "person": "child"}
    rate = recurrent_events.andersen_gill(rows, **about).coefficients.loc["panel", "hazard_ratio"]
    for time in ("total", "gap"):
        fit = recurrent_events.prentice_williams_peterson(rows, time=time, last_order=4, **about)
        assert rate < fit.coefficients.loc["panel", "hazard_ratio"] < 1


def test_where_children_differ_nothing_is_found_in_nothing_about_as_often_as_promised_and_means_lie_in_their_intervals():
    found = model = means = held = 0
    for seed in range(12):
        rows = missing(seed, n=120, unevenness=1.5)
        row = mean_cumulative_function.mean_cumulative(rows, person="child", times=[200]).curve.iloc[0]
        held += row["ci_low"] < 0.006 * 200 < row["ci_high"]
        rng = np.random.default_rng(seed)
        for _ in range(10):  # the panel drawn by lot again: still nothing to find
            rows["panel"] = rows["child"].map(dict(enumerate(rng.permutation(120) % 2 * 1.0)))
            row = recurrent_events.andersen_gill(rows, covariates=["panel"], person="child").coefficients.iloc[0]
            found += row["p_value"] < 0.05
            model += abs(row["estimate"]) > 1.96 * row["model_error"]
            means += mean_cumulative_function.mean_cumulative_ratio(
                rows.assign(panel=rows["panel"] == 1), person="child", with_change="panel", at=250, outcome="x"
            ).p_value < 0.05  # fmt: skip
    assert found / 120 <= 0.11 and means / 120 <= 0.11
    assert model / 120 > 0.15 and held >= 10


def test_the_mean_by_hand():
    rows = pd.DataFrame(
        {"child": [0, 0, *range(1, 20)], "start": [0.0, 5.0, *[0.0] * 19], "stop": [5.0, 20.0, *[10.0] * 10, *[20.0] * 9]}
    ).assign(event=[True, False, *[True] * 9, *[False] * 10])
    curve = mean_cumulative_function.mean_cumulative(rows, person="child", times=[4, 5, 10]).curve
    assert curve["mean"].tolist() == pytest.approx([0, 1 / 20, 1 / 20 + 9 / 20])


def test_statsmodels_still_counts_who_enters_at_a_time_as_at_risk_and_loses_robust_errors_with_ties():
    import warnings

    from statsmodels.duration.hazard_regression import PHReg

    rows = missing(3, n=100)
    rows[["start", "stop"]] = np.ceil(rows[["start", "stop"]])
    rows = rows[rows["stop"] > rows["start"]]
    ours = recurrent_events.andersen_gill(rows, covariates=["panel"], person="child", ties="breslow").coefficients.iloc[0]

    def theirs(shift):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            status = rows["event"].astype(int)
            return (
                PHReg(rows["stop"], rows[["panel"]], status=status, entry=rows["start"] + shift, ties="breslow").fit().params[0]
            )

    assert theirs(1e-4) == pytest.approx(ours["estimate"], abs=1e-4)
    assert abs(theirs(0.0) - ours["estimate"]) > 1e-4


def test_too_few_children_events_or_orders_are_refused():
    rows = missing(4, n=60)
    with pytest.raises(NotEnoughData, match="too few people"):
        mean_cumulative_function.mean_cumulative(rows[rows["child"] < 15], person="child", times=[50])
    with pytest.raises(NotEnoughData, match="followed for long enough"):
        mean_cumulative_function.mean_cumulative(rows, person="child", times=[500])
    with pytest.raises(NotEnoughData, match="at some order"):
        recurrent_events.wei_lin_weissfeld(
            recurrent_events.marginal_rows(rows, person="child", orders=12).assign(panel=1.0),
            covariates=["panel"],
            person="child",
        )
    with pytest.raises(ValueError, match="total"):
        recurrent_events.prentice_williams_peterson(rows, covariates=["panel"], person="child", time="calendar")


def test_a_ratio_made_by_one_child_does_not_survive_leaving_out_the_most_frequent():
    rows = missing(3, unevenness=0.3)
    often = pd.DataFrame({"child": 999, "start": np.arange(300.0), "stop": np.arange(300.0) + 1, "event": True, "order": 1})
    steady = pd.concat([rows, often.assign(panel=1.0)], ignore_index=True)

    def fit(intervals):
        return recurrent_events.andersen_gill(intervals, covariates=["panel"], person="child")

    check = recurrent_events.influence_of_most_frequent(steady, fit(steady), "panel", person="child", refit=fit, top=1)
    alone = fit(rows).coefficients["hazard_ratio"].iloc[0]
    assert f"without the one child with most events the ratio is {alone:.2f}" in check.detail
