import json

import pandas as pd
import pytest

from helpers import extracts
from helpers.extracts import annex_a
from helpers.extracts.layouts import recognise
from helpers.extracts.parts import _typed
from helpers.extracts.reading import LAYOUTS
from helpers.tables import TABLES

CHILD = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"]
WHO = ["1001", "a) Male", "a) WBRI", "01/02/2010", "14"]


def workbook(path, title_row=False, **sheets):
    """A workbook of {sheet: [header, row, ...]}, each below a title where asked."""
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        for name, rows in sheets.items():
            sheet = name.replace("_", " ")
            pd.DataFrame(rows).to_excel(book, sheet_name=sheet, header=False, index=False, startrow=int(title_row))
            if title_row:
                book.sheets[sheet].write(0, 0, f"{sheet}: something")
    return path


@pytest.fixture
def reads(tmp_path):
    """reads(List_1=[header, row, ...]) -> the Extracts of such a workbook."""
    return lambda title_row=False, **sheets: extracts.read(workbook(tmp_path / "a.xlsx", title_row, **sheets))


def faults(read):
    return " ".join(map(str, read.faults))


def test_notes_below_a_list_are_no_children_and_are_told(reads):
    header = [*CHILD, "Date of Contact", "Contact Source"]
    notes = [[text] + [""] * 6 for text in ("", "Notes: extracted on 1 April 2025", "* includes unborn children")]
    read = reads(List_1=[header, [*WHO, "03/05/2024", "a) 1A"], *notes])
    assert list(read["persons"]["pers_person_id"]) == ["1001"] and len(read["contacts"]) == 1
    [fault] = read.faults
    assert fault.rows == (4, 5) and "taken for a note" in str(fault) and not fault.fatal


def test_every_list_of_every_published_dialect_is_known(shared):
    dialects = json.loads((shared / "reference" / "annex_a_headers_and_codes.json").read_text(encoding="utf-8"))
    for dialect in ("official_aug2019_headers", "liia_sample_2024_headers", "liia_sample_pre2022_headers", "liia_schema_headers"):
        for name, header in dialects[dialect].items():
            layout, row, found = recognise([["a title"], header], LAYOUTS)
            assert (layout.name, row) == (f"annex_a_{name.split()[-1]}", 1), (dialect, name)
            lacking = {supply.column for supply in layout.supplies} - found.keys()
            assert lacking <= {"clea_uasc", "clea_pathway_plan_review_date", "clea_care_leaver_latest_contact"}, (dialect, name)


def test_every_preferred_code_of_the_template_is_read(shared):
    codes = json.loads((shared / "reference" / "annex_a_headers_and_codes.json").read_text(encoding="utf-8"))
    codes = codes["official_aug2019_codes"]
    checked = 0
    for layout in annex_a.LAYOUTS[:11]:
        for one in (layout, *layout.also):
            for supply in one.supplies:
                listed = next((codes[name]["codes"] for name in supply.names if name in codes), None)
                column = TABLES[one.table][supply.column]
                if listed and column.allowed:
                    typed, wrong, *_ = _typed(pd.Series(listed, dtype="str"), column, one)
                    assert not wrong.any() and typed.notna().all(), (one.name, supply.column, [*pd.Series(listed)[wrong]])
                    checked += 1
    assert checked > 30


def test_the_regional_sample_becomes_typed_tables_without_losing_a_row(shared):
    read = extracts.read(shared / "extracts" / "annex_a" / "liia_Annex_A_2024_Jan.xlsx")
    assert {name: len(frame) for name, frame in read.tables.items()} == {
        "persons": 48, "contacts": 5, "early_help_episodes": 5, "cin_episodes": 11, "assessments": 5, "s47_enquiries": 5,
        "initial_cp_conferences": 3, "cp_plans": 7, "children_looked_after": 5, "care_leavers": 6, "permanence": 5, "adopters": 5,
    }  # fmt: skip
    assert read.left_out.empty and not read.fatal and not read.not_read
    assert "“CS Assessment Updated”" in faults(read) and "PSRMEM" in faults(read)
    assert "date of birth is another than elsewhere" in faults(read)
    assert list(read["care_leavers"]["clea_year"].unique()) == [2021]
    assert sorted(read["contacts"]["cont_contact_source_code"]) == ["1B", "6", "6", "6", "9"]
    assert next(sheet["not_used"] for sheet in read.sheets if sheet["sheet"] == "List 3") == ["Age", "Allocated Worker"]
    for name, frame in read.tables.items():
        TABLES[name].schema().validate(frame, lazy=True)


def test_a_template_with_two_lists_filled_gives_those_and_says_that_the_others_are_empty(shared):
    read = extracts.read(shared / "extracts" / "annex_a" / "example-B-2004.xlsx")
    assert {name: len(frame) for name, frame in read.tables.items()} == {"persons": 9, "contacts": 1, "early_help_episodes": 9}
    assert len(read.fatal) == 7 and all("as an empty template has" in str(fault) for fault in read.fatal)
    assert 'sheet "List_11": it has the right headers and not one row under them. That is right if' in faults(read)
    assert "column D (Date of Birth): 1 row (10): the date is impossible" in faults(read) and "“Ma…”" in faults(read)


def test_an_empty_template_is_refused_and_told_apart_from_a_wrong_file(shared, tmp_path):
    read = extracts.read(shared / "extracts" / "annex_a" / "cscdp_2016-01-sample.xlsx")
    assert not read.tables and len(read.fatal) == 11 and 'sheet "List 3": it has the right headers' in faults(read)
    (tmp_path / "lunch.csv").write_text("menu,price\nsoup,2\n", encoding="utf-8")
    assert not extracts.read(tmp_path).faults


def test_a_referral_and_the_child_in_need_episode_of_the_same_day_are_one_row(reads):
    read = reads(
        List_3=[[*CHILD, "Date of referral", "Referral Source", "Referral NFA?", "Allocated Team"],
                [*WHO, "01/05/2024", "q) 6: Police", "NFA", ""]],
        List_6=[[*CHILD, "CIN Start Date", "Primary Need Code", "CIN Closure Date", "Case Status", "Allocated Team"],
                [*WHO, "01/05/2024", "N1 - Abuse or Neglect", "01/06/2024", "Closed - stepdown", "Team A"],
                [*WHO, "01/05/2019", "N5", "", "CLA&CP", "Team A"]],
    )  # fmt: skip
    need, referral = read["cin_episodes"].iloc[0], read["cin_episodes"].iloc[1]
    columns = ["cine_referral_source_code", "cine_referral_nfa", "cine_cin_primary_need_code", "cine_referral_team"]
    assert list(referral[columns]) == ["6", "Y", "N1", "Team A"]
    assert referral["cine_case_status"] == "CLOSED" and referral["cine_close_date"] == pd.Timestamp("2024-06-01")
    assert referral["cine_referral_listed"] and not need["cine_referral_listed"] and need["cine_case_status"] == "CLA"
    assert len(read["persons"]) == 1 and not read.faults


def test_a_row_of_list_5_is_an_enquiry_and_where_it_has_its_date_a_conference(reads):
    header = [*CHILD, "Strategy discussion initiating Section 47 Enquiry Start Date",
              "Was an Initial Child Protection Conference deemed unnecessary?", "Date of Initial Child Protection Conference",
              "Did the Initial Child Protection Conference Result in a Child Protection Plan"]  # fmt: skip
    read = reads(List_5=[header, [*WHO, "01/05/2024", "No", "12/05/2024", "Yes"], [*WHO, "01/06/2024", "Yes", "", ""]])
    assert len(read["s47_enquiries"]) == 2 and len(read["initial_cp_conferences"]) == 1 and not read.faults
    conference = read["initial_cp_conferences"].iloc[0]
    assert conference["icpc_icpc_outcome_cp_flag"] == "Y"
    assert conference["icpc_s47_enquiry_id"] in set(read["s47_enquiries"]["s47e_s47_enquiry_id"])


def test_enquiries_without_one_conference_give_a_table_of_no_conferences(reads):
    header = [
        *CHILD,
        "Strategy discussion initiating Section 47 Enquiry Start Date",
        "Date of Initial Child Protection Conference",
    ]
    read = reads(List_5=[header, [*WHO, "01/05/2024", ""]])
    assert len(read["initial_cp_conferences"]) == 0 and not read.fatal


def test_the_dialect_of_the_standard_safeguarding_dataset_s_sql_is_read(reads):
    read = reads(
        title_row=True,
        Contacts=[["ChildUniqueID", "Gender", "Ethnicity", "DateOfBirth", "Age", "DateOfContact", "ContactSource"],
                  ["1001", "c) Not stated/recorded", "u) UNKNOWN", "01/02/2010", "-", "03/05/2024", "p1) 5D: LA services"]],
        Care=[["ChildUniqueID", "Gender", "Ethnicity", "DateOfBirth", "UASC", "LoookedAfterStartDate", "LegalStatus",
               "EpisodesChildMissingFromPlacement", "ChildOfferedReturnInterviewAfterLastMFH",
               "ChildAcceptedReturnInterviewAfterLastMFH"],
              ["1002", "d) Neither", "t) NOBT", "2012-Apr-25 00:00:00", "b) No", "02/05/2024", "C2", "3",
               "Offered and Declined (by YP)", "Offered and Declined (by YP)"]],
    )  # fmt: skip
    people = read["persons"].set_index("pers_person_id")
    assert list(people["pers_sex"]) == ["U", "I"] and people.loc["1002", "pers_ethnicity"] == "NOBT"
    assert pd.isna(people.loc["1001", "pers_ethnicity"]) and people.loc["1002", "pers_dob"] == pd.Timestamp("2012-04-25")
    assert read["contacts"]["cont_contact_source_code"][0] == "5D"
    care = read["children_looked_after"].iloc[0]
    assert (care["chla_missing"], care["chla_rhi_offered"], care["chla_rhi_accepted"], care["chla_legal_status"]) == (
        3,
        "Y",
        "N",
        "C2",
    )
    assert not read.faults


def test_one_csv_for_each_list_is_one_extract(tmp_path):
    (tmp_path / "referrals.csv").write_text(
        "Child Unique ID;Date of referral;Referral Source\n1001;45413;POLICE\n", encoding="cp1252"
    )
    (tmp_path / "in need.csv").write_text("Child Unique ID,CIN Start Date,Case status\n1001,01/05/2024,d) Open assessment\n")
    read = extracts.read(tmp_path)
    assert read["cin_episodes"][["cine_referral_source_code", "cine_case_status"]].values.tolist() == [["6", "ASSESSMENT"]]


def test_a_code_whose_meaning_is_not_certain_is_reported_and_not_guessed(reads):
    header = [*CHILD, "Date of Contact", "Contact Source"]
    uncertain = ["Individual", "q) 6: Housing", "Polcie", "YNNN"]
    read = reads(List_1=[header, *([*WHO, "03/05/2024", source] for source in uncertain)])
    assert "4 rows (2, 3, 4, ...): the value is not in the code list" in faults(read)
    header = [*CHILD, "Child Protection Plan Start Date", "Initial Category of Abuse", "Latest Category of Abuse"]
    read = reads(
        List_7=[header, [*WHO, "03/05/2024", "Emotional  Physical", "Likelihood of neglect"], [*WHO, "04/05/2024", "YNNN", "e)"]]
    )
    assert list(read["cp_plans"]["cppl_cp_plan_initial_category"].dropna()) == ["MUL"]
    assert list(read["cp_plans"]["cppl_cp_plan_latest_category"].dropna()) == ["NEG"]


def test_adopters_gender_is_read_by_its_words_since_their_list_swaps_two_letters(reads):
    header = ["Individual adopter identifier", "Gender", "Date enquiry received", "Reason for leaving adoption process"]
    rows = ["A1", "c) Neither", "03/05/2024", "1"], ["A2", "d) Not stated/recorded", "03/05/2024", "2 - Process put on hold"]
    read = reads(List_11=[header, *rows])
    assert list(read["adopters"]["adop_sex"]) == ["I", "U"] and list(read["adopters"]["adop_left_reason"]) == [
        "withdrew",
        "on_hold",
    ]


def test_a_misspelt_header_is_told_with_what_it_seems_to_be(reads):
    read = reads(List_3=[[*CHILD, "Date of referral", "Referal Source"], [*WHO, "01/05/2024", "6"]])
    assert "column G (Referal Source): the header is not known; did you mean “Referral Source”?" in faults(read)
    read = reads(List_3=[[*CHILD, "Date of refferal", "Referral Source", "Referral NFA?"], [*WHO, "01/05/2024", "6", "No"]])
    assert "cin_episodes" not in read and "or rename “Date of refferal”" in str(read.fatal[0])


def test_what_annex_a_cannot_answer_is_said_in_a_sentence(reads):
    read = reads(List_1=[[*CHILD, "Date of Contact", "Contact Source"], [*WHO, "03/05/2024", "6"]])
    assert "log of contact outcomes" in read.lacks("contacts", "cont_contact_outcome")
    assert read.covers["contacts"] == "Annex A's List 1 holds the six months before it was drawn."


def test_two_cuts_that_overlap_count_each_thing_once_and_the_later_one_stands(tmp_path):
    contact, care = [*CHILD, "Date of Contact", "Contact Source"], [*CHILD, "Date Started to be Looked After", "Placement Type"]
    other = ["1002", "b) Female", "k) APKN", "05/06/2011", "13"]
    workbook(tmp_path / "spring.xlsx", List_1=[contact, [*WHO, "03/03/2024", "6"], [*WHO, "01/04/2024", "6"]],
             List_8=[care, [*WHO, "01/02/2024", "U6"], [*other, "02/02/2024", "U6"]])  # fmt: skip
    workbook(tmp_path / "summer.xlsx", List_1=[contact, [*WHO, "01/04/2024", "6"], [*WHO, "05/06/2024", "6"]],
             List_8=[care, [*WHO, "01/02/2024", "f) U4: Foster placement - long term"]])  # fmt: skip
    read = extracts.read(tmp_path)
    assert len(read["contacts"]) == 3
    assert read["children_looked_after"][["chla_person_id", "chla_placement_type"]].values.tolist() == [["1001", "U4"]]
    assert read.left_out.set_index("table")["rows"].to_dict() | {"persons": 0} == {
        "contacts": 1, "children_looked_after": 2, "persons": 0}  # fmt: skip


def test_where_a_census_or_a_log_came_too_annex_a_s_rows_are_left_out_and_counted(tmp_path):
    workbook(
        tmp_path / "a.xlsx",
        List_1=[[*CHILD, "Date of Contact", "Contact Source"], [*WHO, "03/05/2024", "6"]],
        List_7=[[*CHILD, "Child Protection Plan Start Date"], [*WHO, "04/05/2024"]],
    )
    (tmp_path / "log.csv").write_text("child_id,contact_date,outcome\n1001,03/05/2024,early help\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text(
        "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date\nP1,1001,2024-05-04\n", encoding="utf-8"
    )
    read = extracts.read(tmp_path)
    assert list(read["contacts"]["cont_contact_outcome"]) == ["early_help"] and list(read["cp_plans"]["cppl_cp_plan_id"]) == [
        "P1"
    ]
    reasons = read.left_out.set_index("table")["reason"]
    assert reasons["contacts"] == "the local log of contact outcomes came too and is used instead"
    assert "ssd_cp_plans table came too" in reasons["cp_plans"]


IN_NEED = [*CHILD, "CIN Start Date", "Date Child Was Last Seen", "CIN Closure Date", "Reason for Closure", "Case Status"]


def test_a_case_closed_in_one_cut_and_open_again_in_a_later_one_is_open(tmp_path):
    """The earlier cut also lists its referral, which the later one no longer does."""
    workbook(tmp_path / "1.xlsx",
             List_3=[[*CHILD, "Date of referral", "Referral Source", "Referral NFA?"], [*WHO, "01/01/2024", "6", "No"]],
             List_6=[IN_NEED, [*WHO, "01/01/2024", "01/02/2024", "01/03/2024", "RC7", "e) Closed episode"]])  # fmt: skip
    workbook(tmp_path / "2.xlsx", List_6=[IN_NEED, [*WHO, "01/01/2024", "01/09/2024", "", "", "c) Child in need plan"]])
    case = extracts.read(tmp_path)["cin_episodes"].iloc[0]
    assert pd.isna(case["cine_close_date"]) and pd.isna(case["cine_close_reason"]) and case["cine_case_status"] == "CIN"
    assert case["cine_referral_source_code"] == "6" and case["cine_referral_listed"]


LEAVERS = (
    ",".join([*CHILD, "Eligibility Category", "LA In Touch", "Activity Status"]) + "\n1001,,,,18,b) Former relevant,a) Yes,F1\n"
)


@pytest.mark.parametrize("about, year", [("extracted_on: 2024-04-12", 2025), ("period: [2019-04-01, 2024-03-31]", 2024)])
def test_a_list_of_care_leavers_by_itself_is_of_the_year_that_about_yml_says(tmp_path, about, year):
    (tmp_path / "list 9.csv").write_text(LEAVERS, encoding="utf-8")
    assert [fault.fatal for fault in extracts.read(tmp_path).faults] == [True]
    (tmp_path / "about.yml").write_text(f"authority: Nowhere\n{about}\n", encoding="utf-8")
    read = extracts.read(tmp_path)
    assert list(read["care_leavers"]["clea_year"]) == [year] and not read.faults


def test_a_list_of_care_leavers_is_of_the_year_of_the_lists_beside_it(tmp_path):
    (tmp_path / "list 9.csv").write_text(LEAVERS, encoding="utf-8")
    contacts = ",".join([*CHILD, "Date of Contact", "Contact Source"]) + "\n1001,,,,18,03/05/2022,6\n"
    (tmp_path / "list 1.csv").write_text(contacts, encoding="utf-8")
    assert list(extracts.read(tmp_path)["care_leavers"]["clea_year"]) == [2023]
