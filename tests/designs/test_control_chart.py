"""Control charts follow the Making Data Count rules, call ordinary months ordinary, and say which limits they are."""

import numpy as np
import pytest

from helpers.designs import control_chart
from helpers.results import NotEnoughData

ONE_WILD = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


def test_one_wild_month_widens_the_excel_limits_and_not_the_screened_ones():
    screened = control_chart.xmr(ONE_WILD, range(18))
    excel = control_chart.xmr(ONE_WILD, range(18), screened=False)
    assert screened.points[["centre", "upper", "lower"]].iloc[0].round(2).tolist() == [1.94, 4.60, -0.72]
    assert excel.points[["upper", "lower"]].iloc[0].round(2).tolist() == [6.95, -3.06]
    assert screened.points["signal"].iloc[4] == control_chart.OUTSIDE
    assert "left out" in screened.convention and "kept" in excel.convention


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0, 4, 0, 0], {2: control_chart.OUTSIDE}),
        ([1] * 7 + [-1], dict.fromkeys(range(7), control_chart.SHIFT)),
        ([1] * 6 + [-1], {}),
        ([-1.5, -1.2, -1, 0.1, 0.2, 0.3, 1.5], dict.fromkeys(range(7), control_chart.TREND)),
        ([2.2, 0.5, 2.4, -1], {0: control_chart.NEAR, 2: control_chart.NEAR}),
        ([2.2, -0.5, 2.4, -1], {}),  # two of three near, but not all three on one side
    ],
)
def test_each_rule_marks_the_points_that_break_it(values, expected):
    found = control_chart.signals(np.array(values, dtype=float), 0.0, np.full(len(values), 3.0))
    assert {at: rule for at, rule in enumerate(found) if rule} == expected


def test_the_last_point_improves_or_worsens_by_which_way_is_better():
    falling = [10, 11, 9, 10, 11, 9, 10, 11, 10, 9, 10, 11, 2]
    assert control_chart.xmr(falling, range(13), better="lower", target=20.0).last == "improving"
    assert control_chart.xmr(falling, range(13), better="higher").last == "worsening"
    assert control_chart.xmr(falling, range(13)).last == "special cause"
    assert control_chart.xmr(falling, range(13), better="lower", target=20.0).target == "met"


def test_eleven_points_give_trial_limits_without_signals_and_five_are_refused():
    trial = control_chart.xmr([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2], range(11))
    assert trial.trial and trial.last is None and (trial.points["signal"] == "").all() and "Trial limits" in trial.convention
    with pytest.raises(NotEnoughData, match="five points"):
        control_chart.xmr([1, 2, 1, 2, 1], range(5))


def test_a_u_chart_with_recurring_children_signals_far_less_with_laneys_limits_than_with_plain_ones():
    rng = np.random.default_rng(1)
    plain, widened = 0, 0
    for _ in range(100):
        events = rng.negative_binomial(10, 10 / (10 + 40), 36)  # mean 40, variance five times that
        exposure = np.full(36, 12_000.0)
        plain += (
            control_chart.u(events, exposure, range(36), overdispersion=False).points["signal"] == control_chart.OUTSIDE
        ).sum()
        widened += (control_chart.u(events, exposure, range(36)).points["signal"] == control_chart.OUTSIDE).sum()
    assert plain / 3600 > 0.1 and widened / 3600 < 0.02


def test_a_p_chart_has_wider_limits_where_fewer_were_counted():
    points = control_chart.p([5] * 6 + [50] * 6, [10] * 6 + [100] * 6, range(12)).points
    assert points["upper"].iloc[0] > points["upper"].iloc[-1]
    assert points[["lower", "upper"]].min().min() >= 0 and points["upper"].max() <= 100


def test_months_without_events_or_without_anyone_at_risk_are_refused():
    for events, exposure in (([0] * 12, [10] * 12), ([1] * 12, [0] + [10] * 11)):
        with pytest.raises(NotEnoughData):
            control_chart.u(events, exposure, range(12))
