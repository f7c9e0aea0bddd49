"""Events that recur: a few children make most of them, and the next comes soon; both are counted by hand here."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import recurrent_events
from helpers.results import NotEnoughData


def log(counts):
    return pd.DataFrame({"child": [f"c{number}" for number, count in enumerate(counts) for _ in range(count)]})


def test_one_child_of_twenty_with_nineteen_of_thirty_eight_incidents_is_the_top_five_percent_with_half_of_them():
    result = recurrent_events.concentration(log([19] + [1] * 19), person="child")
    assert (result.top_people, result.top_share, result.events, result.repeated) == (1, 0.5, 38, 1)
    assert result.phi == pytest.approx((19**2 + 19) / 38)


def test_gini_is_nought_where_everyone_has_the_same_and_children_without_any_raise_it():
    assert recurrent_events.concentration(log([2] * 20), person="child").gini == pytest.approx(0.0)
    assert recurrent_events.concentration(log([2] * 20), person="child", people_at_risk=40).gini == pytest.approx(0.5)


def test_the_lorenz_curve_runs_from_none_to_all():
    lorenz = recurrent_events.concentration(log([5, 3] + [1] * 30), person="child").lorenz
    assert lorenz.iloc[0].tolist() == [0, 0] and lorenz.iloc[-1].tolist() == [1, 1]


def test_fewer_than_twenty_children_are_refused():
    with pytest.raises(NotEnoughData, match="fewer than 20 people"):
        recurrent_events.concentration(log([1] * 19), person="child")


def test_days_to_the_next_incident_start_at_the_return_and_stop_at_the_end_of_what_is_known():
    incidents = pd.DataFrame(
        {
            "child": ["a", "a", "b"],
            "from": pd.to_datetime(["2024-01-01", "2024-01-11", "2024-03-01"]),
            "to": pd.to_datetime(["2024-01-02", None, "2024-03-03"]),
        }
    )
    gaps = recurrent_events.time_to_next(incidents, person="child", start="from", end="to", known_to="2024-03-31")
    assert gaps["days"].tolist() == [9, 81, 29]
    assert gaps["repeated"].tolist() == [True, False, False]


def test_a_repeat_that_could_not_yet_be_known_is_censored_not_counted_as_none():
    days = pd.DataFrame({"person": range(60), "days": [30.0] * 20 + [10.0] * 40, "repeated": [True] * 20 + [False] * 40})
    result = recurrent_events.repeat_within(days, days=90)
    assert result.effect.estimate == pytest.approx(100)  # of the 20 still watched at day 30, all went again
    naive = 100 * days["repeated"].mean()
    assert naive < 34


def test_a_share_who_repeat_within_90_days_is_not_given_where_none_was_watched_for_90():
    days = pd.DataFrame({"person": range(60), "days": [30.0] * 20 + [60.0] * 40, "repeated": [True] * 20 + [False] * 40})
    with pytest.raises(NotEnoughData, match="none of the incidents has been followed for 90 days"):
        recurrent_events.repeat_within(days, days=90)
    assert recurrent_events.repeat_within(days, days=60).effect.estimate == pytest.approx(100 / 3)


def test_the_interval_for_a_repeat_is_wider_when_a_few_children_have_most_incidents():
    rng = np.random.default_rng(1)
    days, repeated = rng.exponential(100, 400), np.repeat([True, False], 200)
    one_each = recurrent_events.repeat_within(pd.DataFrame({"person": np.arange(400), "days": days, "repeated": repeated}))
    of_ten = recurrent_events.repeat_within(pd.DataFrame({"person": np.arange(400) // 40, "days": days, "repeated": repeated}))
    assert of_ten.effect.ci_high - of_ten.effect.ci_low > 1.5 * (one_each.effect.ci_high - one_each.effect.ci_low)


def test_a_share_of_events_is_not_given_for_fewer_than_ten_people():
    with pytest.raises(NotEnoughData, match="fewer than 10"):
        recurrent_events.top_share_interval(log([9] * 9 + [1] * 171), person="child")
    ten = recurrent_events.top_share_interval(log([9] * 10 + [1] * 190), person="child")
    assert ten.estimate == pytest.approx(100 * 90 / 280)


def test_a_refusal_does_not_tell_how_few_there_were():
    days = pd.DataFrame({"person": range(19), "days": [30.0] * 19, "repeated": [False] * 19})
    with pytest.raises(NotEnoughData) as refused:
        recurrent_events.repeat_within(days)
    assert "19" not in str(refused.value)
