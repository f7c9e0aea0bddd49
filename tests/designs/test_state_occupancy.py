"""States people are in: with all followed, plain shares; planted shares lie in their intervals; siblings count once."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import state_occupancy, survival
from helpers.results import NotEnoughData

ABOUT = {"person": "child", "state": "state", "start": "start", "stop": "stop", "to": "to"}


def journeys(seed, n=200, siblings=1, followed=(300, 700)):
    """Plans that step down to child in need and then close; some go back to a plan. Constant daily hazards, then censored."""
    rng = np.random.default_rng(seed)
    rows = []
    for child in range(n):
        if child % siblings == 0:
            end, path = rng.uniform(*followed), rng.integers(1 << 30)
        own, now, state = np.random.default_rng(path), 0.0, "plan"
        while state != "closed":
            wait = own.exponential(1 / {"plan": 0.004, "need": 0.006}[state])
            to = "need" if state == "plan" else ("closed" if own.random() < 0.7 else "plan")
            if now + wait > end:
                rows.append((child, child // siblings, state, now, end, None))
                break
            rows.append((child, child // siblings, state, now, now + wait, to))
            now, state = now + wait, to
    return pd.DataFrame(rows, columns=["child", "family", "state", "start", "stop", "to"])


def truth(time):
    from scipy.linalg import expm

    rates = np.array([[0, 0, 0], [0.0018, 0, 0.0042], [0, 0.004, 0]])  # closed, need, plan
    return dict(zip(["closed", "need", "plan"], expm(time * (rates - np.diag(rates.sum(axis=1))))[2], strict=True))


def test_where_everyone_is_followed_shares_are_counts():
    spells = journeys(1, followed=(500, 501))
    curve = state_occupancy.state_occupancy(spells, times=[0, 250], draws=20, **ABOUT).curve
    counts = spells[(spells["start"] <= 250) & (spells["stop"] > 250)]["state"].value_counts()
    at = curve[curve["time"] == 250].set_index("state")["share"]
    assert at[["plan", "need"]].tolist() == pytest.approx((counts[["plan", "need"]] / 200).tolist())
    assert curve[curve["time"] == 0].set_index("state")["share"].to_dict() == {"closed": 0, "need": 0, "plan": 1}
    in_categories = spells.astype({"state": "category", "to": "category"})
    assert state_occupancy.state_occupancy(in_categories, times=[0, 250], draws=20, **ABOUT).curve.equals(curve)


def test_planted_shares_lie_in_their_intervals_about_as_often_as_promised_and_add_to_one():
    held, expected = 0, truth(300)
    for seed in range(60):
        curve = state_occupancy.state_occupancy(journeys(seed, n=80, followed=(150, 500)), times=[300], draws=80, **ABOUT).curve
        assert curve["share"].sum() == pytest.approx(1)
        row = curve.set_index("state").loc["need"]
        held += row["ci_low"] < expected["need"] < row["ci_high"]
    assert held >= 52


def test_with_one_move_and_no_way_back_it_is_kaplan_meier():
    rng = np.random.default_rng(2)
    stop, moved = np.ceil(rng.exponential(200, 100)), rng.random(100) < 0.6
    spells = pd.DataFrame(
        {"child": range(100), "state": "open", "start": 0.0, "stop": stop, "to": np.where(moved, "closed", None)}
    )
    share = (
        state_occupancy.state_occupancy(spells, times=[150], draws=20, **ABOUT).curve.set_index("state").loc["closed", "share"]
    )
    assert share == pytest.approx(survival.kaplan_meier(stop, moved, times=[150]).curve["share"].iloc[0])


def test_siblings_who_move_together_make_shares_less_sure():
    spells = journeys(3, siblings=3)
    errors = [
        state_occupancy.state_occupancy(spells, times=[250], cluster=cluster, draws=150, **ABOUT).curve["standard_error"].mean()
        for cluster in (None, "family")
    ]
    assert errors[1] > 1.4 * errors[0]


def test_few_children_or_a_time_beyond_what_is_known_is_refused():
    spells = journeys(4)
    with pytest.raises(NotEnoughData, match="too few people"):
        state_occupancy.state_occupancy(spells[spells["child"] < 15], times=[50], **ABOUT)
    with pytest.raises(NotEnoughData, match="long enough"):
        state_occupancy.state_occupancy(spells, times=[2000], **ABOUT)
    with pytest.raises(ValueError, match="starts at 0"):
        state_occupancy.state_occupancy(spells[spells["start"] > 0], times=[50], **ABOUT)
