"""Titles and text alternatives say what the numbers say, and turn when the numbers turn."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from chart_samples import (
    FELL,
    MONTHS,
    POLICY,
    ROSE,
    STEADY,
    against,
    apart,
    around_the_change,
    broken,
    compared,
    effect,
    ended,
    estimates,
    followed,
    in_places,
    lines,
    monthly,
    permuted,
    places,
    ranked,
    shares,
    side_by_side,
    spotted,
)

from helpers import charts, disclosure
from helpers.designs import control_chart
from helpers.wording import number

pytestmark = pytest.mark.usefixtures("drawn")


def test_the_title_beside_england_turns_with_the_figures():
    above, below, between = (against(compared((10.0, ours))).title for ours in (14.0, 6.0, 10.5))
    assert "above England" in above and "below England" in below and "cannot be told apart" in between


def test_without_an_interval_the_title_gives_both_figures_and_does_not_compare_them():
    assert against(compared((10.0, 14.5), interval=np.nan)).title == "In 2024: Dorset 14.5, England 10.0"
    assert "no figure for England" in against(compared(england=(10.0, np.nan))).title


def test_the_words_beside_england_hold_the_numbers_drawn(drawn):
    figure = against(compared((10.0, 14.0), england=(9.5, 9.9)))
    assert {10.0, 14.0, 9.5, 9.9, 11.3} <= drawn.heights()
    for said in ("from 10%", "to 14%", "12.5 to 15.5", "England lies between 9.5% and 9.9%", "South West", "median"):
        assert said in figure.alt


def test_a_place_is_ranked_where_its_figure_puts_it(drawn):
    highest, third, lowest = (ranked(compared((10.0, ours))) for ours in (20.0, 10.5, 1.0))
    assert len({figure.title for figure in (highest, third, lowest)}) == 3
    assert "place 1 of 6" in highest.alt and "place 3 of 6" in third.alt and "place 6 of 6" in lowest.alt
    for said in ("Dorset is highest at 20.0", "Place 0 lowest at 8.0", "England is 10.0"):
        assert said in highest.alt
    assert {bar.get_width() for bar in drawn[0].axes[0].patches} == {20.0, 8.0, 9.0, 10.0, 11.0, 12.0}
    assert "England 10.0" in drawn.writing()


def test_the_words_of_lines_give_each_groups_first_and_last_value(drawn):
    figure = lines(shares(Offered=(40, 60), Accepted=(30, 50)))
    assert "Offered goes from 40% to 60%" in figure.alt and "Accepted goes from 30% to 50%" in figure.alt
    assert {"Offered", "Accepted"} <= set(drawn.writing())
    assert "Offered goes from 60% to 40%" in lines(shares(Offered=(60, 40), Accepted=(30, 50))).alt


@pytest.mark.parametrize(
    ("last", "better", "word"),
    [(120, "lower", "worse"), (120, "higher", "better"), (8, "lower", "better"), (120, None, "unlike"), (41, "lower", "within")],
)
def test_the_title_of_a_control_chart_says_what_the_last_month_shows(last, better, word):
    figure = spotted([*STEADY[:36], last], better=better)
    assert word in figure.title and figure.title in figure.alt


def test_a_short_control_chart_says_that_it_is_too_short():
    assert "Too few" in spotted(STEADY[:8]).title


def test_a_control_chart_says_its_average_its_range_and_which_months_lie_outside():
    counts = [*STEADY[:36], 120, *STEADY[:3]]
    figure = spotted(counts)
    last = control_chart.u(counts, [10_000.0] * 40, MONTHS[:40], per=1000).points.iloc[-1]
    for said in ("40 months", f"{number(last['centre'], 1)} per 1,000 days", number(last["upper"], 1), "April 2023"):
        assert said in figure.alt


def test_the_title_of_an_interrupted_series_turns_with_the_series():
    fell, rose, steady = broken(FELL), broken(ROSE), broken(STEADY)
    assert "below the earlier trend" in fell.title and "above the earlier trend" in rose.title
    assert "No clear departure" in steady.title
    assert all(figure.title in figure.alt and "October 2022" in figure.subtitle for figure in (fell, rose, steady))


def test_an_interrupted_series_says_what_happened_and_where_the_earlier_trend_would_have_led(drawn):
    figure = broken(FELL)
    [continued] = [line for line in drawn[0].axes[0].lines if line.get_linestyle() == "--"]
    assert f"would be {number(float(continued.get_ydata()[-1]))}" in figure.alt
    assert pd.Timestamp(continued.get_xdata()[0]) == pd.Timestamp("2022-10-01")
    assert "what happened" in drawn.writing()


def test_localities_in_focus_come_first_and_are_named_so(drawn):
    figure = in_places(places(Ash=(20, 30), West=(25, 40), Chesil=(30, 35)), in_focus=("West", "Chesil"))
    assert "Three localities" in figure.title and "two of them pilot" in figure.title
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in drawn[0].axes if axes.get_visible()]
    assert titles == ["Chesil (pilot)", "West (pilot)", "Ash"]


def test_where_no_locality_is_in_focus_none_is_said_to_be(drawn):
    for none in ((), ("",), ("Nowhere",)):
        assert in_places(places(Ash=(20, 30), West=(25, 40), Chesil=(30, 35)), in_focus=none).title == "Three localities"


def test_every_choice_of_localities_is_drawn_and_the_words_turn_with_the_actual_one(drawn):
    far, near = permuted(), permuted((0.1, -0.1, 0.05), (0.0, 0.12, -0.08))
    assert [len(figure.axes[0].patches) for figure in drawn] == [20, 20]
    assert far.title != near.title and "20" in far.title and "0.10" in far.alt and "−0.47" in far.alt
    assert list(far.table.data["choice"]).index("the actual choice") == 0  # of the choices in order, the lowest
    assert list(permuted((0.5, 0.4, 0.45), (0.0, 0.1, 0.05)).table.data["choice"]).index("the actual choice") == 19


def test_estimates_and_their_intervals_are_said_in_their_order(drawn):
    figure = estimates(Main=effect(0.6, 0.4, 0.9), Other=effect(1.1, 0.8, 1.5))
    assert "Main 0.60, 0.40 to 0.90; Other 1.10, 0.80 to 1.50" in figure.alt
    assert list(figure.table.data["estimate of"]) == ["Main", "Other"]
    assert {0.4, 0.6, 0.9, 0.8, 1.1, 1.5} <= {x for x, _ in drawn.points()}


def test_curves_are_said_at_their_last_month():
    figure = ended()
    for said in ("Stepped down, Pilot localities: 60% by month 12", "Stepped down, Other localities: 40% by month 12"):
        assert said in figure.alt


def test_a_dumbbell_says_each_gap_in_words_and_which_rows_it_leaves_out(drawn):
    figure = apart(KS2=(41.0, 66.0), KS4=(float("nan"), 53.0), EYFS=(70.0, 70.0))
    assert [words for words in drawn.writing() if ":" in words] == ["KS2: 25.0 percentage points lower", "EYFS: level"]
    assert "KS2: disadvantaged 41%, others 66%" in figure.alt and "KS4" not in figure.alt
    assert figure.note.startswith("One row not drawn")


def test_steps_are_drawn_and_told_as_shares_and_one_that_may_not_be_shown_is_said_to_be_hidden(drawn):
    figure = followed(Contact_to_referral=60, Conference_to_plan=3)
    assert [bar.get_width() for bar in drawn[0].axes[0].patches] == [100, 30.0]
    assert "not shown" in drawn.writing() and "30%" in drawn.writing()
    assert "Contact to referral 30%, 95% interval 24.1 to 36.7" in figure.alt
    assert "Conference to plan is not shown" in figure.alt and "1.5" not in figure.alt


def test_a_plain_count_is_drawn_by_month_and_told_with_its_unit(drawn):
    counts = monthly([40, 44, 38, 41, 45, 39, 42, 40, 43, 38, 41, 84])
    bare = counts.data.assign(**dict.fromkeys(("denominator", "ratio", "ci_low", "ci_high"), np.nan))
    exact = replace(counts, per=None, unit="contacts a month", data=bare)
    chart = control_chart.xmr(exact.data["numerator"], exact.data["period"])
    figure = charts.control_chart(disclosure.control(exact, POLICY), chart)
    assert {40, 45, 85} <= drawn.heights() and "unlike usual variation" in figure.title
    assert figure.subtitle.startswith("Contacts a month, April 2020") and "contacts a month" in figure.alt


def test_small_pictures_name_their_ranges_and_the_months_that_are_marked():
    figure = side_by_side(places(Chesil=(20, 30, 40), West=(2, 50, 60)), marks={"West": MONTHS[6]})
    assert "Chesil, 20 to 40 a month" in figure.alt and "West, 50 to 60 a month, a step in October 2020" in figure.alt
    assert "dashed lines mark steps in West" in figure.subtitle


def test_an_event_study_says_in_how_many_periods_places_were_apart_before_and_since(drawn):
    figure = around_the_change(fall=0.5)
    assert "no quarters of 4 before the change and three quarters of 3 since" in figure.alt and "−0.5" in figure.alt
    assert (-1.0, 0.0) in drawn.points() and len(figure.table.data) == 7
    assert "no quarters of 3 since" in around_the_change(fall=0.0).alt
