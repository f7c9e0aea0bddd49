"""Files of official statistics become tidy figures; each header and label that has drifted, by name."""

import pandas as pd
import pytest

from helpers.extracts import official

PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name"
)
DORSET = "2024,Reporting year,Local authority,E92000001,England,E12000009,South West,838,E06000059,Dorset"
ENGLAND = "2024,Reporting year,National,E92000001,England,,,,,"


def tidy(tmp_path, columns: str, *rows: str, data_set: str, measure: str) -> pd.DataFrame:
    (tmp_path / "any name.csv").write_text("\n".join([f"{PLACE},{columns}", *rows]), encoding="utf-8-sig")
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
    ("establishment_type,gender,t_pupils,t_att8,avg_att8", "x,Boys,100,4400,44", "key_stage_4", "avg_att8", 44),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "row", "data_set", "measure", "value"), DRIFT, ids=[drift[0] for drift in DRIFT])
def test_a_header_of_an_earlier_release_is_read_under_its_newest_name(tmp_path, columns, row, data_set, measure, value):
    assert tidy(tmp_path, columns, f"{DORSET},{row}", data_set=data_set, measure=measure)["value"].iloc[0] == value
