import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from helpers import extracts, synthetic
from helpers.extracts import published
from helpers.synthetic import Effects
from helpers.synthetic.place import CHILDREN, INTERVIEWS_CHANGED_ON, MISSING_CHANGED_ON, SFT_FIRST_WAVE, SFT_SECOND_WAVE
from helpers.tables import TABLES

SHIPPED = extracts.reading.ROOT / "data" / "synthetic"


@pytest.fixture(scope="module")
def shipped():
    """The made-up authority's extracts as they ship, read through the readers that real extracts go through."""
    return extracts.read(SHIPPED)


@pytest.fixture(scope="module")
def null_tables(without_effects):
    return extracts.load_typed(without_effects).tables


def per_day(moments, first, last):
    return ((moments >= first) & (moments < last)).sum() / (pd.Timestamp(last) - pd.Timestamp(first)).days


def missing_ratio(tables):
    """Incidents a day after the change beside those before it, the pandemic left out."""
    moments = tables["missing_episodes"]["miss_missing_episode_start_date"]
    before = np.mean([per_day(moments, "2018-04-01", "2020-03-01"), per_day(moments, "2021-08-01", MISSING_CHANGED_ON)])
    return per_day(moments, MISSING_CHANGED_ON, "2025-04-01") / before


def plan_starts_ratio(tables):
    """Change in plan starts in the pilot localities beside the change in the others, until the second wave."""
    plans = tables["cp_plans"]
    pilot = plans["cppl_locality"].isin(synthetic.PILOT)
    changes = [
        per_day(starts, SFT_FIRST_WAVE, SFT_SECOND_WAVE) / per_day(starts, "2018-04-01", SFT_FIRST_WAVE)
        for starts in (plans.loc[pilot, "cppl_cp_plan_start_date"], plans.loc[~pilot, "cppl_cp_plan_start_date"])
    ]
    return changes[0] / changes[1]


def stepped_down_within_12_months(tables):
    """Difference in differences of plans that ended within 12 months with the child in need episode still open."""
    plans = tables["cp_plans"]
    plans = plans[plans["cppl_cp_plan_start_date"].between("2018-04-01", "2024-03-30")]
    ended = (plans["cppl_cp_plan_end_date"] - plans["cppl_cp_plan_start_date"]).dt.days <= 365
    closed = plans["cppl_referral_id"].map(tables["cin_episodes"].set_index("cine_referral_id")["cine_close_date"])
    in_need_after = closed.isna() | ((closed - plans["cppl_cp_plan_end_date"]).dt.days >= 28)
    entered = tables["cla_episodes"].groupby("clae_person_id")["clae_entered_care_date"].max()
    entered = plans["cppl_person_id"].map(entered)
    in_care = entered.between(plans["cppl_cp_plan_start_date"], plans["cppl_cp_plan_end_date"])
    share = (ended & in_need_after & ~in_care).groupby(
        [plans["cppl_locality"].isin(synthetic.PILOT), plans["cppl_cp_plan_start_date"] >= SFT_FIRST_WAVE]
    ).mean()  # fmt: skip
    return (share[True, True] - share[True, False]) - (share[False, True] - share[False, False])


def interviews_in_time(tables):
    """Change in the share of completed interviews that were within 72 hours of the return."""
    log = tables["missing_episodes"].dropna(subset=["miss_missing_rhi_completed_date"])
    hours = (log["miss_missing_rhi_completed_date"] - log["miss_missing_episode_end_date"]).dt.total_seconds() / 3600
    after = log["miss_missing_episode_start_date"] >= INTERVIEWS_CHANGED_ON
    return (hours[after] <= 72).mean() - (hours[~after] <= 72).mean()


def test_the_shipped_extracts_are_read_whole_with_no_fault_that_stops_a_table(shipped):
    assert set(shipped.tables) <= set(TABLES)
    assert not shipped.fatal
    assert not shipped.not_read
    assert shipped.basis == "synthetic" and shipped.about.authority == synthetic.AUTHORITY


def test_the_shipped_extracts_are_small_enough_to_ship():
    assert sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file()) < 6_000_000


def test_no_english_authority_has_the_made_up_name_and_no_locality_is_one():
    names = set(published.authorities()["name"].str.casefold())
    assert not {name.casefold() for name in (synthetic.AUTHORITY, *synthetic.LOCALITIES)} & names


def test_the_authority_is_of_a_county_s_size(shipped):
    assert 64_000 < sum(CHILDREN.values()) < 68_000
    care, plans, log = shipped["cla_episodes"], shipped["cp_plans"], shipped["missing_episodes"]
    start, end = care["clae_cla_episode_start_date"], care["clae_cla_episode_ceased_date"]
    on_31_march = care.loc[(start <= "2022-03-31") & (end.isna() | (end > "2022-03-31")), "clae_person_id"].nunique()
    in_the_year = care.loc[(start <= "2022-03-31") & (end.isna() | (end >= "2021-04-01")), "clae_person_id"].nunique()
    assert 370 < on_31_march < 500 and 500 < in_the_year < 700
    starts = plans["cppl_cp_plan_start_date"].between("2018-04-01", "2022-03-31").sum() / 48
    assert 25 < starts < 35
    in_care = log[(log["miss_missing_from"] != "home") & (log["miss_placing_authority"] == synthetic.AUTHORITY)]
    yearly = in_care["miss_missing_episode_start_date"].between("2018-04-01", "2023-03-31").sum() / 5
    assert 330 < yearly < 600
    year = in_care[in_care["miss_missing_episode_start_date"].between("2021-04-01", "2022-03-31")]
    assert 0.09 < year["miss_person_id"].nunique() / in_the_year < 0.20


def test_planted_effects_can_be_seen_in_plain_ratios(shipped):
    effects = Effects()
    assert missing_ratio(shipped.tables) == pytest.approx(effects.missing_incidents, abs=0.2)
    assert plan_starts_ratio(shipped.tables) == pytest.approx(effects.plan_starts, abs=0.2)
    assert stepped_down_within_12_months(shipped.tables) == pytest.approx(effects.step_down, abs=0.12)
    assert interviews_in_time(shipped.tables) == pytest.approx(effects.interviews_within_72_hours, abs=0.06)


def test_without_effects_the_same_ratios_are_near_nothing(null_tables):
    assert 0.7 < missing_ratio(null_tables) < 1.4
    assert 0.7 < plan_starts_ratio(null_tables) < 1.4
    assert abs(stepped_down_within_12_months(null_tables)) < 0.15
    assert abs(interviews_in_time(null_tables)) < 0.06


def test_a_table_written_and_read_again_is_the_same_table(tmp_path, null_tables):
    synthetic.write(tmp_path, null_tables, effects=Effects.none(), seed=3)
    again = extracts.read(tmp_path)
    for name, columns in {
        "cp_plans": TABLES["cp_plans"].column_names,
        "cin_episodes": TABLES["cin_episodes"].column_names,
        "sft_allocations": TABLES["sft_allocations"].column_names,
        "missing_episodes": [c for c in TABLES["missing_episodes"].column_names if c != "miss_placing_authority"],
    }.items():
        pd.testing.assert_frame_equal(again[name][columns], null_tables[name][columns])
    kinds = null_tables["cla_episodes"].drop(columns=["clap_cla_placement_type", "clae_entered_care_date", "clae_cla_episode_id"])
    before_the_first_day = kinds["clae_cla_episode_ceased_date"] < "2018-04-01"
    assert not before_the_first_day.any()
    pd.testing.assert_frame_equal(again["cla_episodes"][kinds.columns], kinds)


def test_identifiers_are_unique_by_construction_and_look_like_nothing_else(shipped):
    people = shipped["persons"]["pers_person_id"]
    assert people.is_unique
    assert people.str.fullmatch(r"ZQ[A-Z0-9]{5}\d").all()
    assert set(shipped["missing_episodes"]["miss_person_id"]) <= set(people)
    assert set(shipped["cla_episodes"]["clae_person_id"]) <= set(people)
    assert set(shipped["cp_plans"]["cppl_person_id"]) <= set(people)


def test_effects_can_be_turned_round():
    flipped = Effects().flipped()
    assert flipped.missing_incidents == pytest.approx(1 / Effects().missing_incidents)
    assert flipped.step_down == -Effects().step_down
    assert Effects.none().flipped() == Effects.none()


def test_the_command_explains_itself():
    said = subprocess.run([sys.executable, "-m", "helpers.synthetic", "--help"], capture_output=True, text=True, check=True)
    assert "--seed" in said.stdout and "--out" in said.stdout
