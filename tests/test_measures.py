"""Every measure has one shape, counts who it says, and carries an interval that fits."""

import pandas as pd
import pytest

from helpers import intervals, measures

ABOUT = {"population": "children in care", "basis": "synthetic", "source": "made-up records"}


def incidents(rows):
    return pd.DataFrame(rows, columns=["child", "locality", "on"]).assign(on=lambda frame: pd.to_datetime(frame["on"]))


def test_counts_of_incidents_and_of_children_differ_where_one_child_goes_twice():
    log = incidents([("a", "Vale", "2024-01-02"), ("a", "Vale", "2024-01-09"), ("b", "Moor", "2024-01-03")])
    every = measures.counts(log, measure="incidents", by=["locality"], unit="incidents", **ABOUT)
    children = measures.counts(log, measure="children", by=["locality"], unit="children", distinct="child", **ABOUT)
    assert every.data.set_index("locality")["numerator"].to_dict() == {"Moor": 1, "Vale": 2}
    assert children.data.set_index("locality")["numerator"].to_dict() == {"Moor": 1, "Vale": 1}
    assert every.data[["denominator", "ratio", "ci_low", "ci_high"]].isna().all(axis=None)


def test_a_locality_that_is_known_but_had_no_incident_counts_nought():
    log = incidents([("a", "Vale", "2024-01-02")]).assign(locality=lambda f: pd.Categorical(f["locality"], ["Moor", "Vale"]))
    every = measures.counts(log, measure="incidents", by=["locality"], unit="incidents", **ABOUT)
    assert every.data["numerator"].tolist() == [0, 1]


def test_a_proportion_has_its_numerator_denominator_and_wilson_interval():
    offers = pd.DataFrame({"period": ["2024"] * 4, "within_72_hours": [True, True, True, False]})
    offered = measures.proportion(offers, measure="offered within 72 hours", outcome="within_72_hours", by=["period"], **ABOUT)
    row = offered.data.iloc[0]
    assert (row["numerator"], row["denominator"], row["ratio"]) == (3, 4, 75.0)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * intervals.wilson(3, 4).low, 100 * intervals.wilson(3, 4).high))


def test_a_missing_outcome_is_for_the_researcher_to_decide():
    with pytest.raises(ValueError, match="leave them out of the cohort"):
        measures.proportion(
            pd.DataFrame({"period": ["2024"], "done": [None]}), measure="done", outcome="done", by=["period"], **ABOUT
        )


def test_a_rate_counts_a_group_without_events_and_refuses_events_without_exposure():
    log = incidents([("a", "Vale", "2024-01-02"), ("b", "Vale", "2024-01-03")])
    exposure = pd.DataFrame({"locality": ["Moor", "Vale"], "exposure": [500, 1000]})
    rate = measures.rate(log, exposure, measure="incidents", by=["locality"], per=1000, unit="per 1,000 days", **ABOUT)
    assert rate.data.set_index("locality")["ratio"].to_dict() == {"Moor": 0.0, "Vale": 2.0}
    assert rate.data["ci_high"].iloc[0] == pytest.approx(2 * intervals.byar(0).high)
    with pytest.raises(ValueError, match="no exposure"):
        measures.rate(log, exposure[:1], measure="incidents", by=["locality"], per=1000, unit="per 1,000 days", **ABOUT)


def test_an_interval_is_wider_when_one_child_has_all_the_incidents():
    exposure = pd.DataFrame({"locality": ["Vale"], "exposure": [10_000]})
    each_once = incidents([(str(n), "Vale", "2024-01-02") for n in range(20)])
    one_child = each_once.assign(child="a")
    arguments = {"measure": "incidents", "by": ["locality"], "per": 1000, "unit": "per 1,000 days", "person": "child", **ABOUT}
    narrow, wide = (measures.rate(log, exposure, **arguments).data.iloc[0] for log in (each_once, one_child))
    assert narrow["ci_high"] == pytest.approx(intervals.byar(20).high / 10)
    assert wide["ci_high"] - wide["ratio"] == pytest.approx(20**0.5 * (narrow["ci_high"] - narrow["ratio"]))


def test_days_in_care_fall_in_the_months_they_were_spent_and_double_episodes_count_once():
    episodes = pd.DataFrame(
        {
            "child": ["a", "a", "b", "c"],
            "began": pd.to_datetime(["2024-01-30", "2024-02-01", "2024-02-10", "2023-12-01"]),
            "ended": pd.to_datetime(["2024-02-03", "2024-02-05", None, "2023-12-31"]),
        }
    )
    days = measures.days_at_risk(
        episodes, period_start="2024-01-01", period_end="2024-02-29", person="child", start="began", end="ended"
    )
    # January: a on the 30th and 31st. February: a on the 1st to the 4th, b from the 10th to the 29th.
    assert days["exposure"].tolist() == [2, 4 + 20]


def test_days_in_care_by_locality_have_every_month_for_every_locality():
    episodes = pd.DataFrame(
        {
            "child": ["a", "b"],
            "place": ["Vale", "Moor"],
            "began": pd.to_datetime(["2024-01-01", "2024-02-01"]),
            "ended": pd.to_datetime(["2024-02-01", "2024-02-11"]),
        }
    )
    days = measures.days_at_risk(
        episodes, period_start="2024-01-01", period_end="2024-02-29", person="child", start="began", end="ended", by=("place",)
    )
    assert days.set_index(["period", "place"])["exposure"].tolist() == [0, 31, 10, 0]
