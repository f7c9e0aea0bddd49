"""A step in a monthly series at a month that nobody named: the best of all possible ones, judged against the best of chance.

The series (log counts, or log odds of a share) is laid over a straight trend, with seasons for counts; every month is tried as
the first at another level, and the best is kept. Its p-value comes from simulated series without a step, just as correlated from
month to month: how often their own best step fits as well (a sup-F test: Andrews 1993). A step says that the level moved; whether
lives, practice or recording moved it, it cannot say. Where months are strongly correlated it is found too often: of series in
which half the variance is carried over at 0.6 a month, 14 in 100 at 5%; at 0.3, 5 in 100.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import wording
from helpers.designs import given, minima
from helpers.results import NotEnoughData

SIMULATIONS = 400
MATCHED_AT = 0.9  # where the formula for the best step's chance is made to agree with the simulations
SHORTEST = 3  # months on either side of a step
LEAST_A_MONTH = 5  # rows in an average month
MOST_CORRELATED = 0.8
ROUNDS = 3  # of estimating how correlated months are


@dataclass(frozen=True)
class Step:
    """The best-fitting step: the first month at the new level, its size with a 95% interval given that month, and its p-value.

    `size` is a ratio of levels for counts, a ratio of odds for shares. The interval does not allow for having chosen the month.
    """

    month: pd.Timestamp
    size: float
    ci_low: float
    ci_high: float
    p_value: float


def in_counts(counts, periods, *, seed: int = 1) -> Step:
    """The best step in monthly counts; `periods` are first days of months, in order and without gaps.

    NotEnoughData below 24 months or where an average month has fewer than 5.
    """
    counts, periods = given.numbers(counts, "counts", least=0), pd.DatetimeIndex(given.moments(periods, "periods"))
    _enough(counts)
    return _best(np.log(counts + 0.5), periods, _under(periods, seasons=True), seed)


def in_shares(filled, rows, periods, *, seed: int = 1) -> Step:
    """The best step in the monthly share of `rows` that are `filled`; months without rows are passed over."""
    filled, rows = given.numbers(filled, "filled", least=0), given.numbers(rows, "rows", least=0)
    periods = pd.DatetimeIndex(given.moments(periods, "periods"))
    some = rows > 0
    filled, rows, periods = filled[some], rows[some], periods[some]
    _enough(rows)
    if filled.sum() in (0, rows.sum()):
        raise NotEnoughData("the column is filled always or never, so its share does not move")
    return _best(np.log((filled + 0.5) / (rows - filled + 0.5)), periods, _under(periods, seasons=False), seed)


def _enough(rows: np.ndarray) -> None:
    months, least = len(rows), sum(minima.MONTHS_WITHOUT_SEASONS)
    if months < least:
        raise NotEnoughData(f"{wording.count_of(months, 'month')} of records; {least} are needed to look for a step")
    if rows.mean() < LEAST_A_MONTH:
        raise NotEnoughData(f"fewer than {LEAST_A_MONTH} rows in an average month, too few to look for a step")


def _under(periods: pd.DatetimeIndex, seasons: bool) -> np.ndarray:
    """What the series is laid over: a level, a trend, and a yearly wave with its half."""
    at = np.linspace(-1, 1, len(periods))
    waves = [wave(2 * np.pi * k * periods.month / 12) for k in (1, 2) for wave in (np.sin, np.cos)] if seasons else []
    return np.column_stack([np.ones(len(periods)), at, *waves])


def _chance(best: float, simulated: np.ndarray, freedom: int) -> float:
    """How often chance alone gives a best step that fits as well.

    Simulations alone cannot tell 1 in 1,000 from 1 in 100,000, which matters where many series are searched. So each step's F is
    scaled by what correlation adds to it, and the months tried count as so many independent ones as make the formula agree with
    the simulations (Sidak).
    """
    inflated = (
        simulated.mean() * (freedom - 2) / freedom
    )  # the mean of F with these degrees of freedom is freedom / (freedom - 2)
    usual = np.quantile(simulated.max(axis=0), MATCHED_AT)
    tries = np.log(MATCHED_AT) / np.log1p(-stats.f.sf(usual / inflated, 1, freedom))
    return float(-np.expm1(tries * np.log1p(-stats.f.sf(best / inflated, 1, freedom))))


def _correlated(shocks: np.ndarray, carried: float) -> np.ndarray:
    """Series of variance 1 in which each month carries that share of the month before."""
    series = shocks.copy()
    for month in range(1, len(series)):
        series[month] = carried * series[month - 1] + np.sqrt(1 - carried**2) * shocks[month]
    return series


def _best(values: np.ndarray, periods: pd.DatetimeIndex, under: np.ndarray, seed: int) -> Step:
    months = len(values)
    after = np.arange(months)[:, None] >= np.arange(SHORTEST, months - SHORTEST + 1)[None, :]
    basis, _ = np.linalg.qr(under)
    steps = after - basis @ (basis.T @ after)  # each possible step beyond what it is laid over
    steps /= np.linalg.norm(steps, axis=0)
    freedom = months - under.shape[1] - 1

    def fits(series: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each column, how much each step explains beside what it leaves (F), and the correlation of what is left."""
        left = series - basis @ (basis.T @ series)
        explained = (steps.T @ left) ** 2
        total = (left**2).sum(axis=0)
        ratio = explained / np.maximum((total - explained) / freedom, 1e-12)
        chosen = ratio.argmax(axis=0)
        rest = left - steps[:, chosen] * (steps[:, chosen] * left).sum(axis=0)
        return ratio, (rest[1:] * rest[:-1]).sum(axis=0) / np.maximum((rest**2).sum(axis=0), 1e-12)

    shocks = np.random.default_rng(seed).standard_normal((months, SIMULATIONS))
    observed, correlation = fits(values[:, None])
    carried = 0.0
    for _ in range(ROUNDS):  # fitting makes months look less correlated than they are: by how much, the simulations say
        _, found = fits(_correlated(shocks, carried))
        carried = float(np.clip(carried + correlation[0] - found.mean(), 0, MOST_CORRELATED))
    simulated, _ = fits(_correlated(shocks, carried))
    place = int(observed[:, 0].argmax())
    p_value = _chance(float(observed[place, 0]), simulated, freedom)

    design = np.column_stack([under, after[:, place]])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    spread = ((values - design @ coefficients) ** 2).sum() / freedom
    error = np.sqrt(spread * np.linalg.inv(design.T @ design)[-1, -1] * (1 + carried) / (1 - carried))
    low, high = np.exp(coefficients[-1] + np.array([-1.96, 1.96]) * error)
    return Step(periods[SHORTEST + place], float(np.exp(coefficients[-1])), float(low), float(high), float(p_value))
