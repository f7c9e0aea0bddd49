import pandas as pd
import pytest

from helpers import extracts

PUPILS = """UPN,Academic year,Key stage,Gender,Disadvantaged,FSM6,SEN,Absence sessions
U1,2022/23,KS2,F,Yes,Y,K,12
U2,2022-23,KS2,M,No,N,None,3
U3,202223,KS4,F,No,N,EHCP,many
U4,2023,KS4,F,No,N,N,4
"""
RESULTS = """UPN,Academic year,Key stage,Subject,Result
U1,2022/23,KS2,RWM,Met
U2,2022/23,KS2,Reading,104
U2,2022/23,KS2,Maths,Not met
U3,2022/23,KS4,Attainment 8,46.5
U3,2022/23,KS4,English and maths 9-5,1
U2,2022/23,KS2,Writing,Absent
"""
ROLL = """pupilonrolltableid,dob,surname,upn,sex,entrydate,ethnicity,senprovision,ncyearactual
r1,2018-Apr-25 00:00:00,SUR1,U1,F,2022-Sep-05 00:00:00,WBRI,K,R
r2,2012-Apr-25 00:00:00,SUR2,U2,M,2025-Jan-06 00:00:00,ANEP,,6
r3,2013-Apr-25 00:00:00,SUR3,U3,M,2023-Sep-05 00:00:00,BWEL,E,4
"""
MEALS = """pupilonrolltableid,fsmperiodtableid,fsmstartdate,fsmenddate
r1,p1,2023-Feb-16 00:00:00,2023-Mar-13 00:00:00
r1,p2,2024-Feb-16 00:00:00,
r2,p3,2023-Feb-16 00:00:00,2023-Mar-13 00:00:00
r9,p4,2023-Feb-16 00:00:00,
"""
NEEDS = "pupilonrolltableid,sentyperank,sentype\nr1,1.0,SEMH\nr3,1.0,ASD\n"


def test_a_pupil_file_gives_one_row_a_pupil_and_year_and_an_uncertain_year_is_left_out(given):
    read = extracts.read(given(pupils_csv=PUPILS))
    pupils = read["pupils"]
    assert list(pupils["pupi_pupil_id"]) == ["U1", "U2", "U3"] and set(pupils["pupi_academic_year"]) == {"2022/23"}
    assert list(pupils["pupi_sen"]) == ["support", "none", "EHCP"] and list(pupils["pupi_sex"]) == ["F", "M", "F"]
    assert list(pupils["pupi_absence_sessions"].fillna(-1)) == [12, 3, -1]
    assert {fault.what for fault in read.faults} == {
        "the academic year is impossible or uncertain", "it is not a whole number",
    }  # fmt: skip


def test_results_in_words_are_met_or_not_and_those_in_figures_points_but_for_the_flags_of_a_threshold(given):
    read = extracts.read(given(results_csv=RESULTS))
    results = read["pupil_results"].set_index(["resu_pupil_id", "resu_measure"])
    assert results["resu_met"].dropna().to_dict() == {
        ("U1", "RWM"): "Y", ("U2", "maths"): "N", ("U3", "english_maths_9_5"): "Y",
    }  # fmt: skip
    assert results["resu_points"].dropna().to_dict() == {("U2", "reading"): 104, ("U3", "attainment8"): 46.5}
    assert [str(fault) for fault in read.faults] == [
        "results.csv: 1 row (7): the result is neither met, not met nor a number, for example “Absent”. "
        "Write met, not met, or the score in figures."
    ]


def test_a_school_census_gives_sex_meals_and_needs_by_upn(given):
    read = extracts.read(given(roll_csv=ROLL, fsm_csv=MEALS, sen_csv=NEEDS))
    pupils = read["pupils"].set_index("pupi_pupil_id")
    assert set(pupils["pupi_academic_year"]) == {"2024/25"}
    assert pupils["pupi_fsm"].to_dict() == {"U1": "Y", "U2": "N", "U3": "N"}
    assert pupils["pupi_key_stage"].dropna().to_dict() == {"U1": "EYFS", "U2": "KS2"}
    assert pupils["pupi_ethnicity"].dropna().to_dict() == {"U1": "WBRI", "U2": "AOTH"}
    assert list(read["sen_needs"]["senn_pupil_id"]) == ["U1", "U3"]
    assert list(read["free_school_meals_periods"]["fsmp_pupil_id"]) == ["U1", "U1", "U2"]
    assert [(fault.file, fault.rows) for fault in read.faults] == [("fsm.csv", (5,)), ("roll.csv", (4,))]
    assert list(read.left_out["reason"]) == ["the row points at no pupil on a roll that came with it"]


@pytest.mark.parametrize("names", [("2024__", "2025__"), ("2024_spring_", "2025_spring_"), ("2025_spring_", "2025_summer_")])
def test_the_rows_of_two_school_censuses_are_each_held_against_their_own_roll(given, names):
    """Both rolls begin again at r1, which is another child in each."""
    files = {}
    for name, upn, joined, ended in zip(names, ("U1", "U2"), ("2023", "2024"), ("", "2025-Mar-13 00:00:00"), strict=True):
        files[f"{name}roll_csv"] = ROLL.splitlines()[0] + f"\nr1,2018-Apr-25,S,{upn},F,{joined}-Sep-05,WBRI,K,R\n"
        files[f"{name}fsm_csv"] = MEALS.splitlines()[0] + f"\nr1,p1,2023-Feb-16 00:00:00,{ended}\n"
        files[f"{name}sen_csv"] = NEEDS.splitlines()[0] + f"\nr1,1.0,{'SEMH' if upn == 'U1' else 'ASD'}\n"
    read = extracts.read(given(**files))
    assert read["pupils"].set_index("pupi_pupil_id")["pupi_fsm"].to_dict() == {"U1": "Y", "U2": "N"}
    assert read["sen_needs"].set_index("senn_pupil_id")["senn_need"].to_dict() == {"U1": "SEMH", "U2": "ASD"}
    assert list(read["free_school_meals_periods"]["fsmp_pupil_id"]) == ["U1", "U2"]
    assert not read.faults and read.left_out.empty


def test_a_row_that_two_rolls_of_one_folder_could_claim_is_left_out_and_told(given):
    header, one, *_ = ROLL.splitlines()
    other = one.replace("U1", "U9")
    read = extracts.read(
        given(a_csv=f"{header}\n{one}\n", b_csv=f"{header}\n{other}\n", sen_csv=NEEDS.splitlines()[0] + "\nr1,1.0,ASD\n")
    )
    assert "sen_needs" not in read and any("either of two pupils" in fault.what for fault in read.faults)


def test_a_census_without_entry_dates_says_so_and_loses_the_roll_and_what_points_at_it(given):
    roll = "\n".join(",".join(line.split(",")[:5] + line.split(",")[6:]) for line in ROLL.splitlines())
    read = extracts.read(given(roll_csv=roll, sen_csv=NEEDS))
    assert not read.tables and any("which academic year" in fault.what for fault in read.fatal)


def test_the_sample_census_comes_out_pupil_by_pupil(shared):
    folder = shared / "extracts" / "school_census"
    read = extracts.read(folder)
    assert {name: len(frame) for name, frame in read.tables.items()} == {
        "pupils": 9498, "free_school_meals_periods": 25889, "sen_needs": 16954,
    }  # fmt: skip
    raw = pd.read_csv(folder / "2025_spring_pupilonroll.csv", dtype=str).set_index("upn")
    periods = pd.read_csv(folder / "2025_spring_fsmperiod.csv", dtype=str)
    pupils = read["pupils"].set_index("pupi_pupil_id").reindex(raw.index)
    assert (pupils["pupi_sex"] == raw["sex"]).all()
    still = raw["pupilonrolltableid"].isin(periods.loc[periods["fsmenddate"].isna(), "pupilonrolltableid"])
    assert ((pupils["pupi_fsm"] == "Y") == still).all()
    assert (pupils.loc[raw["senprovision"] == "E", "pupi_sen"] == "EHCP").all()
    assert set(read["sen_needs"]["senn_pupil_id"]) <= set(raw.index)
    assert read.left_out.empty and [fault.header for fault in read.faults] == ["ethnicity", "entrydate", "fsmenddate"]


@pytest.mark.parametrize("year", ["2024", "2023/25", "24/25", "1024/25"])
def test_a_year_that_could_be_two_is_none(year):
    from helpers.extracts.values import academic_years

    years, wrong = academic_years(pd.Series([year, "2023/24"], dtype="str"))
    assert wrong.tolist() == [True, False] and years[1] == "2023/24"
