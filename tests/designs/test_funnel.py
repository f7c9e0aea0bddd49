"""Funnels: plain limits hold places that differ by chance, widened ones places that differ anyway."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.designs import funnel
from helpers.results import NotEnoughData

ABOUT = {"place": "place", "observed": "observed", "expected": "expected"}


def places(seed, *, between=0.0, count=150):
    rng = np.random.default_rng(seed)
    expected = rng.uniform(20, 200, count)
    return pd.DataFrame(
        {
            "place": np.arange(count),
            "expected": expected,
            "observed": rng.poisson(expected * np.exp(between * rng.normal(size=count) - between**2 / 2)),
        }
    )


def test_exact_limits_are_the_poisson_quantiles_around_what_was_expected():
    points = funnel.ratios(pd.DataFrame({"place": ["A"], "observed": [30], "expected": [20.0]}), **ABOUT).points.iloc[0]
    assert points["upper_95"] == pytest.approx(stats.chi2.ppf(0.975, 42) / 40)
    assert points["lower_998"] == pytest.approx(stats.chi2.ppf(0.001, 40) / 40)
    assert points["value"] == 1.5 and points["beyond"] == ""


def test_places_that_differ_by_chance_lie_outside_about_as_often_as_promised():
    outside = np.concatenate(
        [funnel.ratios(places(seed), **ABOUT).points.eval("value > upper_95 or value < lower_95") for seed in range(10)]
    )
    assert 0.03 <= outside.mean() <= 0.06
    adjusted = funnel.ratios(places(1), overdispersion="winsorised", transform="root", **ABOUT)
    assert adjusted.tau_squared < 0.005


@pytest.mark.parametrize(
    ("overdispersion", "transform", "low", "high"),
    [("trimmed", "log", 0.025, 0.055), ("winsorised", "root", 0.01, 0.02), ("corrected", "root", 0.001, 0.009)],
)
def test_places_that_differ_anyway_leave_the_plain_funnel_and_mostly_stay_in_the_widened_one(
    overdispersion, transform, low, high
):
    beyond = []
    for seed in range(20):
        differing = places(seed, between=0.3)
        plain = funnel.ratios(differing, **ABOUT)
        assert plain.phi > 4 and (plain.points["beyond"] != "").mean() > 0.2
        widened = funnel.ratios(differing, overdispersion=overdispersion, transform=transform, **ABOUT)
        beyond.append((widened.points["beyond"] != "").mean())
    assert low <= np.mean(beyond) <= high
    odd = differing.assign(observed=np.where(differing["place"] == 7, 5 * differing["expected"], differing["observed"]))
    widened = funnel.ratios(odd, overdispersion=overdispersion, transform=transform, **ABOUT)
    assert widened.points["beyond"].iloc[7] == "above"


def test_proportions_have_limits_between_nought_and_a_hundred_per_cent_that_narrow_with_size():
    frame = pd.DataFrame({"place": list("ABC"), "count": [1, 30, 390], "n": [5, 100, 1000]})
    points = funnel.proportions(frame, place="place", count="count", n="n").points
    assert points["lower_998"].min() >= 0 and points["upper_998"].max() <= 100
    assert (np.diff(points["upper_95"] - points["lower_95"]) < 0).all()
    smooth = funnel.proportions(frame, place="place", count="count", n="n").curve(np.array([1000.0]), 0.95)
    assert smooth[0][0] == pytest.approx(100 * (0.381 - 1.96 * np.sqrt(0.381 * 0.619 / 1000)), abs=0.15)


def test_nine_places_cannot_show_how_much_places_differ_anyway_and_a_place_without_expectation_is_refused():
    with pytest.raises(NotEnoughData, match="nine places; 10 are needed"):
        funnel.ratios(places(1, count=9), overdispersion="trimmed", **ABOUT)
    with pytest.raises(NotEnoughData):
        funnel.ratios(places(1).assign(expected=0.0), **ABOUT)


def test_a_place_without_events_has_a_place_on_the_log_scale_too():
    frame = places(3)
    frame.loc[0, "observed"] = 0
    points = funnel.ratios(frame, overdispersion="trimmed", **ABOUT).points
    assert np.isfinite(points["z"]).all() and points["beyond"].iloc[0] == "below"


@pytest.mark.parametrize("count", [11, 150])
def test_of_places_that_differ_one_in_twenty_lies_beyond_corrected_limits_and_one_that_is_apart_is_still_seen(count):
    corrected = {"overdispersion": "corrected", "transform": "root", **ABOUT}
    drawn = [funnel.ratios(places(seed, between=0.2, count=count), **corrected).points for seed in range(1100 // count)]
    beyond = np.concatenate([points.eval("value > upper_95 or value < lower_95") for points in drawn])
    assert 0.025 <= np.mean(beyond) <= 0.07
    odd = places(1, between=0.1, count=count)
    odd.loc[3, "observed"] = 3 * int(odd.loc[3, "expected"])
    assert funnel.ratios(odd, **corrected).points["beyond"].iloc[3] == "above"
    shares = places(2, between=0.2, count=count).assign(n=lambda d: (5 * d["expected"]).round())
    widened = [funnel.proportions(shares, place="place", count="observed", n="n", overdispersion=how).tau_squared
               for how in ("winsorised", "corrected")]  # fmt: skip
    assert 0 < widened[0] < widened[1]
