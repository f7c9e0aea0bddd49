from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers import disclosure
from helpers.extracts import published
from helpers.results import NotEnoughData


@pytest.mark.parametrize("text", ["Dorset", "dorset", " DORSET ", "838", "E06000059", "e06000059"])
def test_an_authority_is_known_by_its_name_and_by_either_code_in_any_case(text):
    assert published.authority(text) == published.Authority("Dorset", "838", "E06000059", "South West", 2020)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bristol City of", "Bristol, City of"),
        ("Bristol", "Bristol, City of"),
        ("Herefordshire", "Herefordshire, County of"),
        ("Durham", "County Durham"),
        ("Bedford Borough", "Bedford"),
        ("St Helens", "St. Helens"),
        ("Ｃｏｒｎｗａｌｌ", "Cornwall"),
        ("Hull", "Kingston upon Hull, City of"),
        ("Bournemouth Christchurch & Poole", "Bournemouth, Christchurch and Poole"),
        ("E10000027", "Somerset"),
        ("E08000038", "Barnsley"),
    ],
)
def test_the_departments_other_spellings_and_codes_mean_the_same_authority(text, name):
    assert published.authority(text).name == name


@pytest.mark.parametrize(
    ("text", "successors"),
    [
        ("835", ["Dorset (838)"]),
        ("E10000009", ["Dorset (838)"]),
        ("Poole", ["Bournemouth, Christchurch and Poole (839)"]),
        ("Cumbria", ["Cumberland (942)", "Westmorland and Furness (943)"]),
        ("928", ["North Northamptonshire (940)", "West Northamptonshire (941)"]),
    ],
)
def test_an_abolished_authority_is_refused_and_its_successors_are_named(text, successors):
    with pytest.raises(published.UnknownAuthority, match="abolished") as refused:
        published.authority(text)
    assert all(successor in str(refused.value) for successor in successors)


@pytest.mark.parametrize(
    ("text", "hint"), [("Dorsett", "Dorset"), ("Wessex", "Essex"), ("zzz", "a code like 838"), ("", "a code")]
)
def test_an_authority_that_does_not_exist_is_refused_with_the_nearest_name(text, hint):
    with pytest.raises(published.UnknownAuthority, match=hint):
        published.authority(text)


def test_153_authorities_stand_today_and_five_have_been_abolished():
    table = published.authorities()
    assert (table["successor"] == "").sum() == 153
    assert set(table.loc[table["successor"] != "", "old_code"]) == {"835", "836", "837", "909", "928"}
    assert table["old_code"].is_unique and table["new_code"].is_unique


def test_every_authority_that_stands_is_found_by_its_name_and_codes_and_has_ten_neighbours_that_have_a_name():
    for row in published.authorities().query("successor == ''").itertuples():
        assert {published.authority(text).old_code for text in (row.name, row.old_code, row.new_code)} == {row.old_code}
        for year in (2023, 2025):
            near = published.neighbours(row.name, year)
            assert list(near["rank"]) == list(range(1, 11))
            assert near["name"].ne("").all() and row.old_code not in set(near["old_code"])


def test_neighbours_are_those_of_the_2025_model_from_2024_and_of_the_2021_model_before():
    before, after = published.neighbours("Dorset", 2023), published.neighbours("Dorset", 2024)
    assert set(before["model"]) == {"2021"} and set(after["model"]) == {"2025"}
    assert list(before["name"][:4]) == ["Devon", "Somerset", "Shropshire", "Gloucestershire"]
    assert list(after["name"][:4]) == ["Somerset", "Devon", "Shropshire", "Suffolk"]
    assert len(set(before["name"]) & set(after["name"])) == 5


def test_an_authority_that_a_model_lacks_takes_its_neighbours_from_the_other_and_says_so():
    assert set(published.neighbours("Cumberland", 2022)["model"]) == {"2025"}


def test_the_source_line_names_the_models_of_the_neighbours():
    both = published.benchmarks("plans_open_rate", "Dorset").source
    assert "Statistical neighbours: the 2021 model, from 2024 on the 2025 model." in both
    later = published.benchmarks("three_social_workers_share", "Dorset").source  # of 2024 alone
    assert "Statistical neighbours: the 2025 model." in later


def test_a_share_comes_with_its_numerator_denominator_and_wilson_interval():
    row = published.benchmarks("children_missing_share", "Dorset").where(period="2024", role="local authority").data.iloc[0]
    assert (row["numerator"], row["denominator"], row["published"]) == (71, 590, 12)
    assert row["ratio"] == pytest.approx(12.03, abs=0.005)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((9.66, 14.91), abs=0.01)


def test_without_a_published_denominator_there_is_no_interval():
    row = published.benchmarks("children_missing_share", "Dorset").where(period="2025", role="local authority").data.iloc[0]
    assert row["ratio"] == 14
    assert row[["numerator", "denominator", "ci_low", "ci_high"]].isna().all()


def test_a_rate_has_byars_interval_on_the_children_of_the_mid_year_before():
    row = published.benchmarks("plans_open_rate", "Dorset").where(period="2024", role="local authority").data.iloc[0]
    assert (row["numerator"], row["denominator"]) == (296, 66436)
    assert row["ratio"] == pytest.approx(44.6, abs=0.05)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((39.6, 49.9), abs=0.1)
    assert (
        "Office for National Statistics mid-year estimates to 2024." in published.benchmarks("plans_open_rate", "Dorset").source
    )


def test_incidents_for_each_child_have_no_interval_because_one_childs_incidents_depend_on_each_other():
    measure = published.benchmarks("missing_incidents_per_child", "Dorset")
    assert measure.where(period="2024", role="local authority").data["ratio"].item() == 6.3
    assert measure.data[["ci_low", "ci_high"]].isna().all(axis=None)


def test_a_count_is_a_numerator_without_a_ratio():
    measure = published.benchmarks("missing_incidents", "Dorset")
    assert measure.per is None and measure.data["ratio"].isna().all()
    assert measure.where(period="2024", role="local authority").data["numerator"].item() == 448


def test_a_suppressed_figure_has_a_symbol_and_no_value():
    row = published.benchmarks("plans_open_two_years_share", "Dorset").where(period="2023", role="local authority").data.iloc[0]
    assert row["symbol"] == "c" and np.isnan(row["ratio"]) and np.isnan(row["ci_low"])


@pytest.mark.parametrize("measure_key", published.MEASURES)
def test_each_period_has_dorset_ten_neighbours_its_region_and_england(measure_key):
    measure = published.benchmarks(measure_key, "Dorset")
    roles = pd.crosstab(measure.data["period"], measure.data["role"])
    assert (roles[["local authority", "region", "England"]] == 1).all(axis=None)
    assert (roles["neighbour"] == 10).all()
    assert not measure.data.duplicated(list(measure.dimensions)).any()
    inside = measure.data.dropna(subset=["ci_low", "ratio"])
    assert inside["ratio"].between(inside["ci_low"] - 0.06, inside["ci_high"] + 0.06).all()
    assert measure.source.startswith("Source: Department for Education") and "Open Government Licence v3.0" in measure.source
    shown = disclosure.published(measure)
    assert shown.basis == "published" and set(shown.data["symbol"]) <= {"", "[c]", "[x]", "[low]", "[z]", "[u]"}


FIRST_OF_DORSET = {
    "referral_rate": "2020", "vacancy_rate": "September 2019", "attainment_8": "2018/19", "absence": "2020/21",
    "early_years_good_level": "2021/22", "neet": "winter 2019/20", "assessment_requests": "calendar 2019",
    "plans_in_january": "January 2020",
}  # fmt: skip


@pytest.mark.parametrize(("measure_key", "period"), FIRST_OF_DORSET.items())
def test_a_series_begins_where_the_authority_first_appears_in_that_data_set_under_its_present_code(measure_key, period):
    assert published.benchmarks(measure_key, "Dorset").data["period"].iloc[0] == period


def test_a_measure_by_group_has_everyone_and_each_group_that_is_published():
    measure = published.by_group("key_stage_2_reading_writing_maths", "Dorset", ("", "disadvantaged", "not disadvantaged"))
    ours = measure.where(period="2024/25", role="local authority").data.set_index("group")
    assert ours["ratio"].to_dict() == {"": 57, "disadvantaged": 39, "not disadvantaged": 63}
    assert measure.dimensions == ("period", "area", "role", "group")
    with pytest.raises(ValueError, match="disadvantaged"):
        published.benchmarks("key_stage_2_reading_writing_maths", "Dorset", "rich")


def test_where_nothing_ships_for_an_authority_the_refusal_is_a_sentence():
    with pytest.raises(NotEnoughData, match="No published figures for Birmingham ship with this repository for referrals"):
        published.benchmarks("referral_rate", "Birmingham")
    with pytest.raises(ValueError, match="referral_rate"):
        published.benchmarks("referral_rates", "Dorset")


@pytest.mark.parametrize("place", ["835", "Chesilshire"])
def test_a_place_that_is_no_authority_of_today_has_no_published_figures_beside_it(place):
    with pytest.raises(NotEnoughData, match=f"{place} is not an English local authority of today"):
        published.benchmarks("referral_rate", place)
    assert set(published.timeline(place, "2018-04-01", "2025-03-31")["local_authority"]) <= {"England"}
    assert published.inspections(place).empty


def test_the_neighbours_median_is_the_departments_and_differs_from_their_mean():
    measure = published.benchmarks("children_in_need_rate", "Dorset")
    latest = published.neighbour_summary(measure).where(period="2025").data.set_index("role")
    assert round(latest.loc["neighbours' median", "ratio"], 1) == 303.3
    assert round(latest.loc["neighbours' mean", "ratio"], 1) == 295.9
    assert (latest["with_a_value"] == 10).all() and (latest["neighbours"] == 10).all() and (latest["model"] == "2025").all()
    theirs = measure.where(period="2025", role="neighbour").data["ratio"]
    assert latest.loc["neighbours' lower quartile", "ratio"] == theirs.quantile(0.25)


def test_a_summary_says_how_many_neighbours_had_a_value_and_refuses_fewer_than_five():
    measure = published.benchmarks("plans_open_two_years_share", "Dorset")
    latest = published.neighbour_summary(measure).where(period="2025", role="neighbours' median").data.iloc[0]
    assert latest["with_a_value"] == 9  # Devon's figure is confidential
    few = measure.data["role"].ne("neighbour") | measure.data["area"].isin(["Essex", "Kent", "Suffolk", "Somerset"])
    none = published.neighbour_summary(replace(measure, data=measure.data[few])).data
    assert none["ratio"].isna().all() and (none["symbol"] == "x").all()


def test_counts_of_places_of_different_size_are_not_summarised():
    with pytest.raises(ValueError, match="ask for the share or the rate"):
        published.neighbour_summary(published.benchmarks("missing_incidents", "Dorset"))


def test_what_a_caller_changes_stays_with_the_caller():
    table = published.authorities()
    table.loc[:, "name"] = "changed"
    table["region"] = "changed"
    assert published.authority("Dorset").region == "South West"
    assert "changed" not in set(published.authorities()["name"])


def test_every_headline_measure_explains_itself():
    for key, measure in published.MEASURES.items():
        assert measure.key == key and measure.definition.endswith(".") and measure.population and measure.publication
        assert measure.better in ("lower", "higher", None)
        averages = ("incidents per child", "cases per social worker", "points")
        assert (measure.per is None) == (measure.unit not in ("%", "per 10,000 children", *averages))
        assert measure.formula and (measure.per is None or measure.interval or measure.no_interval)


def test_a_change_belongs_to_a_period_when_any_part_of_it_falls_there():
    events = published.timeline("Dorset", "2020-08-15", "2022-11-30")
    labels = " ".join(events["label"])
    assert "Pandemic" in labels  # began before, still lasted
    assert "Safeguarding Families Together begins" in labels  # November 2022, day not known
    assert "Dorset Council begins" not in labels and "Families First for Children" not in labels
    assert events["date"].is_monotonic_increasing
    pandemic = events[events["label"].str.contains("Pandemic")].iloc[0]
    assert pandemic["end"] == "2021-07-31" and pandemic["local_authority"] == "England"
    assert len(published.timeline("838", "2021-06-01", "2021-06-30")) == len(
        published.timeline("Dorset", "2021-06-01", "2021-06-30")
    )


def test_context_that_ships_has_a_source_on_every_row():
    for table in (published.self_evaluation(), published.comparable_programmes(), published.inspections("Dorset")):
        assert len(table) and table["source"].ne("").all()
    assert published.inspections("Dorset")["date"].is_monotonic_increasing
    assert set(published.timeline("Cornwall", "2018-04-01", "2025-03-31")["local_authority"]) == {"England"}
