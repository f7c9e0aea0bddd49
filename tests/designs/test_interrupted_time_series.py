"""Interrupted time series: finds a planted break, finds nothing where there is none, and refuses a series too short to tell."""

import numpy as np
import pandas as pd
import pytest

from helpers import evidence
from helpers.designs import interrupted_time_series_checks as checks
from helpers.designs.interrupted_time_series import interrupted_time_series
from helpers.results import NotEnoughData

ABOUT = {"outcome": "missing incidents per 1,000 days in care", "n_unit": "incidents", "per": 1000.0, "better": "lower"}


def made_up(seed, *, months=72, before=42, mean=40.0, step=1.0, dispersion=2.0, correlation=0.0, start="2021-09-01"):
    """A monthly series with seasons, correlated overdispersion and a step of known ratio."""
    rng = np.random.default_rng(seed)
    noise = np.empty(months)
    noise[0] = rng.normal()
    for month in range(1, months):
        noise[month] = correlation * noise[month - 1] + np.sqrt(1 - correlation**2) * rng.normal()
    spread = np.log(1 + (dispersion - 1) / mean)
    rate = mean * (1 + 0.2 * np.sin(2 * np.pi * np.arange(months) / 12)) * np.exp(np.sqrt(spread) * noise - spread / 2)
    rate *= np.where(np.arange(months) >= before, step, 1.0)
    periods = pd.date_range(start, periods=months, freq="MS")
    return pd.DataFrame({"period": periods, "events": rng.poisson(rate), "exposure": 12_000.0}), str(periods[before].date())


def test_a_planted_fall_of_40_percent_lies_in_the_interval_and_the_counterfactual_is_above_the_fit():
    monthly, change_on = made_up(3, step=0.6)
    series = interrupted_time_series(monthly, change_on=change_on, **ABOUT)
    assert series.effect.ci_low < 0.6 < series.effect.ci_high < 1
    end = series.fitted.iloc[-1]
    assert end["counterfactual_low"] < end["counterfactual"] < end["counterfactual_high"]
    assert end["fitted"] < end["counterfactual"]


def test_flipping_the_planted_effect_flips_the_words():
    words = []
    for step in (0.5, 2.0):
        monthly, change_on = made_up(5, step=step)
        effect = checks.tested(interrupted_time_series(monthly, change_on=change_on, **ABOUT))
        finding = evidence.find(effect, finding_id="missing", basis="synthetic", subject="The daily missing meeting")
        words.append((finding.direction, finding.strength, finding.statement))
    assert [direction for direction, _, _ in words] == ["improved", "worsened"]
    assert [strength for _, strength, _ in words] == ["emerging", "emerging"]
    assert "was followed by a fall" in words[0][2] and "was followed by a rise" in words[1][2]


@pytest.mark.parametrize(("correlation", "most"), [(0.0, 0.09), (0.4, 0.13)])
def test_a_series_without_a_break_shows_one_about_as_often_as_promised(correlation, most):
    false = 0
    for seed in range(150):
        monthly, change_on = made_up(seed, correlation=correlation, months=60, before=36)
        false += interrupted_time_series(monthly, change_on=change_on, **ABOUT).effect.p_value < 0.05
    assert false / 150 <= most


def test_the_interval_holds_the_truth_about_as_often_as_promised_when_counts_are_overdispersed():
    held = 0
    for seed in range(150):
        monthly, change_on = made_up(seed, step=0.7, dispersion=4.0)
        effect = interrupted_time_series(monthly, change_on=change_on, **ABOUT).effect
        held += effect.ci_low < 0.7 < effect.ci_high
    assert held / 150 >= 0.90


def test_seventeen_months_before_are_refused_with_seasons_in_a_sentence_fit_for_the_page():
    monthly, change_on = made_up(1, months=60, before=17, start="2019-04-01")
    with pytest.raises(NotEnoughData, match="17 months before September 2020 and 43 after; 24 and 12 are needed"):
        interrupted_time_series(monthly, change_on=change_on, harmonics=2, **ABOUT)
    assert interrupted_time_series(monthly, change_on=change_on, **ABOUT).model.harmonics == 0


def test_a_year_is_needed_on_each_side_even_without_seasons():
    monthly, change_on = made_up(1, months=40, before=8)
    with pytest.raises(NotEnoughData, match=r"eight months before .* 12 and 12 are needed"):
        interrupted_time_series(monthly, change_on=change_on, **ABOUT)


def test_a_series_with_a_month_lacking_no_events_or_nobody_at_risk_is_refused():
    monthly, change_on = made_up(1)
    for spoilt in (
        monthly.drop(index=5),
        monthly.assign(events=0),
        monthly.assign(exposure=np.where(monthly.index == 7, 0, 9.0)),
    ):
        with pytest.raises(NotEnoughData):
            interrupted_time_series(spoilt, change_on=change_on, **ABOUT)
    twice = pd.concat([monthly, monthly.iloc[[40]]])
    with pytest.raises(NotEnoughData, match=f"repeated in the series, the first {monthly['period'].iloc[40]:%B %Y}"):
        interrupted_time_series(twice, change_on=change_on, **ABOUT)
    for wrong in ({"errors": "hac", "lags": 200}, {"reference": "z"}, {"errors": "newey-west"}):
        with pytest.raises(ValueError, match=r"got ('z'|'newey-west'|200)"):
            interrupted_time_series(monthly, change_on=change_on, **wrong, **ABOUT)


def test_months_of_transition_are_left_out_of_the_fit():
    monthly, change_on = made_up(1)
    series = interrupted_time_series(monthly, change_on=change_on, transition=3, **ABOUT)
    assert series.fitted["residual"].isna().sum() == 3
    series = interrupted_time_series(monthly, change_on=change_on, transition=3, just_before=6, **ABOUT)
    assert np.flatnonzero(series.fitted["residual"].isna()).tolist() == list(range(36, 45))


def test_a_break_at_the_real_date_stands_out_from_placebo_dates_and_survives_other_models():
    monthly, change_on = made_up(2, step=0.5)
    effect = checks.tested(interrupted_time_series(monthly, change_on=change_on, **ABOUT))
    assert {check.name: check.passed for check in effect.checks} == {
        "Residual autocorrelation": True,
        "Placebo dates": True,
        "Alternative model": True,
    }


def test_a_fall_that_another_model_of_the_same_months_is_unsure_of_fails_the_check_though_the_estimates_agree():
    monthly, change_on = made_up(2, step=0.75)
    monthly.loc[[40, 45], "events"] *= 4
    series = interrupted_time_series(monthly, change_on=change_on, **ABOUT)
    check = checks.alternative_model(series)
    assert series.effect.ci_high < 1 and check.passed is False


def test_strongly_correlated_months_fail_the_check_of_autocorrelation():
    monthly, change_on = made_up(4, dispersion=12.0, correlation=0.85)
    assert checks.residual_autocorrelation(interrupted_time_series(monthly, change_on=change_on, **ABOUT)).passed is False


def test_a_rise_made_by_one_child_does_not_survive_leaving_out_the_most_frequent():
    monthly, change_on = made_up(6, dispersion=1.0)
    rows = [(f"child {i}", period) for _, row in monthly.iterrows() for i, period in enumerate([row["period"]] * row["events"])]
    often = [("always missing", period) for period in monthly["period"] if period >= pd.Timestamp(change_on) for _ in range(30)]
    incidents = pd.DataFrame([*rows, *often], columns=["child", "on"])
    monthly["events"] = monthly["period"].map(incidents.groupby("on").size())
    series = interrupted_time_series(monthly, change_on=change_on, **ABOUT)
    check = checks.influence_of_most_frequent(series, incidents, person="child", date="on", top=1)
    assert series.effect.ci_low > 1 and check.passed is False


def test_a_fall_that_is_only_less_sure_without_the_months_just_before_stands_and_one_made_by_them_does_not():
    monthly, change_on = made_up(2, step=0.7)
    series = interrupted_time_series(monthly, change_on=change_on, **ABOUT)
    without = interrupted_time_series(monthly, change_on=change_on, just_before=6, **ABOUT).effect
    assert series.effect.ci_high < 1 < without.ci_high and 0.7 < without.estimate < 0.75
    assert checks.months_just_before(series).passed is True
    steady, change_on = made_up(1, dispersion=1.0)
    peak = steady["period"].between(pd.Timestamp(change_on) - pd.DateOffset(months=6), change_on, inclusive="left")
    steady["events"] = np.where(peak, 3 * steady["events"], steady["events"])
    fell = interrupted_time_series(steady, change_on=change_on, **ABOUT)
    assert fell.effect.ci_high < 1 and checks.months_just_before(fell).passed is False


def test_a_step_in_how_fully_incidents_are_recorded_fails_the_check_of_recording():
    monthly, change_on = made_up(1)
    series = interrupted_time_series(monthly, change_on=change_on, **ABOUT)
    incidents = pd.DataFrame({"on": monthly["period"].repeat(10).reset_index(drop=True)})
    early = incidents["on"] < pd.Timestamp(change_on)
    incidents["returned_at"] = np.where(early & (incidents.index % 2 == 0), None, "known")
    assert checks.recording(series, incidents, date="on", recorded="returned_at").passed is False
    incidents["returned_at"] = "known"
    assert checks.recording(series, incidents, date="on", recorded="returned_at").passed is True


def quarters(monthly):
    at = monthly["period"].dt.to_period("Q").dt.to_timestamp()
    return monthly.assign(period=at).groupby("period", as_index=False)[["events", "exposure"]].sum()


def test_eight_quarters_before_and_after_are_enough_and_seven_are_refused():
    monthly, _ = made_up(3, months=60, before=37, step=0.5, start="2021-10-01")
    series = interrupted_time_series(quarters(monthly), change_on="2024-11-15", pandemic=None, **ABOUT)
    assert series.model.change_on == pd.Timestamp("2024-10-01") and series.model.harmonics == 1
    assert series.months_before == 12 and series.months_after == 8 and series.months_apart == 3
    assert series.effect.ci_low < 0.5 < series.effect.ci_high < 1
    assert {check.name for check in checks.tested(series).checks} >= {"Placebo dates", "Alternative model"}
    with pytest.raises(NotEnoughData, match="seven quarters before July 2023 and 13 after; 8 and 8 are needed"):
        interrupted_time_series(quarters(monthly), change_on="2023-07-01", **ABOUT)


def test_quarters_without_a_break_show_one_about_as_often_as_promised():
    false = 0
    for seed in range(150):
        monthly, _ = made_up(seed, months=60, before=36, start="2021-10-01")
        series = interrupted_time_series(quarters(monthly), change_on="2024-07-01", pandemic=None, **ABOUT)
        false += series.effect.p_value < 0.05
    assert false / 150 <= 0.1


def test_statas_factor_widens_newey_west_by_the_root_of_n_over_n_less_k():
    monthly, change_on = made_up(1)
    plain, stata = (
        interrupted_time_series(monthly, change_on=change_on, errors="hac", small_sample=s, **ABOUT) for s in (False, True)
    )
    n, k = len(monthly), len(plain.coefficients)
    assert np.allclose(stata.coefficients["standard_error"], plain.coefficients["standard_error"] * np.sqrt(n / (n - k)))


def recurring(seed, *, months=72, before=42, step=1.0):
    """Incidents of children who come, go missing often for a year or so, and leave: person, period, events; and by month."""
    rng = np.random.default_rng(seed)
    periods = pd.date_range("2021-09-01", periods=months, freq="MS")
    rows = []
    for child in range(5 * months // 2):
        came, stays, often = rng.integers(-12, months), rng.integers(6, 18), rng.gamma(0.25, 4.0)
        inside = range(max(came, 0), min(came + stays, months))
        events = rng.poisson([often * (step if month >= before else 1.0) for month in inside])
        rows += [(child, periods[month], count) for month, count in zip(inside, events, strict=True) if count]
    by_person = pd.DataFrame(rows, columns=["person", "period", "events"])
    counts = by_person.groupby("period")["events"].sum().reindex(periods, fill_value=0)
    return pd.DataFrame({"period": periods, "events": counts.to_numpy(), "exposure": 1.0}), by_person, str(periods[before].date())


def test_where_a_few_children_make_the_series_wander_intervals_by_person_hold_the_level():
    false = {"by month": 0, "by person": 0}
    for seed in range(50):
        monthly, by_person, change_on = recurring(seed)
        plain = interrupted_time_series(monthly, change_on=change_on, pandemic=None, harmonics=0, **ABOUT)
        both = interrupted_time_series(monthly, change_on=change_on, pandemic=None, harmonics=0, by_person=by_person, **ABOUT)
        assert both.effect.ci_high >= plain.effect.ci_high and both.effect.p_value >= plain.effect.p_value
        false["by month"] += plain.effect.p_value < 0.05
        false["by person"] += both.effect.p_value < 0.05
    assert false["by person"] <= false["by month"] and false["by person"] / 50 <= 0.1


def shares_by_person(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Six years of interviews, half of them in time, of 400 children each prompt or late in their own way; by month, by child."""
    rng = np.random.default_rng(seed)
    interviews, prompt = 1 + rng.negative_binomial(0.6, 0.07, 400), rng.beta(1, 1, 400)
    child = np.repeat(np.arange(400), interviews)
    month = rng.integers(-12, 72, 400)[child] + rng.exponential(4, len(child)).astype(int)
    rows = pd.DataFrame({"person": child, "month": month, "events": rng.random(len(child)) < prompt[child]})
    rows = rows.query("0 <= month < 72")
    rows = rows.assign(period=pd.date_range("2019-04-01", periods=72, freq="MS")[rows["month"]])
    by_person = rows.groupby(["person", "period"])["events"].agg(events="sum", exposure="size").reset_index()
    return by_person.groupby("period")[["events", "exposure"]].sum().reset_index(), by_person


def test_a_share_of_few_children_is_judged_by_what_each_adds_beyond_their_part_of_the_denominator():
    clear, narrower = [], []
    for seed in range(40):
        monthly, by_person = shares_by_person(seed)
        both, events_alone = (
            interrupted_time_series(monthly, change_on="2023-03-01", pandemic=None, by_person=people, **ABOUT).effect
            for people in (by_person, by_person.drop(columns="exposure"))
        )
        clear.append(not both.ci_low <= 1 <= both.ci_high)
        narrower.append(both.ci_high / both.ci_low < events_alone.ci_high / events_alone.ci_low)
    assert sum(clear) <= 5 and np.mean(narrower) > 0.9  # 5% of 200 were measured, 9% without the children


def test_events_by_person_that_do_not_add_up_are_refused():
    monthly, by_person, change_on = recurring(1)
    with pytest.raises(ValueError, match="do not add up"):
        interrupted_time_series(monthly, change_on=change_on, by_person=by_person.iloc[1:], **ABOUT)


def test_one_place_that_makes_the_whole_break_fails_leaving_it_out_and_a_break_everywhere_passes():
    parts = [made_up(seed, step=0.5, months=60, before=36)[0].assign(place=f"place {seed}") for seed in range(3)]
    for alone, passed in ((False, True), (True, False)):
        by_place = pd.concat(parts)
        after = by_place["period"] >= "2024-09-01"
        if alone:  # the others go up as much as the first goes down
            by_place["events"] = np.where(after & (by_place["place"] != "place 0"), 2 * by_place["events"], by_place["events"])
            by_place["events"] = np.where(after & (by_place["place"] == "place 0"), 1, by_place["events"])
        monthly = by_place.groupby("period", as_index=False)[["events", "exposure"]].sum()
        series = interrupted_time_series(monthly, change_on="2024-09-01", **ABOUT)
        check = checks.leave_one_out(series, by_place, place="place")
        assert check.passed is passed and "as each place in turn is left out" in check.detail
        assert ("outside its interval without place 0" in check.detail) is alone
