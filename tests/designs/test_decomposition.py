"""What gaps are made of: the parts add up, agree with another hand, and find what was planted."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import decomposition
from helpers.results import NotEnoughData


def pupils(seed, n=600, own=0.0):
    """Attainment follows prior attainment and absence; pupils of the first group start lower and are absent more."""
    rng = np.random.default_rng(seed)
    first = rng.random(n) < 0.4
    prior, absent = rng.normal(-0.5 * first, 1), rng.normal(0.5 * first, 1)
    score = prior - 0.4 * absent + own * first + rng.normal(0, 1, n)
    return pd.DataFrame({"first": first, "prior": prior, "absent": absent, "score": score, "school": np.arange(n) % 30})


ABOUT = {"outcome": "score", "covariates": ["prior", "absent"], "first": "first"}


def test_the_parts_add_up_and_agree_with_statsmodels():
    from statsmodels.stats.oaxaca import OaxacaBlinder

    rows = pupils(1, own=-0.2)
    exog = rows[["first", "prior", "absent"]].astype(float)
    theirs = OaxacaBlinder(rows["score"], exog, "first", hasconst=False, swap=False)
    unexplained, explained, gap = theirs.two_fold(two_fold_type="self_submitted", submitted_weight=1).params
    ours = [
        decomposition.oaxaca_blinder(rows, reference=name, draws=20, **ABOUT).parts["estimate"]
        for name in decomposition.REFERENCES
    ]
    for parts in ours:
        assert parts["gap"] == pytest.approx(parts["explained"] + parts["unexplained"])
        assert parts["gap"] == pytest.approx(parts[["endowments", "coefficients", "interaction"]].sum())
        assert abs(parts["gap"]) == pytest.approx(abs(gap))
    assert sorted(abs(parts["explained"]) for parts in ours[1:]) == pytest.approx(
        sorted([abs(explained), abs(theirs.two_fold(two_fold_type="self_submitted", submitted_weight=0).params[1])]), rel=1e-6
    )
    assert abs(unexplained) > 0


def test_what_was_planted_is_explained_and_nothing_else_about_as_often_as_promised():
    explained = left = 0
    for seed in range(40):
        parts = decomposition.oaxaca_blinder(
            pupils(seed, n=300), draws=100, cluster="school" if seed % 2 else None, **ABOUT
        ).parts
        explained += parts.loc["explained", "ci_low"] < -0.7 < parts.loc["explained", "ci_high"]
        left += not parts.loc["unexplained", "ci_low"] < 0 < parts.loc["unexplained", "ci_high"]
    assert explained >= 34 and left <= 6


def test_exits_from_care_that_move_only_because_more_are_unaccompanied_are_all_composition():
    counts = pd.DataFrame({"group": ["unaccompanied", "others"], "exits": [30, 80], "children": [100, 400]})
    later = counts.assign(later_exits=[60, 60], later_children=[200, 300])
    result = decomposition.kitagawa(later, stratum="group", first=("later_exits", "later_children"), second=("exits", "children"))
    assert result.parts["estimate"].tolist() == pytest.approx([2.0, 2.0, 0.0])
    assert result.parts.loc["rates", "ci_low"] < 0 < result.parts.loc["rates", "ci_high"]
    assert result.strata[["composition", "rates"]].sum().sum() == pytest.approx(2.0)


def test_the_parts_of_a_rate_lie_in_their_intervals_about_as_often_as_promised():
    rng, held = np.random.default_rng(1), 0
    for _ in range(150):
        n = [rng.multinomial(200, p) for p in ([0.3, 0.7], [0.5, 0.5])]
        frame = pd.DataFrame(
            {"g": [0, 1], "n1": n[0], "n2": n[1], "x1": rng.binomial(n[0], [0.4, 0.2]), "x2": rng.binomial(n[1], [0.3, 0.2])}
        )
        parts = decomposition.kitagawa(frame, stratum="g", first=("x1", "n1"), second=("x2", "n2"), draws=300).parts
        held += parts.loc["rates", "ci_low"] < 100 * 0.1 * 0.4 < parts.loc["rates", "ci_high"]
    assert held / 150 >= 0.90


def test_too_few_or_one_sided_is_refused():
    with pytest.raises(NotEnoughData, match="too few in one"):
        decomposition.oaxaca_blinder(pupils(2, n=40), **ABOUT)
    with pytest.raises(NotEnoughData, match="too alike"):
        decomposition.oaxaca_blinder(pupils(2).assign(absent=1.0), **ABOUT)
    with pytest.raises(ValueError, match="reference"):
        decomposition.oaxaca_blinder(pupils(2), reference="third", **ABOUT)
    counts = pd.DataFrame({"g": [0, 1], "x": [5, 0], "n": [50, 0], "x2": [5, 5], "n2": [50, 50]})
    with pytest.raises(NotEnoughData, match="one side only"):
        decomposition.kitagawa(counts, stratum="g", first=("x", "n"), second=("x2", "n2"))
