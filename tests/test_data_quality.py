"""What came in, and how far it can be trusted."""

import numpy as np
import pandas as pd
import pytest

from helpers import data_quality, disclosure
from helpers.extracts import About, Extracts, Fault
from helpers.questions import Question
from helpers.results import NotEnoughData
from helpers.tables import TABLES

PERIOD = {"period_start": "2020-04-01", "period_end": "2024-03-31"}
ABOUT = About("Nowhereshire", made_up=True)


def contacts(a_month, outcome_from=0, months=48):
    """Contacts of `a_month` in each of 48 months from April 2020; outcomes are written from month `outcome_from` on."""
    days = [day for day in pd.date_range("2020-04-01", periods=months, freq="MS") for _ in range(a_month)]
    number, row = np.repeat(np.arange(months), a_month), np.arange(len(days))
    return TABLES["contacts"].typed(pd.DataFrame({
        "cont_contact_id": [f"C{i}" for i in range(len(days))], "cont_person_id": "Z1", "cont_contact_date": days,
        "cont_contact_outcome": pd.Series("nfa", range(len(days))).where((number >= outcome_from) & (row % 9 > 0)),
        "cont_locality": np.where(row % 3 == 0, "North", "South"),
    }))  # fmt: skip


def given(**tables):
    return Extracts(about=ABOUT, tables=tables, formats={name: ("a log",) for name in tables})


def test_a_column_that_began_to_be_filled_is_told_with_its_month_and_controlled_shares():
    extracts = given(contacts=contacts(20, outcome_from=24))
    found = data_quality.steps(extracts, **PERIOD)
    told = data_quality.steps_found(found, extracts, disclosure.Policy())
    assert list(told["what"]) == ["what was decided"] and list(told["month"]) == ["April 2022"]
    assert list(told["change"]) == ["from [c] to 88.5% of rows filled"]


def test_steady_records_show_no_step_and_say_so():
    extracts = given(contacts=contacts(20))
    found = data_quality.steps(extracts, **PERIOD)
    assert not found["worth"].any()
    assert list(data_quality.steps_found(found, extracts, disclosure.Policy())["table"]) == ["None"]
    rows = data_quality.volumes(extracts, **PERIOD)
    assert data_quality.volumes_title(rows, data_quality.marks(found)) == "Of one table drawn, none jumps beyond chance"
    drawn_and_not = {"Contacts": pd.Timestamp("2022-04-01"), "Case audits": pd.Timestamp("2022-04-01")}
    assert data_quality.volumes_title(rows, drawn_and_not) == "Of one table drawn, one jumps beyond chance"


def test_rows_outside_the_period_are_counted_apart_and_small_counts_are_not_shown():
    frame = contacts(20, months=49)
    frame.loc[:4, "cont_contact_date"] = pd.Timestamp("2019-05-05")
    shown = disclosure.control(data_quality.rows_by(given(contacts=frame), "year", **PERIOD), disclosure.Policy()).data
    assert list(shown["year"]) == ["2021", "2022", "2023", "2024", "outside the period"]
    assert list(shown["numerator"]) == [235, 240, 240, 240, 25]


def test_why_something_ended_is_asked_of_what_has_ended_alone():
    frame = TABLES["early_help_episodes"].typed(pd.DataFrame({
        "earl_episode_id": [f"H{i}" for i in range(80)], "earl_person_id": "Z1",
        "earl_episode_start_date": pd.Timestamp("2022-05-01"), "earl_episode_end_date": [pd.Timestamp("2023-05-01"), pd.NaT] * 40,
        "earl_episode_end_reason": ["moved", None] * 40,
    }))  # fmt: skip
    filled = data_quality.completeness(given(early_help_episodes=frame)).set_index("column")
    assert tuple(filled.loc["earl_episode_end_reason", ["rows", "filled"]]) == (40, 40)
    assert "earl_episode_end_date" not in set(data_quality.judged(given(early_help_episodes=frame))["column"])


def test_faults_are_counted_by_rule_without_rows_or_examples():
    kind = {"what": "the date is impossible", "to_do": "", "table": "contacts", "header": "Date"}
    faults = [
        Fault("a.csv", rows=tuple(range(2, 40)), example="ZQ991", **kind),
        Fault("b.csv", rows=(2, 3), example="ZQ992", **kind),
    ]
    extracts = Extracts(about=ABOUT, tables={"contacts": contacts(2)}, faults=faults)
    shown = disclosure.control(data_quality.rule_failures(extracts), disclosure.Policy()).data
    assert shown[["table", "what is wrong", "numerator"]].to_numpy().tolist() == [
        ["Contacts", "The date is impossible (Date)", 40]
    ]
    assert (
        disclosure.control(data_quality.rule_failures(given(contacts=contacts(2))), disclosure.Policy()).data["numerator"][0] == 0
    )


def test_a_file_that_a_fault_stopped_is_not_said_to_have_been_passed_over_for_a_better_one():
    sheet = {"sheet": "", "table": "contacts", "rows": 3, "not_used": []}
    sheets = [{**sheet, "file": "log.csv", "layout": "the log"}, {**sheet, "file": "a.xlsx", "layout": "List 1"}]
    fault = Fault("log.csv", "there is no column for the day", "Add one.", table="contacts", fatal=True)
    formats = {"contacts": ("List 1",)}
    stopped = Extracts(ABOUT, {"contacts": contacts(3)}, [fault], sheets=sheets, formats=formats)
    assert list(data_quality.came_in(stopped)["used"]) == ["no: log.csv: there is no column for the day. Add one.", "yes"]
    assert stopped.lacks("contacts", "cont_team").endswith(f"a fault stopped that: {fault}")
    passed_over = Extracts(ABOUT, {"contacts": contacts(3)}, sheets=sheets, formats=formats)
    assert data_quality.came_in(passed_over)["used"].iloc[0] == "no: another source of the same records is used instead"


def test_what_can_be_answered_follows_from_the_tables_that_questions_need():
    asked = [Question("a", "A", "one?", ("contacts",)), Question("a", "A", "two?", ("contacts", "cp_plans")),
             Question("a", "A", "three?", ("contacts",), ("cont_team",))]  # fmt: skip
    extracts = given(contacts=contacts(2))
    assert data_quality.answerable(extracts, asked).to_numpy().tolist() == [
        ["A", "1 of 3", "child protection plans and “team that took it” in contacts"]
    ]
    assert "can answer 1 of the 3 questions" in data_quality.headline(extracts, asked, None)


def test_without_extracts_it_says_so_and_no_more():
    none = Extracts(why_none="No extract of Dorset's own records was given to this run.")
    with pytest.raises(NotEnoughData, match="No extract of Dorset's own records"):
        data_quality.require_records(none)
    assert data_quality.headline(none, [], None) == none.why_none


def test_records_that_nothing_vouches_for_but_their_user_are_said_to_be_so():
    assert "whoever ran this vouched" in data_quality.whose(Extracts(about=About("Dorset", vouched=True)))
    assert "about.yml" in data_quality.whose(given())
