"""What a design is given: the same answer however ids, flags and rows are written down, and a wrong argument named by column."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import (
    agreement,
    control_chart,
    cox,
    decomposition,
    few_clusters,
    gaps,
    given,
    multilevel,
    negative_binomial,
    recurrent_events,
    survival,
    weighting,
)
from helpers.designs.difference_in_differences import difference_in_differences, two_by_two
from helpers.designs.interrupted_time_series import interrupted_time_series
from helpers.designs.two_way_fixed_effects import fixed_effects_poisson

rng = np.random.default_rng(11)
CHILDREN = pd.DataFrame({"child": np.arange(120), "family": np.repeat(np.arange(60), 2), "exposed": np.tile([0, 1, 1, 0], 30)})
CHILDREN = CHILDREN.assign(
    age=rng.integers(0, 17, 120), happened=rng.integers(0, 2, 120), score=rng.normal(size=120), days=rng.integers(1, 90, 120),
    episodes=rng.poisson(2, 120),
)  # fmt: skip
MONTHS = pd.date_range("2021-10-01", periods=48, freq="MS")
PANEL = pd.MultiIndex.from_product([list("ABCDEF"), MONTHS], names=["place", "period"]).to_frame(index=False)
PANEL = PANEL.assign(
    events=rng.poisson(9, len(PANEL)), exposure=1000.0, exposed=PANEL["place"].lt("D") & (PANEL["period"] >= "2024")
)
SAID = {"outcome": "plans started", "n_unit": "plans"}


def cox_of(rows):
    return cox.cox(rows[["exposed", "age"]], stop=rows["days"], event=rows["happened"], cluster=rows["family"]).coefficients


def weighed(rows):
    model = weighting.propensity(rows, exposed="exposed", covariates="age")
    return weighting.difference(rows, weighting.weights(model), outcome="happened", model=model, cluster="family").standard_error


def at_30_days(rows):
    arms = {"with_change": rows["exposed"], "cluster": rows["family"]}
    outcome = np.where(given.flags(rows["happened"], "happened"), "care", None)
    return survival.difference_at(rows["days"], outcome, **arms, cause="care", at=30, name="care", draws=9).estimate


OF_CHILDREN = {
    "Cox": cox_of,
    "counts": lambda r: negative_binomial.negative_binomial(
        r["episodes"], r[["exposed"]], cluster=r["family"]
    ).coefficients,
    "log-rank": lambda r: survival.log_rank(r["days"], r["happened"], r["exposed"]).statistic,
    "incidence": at_30_days,
    "share": lambda r: gaps.risk_difference(r["happened"], r["exposed"], outcome="x", cluster=r["family"]).ci_low,
    "index": lambda r: gaps.gap_index(r["score"], r["exposed"], cluster=r["family"]).standard_error,
    "pupils": lambda r: multilevel.multilevel(r, outcome="score", covariates=["exposed"], group="family").coefficients,
    "weights": weighed,
    "parts": lambda r: decomposition.oaxaca_blinder(
        r, outcome="score", covariates=["age"], first="exposed", cluster="family", draws=2
    ).parts["estimate"],
    "top": lambda r: recurrent_events.concentration(r, person="family").gini,
}  # fmt: skip
WRITTEN = {
    "in another order": lambda r: r.sample(frac=1, random_state=2),
    "on another index": lambda r: r.set_axis(np.zeros(len(r), dtype=int)),
    "ids as text": lambda r: r.assign(family=r["family"].astype(str)),
    "ids as categories, one unused": lambda r: r.assign(family=r["family"].astype("category").cat.add_categories([99])),
    "flags as true and false": lambda r: r.assign(exposed=r["exposed"] == 1, happened=r["happened"] == 1),
    "nullable numbers": lambda r: r.astype({"exposed": "Int64", "happened": "boolean", "age": "Int64", "days": "Float64"}),
}


@pytest.mark.parametrize("design", OF_CHILDREN)
def test_an_answer_does_not_hang_on_how_rows_are_written_down(design):
    answer = np.sort(np.ravel(OF_CHILDREN[design](CHILDREN)))
    for written in WRITTEN.values():
        rows = written(CHILDREN)
        if design == "incidence" and rows["child"].iloc[0] != 0:
            continue  # its limits come from random draws, in the order of families
        assert np.sort(np.ravel(OF_CHILDREN[design](rows))) == pytest.approx(answer, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda r: cox_of(r.assign(family=r["family"].where(r["child"] > 2))), "cluster: 3 of 120 values are missing"),
        (lambda r: cox_of(r.assign(happened=r["happened"] + 1)), "event is true or false .* for example '2'"),
        (lambda r: cox_of(r.assign(age=r["age"].astype(str) + " years")), "age: 120 values are not numbers"),
        (lambda r: cox_of(r.assign(days=np.inf)), "stop: 120 of 120 values are infinite"),
        (
            lambda r: survival.kaplan_meier(r["days"], r["happened"].map({0: "no", 1: "yes"}), times=[9]),
            "something else.*'no'|'yes'",
        ),
        (lambda r: survival.kaplan_meier(r["days"] - 30, r["happened"], times=[9]), "duration: .* below 0"),
        (lambda r: survival.aalen_johansen(r["days"], r["happened"], times=[9]), "missing where nothing had"),
        (
            lambda r: gaps.risk_ratio(r["happened"], r["exposed"].where(r["child"] > 0), outcome="x"),
            "first: 1 of 120 values is miss",
        ),
        (
            lambda r: gaps.mean_difference(r["score"][:9], r["exposed"], outcome="x"),
            "not the same number of rows: values 9, first 120",
        ),
        (lambda r: weighting.propensity(r.assign(exposed=r["exposed"] + 1), exposed="exposed", covariates="age"), "example '2'"),
        (lambda r: weighting.propensity(r, exposed="service", covariates="age"), "no column service; there are child, family"),
        (lambda r: multilevel.multilevel(r, outcome="score", covariates=["age"], group="school"), "no column school"),
        (lambda r: negative_binomial.negative_binomial(r["episodes"] - 9, r[["age"]]), "counts: .* below 0"),
        (lambda r: agreement.gwet(r["age"], r["age"], grades=[0, 1]), "none of the grades 0 and 1"),
        (lambda r: control_chart.xmr(["n/a"] * 12, range(12)), "values: 12 values are not numbers"),
        (lambda r: few_clusters.collapsed_t(["A", "B"], [1, 2]), "with the change: two values are not numbers"),
        (lambda r: two_by_two(r, unit="child", with_change="exposed", after="age", outcome="score"), "age is true or false"),
    ],
)
def test_a_wrong_argument_is_named_with_how_many_values_and_what_to_do(call, said):
    with pytest.raises(ValueError, match=said):
        call(CHILDREN)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"events": -1}, "events: 288 of 288 values are below 0|events: 48 of 48 values are below 0"),
        ({"exposure": np.nan}, "exposure: .* values are missing"),
        ({"events": "few"}, "events: .* values are not numbers"),
        ({"period": pd.NaT}, "period: "),
    ],
)
def test_a_panel_and_a_series_with_such_values_are_refused_by_column(change, said):
    wrong = PANEL.assign(**change)
    about = {"place": "place", "period": "period", "events": "events", "exposure": "exposure", "exposed": "exposed"}
    for call in (
        lambda: difference_in_differences(wrong, place="place", with_change=["A", "B", "C"], change_on="2024-01-01", **SAID),
        lambda: fixed_effects_poisson(wrong, **about, **SAID),
        lambda: interrupted_time_series(wrong[wrong["place"] == "A"], change_on="2024-01-01", **SAID),
    ):
        with pytest.raises(ValueError, match=said):
            call()


def test_a_place_with_two_rows_in_a_month_is_refused():
    with pytest.raises(ValueError, match="one row a month; one row more"):
        twice = pd.concat([PANEL, PANEL.head(1)])
        difference_in_differences(twice, place="place", with_change=["A", "B", "C"], change_on="2024-01-01", **SAID)


def test_months_may_be_written_as_dates_text_or_periods_and_are_the_first_days_of_months():
    a = PANEL[PANEL["place"] == "A"]
    about = {"change_on": "2024-01-01", **SAID}
    answer = interrupted_time_series(a, **about).effect
    places = difference_in_differences(PANEL, place="place", with_change=["A", "B", "C"], **about).effect
    for written in (
        lambda month: month.dt.strftime("%Y-%m-%d"),
        lambda month: month.dt.to_period("M"),
        lambda month: month.dt.date,
        lambda month: month.dt.tz_localize("Europe/London"),
    ):
        assert interrupted_time_series(a.assign(period=written(a["period"])), **about).effect == answer
        panel = PANEL.assign(period=written(PANEL["period"]))
        assert difference_in_differences(panel, place="place", with_change=["A", "B", "C"], **about).effect == places
    for wrong, said in (
        (a["period"] + pd.Timedelta(days=14), "48 are not, for example 2021-10-15"),
        (a["period"].dt.strftime("%d/%m/%Y"), "48 of 48 values are no date, for example '01/10/2021'; write dates as 2024-04-01"),
        (range(48), "48 of 48 values are no date"),
        (pd.date_range("1980", periods=48, freq="YS"), "a value a year; months or quarters are needed"),
    ):
        with pytest.raises(ValueError, match=said):
            interrupted_time_series(a.assign(period=wrong), **about)


def test_dates_and_lengths_of_time_are_no_numbers():
    for days in (pd.to_timedelta(CHILDREN["days"], "D"), pd.Timestamp("2024-04-01") + pd.to_timedelta(CHILDREN["days"], "D")):
        with pytest.raises(ValueError, match="duration: dates or lengths of time; give numbers of one unit"):
            survival.kaplan_meier(days, CHILDREN["happened"], times=[30])
