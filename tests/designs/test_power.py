"""What could have been seen: agrees with the simulations and figures of the methods notes."""

import math

import pytest

from helpers.designs import power
from helpers.results import NotEnoughData


def test_four_plan_starts_a_month_in_each_of_six_localities_would_miss_a_fall_of_a_fifth_nine_times_in_ten():
    error = power.standard_error_of_places(
        events_a_month=4, months_before=24, months_after=17, with_change=3, without=3, phi=2, drift=0.1 * math.sqrt(2)
    )
    assert power.power_of_t(math.log(0.8), error, 4) == pytest.approx(0.135, abs=0.03)
    assert power.power_of_t(math.log(0.5), error, 4) == pytest.approx(0.65, abs=0.06)
    detectable = power.few_places(error, with_change=3, without=3)
    assert detectable.fall < 0.5 and detectable.rise == pytest.approx(1 / detectable.fall)


@pytest.mark.parametrize(
    ("base", "n", "cluster_size", "points"),
    [(0.3, 133, 1, 14), (0.3, 133, 1.86, 18), (0.3, 338, 1, 9), (0.3, 338, 1.86, 12), (0.15, 338, 1, 7)],
)
def test_the_smallest_difference_between_two_groups_of_children_is_the_listed_one(base, n, cluster_size, points):
    detectable = power.two_proportions(base=base, n_with=n, n_without=n, cluster_size=cluster_size, correlation=0.8)
    listed = [size for size in (abs(detectable.fall or 99), detectable.rise) if abs(size - points) < 1.8]
    assert listed


def test_a_group_too_small_to_show_even_a_fall_to_nothing_says_so():
    assert power.two_proportions(base=0.05, n_with=20, n_without=20).fall is None


def test_the_detectable_effect_is_found_as_often_as_asked():
    detectable = power.few_places(0.2, with_change=3, without=3, power=0.8)
    assert power.power_of_t(math.log(detectable.fall), 0.2, 4) == pytest.approx(0.8, abs=1e-3)


STUDY = {"months_before": 24, "months_after": 17, "with_change": 3, "without": 3, "phi": 2.0, "drift": 0.1}


def test_the_simulated_effect_is_the_calculated_one_where_events_are_many_and_months_independent():
    error = power.standard_error_of_places(events_a_month=40, **STUDY)
    calculated = power.few_places(error, with_change=3, without=3)
    simulated = power.simulated_few_places(events_a_month=40, runs=1000, **STUDY)
    assert simulated.fall == pytest.approx(calculated.fall, rel=0.04) and simulated.rise == pytest.approx(
        calculated.rise, rel=0.04
    )


def test_months_that_resemble_each_other_hide_more_and_two_places_of_one_kind_are_needed():
    independent = power.simulated_few_places(events_a_month=4, runs=500, **STUDY)
    correlated = power.simulated_few_places(events_a_month=4, correlation=0.6, runs=500, **STUDY)
    assert correlated.fall < independent.fall < 0.6 and correlated.rise > independent.rise
    with pytest.raises(NotEnoughData, match="two places on each side"):
        power.simulated_few_places(events_a_month=4, **{**STUDY, "without": 1})
