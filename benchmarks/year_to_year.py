"""How far a year's figure of an English authority lies from its own path, beyond chance: the table of `official.year_to_year`.

    python benchmarks/year_to_year.py FOLDER     FOLDER holds the department's files, as data/official does; prints the table

Also printed: the share of authorities' years beyond 95% limits by chance alone, and with the measured spread; and with it that of
changes over one, three and five years, less the median authority's, which the spread was not fitted to.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, stats

from helpers.extracts import official
from helpers.extracts.official import catalogue
from helpers.measures import Spread

FEWEST = 5  # counts on either side of a share, and of a rate, below which logs say little
TRIMMED = 9.0  # squared departures beyond so many times their expected size are left out: errors of recording, new authorities
LEAST = ([1.0, 0.0], np.inf)  # neither less than chance nor less than no wandering
KEPT = stats.chi2.cdf(TRIMMED, 3)  # of a normal departure's square the part that trimming leaves
CHANCE = stats.chi2.ppf(0.95, 1)


def levels_and_chances(rows: pd.DataFrame, interval: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each authority's log (log odds of a share) by year, and its variance by chance: a row a place, a column a year."""
    rows = rows[(rows["area_type"] == "Local authority") & (rows["numerator"] >= FEWEST) & (rows["denominator"] > 0)]
    share = rows["numerator"] / rows["denominator"]
    if interval == "proportion":
        rows, share = (part[rows["denominator"] - rows["numerator"] >= FEWEST] for part in (rows, share))
        level, chance = np.log(share / (1 - share)), 1 / (rows["denominator"] * share * (1 - share))
    else:
        level, chance = np.log(share), 1 / rows["numerator"]
    rows = rows.assign(level=level, chance=chance)
    return tuple(rows.pivot_table(index="old_code", columns="year", values=name) for name in ("level", "chance"))


def departures(rows: pd.DataFrame, interval: str) -> pd.DataFrame:
    """Squared departures of a year from the mean of those beside it, and their variance by chance, a row a place and year."""
    levels, chances = levels_and_chances(rows, interval)
    found = []
    for year in levels.columns:
        if {year - 1, year + 1} <= set(levels.columns):
            apart = (levels[year] - (levels[year - 1] + levels[year + 1]) / 2).dropna()
            by_chance = chances[year] + (chances[year - 1] + chances[year + 1]) / 4
            found.append(pd.DataFrame({"squared": (apart - apart.median()) ** 2, "chance": by_chance}).dropna())
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["squared", "chance"])


def beyond(rows: pd.DataFrame, interval: str, spread: Spread, years: int) -> float:
    """The share of authorities' changes over so many years, less the median's, beyond 95% limits with this spread."""
    levels, chances = levels_and_chances(rows, interval)
    squared = []
    for year in set(levels.columns) & set(levels.columns - years):
        apart = levels[year + years] - levels[year]
        limit = spread.together * (chances[year] + chances[year + years]) + 2 * spread.wander**2
        squared.append(((apart - apart.median()) ** 2 / limit).dropna())
    return float((pd.concat(squared) > CHANCE).mean()) if squared else np.nan


def measured(years: pd.DataFrame) -> Spread:
    """The spread that fits squared departures best: so many times chance, and a share of the level that no size takes away."""
    squared, parts = years["squared"].to_numpy(), np.column_stack([years["chance"], np.full(len(years), 1.5)])
    fitted = np.array([2.0, 0.005])
    for _ in range(100):
        expected = parts @ fitted
        kept = squared < TRIMMED * expected
        wanted = squared[kept] * stats.chi2.cdf(TRIMMED, 1) / KEPT
        weighted = parts[kept] / expected[kept, None]
        fitted = optimize.lsq_linear(weighted, wanted / expected[kept], bounds=LEAST).x
    return Spread(round(float(fitted[0]), 1), round(float(np.sqrt(fitted[1])), 3))


def main(folder: Path) -> None:
    """Prints a row a measure, as the table has it."""
    statistics = official.read(folder)
    for key, definition in catalogue.MEASURES.items():
        if not definition.interval:
            continue
        rows = catalogue.rows(statistics, key)
        years = departures(rows, definition.interval)
        if years.empty:
            continue
        spread = measured(years)
        limits = spread.together * years["chance"] + 1.5 * spread.wander**2
        by_chance, allowed = ((years["squared"] > CHANCE * limit).mean() for limit in (years["chance"], limits))
        told = f"{len(years):,} years: beyond 95% limits {by_chance:.0%} by chance alone, {allowed:.0%} with these"
        changes = {k: beyond(rows, definition.interval, spread, k) for k in (1, 3, 5)}
        told += "; changes " + ", ".join(f"{found:.0%} over {k}" for k, found in changes.items() if not np.isnan(found))
        print(f'    "{key}": Spread({spread.together}, {spread.wander}),  # {told}')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
