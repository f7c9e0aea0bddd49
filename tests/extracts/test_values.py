import pandas as pd
import pytest

from helpers.extracts import values


def dates(*cells):
    return values.dates(pd.Series(cells, dtype="str"))


@pytest.mark.parametrize(
    "written", ["25/04/2024", "25-04-2024", "25.4.2024", "2024-04-25", "2024-04-25 00:00:00", "25 April 2024", "25-Apr-2024",
                "2024-Apr-25 00:00:00", " 25/04/2024 ", "25\N{NO-BREAK SPACE}April 2024", "25/04/24", "25-Apr-24", "25.04.24",
                "45407", "45407.0", "20240425", "Thursday, 25 April 2024", "25th April 2024"],
)  # fmt: skip
def test_a_date_is_read_day_first_iso_or_with_its_month_named(written):
    moments, timed, wrong, _ = dates(written)
    assert moments[0] == pd.Timestamp("2024-04-25")
    assert not timed[0] and not wrong[0]


def test_a_year_in_two_digits_is_marked():
    assert list(dates("25/04/24", "25-Apr-24 18:05", "25/04/2024", "20240425", "31/02/24", "")[3]) == [True, True, *[False] * 4]


@pytest.mark.parametrize("written", ["25/04/2024 18:05", "2024-04-25T18:05", "25/04/2024 6:05 pm", "2024-04-25 18:05:00"])
def test_a_time_of_day_is_kept_and_said_to_be_there(written):
    moments, timed, *_ = dates(written)
    assert moments[0] == pd.Timestamp("2024-04-25 18:05") and timed[0]


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2024",
        "2024-13-01",
        "soon",
        "04/25/2024",
        "25/04/61",
        "25-04-24",
        "430",
        "99999",
        "25/04/2024 25:00",
        "01/01/0204",
        "99/99/99",
    ],
)
def test_an_impossible_or_unknown_date_is_a_fault_and_not_a_guess(written):
    moments, _, wrong, _ = dates(written, "01/05/2024", "14/05/2024")
    assert pd.isna(moments[0]) and wrong[0]


def test_a_year_in_two_digits_is_one_of_the_last_thirty_or_the_next():
    moments, _, wrong, _ = dates("01/02/99", "01/02/05", "01/02/61")
    assert list(moments[:2]) == [pd.Timestamp("1999-02-01"), pd.Timestamp("2005-02-01")] and list(wrong) == [False, False, True]


def test_a_day_as_excel_counts_it_may_carry_its_time():
    moments, timed, *_ = dates("45407.75", "45408")
    assert moments[0] == pd.Timestamp("2024-04-25 18:00") and list(timed) == [True, False]


def test_in_a_column_written_month_first_the_dates_that_fit_both_ways_are_faults_too():
    _, _, wrong, _ = dates("04/25/2024", "04/05/2024", "05/05/2024")
    assert list(wrong) == [True, True, False]


def test_a_column_of_midnights_records_no_times_and_one_midnight_among_times_does():
    assert not dates("2024-04-25 00:00:00", "2024-04-26 00:00:00")[1].any()
    assert dates("2024-04-25 00:00", "2024-04-26 18:00")[1].all()


def test_blank_cells_are_neither_dates_nor_faults():
    moments, _, wrong, _ = dates("", " ", "-", "#N/A", "01/05/2024")
    assert moments.isna().sum() == 4 and not wrong.any()


def test_a_code_is_known_by_its_words_and_anything_else_is_a_fault():
    codes, wrong = values.coded(pd.Series(["Yes", "no", "N/A", "perhaps", ""], dtype="str"), {"yes": "Y", "no": "N", "na": "NA"})
    assert list(codes[:3]) == ["Y", "N", "NA"] and codes[3:].isna().all()
    assert list(wrong) == [False, False, False, True, False]
