"""Standardised rates: worked cases done by hand, repeats that widen the interval, and places that cannot be compared."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import standardised_rates
from helpers.results import NotEnoughData

BANDS = pd.DataFrame(
    {
        "place": ["North"] * 3 + ["South"] * 3,
        "age": ["0 to 4", "5 to 9", "10 to 17"] * 2,
        "events": [30, 20, 50, 10, 5, 15],
        "population": [3000, 4000, 5000, 2000, 1000, 3000],
        "standard": [5000, 5500, 8800] * 2,
    }
)
DIRECT = {"by": ["place"], "events": "events", "population": "population", "standard": "standard"}


def test_a_direct_rate_is_the_standard_weighted_mean_of_band_rates_with_dobsons_limits():
    row = standardised_rates.direct(BANDS, **DIRECT).rates.set_index("place").loc["North"]
    weights = np.array([5000, 5500, 8800])
    rate = (weights * np.array([30 / 3000, 20 / 4000, 50 / 5000])).sum() / weights.sum()
    variance = (weights**2 * np.array([30 / 3000**2, 20 / 4000**2, 50 / 5000**2])).sum() / weights.sum() ** 2
    # Byar's limits of 100 events, from Breslow and Day: 81.36 to 121.63.
    assert row["rate"] == pytest.approx(1e4 * rate)
    assert row["ci_low"] == pytest.approx(1e4 * (rate + np.sqrt(variance / 100) * (81.364 - 100)), rel=1e-4)
    assert row["ci_high"] == pytest.approx(1e4 * (rate + np.sqrt(variance / 100) * (121.628 - 100)), rel=1e-4)


def test_a_place_with_the_standards_own_ages_has_its_crude_rate_and_byars_interval():
    own = BANDS[BANDS["place"] == "North"].assign(standard=lambda b: b["population"])
    row = standardised_rates.direct(own, **DIRECT).rates.iloc[0]
    assert row["rate"] == pytest.approx(1e4 * 100 / 12000)
    assert row["ci_high"] == pytest.approx(1e4 * 121.628 / 12000, rel=1e-4)


def test_events_that_nobody_repeats_have_the_same_interval_either_way_and_repeats_widen_it():
    once = BANDS.rename(columns={"events": "people"}).assign(times=1)
    names = {"by": ["place"], "band": "age", "times": "times", "people": "people", "population": "population"}
    plain = standardised_rates.direct(BANDS, **DIRECT).rates
    same = standardised_rates.direct_repeated(once, standard="standard", **names).rates
    pd.testing.assert_frame_equal(plain, same)
    halves = pd.concat([once.assign(people=once["people"] * 0.5), once.assign(people=once["people"] * 0.25, times=2)])
    wider = standardised_rates.direct_repeated(halves, standard="standard", **names).rates
    assert np.allclose(wider["rate"], plain["rate"]) and np.allclose(wider["variance"], 1.5 * plain["variance"])
    assert (wider["ci_high"] > plain["ci_high"]).all()


def test_observed_over_expected_is_one_where_a_place_has_the_references_rates():
    reference = BANDS.assign(reference_events=BANDS["events"] * 3, reference_population=BANDS["population"] * 3)  # its own place
    rates = standardised_rates.indirect(
        reference, by=["place"], events="events", population="population", reference_events="reference_events",
        reference_population="reference_population",
    ).rates  # fmt: skip
    assert np.allclose(rates["ratio"], 1) and np.allclose(rates["expected"], [100, 30])
    assert rates["ratio_low"].iloc[0] == pytest.approx(0.81364, rel=1e-4)
    assert rates["rate"].iloc[0] == pytest.approx(1e4 * 100 / 12000)


def test_nine_events_have_no_rate_and_a_place_without_an_age_band_is_refused():
    few = BANDS.assign(events=[3] * 6)
    rates = standardised_rates.direct(few, **DIRECT).rates
    assert rates["rate"].isna().all() and (rates["why"] == "fewer than 10 events").all()
    with pytest.raises(NotEnoughData, match="South lacks an age band"):
        standardised_rates.direct(BANDS.iloc[:-1], **DIRECT)
    with pytest.raises(NotEnoughData, match="nobody in it"):
        standardised_rates.direct(BANDS.assign(population=[0] + [10] * 5), **DIRECT)


def test_the_adjusted_interval_holds_the_rate_where_some_children_recur_and_the_plain_one_does_not():
    rng, draws = np.random.default_rng(11), 1000
    chance, standard = np.array([0.004, 0.006, 0.02]), np.array([5000, 5500, 8800])
    once, five = rng.poisson(0.7 * chance * 5000, (draws, 3)), rng.poisson(0.3 * chance * 5000, (draws, 3))
    shape = {
        "place": np.repeat(np.arange(draws), 3),
        "age": list("abc") * draws,
        "population": 5000,
        "standard": np.tile(standard, draws),
    }
    persons = pd.concat([pd.DataFrame({**shape, "times": n, "people": who.ravel()}) for n, who in ((1, once), (5, five))])
    adjusted = standardised_rates.direct_repeated(
        persons, by=["place"], band="age", times="times", people="people", population="population", standard="standard"
    ).rates
    plain = standardised_rates.direct(pd.DataFrame({**shape, "events": (once + 5 * five).ravel()}), **DIRECT).rates
    true = 1e4 * (standard @ chance) / standard.sum() * (0.7 * 1 + 0.3 * 5)
    held = [((rates["ci_low"] <= true) & (rates["ci_high"] >= true)).mean() for rates in (adjusted, plain)]
    assert 0.93 <= held[0] <= 0.97 and held[1] < 0.80
