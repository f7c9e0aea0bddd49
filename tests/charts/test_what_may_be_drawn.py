"""What disclosure control withholds is neither drawn nor said."""

import re
from dataclasses import replace

import matplotlib.dates
import numpy as np
import pytest
from chart_samples import (
    FELL,
    MONTHS,
    STEADY,
    against,
    broken,
    compared,
    ended,
    in_places,
    lines,
    places,
    ranked,
    shares,
    spotted,
)

from helpers.results import NotEnoughData

pytestmark = pytest.mark.usefixtures("drawn")
NOTHING = {
    "against_comparators": lambda: against(compared((np.nan, np.nan))),
    "ranked": lambda: ranked(replace(compared(), data=compared().data.assign(ratio=np.nan))),
    "lines": lambda: lines(shares(Offered=(3, 4), Accepted=(1, 2))),
    "control_chart": lambda: spotted([3, 4, 5, 3, 4, 5, 3, 4, 5, 3, 4, 5]),
    "localities": lambda: in_places(places(Chesil=(3, 4), West=(5, 2))),
    "cumulative_incidence": lambda: ended(people=5),
}


@pytest.mark.parametrize("kind", NOTHING)
def test_where_no_number_can_be_shown_there_is_no_chart_but_a_sentence(kind):
    with pytest.raises(NotEnoughData):
        NOTHING[kind]()


def test_a_suppressed_year_is_left_out_of_lines_and_of_their_words(drawn):
    figure = lines(shares(Offered=(40, 3, 60), Accepted=(30, 4, 50)))
    assert drawn.heights() == {40.0, 60.0, 30.0, 50.0}
    assert list(figure.table.data["symbol"]) == ["", "[c]", "", "", "[c]", ""]
    assert not re.search(r"\b[34](\.0)?%", figure.alt)


def test_a_group_that_is_suppressed_whole_is_said_to_be_not_shown(drawn):
    figure = lines(shares(Offered=(40, 60), Accepted=(3, 4)))
    assert drawn.heights() == {40.0, 60.0}
    assert "Accepted is not shown" in figure.alt and "Accepted goes" not in figure.alt


def test_a_suppressed_month_is_not_drawn_on_a_control_chart_nor_named_as_outside_its_limits(drawn):
    small, large = spotted([*STEADY[:24], 3, *STEADY[24:40]]), spotted([*STEADY[:24], 140, *STEADY[24:40]])
    assert 0.3 not in drawn.heights(0) and "April 2022" not in small.alt
    assert 14.0 in drawn.heights(1) and "April 2022" in large.alt


def test_a_suppressed_month_is_not_drawn_in_an_interrupted_series(drawn):
    broken([*FELL[:40], 5, *FELL[41:]])
    first, suppressed = (matplotlib.dates.date2num(month) for month in MONTHS[[0, 40]])
    assert (first, 4.0) in drawn.points() and (suppressed, 0.5) not in drawn.points()


def test_a_suppressed_half_year_of_a_locality_is_neither_drawn_nor_said(drawn):
    figure = in_places(places(Chesil=(20, 3, 30), West=(2, 25, 40), Purbeck=(1, 2, 3)))
    ends_of_the_mark = {0.0, 1.0}
    assert drawn.heights() - ends_of_the_mark == {20.0, 30.0, 25.0, 40.0}
    assert "Chesil 20 to 30" in figure.alt and "West 25 to 40" in figure.alt and "Purbeck not shown" in figure.alt


def test_a_locality_without_a_plan_is_drawn_at_nought(drawn):
    figure = in_places(places(Chesil=(20, 0, 30), West=(25, 25, 40)))
    assert (matplotlib.dates.date2num(MONTHS[6]), 0.0) in drawn.points() and "Chesil 20 to 30" in figure.alt


def test_a_suppressed_point_of_a_curve_is_not_drawn(drawn):
    figure = ended(pilots=(0.0, 0.03, 0.6))
    assert (12.0, 60.0) in drawn.points() and 3.0 not in drawn.heights()
    assert not re.search(r"\b3%", figure.alt)


def test_a_figure_that_its_publisher_withheld_is_not_drawn_and_the_words_use_the_last_one_that_stands(drawn):
    withheld = compared((10.0, 13.7), symbol="c")
    figure = against(withheld)
    assert 10.0 in drawn.heights() and 13.7 not in drawn.heights() and "13.7" not in figure.alt
    assert "Dorset stands at 10% in the year to March 2023, its only year" in figure.alt
    assert "no figure" in ranked(withheld).title
