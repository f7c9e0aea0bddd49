"""Child protection plans, a few at a time: when they start, what ended each, and how places differ."""

import re

import numpy as np
import pandas as pd
import pytest

from helpers import child_protection, evidence
from helpers.child_protection import DAYS_A_MONTH, STILL_OPEN
from helpers.designs import difference_in_differences, survival
from helpers.extracts import Extracts
from helpers.results import Effect, NotEnoughData
from helpers.tables import TABLES

FROM_RECORDS = {"basis": "synthetic", "source": "Child protection plans."}
RECORDS_END = "2024-03-31"
NO_CARE = TABLES["cla_episodes"].empty()


def plans_of(*rows: dict) -> pd.DataFrame:
    """Plans with what each row says; one that says nothing ran from 10 January to 1 July 2022, each of its own child."""
    usual = {"cppl_cp_plan_start_date": "2022-01-10", "cppl_cp_plan_end_date": "2022-07-01", "cppl_locality": "Chesil"}
    numbered = [
        usual | {"cppl_cp_plan_id": f"P{n}", "cppl_person_id": f"child {n}", "cppl_referral_id": f"R{n}"} | row
        for n, row in enumerate(rows)
    ]
    return TABLES["cp_plans"].typed(pd.DataFrame(numbered))


def need_of(*closed: tuple) -> pd.DataFrame:
    """The child in need episode of each plan: (day it closed or None, why), in the plans' order."""
    rows = [
        {"cine_referral_id": f"R{n}", "cine_person_id": f"child {n}", "cine_referral_date": "2021-12-01",
         "cine_close_date": day, "cine_close_reason": reason}
        for n, (day, reason) in enumerate(closed)
    ]  # fmt: skip
    return TABLES["cin_episodes"].typed(pd.DataFrame(rows))


def care_of(*rows: dict) -> pd.DataFrame:
    usual = {"clae_person_id": "child 0", "clae_cla_episode_start_reason": "S", "lega_legal_status": "C2"}
    numbered = [usual | {"clae_cla_episode_id": f"E{n}"} | row for n, row in enumerate(rows)]
    return TABLES["cla_episodes"].typed(pd.DataFrame(numbered))


def outcomes(plans, need, care=NO_CARE) -> pd.DataFrame:
    return child_protection.plan_outcomes(plans, need, care, known_until=RECORDS_END)


# --- what ended a plan


@pytest.mark.parametrize(
    ("closed", "reason", "outcome"),
    [
        ("2022-10-01", "RC7", "Stepped down"),
        (None, None, "Stepped down"),
        ("2022-07-29", "RC7", "Stepped down"),
        ("2022-07-28", "RC7", "Closed"),
        ("2022-07-01", "RC7", "Closed"),
        ("2022-07-05", "RC5", "Moved or aged out"),
        ("2022-07-01", "RC6", "Moved or aged out"),
        ("2022-10-01", "RC5", "Stepped down"),
    ],
    ids=["support goes on", "support still open", "28 days", "27 days", "both end", "moved", "turned 18", "moved later"],
)
def test_a_plan_stepped_down_where_support_went_on_for_28_days_and_closed_where_it_did_not(closed, reason, outcome):
    [found] = outcomes(plans_of({}), need_of((closed, reason))).itertuples()
    assert found.outcome == outcome
    assert found.months == pytest.approx((pd.Timestamp("2022-07-01") - pd.Timestamp("2022-01-10")).days / DAYS_A_MONTH)


@pytest.mark.parametrize(
    ("episode", "entered"),
    [
        ({"clae_cla_episode_start_date": "2022-05-01"}, True),
        ({"clae_cla_episode_start_date": "2022-01-10"}, True),
        ({"clae_cla_episode_start_date": "2022-07-29"}, True),
        ({"clae_cla_episode_start_date": "2022-07-30"}, False),
        ({"clae_cla_episode_start_date": "2022-01-09"}, False),
        ({"clae_cla_episode_start_date": "2022-05-01", "lega_legal_status": "V4"}, False),
        ({"clae_cla_episode_start_date": "2022-05-01", "clae_cla_episode_start_reason": "P"}, False),
        ({"clae_cla_episode_start_date": "2022-05-01", "clae_person_id": "another child"}, False),
    ],
    ids=[
        "during",
        "first day",
        "28 days after",
        "29 days after",
        "day before",
        "short break",
        "moved placement",
        "another child",
    ],
)
def test_a_child_entered_care_where_care_began_from_the_plans_start_to_28_days_after_its_end(episode, entered):
    [found] = outcomes(plans_of({}), need_of(("2022-07-01", "RC7")), care_of(episode)).itertuples()
    assert found.outcome == ("Entered care" if entered else "Closed")
    if entered:
        began = pd.Timestamp(episode["clae_cla_episode_start_date"])
        assert found.months == pytest.approx((began - pd.Timestamp("2022-01-10")).days / DAYS_A_MONTH)


def test_care_ends_the_plan_during_which_it_began_and_no_other_plan_of_the_child():
    plans = plans_of(
        {"cppl_person_id": "child 0", "cppl_cp_plan_start_date": "2020-01-10", "cppl_cp_plan_end_date": "2020-07-01"},
        {"cppl_person_id": "child 0"},
    )
    need = need_of(("2020-07-01", "RC7"), ("2022-07-01", "RC7"))
    found = outcomes(plans, need, care_of({"clae_cla_episode_start_date": "2022-05-01"}))
    assert list(found["outcome"]) == ["Closed", "Entered care"]


def test_a_plan_is_still_open_28_days_before_the_records_end_and_so_is_one_that_ended_since():
    plans = plans_of(
        {"cppl_cp_plan_end_date": None},
        {"cppl_cp_plan_end_date": "2024-03-04"},
        {"cppl_cp_plan_end_date": "2024-03-03"},
        {"cppl_cp_plan_end_date": "2024-05-01"},
    )
    found = outcomes(plans, need_of((None, None), (None, None), ("2024-03-03", "RC7"), (None, None)))
    assert list(found["outcome"]) == [STILL_OPEN, STILL_OPEN, "Closed", STILL_OPEN]
    followed = (pd.Timestamp("2024-03-03") - pd.Timestamp("2022-01-10")).days / DAYS_A_MONTH
    assert list(found["months"]) == pytest.approx([followed] * 4)


def test_care_that_began_less_than_28_days_before_the_records_end_is_as_unknown_as_any_other_outcome_then():
    plans, episode = plans_of({"cppl_cp_plan_end_date": "2024-03-10"}), {"clae_cla_episode_start_date": "2024-03-20"}
    assert list(outcomes(plans, need_of(("2024-03-10", "RC7")), care_of(episode))["outcome"]) == [STILL_OPEN]


def test_the_share_stepped_down_is_the_true_one_though_the_last_plans_are_followed_for_a_year_at_most():
    """Plans end at 10% a month and all step down; of those that began in the last year the end is mostly unknown."""
    rng, day = np.random.default_rng(2), pd.Timestamp("2023-03-31")
    starts = day + pd.to_timedelta(rng.integers(0, 366, 4000), unit="D")
    ends = starts + pd.to_timedelta(np.ceil(rng.exponential(10 * DAYS_A_MONTH, 4000)), unit="D")
    plans = plans_of(*({"cppl_cp_plan_start_date": start, "cppl_cp_plan_end_date": end}
                       for start, end in zip(starts, ends, strict=True)))  # fmt: skip
    found = outcomes(plans, need_of(*[(None, None)] * 4000))
    share = survival.aalen_johansen(found["months"], found["outcome"].where(found["outcome"] != STILL_OPEN), times=[9])
    assert share.curve["share"].iloc[0] == pytest.approx(1 - np.exp(-0.9), abs=0.03)  # 0.54 where all are followed to the end


def test_a_plan_that_began_after_the_records_end_is_left_out():
    assert outcomes(plans_of({}, {"cppl_cp_plan_start_date": "2024-04-01"}), need_of((None, None)))[
        "cppl_cp_plan_id"
    ].tolist() == ["P0"]


def test_a_plan_whose_episode_is_not_in_the_records_is_left_out_and_counted_since_its_end_could_never_be_known():
    plans = plans_of({"cppl_referral_id": None}, {"cppl_referral_id": "not in the extract"}, {})
    need, care = need_of(*[(None, None)] * 3), care_of({"clae_cla_episode_start_date": "2021-04-01"})
    cohort = child_protection.traced(plans, Extracts(tables={"cp_plans": plans, "cin_episodes": need, "cla_episodes": care}))
    assert list(cohort.frame["cppl_cp_plan_id"]) == ["P2"] and [step.left_out for step in cohort.steps] == [0, 2]


# --- when plans start


def test_a_locality_without_a_plan_in_a_month_has_a_zero_for_it():
    plans = plans_of({"cppl_cp_plan_start_date": "2022-04-30"}, {"cppl_cp_plan_start_date": "2022-04-01"},
                     {"cppl_cp_plan_start_date": "2022-06-01", "cppl_locality": "Dorchester"},
                     {"cppl_cp_plan_start_date": "2022-07-01"})  # fmt: skip
    panel = child_protection.starts_by_locality(plans, pd.period_range("2022-04", "2022-06", freq="M"))
    table = panel.pivot(index="locality", columns="period", values="events")
    assert table.to_numpy().tolist() == [[2, 0, 0], [0, 0, 1]]
    assert list(table.index) == ["Chesil", "Dorchester"] and set(panel["exposure"]) == {1.0}


def test_half_years_run_from_april_and_from_october_and_one_without_a_plan_is_a_zero():
    starts = ["2021-03-31", "2021-04-01", "2021-09-30", "2022-10-01"]
    plans = plans_of(*({"cppl_cp_plan_start_date": day} for day in starts), {"cppl_locality": "West"})
    halves = child_protection.starts_by_half_year(plans, **FROM_RECORDS)
    table = halves.data.pivot(index="locality", columns="period", values="numerator")
    assert [f"{day:%Y-%m}" for day in table.columns] == ["2020-10", "2021-04", "2021-10", "2022-04", "2022-10"]
    assert table.to_numpy().tolist() == [[1, 2, 0, 0, 1], [0, 0, 1, 0, 0]]
    assert halves.per is None and halves.dimensions == ("period", "locality")


def test_without_a_plan_there_is_nothing_to_count():
    with pytest.raises(NotEnoughData, match="left to count"):
        child_protection.counted(plans_of({}).iloc[:0])


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [("2019-04-01", "2022-11-01", 43), ("2022-11-01", "2024-06-01", 19), ("2022-11-01", "2022-11-30", 0)],
)
def test_months_between_two_days_are_whole(start, end, months):
    assert child_protection.months_between(start, end) == months


# --- how places differ

PILOTS, OTHERS = ("Chesil", "Dorchester"), ("Purbeck", "North")


def ended(stepped_down: dict[str, int], *, each: int = 60) -> pd.DataFrame:
    """Plans of localities, `each` in each, of families with two children; so many stepped down, the others closed."""
    return pd.DataFrame(
        {
            "cppl_locality": place,
            "cppl_cp_plan_start_date": pd.Timestamp("2021-01-10"),
            "cppl_family_id": f"{place} {child // 2}",
            "cppl_person_id": f"{place} child {child}",
            "outcome": "Stepped down" if child < count else "Closed",
            "months": 6.0 if child < each - 5 else 14.0,
        }
        for place, count in stepped_down.items()
        for child in range(each)
    )


def shares(pilots, others, *, each: int = 60) -> pd.DataFrame:
    return ended(dict(zip((*PILOTS, *OTHERS), (*pilots, *others), strict=True)), each=each)


def difference(before, after) -> Effect:
    return child_protection.outcome_difference(
        child_protection.Followed(before, after), list(PILOTS), cause="Stepped down", better="higher", follow_up_months=12
    )


def test_plans_are_followed_to_the_day_before_the_change_and_to_the_day_before_the_others_changed_too():
    plans = plans_of({"cppl_cp_plan_start_date": "2022-06-01", "cppl_cp_plan_end_date": "2022-12-01"}, {
        "cppl_cp_plan_start_date": "2022-11-01", "cppl_cp_plan_end_date": "2023-03-01"}, {
        "cppl_cp_plan_start_date": "2024-06-01", "cppl_cp_plan_end_date": None})  # fmt: skip
    need = need_of(("2022-12-01", "RC7"), ("2023-03-01", "RC7"), (None, None))
    need.loc[2, "cine_referral_date"] = pd.Timestamp("2024-07-01")
    care = care_of(*({"clae_cla_episode_start_date": day, "clae_person_id": "another"} for day in ("2022-04-01", "2024-07-01")))
    records = Extracts(tables={"cp_plans": plans, "cin_episodes": need, "cla_episodes": care})
    both = child_protection.followed(plans, records, change_on="2022-11-01", until="2024-06-01")
    assert list(both.before["outcome"]) == [STILL_OPEN]  # it ended after the change, when the service may have ended it
    assert both.before["months"].iloc[0] == pytest.approx(
        (pd.Timestamp("2022-10-03") - pd.Timestamp("2022-06-01")).days / DAYS_A_MONTH
    )
    assert list(both.after["outcome"]) == ["Closed"] and list(both.after["cppl_cp_plan_id"]) == ["P1"]


def test_plans_are_followed_only_while_the_records_tell_of_care():
    plans = plans_of(*({"cppl_cp_plan_start_date": day, "cppl_cp_plan_end_date": None} for day in
                       ("2020-06-01", "2022-01-10", "2022-12-01", "2024-02-01")))  # fmt: skip
    care = care_of(*({"clae_cla_episode_start_date": day, "clae_person_id": "another"} for day in ("2021-04-01", "2023-03-31")))
    records = Extracts(tables={"cp_plans": plans, "cin_episodes": need_of(*[(None, None)] * 4), "cla_episodes": care})
    records["cin_episodes"].loc[3, "cine_referral_date"] = pd.Timestamp("2024-03-31")
    both = child_protection.followed(plans, records, change_on="2022-11-01", until="2024-06-01")
    assert list(both.before["cppl_cp_plan_id"]) == ["P1"]  # whether the first entered care nobody recorded
    [last] = both.after.itertuples()  # followed to 28 days before the return on care ends, not to June 2024
    assert last.cppl_cp_plan_id == "P2" and last.outcome == STILL_OPEN
    assert last.months == pytest.approx((pd.Timestamp("2023-03-03") - pd.Timestamp("2022-12-01")).days / DAYS_A_MONTH)


def test_the_difference_is_how_the_pilots_share_changed_less_how_the_others_did_in_percentage_points():
    effect = difference(shares((18, 24), (18, 18)), shares((36, 36), (24, 24)))
    assert effect.estimate == pytest.approx(100 * ((18 + 12) / 2 - 6) / 60) and effect.scale == "percentage points"
    assert effect.ci_low < effect.estimate < effect.ci_high
    assert (effect.n, effect.clusters, effect.n_unit) == (480, 4, "plans")
    turned = difference(shares((36, 36), (24, 24)), shares((18, 24), (18, 18)))
    assert turned.estimate == pytest.approx(-effect.estimate)


def test_what_sets_localities_apart_before_and_after_alike_is_no_effect():
    assert difference(shares((45, 40), (10, 12)), shares((45, 40), (10, 13))).estimate == pytest.approx(-100 * 0.5 / 60)


@pytest.mark.parametrize(
    ("in_2020", "in_2021", "passed"),
    [
        (shares((20, 22), (20, 22)), shares((25, 26), (26, 27)), True),
        (shares((45, 46), (10, 12)), shares((45, 47), (10, 11)), True),
        (shares((20, 22), (20, 22)), shares((40, 44), (20, 21)), False),
    ],
    ids=["alike", "apart, and both stay so", "the pilots were rising already"],
)
def test_pilots_that_were_moving_apart_before_the_service_fail_its_check_and_a_standing_difference_does_not(
    in_2020, in_2021, passed
):
    before = pd.concat([in_2020.assign(cppl_cp_plan_start_date=pd.Timestamp("2020-01-10")), in_2021], ignore_index=True)
    [check, _] = difference(before, shares((45, 46), (10, 12))).checks
    assert [check.name] == list(evidence.DESIGNS["competing_risks"].checks) and check.passed is passed
    assert "before July 2020" in check.detail


def test_families_pooled_over_localities_are_told_and_judge_nothing():
    [told] = [
        check for check in difference(shares((20, 20), (20, 21)), shares((45, 46), (10, 12))).checks if "pooled" in check.name
    ]
    assert told.passed is None and f"{100 * ((45 + 46) - (10 + 12)) / 120:.1f}" in told.detail


def test_a_locality_with_too_few_plans_or_none_on_one_side_is_refused_by_name():
    with pytest.raises(NotEnoughData, match="North has too few plans"):
        difference(shares((20, 20), (20, 20)), pd.concat([shares((30, 30), (20, 20)).query("cppl_locality != 'North'"),
                                                          ended({"North": 2}, each=6)]))  # fmt: skip
    with pytest.raises(NotEnoughData, match="North has plans only among the earlier"):
        difference(shares((20, 20), (20, 20)), shares((30, 30), (20, 20)).query("cppl_locality != 'North'"))


def test_a_family_without_a_name_counts_as_its_own():
    alone = shares((45, 46), (10, 12)).assign(cppl_family_id=None)
    assert difference(shares((20, 20), (20, 21)), alone).checks[1].detail


def test_plans_followed_are_counted_on_either_side():
    counted = child_protection.followed_counts(shares((1, 1), (1, 1), each=9), list(PILOTS), **FROM_RECORDS)
    assert dict(zip(counted.data["localities"], counted.data["numerator"], strict=True)) == {
        "Pilot localities": 18, "Other localities": 18,
    }  # fmt: skip


def test_the_words_and_the_direction_of_what_plans_led_to_follow_the_effect():
    def said(down: float, care: float) -> list[evidence.Finding]:
        effects = [
            Effect(name, value, value - 5, value + 5, "percentage points", 0.0, "competing_risks", 500, "plans", 0.001, better)
            for name, value, better in (("stepped down", down, "higher"), ("entered care", care, "lower"))
        ]
        return child_protection.outcome_findings(*effects, follow_up_months=12, basis="synthetic")

    good, bad, nothing = said(14, -8), said(-14, 8), said(1, -1)
    assert [found.direction for found in good] == ["improved"] * 2
    assert [found.direction for found in bad] == ["worsened"] * 2
    assert [found.direction for found in nothing] == ["no clear change"] * 2
    assert "more plans" in good[0].statement and "fewer children" in good[1].statement
    assert "fewer plans" in bad[0].statement and "more children" in bad[1].statement
    assert all("cannot tell" in found.statement for found in nothing)
    assert all("12 months" in found.statement for found in (*good, *bad, *nothing))


def test_curves_are_of_the_pilots_and_the_others_apart():
    curves = child_protection.outcome_curves(shares((36, 36), (18, 18)), list(PILOTS), months=[0, 6, 12])
    assert {name: curve.people for name, curve in curves.items()} == {"Pilot localities": 120, "Other localities": 120}
    pilots = curves["Pilot localities"].curve.set_index(["outcome", "time"])["share"]
    assert pilots["Stepped down", 12] == pytest.approx(0.6) and pilots["Entered care", 12] == 0


# --- what could have been seen


def test_more_plans_or_more_places_let_a_smaller_fall_be_seen():
    common = {"months_before": 43, "months_after": 19}
    few, many = (child_protection.detectable_fall(n, localities=6, pilots=3, **common).fall for n in (300, 1200))
    more_places = child_protection.detectable_fall(1200, localities=20, pilots=10, **common).fall
    assert 0 < few < many < more_places < 1


@pytest.mark.parametrize("months", [{"months_before": -5, "months_after": 19}, {"months_before": 43, "months_after": 0}])
def test_a_period_that_begins_after_the_change_or_ends_with_it_shows_no_effect_of_any_size(months):
    with pytest.raises(NotEnoughData, match="before the change"):
        child_protection.detectable_fall(300, localities=6, pilots=3, **months)


def test_what_could_be_seen_is_said_as_a_fall_with_plans_to_the_nearest_ten():
    smallest = child_protection.detectable_fall(347, localities=6, pilots=3, months_before=43, months_after=19)
    said = child_protection.detectable_in_words(smallest, 347)
    assert f"{100 * (1 - smallest.fall):.0f}% or more" in said and "350 plans" in said and "347" not in said


def test_what_could_be_seen_in_records_is_never_more_than_was_planned_however_alike_the_places_were_by_luck():
    months = pd.date_range("2019-04-01", "2023-03-01", freq="MS")
    alike = pd.DataFrame({"locality": place, "period": month, "events": 20 + (place == "A"), "exposure": 1.0}
                         for place in "ABCDEF" for month in months)  # fmt: skip
    alike.loc[alike.index[-1], "events"] += 1  # exactly alike would be refused
    apart = alike.assign(events=alike["events"] + 15 * (alike["locality"].isin(["A", "D"]) & (alike["period"] >= "2022-04-01")))
    words = {
        "place": "locality",
        "with_change": ["A", "B", "C"],
        "change_on": "2022-04-01",
        "outcome": "plans",
        "n_unit": "plans",
    }
    said = {}
    for name, panel in (("alike", alike), ("apart", apart)):
        result = difference_in_differences.difference_in_differences(panel, **words)
        said[name] = child_protection.detectable_in(result, panel, change_on="2022-04-01")
    fall = {name: int(re.search(r"fall of (\d+)%", text)[1]) for name, text in said.items()}
    planned = child_protection.detectable_fall(1452, localities=6, pilots=3, months_before=36, months_after=12)
    assert fall["alike"] == round(100 * (1 - planned.fall)) < fall["apart"]
    assert "1,450 plans" in said["alike"] and "3 places against 3" in said["alike"]


# --- the page's own words


def test_the_answer_is_what_the_comparison_found_or_plainly_that_there_was_none():
    effect = Effect("plans", 0.7, 0.5, 0.9, "rate ratio", 1.0, "difference_in_differences", 500, "plans", 0.01, "lower", 6)
    compared = evidence.find(effect, finding_id="compared", basis="synthetic", lower="Fewer plans.")
    background = evidence.find(effect, finding_id="background", basis="synthetic", lower="Fewer everywhere.")
    assert child_protection.answer(compared, None, background).startswith("Fewer plans.")
    assert "Fewer everywhere." not in child_protection.answer(compared, None, background)
    without_records = child_protection.answer(None, None, background)
    assert "cannot be told" in without_records and without_records.endswith("Fewer everywhere.")
    assert "cannot be told" in child_protection.answer(None, None, None)


def test_without_records_the_first_limit_is_that_nothing_of_the_service_itself_can_be_seen():
    with_records = child_protection.limits(Extracts(tables={"cp_plans": plans_of({})}))
    assert child_protection.limits(Extracts())[1:] == with_records
    assert "made any difference" in child_protection.limits(Extracts())[0][0]
    assert all(threat and bias for threat, bias in with_records)
