from datetime import date

import pandas as pd
import pytest

from helpers import extracts


@pytest.fixture
def faults(tmp_path):
    """What is said of CSV files given by name and content, extracted on 12 April 2024: (table, rows, what)."""

    def read(**files):
        (tmp_path / "about.yml").write_text("authority: Nowhere\nextracted_on: 2024-04-12\n", encoding="utf-8")
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        return [(fault.table, fault.rows, fault.what, fault.header) for fault in extracts.read(tmp_path).faults]

    return read


PERSONS = "pers_person_id,pers_sex,pers_dob,pers_expected_dob\nZ1,F,2010-02-05,\nZ2,M,,2024-09-01\n"
CIN = "cine_referral_id,cine_person_id,cine_referral_date,cine_close_date\n"


def test_records_in_order_break_no_rule_and_the_unborn_may_be_referred(faults):
    assert faults(persons=PERSONS, cin=CIN + "R1,Z1,2009-12-01,2010-01-01\nR2,Z2,2024-03-01,\n") == []


def test_days_are_in_order_not_before_birth_and_not_after_the_extract(faults):
    plans = "clea_person_id,clea_care_leaver_eligibility,clea_care_leaver_latest_contact\nZ1,Relevant,2009-05-05\n"
    said = faults(persons=PERSONS, leavers=plans, cin=CIN + "R1,Z1,2024-03-01,2024-02-01\nR2,Z2,2024-04-13,\nR3,Z1,2024-04-12,\n")
    assert said == [
        ("cin_episodes", (3,), "the day of the referral is after the day of extraction", "cine_referral_date"),
        ("cin_episodes", (2,), "the day the episode closed is before the day of the referral", "cine_close_date"),
        ("care_leavers", (2,), "the latest contact is before the child was born", "clea_care_leaver_latest_contact"),
    ]


def test_what_a_row_refers_to_is_there(faults):
    plans = "cppl_cp_plan_id,cppl_referral_id,cppl_person_id,cppl_cp_plan_start_date\nP1,R9,Z1,2024-01-05\nP2,R1,Z3,2024-01-05\n"
    said = faults(persons=PERSONS, cin=CIN + "R1,Z1,2023-12-01,\n", plans=plans)
    assert [(table, rows, header) for table, rows, _, header in said] == [
        ("cp_plans", (3,), "cppl_person_id"), ("cp_plans", (2,), "cppl_referral_id"),
    ]  # fmt: skip
    assert "is not among the referrals and child in need episodes of these extracts" in said[1][2]


def test_a_child_has_one_plan_at_a_time(faults):
    plans = (
        "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date\n"
        "P1,Z1,2023-01-05,2023-06-01\nP2,Z1,2023-05-01,2023-05-20\nP3,Z1,2023-05-25,\nP4,Z1,2023-06-01,\n"
    )
    assert [rows for _, rows, what, _ in faults(plans=plans) if "one before" in what] == [(3, 4, 5)]


def test_rules_take_no_longer_for_each_row_of_many(faults):
    from helpers.extracts import rules
    from helpers.tables import TABLES

    many = 50_000
    frame = pd.DataFrame(
        {
            "cine_referral_id": [f"R{n}" for n in range(many)], "cine_person_id": [f"Z{n % 9000}" for n in range(many)],
            "cine_referral_date": pd.Timestamp("2024-01-01"), "cine_close_date": pd.Timestamp("2023-12-31"),
        }
    )  # fmt: skip
    frame = TABLES["cin_episodes"].typed(frame).assign(_file="a.csv", _sheet="", _row=range(many), _cut=pd.NaT, _layout="x")
    broken = rules.broken({"cin_episodes": frame}, None, date(2024, 4, 12), lambda *_: {})
    assert [len(fault.rows) for fault in broken] == [many]
