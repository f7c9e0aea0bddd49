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


# Hours between valve failures and their 0.2777th powers, as Montgomery prints them (Statistical Quality Control, 7.3.5).
VALVES = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]
TURNED = [
    4.80986, 6.70903, 5.72650, 3.81367, 6.43541, 6.23705, 1.46958, 3.96768, 5.39007, 1.78151, 9.09619, 5.89774, 3.38833, 4.51095,
    5.91690, 5.59189, 7.16124, 7.18601, 9.09083, 3.55203,
]  # fmt: skip


def test_montgomerys_valves_fail_at_times_that_vary_no_more_than_usual():
    chart = control_chart.t(VALVES, range(20))
    line = chart.points.iloc[0]
    assert line["centre"] ** 0.2777 == pytest.approx(np.mean(TURNED), rel=1e-3)
    assert line["upper"] ** 0.2777 == pytest.approx(np.mean(TURNED) + 2.66 * np.abs(np.diff(TURNED)).mean(), rel=1e-3)
    assert line["lower"] == 0 and (chart.points["signal"] == "").all() and chart.last == "common cause"


def test_benneyans_limits_of_cases_between_events_are_three_geometric_sigma_from_the_mean():
    between = [30, 12, 45, 3, 20, 60, 8, 17, 25, 40, 9, 31]  # mean 25
    line = control_chart.g(between, range(12), limits="sigma").points.iloc[0]
    assert line["upper"] == pytest.approx(25 + 3 * np.sqrt(25 * 26)) and line["lower"] == 0 and line["centre"] == 22.5


def test_rare_events_by_chance_signal_about_as_often_as_any_chart_and_benneyans_limits_far_more():
    rng = np.random.default_rng(2)
    outside = {"probability": [], "sigma": [], "t": []}
    for _ in range(60):
        between = rng.geometric(1 / 21, 30) - 1
        for limits in ("probability", "sigma"):
            points = control_chart.g(between, range(30), limits=limits).points
            outside[limits].append((points["signal"] == control_chart.OUTSIDE).mean())
        points = control_chart.t(rng.exponential(10, 30), range(30)).points
        outside["t"].append((points["signal"] == control_chart.OUTSIDE).mean())
    assert np.mean(outside["probability"]) < 0.005 and np.mean(outside["t"]) < 0.005
    assert 0.01 < np.mean(outside["sigma"]) < 0.03


def test_events_that_grow_rarer_improve_and_their_icon_says_high():
    chart = control_chart.g([5] * 6 + [4] * 6 + [40, 50, 45, 60, 44, 52, 48], range(19), baseline=12)
    assert chart.last == "improving"
    assert control_chart.icons(chart).variation == "special cause, improving, high"


def test_icons_name_the_side_and_how_usual_variation_meets_the_target():
    steady = [10, 12, 11, 13, 10, 12, 11, 13, 10, 12, 11, 13, 12]
    usual = control_chart.icons(control_chart.xmr(steady, range(13), better="lower", target=30))
    assert usual == control_chart.Icons("common cause", "consistently meets the target")
    high = control_chart.icons(control_chart.xmr([*steady[:-1], 40], range(13), better="lower", target=12))
    assert high == control_chart.Icons("special cause, concerning, high", "hits and misses the target")
    assert control_chart.icons(control_chart.xmr([*steady[:-1], 40], range(13))).variation == "special cause, high"


def test_days_between_events_that_share_their_days_are_refused():
    with pytest.raises(NotEnoughData, match="same day"):
        control_chart.t([0, 1] * 8, range(16))
