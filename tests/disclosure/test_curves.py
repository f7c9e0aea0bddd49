"""A curve shows a fixed grid, in steps no finer than the rounding, and stops while enough children are still followed."""

import numpy as np
import pandas as pd
import pytest

from helpers import disclosure
from helpers.designs.survival import CumulativeIncidence, aalen_johansen

POLICY = disclosure.Policy()
ABOUT = {
    "group": "localities", "time": "months", "name": "plans that ended", "population": "plans started in the period",
    "basis": "synthetic", "source": "plans",
}  # fmt: skip


def curve(people: int, *points: tuple) -> CumulativeIncidence:
    """Points typed in by hand: month, events so far, children still followed."""
    rows = [
        ("step-down", month, n / people, 0.02, 0.8 * n / people, min(1.2 * n / people, 1), at_risk, n)
        for month, n, at_risk in points
    ]
    columns = ["outcome", "time", "share", "standard_error", "ci_low", "ci_high", "at_risk", "events"]
    return CumulativeIncidence(pd.DataFrame(rows, columns=columns), people)


def shown(**curves: CumulativeIncidence) -> pd.DataFrame:
    return disclosure.control_curve(curves, POLICY, **ABOUT).data


def test_each_point_is_a_rounded_count_of_a_rounded_group():
    data = shown(pilot=curve(62, (0, 0, 0), (3, 9, 53), (6, 13, 48), (9, 19, 42)))
    assert data["months"].tolist() == [0, 3, 6, 9]
    assert data["numerator"].tolist() == [0, 10, 15, 20]
    assert set(data["denominator"]) == {60}
    assert data["ratio"].tolist() == [0, 17, 25, 33]
    assert data["at_risk"].tolist() == [60, 55, 50, 40]
    after = data[data["months"] > 0]
    assert (after["ci_low"] <= after["ratio"]).all() and (after["ratio"] <= after["ci_high"]).all()


def test_a_curve_stops_where_fewer_than_ten_are_still_followed():
    assert shown(pilot=curve(30, (0, 0, 30), (3, 12, 18), (6, 20, 9), (9, 20, 12)))["months"].tolist() == [0, 3]


def test_few_events_are_confidential_even_if_their_share_is_large_and_a_small_group_has_no_curve():
    data = shown(pilot=curve(40, (0, 0, 40), (3, 3, 37), (6, 0, 30)), tiny=curve(6, (0, 0, 6)))
    assert data["symbol"].tolist() == ["", "[c]", "[c]"]
    assert data["ratio"].isna().tolist() == [False, True, True]
    many_left_early = curve(40, (3, 5, 12))
    many_left_early.curve["share"] = 0.4
    assert shown(pilot=many_left_early)["symbol"].tolist() == ["[c]"]


def test_the_curves_of_the_survival_design_fit():
    rng = np.random.default_rng(7)
    made = aalen_johansen(rng.exponential(9, 200), rng.choice(["step-down", "escalation"], 200), times=[0, 3, 6, 12, 36])
    controlled = disclosure.control_curve({"pilot": made}, POLICY, **ABOUT)
    assert disclosure.require(controlled).dimensions == ("outcome", "localities", "months")
    truth = made.curve.set_index(["outcome", "time"])["share"]
    for row in controlled.data.dropna(subset=["ratio"]).itertuples():
        assert abs(row.ratio - 100 * truth[row.outcome, row.months]) <= 2


def test_a_published_curve_is_not_controlled_again():
    with pytest.raises(ValueError, match="published"):
        disclosure.control_curve({}, POLICY, **(ABOUT | {"basis": "published"}))
