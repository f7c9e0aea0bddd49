import math

import pytest

from helpers import wording


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (1234.6, None, "1,235"),
        (12, None, "12"),
        (12.34, None, "12.3"),
        (0.456, None, "0.46"),
        (-3.2, None, "−3.2"),
        (-0.04, 1, "0.0"),
        (7, 1, "7.0"),
        (0, None, "0"),
    ],
)
def test_a_number_has_as_many_decimals_as_its_size_deserves_and_a_true_minus_sign(value, decimals, shown):
    assert wording.number(value, decimals) == shown


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (9.651, 14.908, "9.7 to 14.9"),
        (0.4, 0.948, "0.40 to 0.95"),
        (-18.6, -3.2, "−18.6 to −3.2"),
        (99.5, 1234.2, "100 to 1,234"),
        (2, math.inf, "2.00 or more"),
        (-math.inf, 5, "5.0 or less"),
    ],
)
def test_both_ends_of_an_interval_have_the_same_decimals_and_an_end_without_bound_is_in_words(low, high, shown):
    assert wording.interval(low, high) == shown


@pytest.mark.parametrize(
    ("p", "shown"), [(0.0004, "p < 0.001"), (0.001, "p = 0.001"), (0.0096, "p = 0.010"), (0.25, "p = 0.25"), (1.0, "p = 1.00")]
)
def test_a_p_value_is_never_nought(p, shown):
    assert wording.p_value(p) == shown


def test_dates_are_written_as_people_write_them_whatever_they_come_as():
    import pandas as pd

    assert wording.day("2022-11-01") == wording.day(pd.Timestamp("2022-11-01 13:45")) == "1 November 2022"
    assert wording.month("2022-11") == wording.month("2022-11-30") == "November 2022"
    assert wording.period("2019-04-01", "2024-03-31") == "April 2019 to March 2024"


def test_figures_side_by_side_share_their_decimals_and_published_whole_numbers_stay_whole():
    assert wording.figures([36, 30.25, None]) == ["36.0", "30.2", "[x]"]
    assert wording.figures([24, 22, float("nan")]) == ["24", "22", "[x]"]


def test_a_list_of_places_ends_with_and():
    assert [wording.listing(names) for names in ([], ["Poole"], ["Poole", "Dorset"], ["a", "b", "c"])] == [
        "none", "Poole", "Poole and Dorset", "a, b and c",
    ]  # fmt: skip


def test_one_month_is_singular_and_small_counts_are_words():
    assert [wording.count_of(n, "month") for n in (0, 1, 10, 11, 1200)] == [
        "no months", "one month", "ten months", "11 months", "1,200 months",
    ]  # fmt: skip
    assert wording.count_of(3, "child", "children") == "three children"


def test_a_percentage_carries_its_sign_and_a_rate_its_unit():
    assert wording.amount(12.52, "%") == "12.5%"
    assert wording.amount(10.0, "%") == "10%"  # published as a whole number: a decimal would be more than is known
    assert wording.amount(44.56, "per 10,000 children") == "44.6 per 10,000 children"
    assert wording.amount(1205, "children") == "1,205 children"
