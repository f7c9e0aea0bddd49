"""Files of official statistics become tidy figures; each header and label that has drifted, by name."""

import pandas as pd
import pytest

from helpers.extracts import official
from helpers.extracts.official import catalogue

PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name"
)
DORSET = "2024,Reporting year,Local authority,E92000001,England,E12000009,South West,838,E06000059,Dorset"
ENGLAND = "2024,Reporting year,National,E92000001,England,,,,,"


def tidy(tmp_path, columns: str, *rows: str, data_set: str, measure: str) -> pd.DataFrame:
    (tmp_path / "any name.csv").write_text("\n".join([f"{PLACE},{columns}", *rows, ""]), encoding="utf-8-sig")
    read = official.read(tmp_path)
    assert not read.not_read
    return read.figures(data_set, measure)


def test_a_share_keeps_what_it_divides_and_a_count_of_england_is_marked_as_rounded(tmp_path):
    columns, rows = (
        "category,CPP_start,CPP_subsequent,CPP_subsequent_percent",
        (f"{DORSET},x,357,104,29.1", f"{ENGLAND},x,60,20,33"),
    )
    share = tidy(tmp_path, columns, *rows, data_set="plans_started", measure="cpp_subsequent_percent")
    ours = share[share["area"] == "Dorset"].iloc[0]
    assert (ours["numerator"], ours["denominator"], ours["value"], ours["unit"]) == (104, 357, 29.1, "%")
    assert (str(ours["period_start"]), str(ours["period_end"]), ours["old_code"]) == ("2023-04-01", "2024-03-31", "838")
    counts = official.read(tmp_path).figures("plans_started", "cpp_start").set_index("area")
    assert counts["rounded"].to_dict() == {"Dorset": False, "England": True}


# Old header -> the newest release's, each seen in a file of an earlier release.
DRIFT = [  # columns, row, data set, measure, value
    ("category,Referrals,Re_referrals,Re_referrals_percent,Referrals_rate", "x,2454,345,14.1,371.7",
     "referrals", "rereferral_percent", 14.1),
    ("category,Referrals,Re_referrals,No_Further_Action,No_Further_Action_percent", "x,2454,345,289,11.8",
     "referrals", "no_further_action_percent", 11.8),
    ("category,Anypoint_episodes,At31_episodes,Awaiting_assessment", "x,3807,2167,21",
     "children_in_need", "awaiting_assessment", 21),
    ("population_count,population_estimate,number,rate_per_10000", "Children looked after at 31 March each year,66436,447,67",
     "looked_after", "Children looked after on 31 March each year", 447),
    ("cla_group,characteristic,number,percentage", "Sex,Female,200,45", "looked_after_characteristics", "Female", 200),
    ("cla_group,placement_stability,number,percentage", "CLA on 31 March,With 3 or more placements during the year,51,11",
     "placement_stability", "With 3 or more placements during the year", 51),
    ("CLA_group,number", "Number of missing incidents during the year,448",
     "missing", "Number of missing incidents during the year", 448),
    ("age,activity,number,percentage", "Aged 17 to 18,Total,74,100", "care_leavers", "Total", 74),
    ("characteristic,characteristic_type,gender,children_number,gld_number,gld_percentage", "Total,Total,Girls,1000,700,70",
     "early_years", "gld_children_percent", 70),
    ("year_breakdown,social_care_group,school_type,t_pupils,t_sess_possible,t_sess_overall,pt_overall",
     "Six half terms,CINO at 31 March,State-funded AP school,10,2000,500,25", "absence_social_care", "pt_overall", 25),
    ("characteristic,characteristic_type,gender,children_number,gld_number,gld_percentage",
     "First language,Known or believed to be English,Total,100,70,70", "early_years", "gld_children_percent", 70),
    ("establishment_type,gender,t_pupils,t_att8,avg_att8", "x,Boys,100,4400,44", "key_stage_4", "avg_att8", 44),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "row", "data_set", "measure", "value"), DRIFT, ids=[drift[0] for drift in DRIFT])
def test_a_header_of_an_earlier_release_is_read_under_its_newest_name(tmp_path, columns, row, data_set, measure, value):
    assert tidy(tmp_path, columns, f"{DORSET},{row}", data_set=data_set, measure=measure)["value"].iloc[0] == value


# Files as they come by hand: what is wrong with each, and the words that name it.
D3 = f"{PLACE},category,CPP_start,CPP_subsequent,CPP_subsequent_percent\n{DORSET},x,357,104,29.1\n{ENGLAND},x,60,20,33\n"
BAD = {
    "cut short in a number": (D3[:-2], "last line has no end"),
    "a row of few cells": (D3 + "2023,Reporting year\n", "Expected 14 columns, got 2"),
    "an authority without its code": (D3.replace(",838,", ",,"), "old_la_code is missing or empty in 1 rows of authorities"),
    "a row twice": (D3 + f"{DORSET},x,357,104,29.1\n", "1 figures stand there twice, for example Dorset, 2024"),
    "a word among numbers": (D3.replace("357", "many"), "cpp_start: 1 cells are neither a number nor a symbol, for ex"),
    "no number": (D3.replace("357", "inf"), "cpp_start: 1 cells are neither a number nor a symbol, for example “inf”"),
    "a new breakdown": (D3.replace("category", "age_band"), "age_band: 1 cells are neither a number nor a symbol, for"),
    "another header": (D3.replace("CPP_start", "plans_begun"), "no data set known here has its columns category, cpp_subsequent"),
    "a quarter": (D3.replace("2024,Rep", "2024 Q1,Rep"), "time periods are of no kind known here, for example 2024 Q1"),
    "nothing": ("", "not a complete CSV"),
    "UTF-16": (D3.encode("utf-16"), "not a complete CSV in UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "told"), BAD.values(), ids=BAD)
def test_a_file_that_is_not_whole_or_not_understood_is_refused_with_the_column_the_count_and_an_example(tmp_path, content, told):
    content = content.replace("Dorset,x", "Dorset,0 to 4") if "age_band" in told else content
    (tmp_path / "d3.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    read = official.read(tmp_path)
    assert len(read) == 0 and told in read.not_read["d3.csv"]


def test_every_file_of_a_folder_is_read_once_or_named_with_the_reason(tmp_path):
    for name in ("a.csv", "copy of a.csv"):
        (tmp_path / name).write_text(D3, encoding="utf-8")
    for name in ("tool.parquet", "book.xlsx", "all.zip", ".hidden"):
        (tmp_path / name).write_bytes(name.encode())
    read = official.read(tmp_path)
    assert [file["file"] for file in read.files] == ["a.csv"] and len(read) == 6
    reasons = {"copy of a.csv": "same file as a.csv", "tool.parquet": "not a complete Parquet file",
               "book.xlsx": "not a readable workbook", "all.zip": "unpack it"}  # fmt: skip
    assert read.not_read.keys() == reasons.keys() and all(reasons[name] in told for name, told in read.not_read.items())


def test_of_two_releases_each_figure_is_the_later_ones_and_a_revised_one_outweighs_a_provisional(tmp_path):
    earlier = D3.replace("2024,", "2023,")
    (tmp_path / "z earlier.csv").write_text(earlier, encoding="utf-8")
    (tmp_path / "a later.csv").write_text(
        D3.replace("357", "360") + earlier.split("\n", 1)[1].replace("357", "358"), encoding="utf-8"
    )
    figures = official.read(tmp_path).figures("plans_started", "cpp_start").query("area == 'Dorset'")
    assert dict(zip(figures["period"], figures["value"], strict=True)) == {"2023": 358, "2024": 360}
    columns = f"{PLACE},version,sex,establishment_type,t_pupils,t_att8,avg_att8\n"
    rows = [f"{DORSET},{status},Total,x,100,4400,{score}\n" for status, score in (("Revised", 44.1), ("Provisional", 44))]
    (tmp_path / "ks4.csv").write_text(columns + "".join(rows), encoding="utf-8")
    assert official.read(tmp_path).figures("key_stage_4", "avg_att8")["value"].tolist() == [44.1]


def test_a_column_or_a_group_that_a_release_has_renamed_is_named_with_the_measures_that_miss_it(tmp_path):
    (tmp_path / "d3.csv").write_text(D3, encoding="utf-8")
    assert catalogue.renamed(official.read(tmp_path)) == []
    (tmp_path / "d3.csv").write_text(D3.replace("CPP_subsequent_percent", "repeats_percent"), encoding="utf-8")
    (told,) = catalogue.renamed(official.read(tmp_path))
    assert told.endswith("(d3), 2024: nothing is called cpp_subsequent_percent; repeat_plans_share may want figures")


C4 = f"{PLACE},section47,icpc,duration_0-10_days,duration_11-15_days\n"


def test_conferences_in_time_have_the_symbol_of_whichever_count_is_confidential(tmp_path):
    rows = [f"{ENGLAND},90,60,10,20", f"{DORSET},90,60,10,20", f"{DORSET.replace('2024', '2023')},90,60,10,c"]
    (tmp_path / "c4.csv").write_text(C4 + "\n".join([*rows, ""]), encoding="utf-8")
    ours = catalogue.rows(official.read(tmp_path), "conferences_in_15_days_share").set_index("year")
    assert ours["symbol"].to_dict() == {2024: "", 2023: "c"} and ours["value"][2024] == 50
