import pandas as pd
import pytest

from helpers import extracts
from helpers.extracts import local_logs
from helpers.extracts.layouts import recognise

EARLY_HELP = """EHM Person ID,Family ID,EHM Episode Start Date,EHM Episode End Date,Presenting need,Closure Reason,Agency,Team
Z1,F1,01/04/2023,30/09/2023,Parenting,Needs met,School,North EH
Z2,F1,02/04/2023,,Parenting,,Council,North EH
Z3,F2,03/04/2023,01/05/2023,Housing,Stepped up to social care,Council,South EH
"""
CONTACTS = """Mosaic ID,Contact start date,Contact outcome,Contact source,Decision date
Z1,04/05/2023,Progress to referral,2A,05/05/2023 10:30
Z2,05/05/2023,No further action,6,05/05/2023
Z3,06/05/2023,Passed on,1A,
Z3,06/05/2023,Information and advice,10,
"""
AUDITS = """Audit ref,Child ID,Date of audit,Service,Overall grade,Moderated grade,Sample type,Tool version
A1,Z1,01/02/2024,Assessment,RI,Good,Random,2
A2,Z2,02/02/2024,Assessment,Requires improvement to be good,,Dip sample,2
A3,,03/02/2024,Assessment,OUTSTANDING,Inadequate,,2
"""
FEEDBACK = """Date of response,Service,Completed by,Question,Answer,Scale,Number invited
01/02/2024,Early help,Mother,Were you listened to?,Yes,yes or no,"1,200"
01/02/2024,Early help,Mother,Were you listened to?,Yes,yes or no,"1,200"
02/02/2024,Early help,Young person,Were you listened to?,No,yes or no,lots
"""
THEMES = """Passage ID,Whose voice,How gathered,Theme,Stance
P1,Parent,Interview,Being listened to,Supports
P1,Parent,Interview,Staff turnover,Contradicts
P2,Social worker,Questionnaire,Staff turnover,Mixed
"""


def test_a_missing_log_is_read_under_headings_that_put_date_and_time_in_one_column(given):
    header = "Child ID,Missing from date/time,Returned date/time,Missing from,RHI offered,RHI offered date,RHI completed\n"
    log = header + "Z1,03/05/2024 18:30,04/05/2024 02:15,Home,Y,04/05/2024,05/05/2024 10:00\n"
    read = extracts.read(given(log_csv=log))
    [incident] = read["missing_episodes"].itertuples()
    assert incident.miss_missing_episode_end_date == pd.Timestamp("2024-05-04 02:15") and not read.faults
    assert incident.miss_missing_rhi_completed_date == pd.Timestamp("2024-05-05 10:00")
    assert incident.miss_missing_rhi_offered_date.normalize() == pd.Timestamp("2024-05-04")


def test_an_early_help_log_keeps_why_help_ended_in_words_that_systems_export(given):
    read = extracts.read(given(eh_csv=EARLY_HELP))
    episodes = read["early_help_episodes"]
    assert list(episodes["earl_episode_end_reason"].fillna("")) == ["outcomes_met", "", "step_up"]
    assert list(episodes["earl_family_id"]) == ["F1", "F1", "F2"]
    assert list(episodes["earl_episode_id"]) == ["H000001", "H000002", "H000003"] and not read.faults


def test_a_contact_s_outcome_is_one_of_four_and_another_is_reported_and_not_guessed(given):
    read = extracts.read(given(contacts_csv=CONTACTS))
    contacts = read["contacts"]
    assert list(contacts["cont_contact_outcome"].fillna("")) == ["referral", "nfa", "information", ""]
    assert set(contacts["cont_contact_source_code"]) == {"2A", "6", "1A", "10"}
    assert contacts["cont_decided_at"][0] == pd.Timestamp("2023-05-05 10:30")
    assert [str(fault) for fault in read.faults] == [
        "contacts.csv, column C (Contact outcome): 1 row (4): the value is not in the code list, for example “Passed on”. "
        "Use one of referral, early_help, information, nfa. Until then the cell counts as empty."
    ]


def test_grades_of_audits_are_known_by_their_usual_spellings(given):
    audits = extracts.read(given(audits_csv=AUDITS))["case_audits"]
    assert list(audits["audi_grade"]) == ["requires_improvement", "requires_improvement", "outstanding"]
    assert list(audits["audi_moderated_grade"].fillna("")) == ["good", "", "inadequate"]
    assert list(audits["audi_sample"].fillna("")) == ["random", "thematic", ""]
    assert audits["audi_person_id"].isna()[2]


def test_two_answers_alike_are_two_people_s_and_a_second_copy_of_the_file_adds_nobody(given):
    read = extracts.read(given(a__feedback_csv=FEEDBACK))
    assert len(read["family_feedback"]) == 3 and list(read["family_feedback"]["feed_invited"].fillna(0)) == [1200, 1200, 0]
    assert [fault.what for fault in read.faults] == ["it is not a whole number"]
    assert len(extracts.read(given(b__feedback_csv=FEEDBACK))["family_feedback"]) == 3


def test_a_passage_may_bear_on_several_themes(given):
    themes = extracts.read(given(themes_csv=THEMES))["coded_themes"]
    assert list(themes["them_passage_id"]) == ["P1", "P1", "P2"] and themes["them_row_id"].is_unique
    assert list(themes["them_source"]) == ["family", "family", "staff"]
    without = extracts.read(given(themes_csv="Source,Theme,Stance\nStaff,Turnover,Mixed\nStaff,Turnover,Mixed\n"))
    assert len(without["coded_themes"]) == 2


def test_an_early_help_episode_open_in_one_cut_and_closed_in_the_next_is_one(given):
    closed = EARLY_HELP.replace("02/04/2023,,Parenting,,", "02/04/2023,01/06/2023,Parenting,NFA,")
    read = extracts.read(given(a__eh_csv=EARLY_HELP, b__eh_csv=closed))
    assert len(read["early_help_episodes"]) == 3 and read.left_out["rows"].sum() == 3
    assert read["early_help_episodes"].loc[1, "earl_episode_end_date"] == pd.Timestamp("2023-06-01")


@pytest.mark.parametrize(
    "header, layout",
    [
        ("child_id,episode_start_date,end_reason", "early_help_log"),
        ("child_id,contact_date,outcome", "contact_log"),
        ("child_id,start_date,end_date,practitioners,end_reason", "sft_log"),
        ("audit_id,audit_date,grade", "case_audits_log"),
        ("response_date,question,answer", "family_feedback_log"),
        ("source,theme,stance", "coded_themes_log"),
        ("team,locality", "team_lookup"),
        ("Child Unique ID,Gender,Ethnicity,Date of Birth,Date of Contact,Contact Source", None),  # Annex A's List 1
    ],
)
def test_each_log_is_known_by_its_own_columns(header, layout):
    found = recognise([header.split(",")], local_logs.LAYOUTS)
    assert (found and found[0].name) == layout


@pytest.mark.parametrize("layout", local_logs.LAYOUTS, ids=lambda layout: layout.name)
def test_no_header_of_a_log_means_two_things(layout):
    from helpers.extracts.values import normalised

    names = [normalised(name) for supply in layout.supplies for name in supply.names]
    assert len(names) == len(set(names))
