import os
import stat
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers import extracts
from helpers.extracts import reading
from helpers.tables import TABLES

SAMPLES = Path(__file__).parents[3] / "shared" / "extracts" / "ssda903"

LOG = """Child ID,Missing from (date and time),Returned at,Missing from,Category,RHI offered,RHI completed at,Locality
Z1,03/05/2024 18:30,03/05/2024 23:00,Home,Missing,Yes,05/05/2024 10:00,North
Z1,09/05/2024 20:00,,Foster care,Absent,Not required,,South
"""
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
MISSING = "CHILD,DOB,MISSING,MIS_START,MIS_END\n"


def faults(read):
    return [str(fault) for fault in read.faults]


def test_a_log_is_known_by_its_headers_whatever_its_name_and_the_order_of_its_columns(given):
    read = extracts.read(given(whatever_csv=LOG))
    log = read["missing_episodes"]
    assert list(log["miss_missing_from"]) == ["home", "foster"]
    assert list(log["miss_missing_episode_type"]) == ["missing", "absent"]
    assert list(log["miss_missing_rhi_offered"]) == ["Y", "NA"]
    assert list(log["miss_locality"]) == ["North", "South"]
    assert log["miss_missing_episode_start_date"][0] == pd.Timestamp("2024-05-03 18:30")
    assert log["miss_time_recorded"].all()
    assert not read.faults and read.inputs[0]["path"] == "whatever.csv" and read.inputs[0]["rows"] == 2


def test_a_log_may_stand_on_any_sheet_of_a_workbook_below_a_title(tmp_path):
    rows = pd.DataFrame(
        {"Child ID": ["Z1"], "Date and time missing": [pd.Timestamp("2024-05-03 18:30")], "Missing from": ["home"]}
    )
    with pd.ExcelWriter(tmp_path / "log.xlsx", engine="xlsxwriter") as book:
        pd.DataFrame({"notes": ["kept by the missing team"]}).to_excel(book, sheet_name="Notes", index=False)
        pd.DataFrame().to_excel(book, sheet_name="Sheet1", index=False)
        rows.to_excel(book, sheet_name="Sheet2", index=False, startrow=2)
    read = extracts.read(tmp_path / "log.xlsx")
    assert read["missing_episodes"]["miss_missing_episode_start_date"][0] == pd.Timestamp("2024-05-03 18:30")
    assert read.not_read == {
        'log.xlsx, sheet "Notes"': "its headers are those of no layout that is read",
        'log.xlsx, sheet "Sheet1"': "nothing stands in it",
    }


def test_a_file_in_no_known_layout_is_named_and_stops_nothing(given):
    read = extracts.read(given(log_csv=LOG, lunch_csv="menu,price\nsoup,2\n"))
    assert "missing_episodes" in read.tables
    assert read.not_read == {"lunch.csv": "its headers are those of no layout that is read"}


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_with_nothing_in_it_is_told_as_that(given, content):
    read = extracts.read(given(log_csv=LOG, plans_csv=content))
    assert "missing_episodes" in read.tables
    assert [str(fault) for fault in read.fatal] == ["plans.csv: there is nothing in it; export it again, or leave it out."]


def test_a_known_file_that_nothing_uses_is_said_to_be_that(given):
    read = extracts.read(given(list_csv="URN,Provider type,Sector,Registration status\n1,Children's home,Private,Active\n"))
    assert read.not_read == {"list.csv": "it is Ofsted's list of providers of placements, not a return, which no theme here uses"}


def test_faults_come_all_at_once_with_column_header_rows_and_a_masked_example(given):
    bad = LOG + "Z2,31/02/2024 10:00,,Home,Missing,Yes,,North\n,04/05/2024 10:00,,Hme,Missing,Yes,,North\n"
    read = extracts.read(given(log_csv=bad))
    said = faults(read)
    assert any("log.csv, column B (Missing from (date and time)): 1 row (4): the date is impossible" in line for line in said)
    assert any("column A (Child ID): 1 row (5): nothing is written. Fill in the child." in line for line in said)
    assert any(
        "column D (Missing from): 1 row (5): the value is not in the code list, for example “Hme”" in line for line in said
    )
    assert len(read["missing_episodes"]) == 2
    assert read.left_out["rows"].sum() == 2
    assert not read.fatal


def test_a_missing_required_column_takes_away_that_table_and_no_other(given):
    read = extracts.read(given(log_csv=LOG, plans_csv="cppl_cp_plan_id,cppl_person_id\nP1,Z1\n"))
    assert "cp_plans" not in read.tables and "missing_episodes" in read.tables
    assert "there is no column for day the plan started" in str(read.fatal[0])
    assert str(read.fatal[0]).endswith("”, or rename the one that holds it.")


def test_headers_without_rows_are_fatal_for_their_table(given):
    read = extracts.read(given(log_csv=LOG.splitlines()[0] + "\n", teams_csv="team,locality\nA,North\n"))
    assert read.missing(["missing_episodes", "team_lookup"]) == ["missing_episodes"]
    assert any("as an empty template has" in line for line in faults(read))


def test_a_file_of_the_return_whose_one_telling_header_is_misspelt_is_not_an_unknown_file(given):
    read = extracts.read(given(episodes_csv=EPISODES.replace("DECOM", "DECON") + "1,01/06/2018,S,V2,N1,U4,PR1,,,,,,\n"))
    assert "no column for day the episode started. Add a column headed “DECOM”" in faults(read)[0]


def test_years_in_two_digits_in_several_columns_of_a_file_are_one_remark_with_the_rows_of_each(given):
    short = LOG.replace("03/05/2024", "03/05/24").replace("09/05/2024", "09/05/24").replace("05/05/2024", "05/05/24")
    [said] = faults(extracts.read(given(log_csv=short)))
    assert said.startswith("log.csv: 2 rows (2, 3): the year is written in two digits")
    for each in ("B (Missing from (date and time)), 2 rows", "C (Returned at), 1 row", "G (RHI completed at), 1 row"):
        assert each in said


@pytest.mark.parametrize(("ends", "told"), [("05/01/20", True), ("05/01/20\n", False), ("05/01/2024", False), ("", False)])
def test_a_csv_cut_within_its_last_cell_is_told_where_every_other_cell_of_the_column_is_longer(given, ends, told):
    plans = "".join(f"P{n},Z{n},05/01/2024\n" for n in range(10))
    read = extracts.read(given(plans_csv="cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date\n" + plans + "P10,Z10," + ends))
    assert any("row (12): the file ends in a cell shorter than every other" in line for line in faults(read)) == told


def test_of_two_columns_with_one_header_the_first_is_used_and_the_other_told(given):
    read = extracts.read(given(log_csv="Child ID,Missing from at,Missing from,missing from\nZ1,03/05/2024,Home,Foster\n"))
    assert list(read["missing_episodes"]["miss_missing_from"]) == ["home"]
    assert "log.csv, column C (Missing from): column D has the same header, and is not used." in faults(read)[0]


def test_an_empty_file_is_told_and_takes_nothing_from_another_of_its_kind(given):
    read = extracts.read(given(a__log_csv=LOG, b__log_csv=LOG.splitlines()[0] + "\n"))
    assert len(read["missing_episodes"]) == 2 and not read.fatal
    assert faults(read) == [
        "b/log.csv: it has the right headers and not one row under them. "
        "That is right if there was nothing of the kind; the other files are used."
    ]


def test_a_repeated_key_with_different_content_is_fatal_and_a_repeated_row_is_not(given):
    plans = "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date\nP1,Z1,2024-01-05\nP1,Z1,2024-01-05\n"
    read = extracts.read(given(plans_csv=plans))
    assert len(read["cp_plans"]) == 1 and not read.fatal
    assert list(read.left_out["reason"]) == ["the row repeats another of this file in everything"]
    read = extracts.read(given(plans_csv=plans + "P1,Z2,2024-02-05\n"))
    assert "cp_plans" not in read.tables
    assert "with different content" in str(read.fatal[0])


def test_an_episode_open_in_one_year_and_closed_in_the_next_is_one_row(given):
    read = extracts.read(
        given(
            ssda903__a__episodes_csv=EPISODES + "1,01/06/2018,S,V2,N1,U4,PR1,,,,,,\n",
            ssda903__b__episodes_csv=EPISODES
            + "1,01/06/2018,S,V2,N1,U4,PR1,01/07/2019,X1,CARPL,,,\n1,01/07/2019,P,V2,N1,K2,PR1,,,,,,\n",
            ssda903__a__header_csv=HEADER + "1,2,01/01/2010,WBRI,,,\n",
            ssda903__b__header_csv=HEADER + "1,F,01/01/2010,MOTH,,,\n",
            ssda903__a__missing_csv=MISSING + "1,01/01/2010,M,30/03/2019,\n",
            ssda903__b__missing_csv=MISSING + "1,01/01/2010,M,30/03/2019,02/04/2019\n",
        )
    )
    care = read["cla_episodes"]
    assert care["clae_cla_episode_ceased_date"][0] == pd.Timestamp("2019-07-01") and pd.isna(
        care["clae_cla_episode_ceased_date"][1]
    )
    assert (care["clae_entered_care_date"] == pd.Timestamp("2018-06-01")).all()
    assert read["missing_episodes"]["miss_missing_episode_end_date"][0] == pd.Timestamp("2019-04-02")
    assert list(read["missing_episodes"]["miss_missing_from"]) == ["foster"]
    person = read["persons"].iloc[0]
    assert person["pers_sex"] == "F" and person["pers_ethnicity"] == "MOTH"  # the later return stands
    assert set(read.left_out["table"]) == {"persons", "cla_episodes", "missing_episodes"}
    assert not read.fatal


def test_where_the_log_and_the_return_both_came_no_incident_is_counted_twice(given):
    read = extracts.read(given(log_csv=LOG, missing_csv=MISSING + "Z1,01/01/2010,A,09/05/2024,\n"))
    assert len(read["missing_episodes"]) == 2
    assert list(read.left_out["reason"]) == ["the local log of missing episodes came too and is used instead"]
    assert read.formats["missing_episodes"] == ("the local log of missing episodes",)


def test_what_an_extract_cannot_answer_is_said_in_a_sentence(given):
    read = extracts.read(given(missing_csv=MISSING + "1,01/01/2010,M,30/03/2019,02/04/2019\n"))
    assert (
        read.lacks("missing_episodes", "miss_missing_rhi_offered") == "The SSDA903 return does not carry return home interviews."
    )
    assert "not the times" in read.lacks("missing_episodes", "miss_time_recorded")
    assert read.lacks("missing_episodes", "miss_missing_episode_end_date") == ""
    assert "child protection plans" in read.lacks("cp_plans", "cppl_locality")


def test_a_plan_s_locality_is_that_of_its_team_on_the_day_it_started(given):
    read = extracts.read(
        given(
            plans_csv="cppl_cp_plan_id,cppl_referral_id,cppl_person_id,cppl_cp_plan_start_date\nP1,R1,Z1,2024-01-05\nP2,R2,Z2,2020-01-05\n",
            cin_csv="cine_referral_id,cine_person_id,cine_referral_date,cine_referral_team\n"
            "R1,Z1,2024-01-01,Team A\nR2,Z2,2020-01-01,team a\n",
            teams_csv="Team,Locality,Valid from,Valid to\nTeam A,North,,31/12/2022\nTeam A,South,01/01/2023,\n",
        )
    )
    assert list(read["cp_plans"]["cppl_locality"]) == ["South", "North"]
    assert list(read["cin_episodes"]["cine_locality"]) == ["South", "North"]


def test_teams_may_come_from_about_yml(given):
    about = "authority: Nowhere\nmade_up: true\nlocalities: {North: [Team A]}\n"
    cin = "cine_referral_id,cine_person_id,cine_referral_date,cine_referral_team\nR1,Z1,2024-01-01,Team A\n"
    read = extracts.read(given(about_yml=about, cin_csv=cin))
    assert read["cin_episodes"]["cine_locality"][0] == "North"
    assert read.basis == "synthetic" and "made-up records" in read.source("cin_episodes")


def test_rows_that_cannot_be_true_are_reported_and_kept(given):
    read = extracts.read(given(log_csv=LOG + "Z9,03/05/2024 18:30,03/05/2024 08:00,Home,Missing,Yes,,North\n"))
    assert any("1 row (4): the day the child returned is before the day the child went missing" in line for line in faults(read))
    assert len(read["missing_episodes"]) == 3


def test_typed_copies_come_back_as_they_were_and_are_their_owner_s_alone(given, tmp_path):
    read = extracts.read(given(log_csv=LOG, about_yml="authority: Nowhere\nperiod: [2019-04-01, 2024-03-31]\n"))
    typed = tmp_path / "typed"
    extracts.write_typed(read, typed)
    extracts.write_typed(read, typed)
    again = extracts.load_typed(typed)
    pd.testing.assert_frame_equal(again["missing_episodes"], read["missing_episodes"])
    assert again.about == read.about and again.inputs == read.inputs and again.absent == read.absent
    assert again.faults == read.faults and again.not_read == read.not_read and again.formats == read.formats
    if os.name == "posix":
        assert stat.S_IMODE(typed.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in typed.iterdir()} == {0o600}


def test_a_notebook_is_given_its_own_authority_s_records_and_no_other_s(given, tmp_path, monkeypatch):
    extracts.write_typed(extracts.read(given(log_csv=LOG, about_yml="authority: Nowhere\n")), tmp_path / "typed")
    monkeypatch.setenv(reading.FOLDER_OF_TYPED_TABLES, str(tmp_path / "typed"))
    assert "missing_episodes" in extracts.of("nowhere")
    other = extracts.of("Elsewhere")
    assert not other.tables and other.why_none == "The extracts given are those of Nowhere, and this page is about Elsewhere."
    monkeypatch.setenv(reading.FOLDER_OF_TYPED_TABLES, "")
    assert "No extract of Nowhere's own records" in extracts.of("Nowhere").why_none


@pytest.mark.parametrize("name", ["Dorset", "838", "Northamptonshire"])
def test_records_said_to_be_made_up_are_not_shown_under_a_real_name(given, tmp_path, monkeypatch, name):
    extracts.write_typed(extracts.read(given(log_csv=LOG, about_yml=f"authority: {name}\nmade_up: true\n")), tmp_path / "typed")
    monkeypatch.setenv(reading.FOLDER_OF_TYPED_TABLES, str(tmp_path / "typed"))
    assert "never shown under a real place's name" in extracts.of(name).why_none


@pytest.mark.parametrize(
    "about, told",
    [
        ("made_up: [oops\n", "not a YAML file"),
        ("made_up: true\n", "no line 'authority'"),
        ('authority: Marlshire\nmade_up: "no"\n', "the line 'made_up' has a value of the wrong kind"),
        ("authority: Marlshire\nmade_up: true\nperiod: [2024-13-01]\n", "there is no such day"),
        ("authority: Marlshire\nperiod: [2024-12-01]\n", "the line 'period' has a value of the wrong kind"),
        ("authority: Marlshire\nperiod: [2024-03-31, 2019-04-01]\n", "the line 'period' has a value of the wrong kind"),
        ("authority: Marlshire\nextracted_on: 12/04/2024\n", "the line 'extracted_on' has a value of the wrong kind"),
        ("Marlshire\n", "it is not a list of lines like"),
    ],
)
def test_where_about_yml_cannot_be_read_no_record_is_used_since_it_might_be_made_up(given, about, told):
    read = extracts.read(given(log_csv=LOG, about_yml=about))
    assert not read.tables and read.fatal and told in faults(read)[0]
    assert "nothing says whose records these are" in read.why_none


@pytest.mark.parametrize("name", ["838", "E06000059", " dorset "])
def test_about_yml_may_name_the_authority_by_its_code(given, tmp_path, monkeypatch, name):
    extracts.write_typed(extracts.read(given(log_csv=LOG, about_yml=f"authority: '{name}'\n")), tmp_path / "typed")
    monkeypatch.setenv(reading.FOLDER_OF_TYPED_TABLES, str(tmp_path / "typed"))
    assert "missing_episodes" in extracts.of("Dorset")


def test_every_typed_table_keeps_to_its_schema(given):
    read = extracts.read(given(log_csv=LOG))
    for name, frame in read.tables.items():
        TABLES[name].schema().validate(frame, lazy=True)


def sample(name):
    path = SAMPLES / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path.name} must be there in continuous integration")
        pytest.skip("the sample extracts are not beside the project")
    return path


def test_the_validators_fake_return_is_read_without_losing_a_row():
    read = extracts.read(sample("csc-validator-be-903_fake"))
    assert {name: len(read[name]) for name in ("persons", "missing_episodes", "cla_episodes")} == {
        "persons": 2675 + 253, "missing_episodes": 43 + 6, "cla_episodes": 5050 + 459,  # CSV files, and children in fake_903.xml
    }  # fmt: skip
    log = read["missing_episodes"]
    assert log["miss_missing_episode_type"].value_counts().to_dict() == {"absent": 24 + 2, "missing": 19 + 4}
    assert not log["miss_time_recorded"].any()
    assert read["persons"]["pers_uasc"].sum() == 132 + 12
    assert not {"missing_episodes", "cla_episodes", "persons"} & set(read.left_out["table"])
    assert read.lacks("missing_episodes", "miss_missing_rhi_completed_date")


def test_a_return_with_one_child_described_in_three_ways_loses_that_table_alone():
    read = extracts.read(sample("liia_samples"))
    assert "persons" not in read.tables
    assert "with different content" in str(read.fatal[0])
    assert len(read["cla_episodes"]) > 20


@pytest.mark.skipif(sys.platform == "win32", reason="Windows names may not hold these characters")
def test_a_file_name_is_text_whatever_it_holds(given, tmp_path):
    (tmp_path / "=cmd <script>.csv").write_text(LOG, encoding="utf-8")
    assert extracts.read(tmp_path).inputs[0]["path"] == "=cmd <script>.csv"
