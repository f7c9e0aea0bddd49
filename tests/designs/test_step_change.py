"""A step at an unknown month: found where it is, and seldom where it is not."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import step_change
from helpers.results import NotEnoughData

MONTHS = pd.date_range("2018-04-01", periods=60, freq="MS")
SEASONS = 1 + 0.2 * np.sin(2 * np.pi * MONTHS.month / 12)


def test_a_planted_step_in_volume_is_found_in_its_month_with_its_size():
    level = np.where(np.arange(60) < 25, 100, 150) * SEASONS
    step = step_change.in_counts(np.random.default_rng(1).poisson(level), MONTHS)
    assert abs((step.month - MONTHS[25]).days) < 40 and step.p_value < 0.001
    assert step.ci_low < 1.5 < step.ci_high and 1.3 < step.size < 1.7


def test_a_column_that_begins_to_be_filled_is_found_in_its_month():
    rows = np.full(60, 50)
    filled = np.random.default_rng(2).binomial(rows, np.where(np.arange(60) < 40, 0.3, 0.8))
    step = step_change.in_shares(filled, rows, MONTHS)
    assert step.month == MONTHS[40] and step.p_value < 1e-6 and step.size > 1


def test_a_trend_and_seasons_alone_are_no_step():
    trend = 100 * SEASONS * np.exp(np.linspace(0, 0.7, 60))
    assert step_change.in_counts(np.round(trend), MONTHS).p_value > 0.2


def test_null_series_whose_months_are_correlated_give_a_step_about_as_often_as_promised():
    random, found = np.random.default_rng(3), []
    for _ in range(160):
        carried = np.zeros(36)
        for month in range(1, 36):
            carried[month] = 0.3 * carried[month - 1] + 0.1 * random.standard_normal()
        found.append(step_change.in_counts(random.poisson(100 * np.exp(carried)), MONTHS[:36]).p_value)
    assert np.mean(np.array(found) < 0.05) <= 0.10 and np.mean(np.array(found) < 0.5) == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize("counts, why", [(np.full(20, 50), "24 are needed"), (np.full(36, 2), "rows in an average month")])
def test_too_short_or_too_thin_a_series_is_refused(counts, why):
    with pytest.raises(NotEnoughData, match=why):
        step_change.in_counts(counts, MONTHS[: len(counts)])


def test_a_column_always_filled_has_no_step():
    with pytest.raises(NotEnoughData, match="always or never"):
        step_change.in_shares(np.full(36, 50), np.full(36, 50), MONTHS[:36])
