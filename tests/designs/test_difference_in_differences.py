"""Pilot localities against the others: a planted effect is found, drifting localities are not mistaken for one."""

import numpy as np
import pandas as pd
import pytest

from helpers import evidence
from helpers.designs import difference_in_differences as design
from helpers.results import NotEnoughData

PLACES = ["Ash", "Beck", "Coombe", "Dale", "Edge", "Fell"]
ABOUT = {
    "place": "locality", "with_change": PLACES[:3], "change_on": "2022-11-01", "outcome": "plan starts per 10,000 children",
    "n_unit": "plans", "better": "lower",
}  # fmt: skip


def panel(seed, *, effect=1.0, mean=12.0, drift=0.1, correlation=0.6, months=48, before=29, pilot_trend=0.0):
    rng = np.random.default_rng(seed)
    rows = []
    for number, place in enumerate(PLACES):
        noise = np.empty(months)
        noise[0] = rng.normal()
        for month in range(1, months):
            noise[month] = correlation * noise[month - 1] + np.sqrt(1 - correlation**2) * rng.normal()
        after = np.arange(months) >= before
        log_rate = np.log(mean) + 0.15 * noise + drift * rng.normal() * after + 0.1 * rng.normal()
        if number < 3:
            log_rate += np.log(effect) * after + pilot_trend * (np.arange(months) - before) / 12
        periods = pd.date_range("2020-06-01", periods=months, freq="MS")
        rows.append(
            pd.DataFrame({"locality": place, "period": periods, "events": rng.poisson(np.exp(log_rate)), "exposure": 1e4})
        )
    return pd.concat(rows, ignore_index=True)


def test_a_planted_halving_is_found_and_its_words_flip_with_it():
    for effect, direction, word in ((0.5, "improved", "fall"), (2.0, "worsened", "rise")):
        tested = design.tested(panel(7, effect=effect, drift=0.03), **ABOUT)
        assert tested.ci_low < effect < tested.ci_high
        finding = evidence.find(tested, finding_id="starts", basis="synthetic", subject="The service")
        assert finding.direction == direction and word in finding.statement
        assert evidence.LADDER.index(finding.strength) <= evidence.LADDER.index("moderate")


def test_six_localities_can_reach_no_more_than_moderate_and_the_reason_is_given():
    tested = design.tested(panel(7, effect=0.5, drift=0.03), **ABOUT)
    finding = evidence.find(tested, finding_id="starts", basis="synthetic", subject="The service")
    assert finding.strength == "moderate"
    assert "is likely to have contributed to" in finding.statement
    assert "only six places compared" in finding.because and "0.10" in finding.because


def test_drifting_localities_without_an_effect_are_called_changed_about_as_often_as_promised():
    false = np.mean([design.difference_in_differences(panel(seed), **ABOUT).effect.p_value < 0.05 for seed in range(120)])
    assert false <= 0.1


def test_the_interval_holds_a_planted_fall_about_as_often_as_promised():
    effects = [design.difference_in_differences(panel(seed, effect=0.7), **ABOUT).effect for seed in range(120)]
    assert np.mean([effect.ci_low < 0.7 < effect.ci_high for effect in effects]) >= 0.91


def test_pilots_that_were_already_falling_fail_the_trend_and_the_placebo():
    falling = panel(3, pilot_trend=-0.4, drift=0.02, mean=40.0)
    assert design.trends_before(falling, **ABOUT).passed is False
    assert design.placebo_start(falling, **ABOUT).passed is False


def test_one_locality_that_makes_the_whole_effect_fails_leaving_it_out():
    one = panel(5, drift=0.0, mean=40.0)
    late = (one["locality"] == "Ash") & (one["period"] >= "2022-11-01")
    one.loc[late, "events"] = (one.loc[late, "events"] * 0.05).astype(int)
    result = design.difference_in_differences(one, **ABOUT)
    assert result.effect.p_value > 0.05  # one place of three is no difference of sides
    assert "with all" in design.leave_one_out(one, **ABOUT).detail


def test_too_few_months_an_unknown_locality_and_a_locality_without_events_are_refused():
    with pytest.raises(NotEnoughData, match="12 and 12 are needed"):
        design.difference_in_differences(panel(1), **{**ABOUT, "until": "2023-03-01"})
    with pytest.raises(NotEnoughData, match="no records of Nowhere"):
        design.difference_in_differences(panel(1), **{**ABOUT, "with_change": ["Nowhere"]})
    empty = panel(1)
    empty.loc[empty["locality"] == "Dale", "events"] = 0
    with pytest.raises(NotEnoughData, match="Dale has no events"):
        design.difference_in_differences(empty, **ABOUT)


def test_two_by_two_is_the_difference_of_mean_changes_and_its_error_that_of_units():
    rng = np.random.default_rng(1)
    pupils = pd.DataFrame({"unit": np.repeat(np.arange(40), 2), "after": np.tile([0, 1], 40), "project": np.repeat([1, 0], 40)})
    pupils["score"] = rng.normal(size=40)[pupils["unit"]] + 0.5 * rng.normal(size=80) + 0.4 * pupils["after"] * pupils["project"]
    names = {"unit": "unit", "with_change": "project", "after": "after", "outcome": "score"}
    result = design.two_by_two(pupils, **names)
    change = pupils.pivot(index="unit", columns="after", values="score").pipe(lambda wide: wide[1] - wide[0])
    assert result.estimate == pytest.approx(change[:20].mean() - change[20:].mean())
    assert result.standard_error == pytest.approx(np.sqrt(change[:20].var() / 20 + change[20:].var() / 20))
    assert design.two_by_two(pupils, balanced=False, **names).standard_error == pytest.approx(result.standard_error)
    with pytest.raises(NotEnoughData, match="two units"):
        design.two_by_two(pupils[pupils["project"] == 1], **names)


def test_a_doubtful_comparison_place_that_makes_the_effect_fails_leaving_it_out_and_a_steady_one_passes():
    rising = panel(2, effect=0.8, drift=0.02, mean=40.0)
    late = (rising["locality"] == "Fell") & (rising["period"] >= "2022-11-01")
    rising.loc[late, "events"] *= 6
    assert design.donor_exclusion(rising, excluded=["Fell"], **ABOUT).detail.startswith("without Fell the rate ratio is 0.8")
    steady = panel(2, effect=0.5, drift=0.02, mean=40.0)
    assert design.donor_exclusion(steady, excluded=["Fell"], **ABOUT).passed is True
    assert design.donor_exclusion(steady, excluded=["Edge", "Fell"], **ABOUT).passed is None  # one place is left to compare with
    with pytest.raises(ValueError, match="no comparison place"):
        design.donor_exclusion(steady, excluded=["Ash"], **ABOUT)


def test_a_poisson_model_of_every_place_and_month_bears_a_planted_effect_out():
    check = design.alternative_model(panel(2, effect=0.5, drift=0.02, mean=40.0), **ABOUT)
    assert check.passed is True and "Poisson with a level for every place and month 0.5" in check.detail


def test_how_far_trends_may_part_is_told_by_half_year_and_never_passed_or_failed():
    clear = design.trends_that_part(panel(3, effect=0.3, drift=0.02, mean=40.0), **ABOUT)
    assert clear.passed is None and "until trends part, from one half-year to the next, by 0." in clear.detail
    assert "not clear even if trends never part" in design.trends_that_part(panel(3), **ABOUT).detail
    short = design.trends_that_part(panel(3), **{**ABOUT, "change_on": "2021-12-01"})
    assert short.passed is None and "three periods before the change; 4 are needed" in short.detail
    names = [check.name for check in design.tested(panel(3), **ABOUT).checks]
    assert names.count("Trends that part after the change") == 1


def test_two_by_two_becomes_an_effect_that_can_reach_no_more_than_emerging():
    pupils = pd.DataFrame(
        {"unit": np.repeat(np.arange(60), 2), "after": [0, 1] * 60, "project": np.repeat(np.arange(60) < 20, 2)}
    )
    pupils["score"] = np.sin(np.arange(120)) + 3 * pupils["after"] * pupils["project"]
    names = {"unit": "unit", "with_change": "project", "after": "after", "outcome": "score"}
    effect = design.two_by_two(pupils, **names).effect(outcome="score", n_unit="pupils", scale="points", better="higher")
    assert evidence.find(effect, finding_id="project", basis="synthetic", subject="The project").strength == "emerging"


def test_months_quarters_and_years_of_the_same_records_give_the_same_ratio():
    months = panel(3, effect=0.7, months=60)
    months = months[months["period"] >= "2021-01-01"]
    answers = []
    for length in "MQY":
        first_day = months["period"].dt.to_period(length).dt.to_timestamp()
        places = months.groupby(["locality", first_day])[["events", "exposure"]].sum().reset_index()
        answers.append(design.tested(places, **{**ABOUT, "change_on": "2022-01-15"}))
    assert len({round(effect.ci_low, 9) for effect in answers}) == 1
    assert [effect.checks[2].detail.startswith("months or quarters") for effect in answers] == [False, False, True]
