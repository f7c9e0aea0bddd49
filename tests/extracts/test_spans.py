"""From which day to which a table lists everything that began, a few rows at a time."""

import pandas as pd
import pytest

from helpers.extracts import Extracts
from helpers.extracts.spans import span, whole_months
from helpers.results import NotEnoughData
from helpers.tables import TABLES


def need(*rows: tuple) -> pd.DataFrame:
    """Child in need episodes of (referred, closed), and whether the referral itself is listed (True where not told)."""
    frame = pd.DataFrame([(*row, True)[:3] for row in rows], columns=["cine_referral_date", "cine_close_date", "listed"])
    made = {"cine_referral_id": [f"R{number}" for number in range(len(frame))], "cine_referral_listed": frame["listed"]}
    return TABLES["cin_episodes"].typed(frame.drop(columns="listed").assign(cine_person_id="Ada", **made))


def days(table: str, frame: pd.DataFrame) -> tuple[str, str]:
    return tuple(f"{day:%Y-%m-%d}" for day in span(table, frame))


def test_of_what_began_before_a_census_only_what_lasted_is_there_so_it_begins_at_its_first_close():
    census = need(("2019-05-01", "2023-06-01"), ("2022-12-01", "2023-04-01"), ("2023-04-03", None), ("2024-03-20", None))
    assert days("cin_episodes", census) == ("2023-04-01", "2024-03-20")


def test_a_referral_known_only_from_a_case_that_stayed_open_is_no_first_referral():
    half_a_year = need(("2020-01-05", None, False), ("2023-10-02", None), ("2024-03-20", None))
    assert days("cin_episodes", half_a_year) == ("2023-10-02", "2024-03-20")


def test_a_log_whose_ends_are_not_recorded_begins_with_its_first_row_and_an_empty_one_has_no_days():
    rows = need(("2020-01-05", None), ("2024-03-20", None))
    assert days("cin_episodes", rows) == ("2020-01-05", "2024-03-20")
    assert all(pd.isna(day) for day in span("cin_episodes", rows.iloc[:0]))


def weekly(first: str, weeks: int) -> list[tuple]:
    return [(day, None) for day in pd.date_range(first, periods=weeks, freq="4D")]


def test_records_of_later_years_do_not_reach_over_a_year_that_did_not_come():
    with_a_hole = need(*weekly("2020-04-01", 91), *weekly("2022-04-01", 91))
    assert days("cin_episodes", with_a_hole) == ("2022-04-01", "2023-03-27")


def test_a_year_that_is_a_slip_of_the_pen_is_not_where_records_begin_or_end():
    slips = need(("1900-01-01", None), *weekly("2022-04-01", 120), ("2203-05-01", None))
    assert days("cin_episodes", slips) == ("2022-04-01", "2023-07-21")


def test_months_are_whole_where_every_table_lists_them_and_none_is_refused():
    contacts = TABLES["contacts"].typed(pd.DataFrame({"cont_contact_date": ["2022-05-04", "2022-09-28"], "cont_contact_id": "C"}))
    both = Extracts(tables={"contacts": contacts, "cin_episodes": need(("2022-06-03", None), ("2022-12-31", None))})
    found = both.whole_months("contacts", "cin_episodes", period_start="2022-04-01", period_end="2023-03-31")
    assert [str(month) for month in found] == ["2022-06", "2022-07", "2022-08", "2022-09"]
    with pytest.raises(NotEnoughData, match="no whole month"):
        both.whole_months("contacts", "cin_episodes", period_start="2023-04-01", period_end="2024-03-31")
    with pytest.raises(NotEnoughData, match="no whole month"):
        whole_months("2022-06-10", "2022-07-15")
