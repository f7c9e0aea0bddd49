"""How far a year lies from its own path: recovered where it was planted, and the table is what the published figures give."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.extracts.official import catalogue
from helpers.extracts.official.year_to_year import SPREADS
from helpers.measures import Spread

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
import year_to_year


def figures(spread: Spread, seed: int = 1, trend: float = 0.1) -> pd.DataFrame:
    """Counts of 150 authorities in 12 years, each with its own size and trend."""
    rng = np.random.default_rng(seed)
    size, trend, years = rng.uniform(100, 900, (150, 1)), rng.normal(0, trend, (150, 1)), np.arange(12)
    level = size * np.exp(trend * (years - 6) + rng.normal(0, 1, (150, 12)) * spread.wander)
    count = spread.together * rng.poisson(level / spread.together)
    rows = [(f"{place}", 2013 + year, count[place, year]) for place in range(150) for year in years]
    table = pd.DataFrame(rows, columns=["old_code", "year", "numerator"])
    return table.assign(area_type="Local authority", denominator=50_000.0)


@pytest.mark.parametrize("spread", [Spread(1.0, 0.0), Spread(4.0, 0.0), Spread(4.0, 0.1)])
def test_how_authorities_vary_around_their_own_trends_is_recovered(spread):
    found = year_to_year.measured(year_to_year.departures(figures(spread), "rate"))
    assert found.together == pytest.approx(spread.together, abs=0.8) and found.wander == pytest.approx(spread.wander, abs=0.03)


def test_years_that_only_wander_stay_within_their_limits_however_far_apart_and_paths_that_move_do_not():
    spread = Spread(4.0, 0.1)
    moving = figures(spread)
    still = figures(spread, trend=0.0)
    near, far = (year_to_year.beyond(still, "rate", spread, years) for years in (1, 5))
    assert 0.03 < near < 0.07 and 0.03 < far < 0.07 < 0.4 < year_to_year.beyond(moving, "rate", spread, 5)


@pytest.mark.parametrize("key", ["plans_started_rate", "re_referrals_share", "looked_after_rate"])
def test_the_table_is_what_every_authoritys_published_figures_give(official_statistics, key):
    years = year_to_year.departures(catalogue.rows(official_statistics, key), catalogue.MEASURES[key].interval)
    assert year_to_year.measured(years) == SPREADS[key]
    by_chance = (years["squared"] > year_to_year.CHANCE * years["chance"]).mean()
    assert by_chance < 0.05 if SPREADS[key] == Spread() else by_chance > 0.4
