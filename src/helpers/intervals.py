"""The interval arithmetic that measures and designs share: Byar, exact, Wilson, Clopper-Pearson, Newcombe, exact rate ratio.

Every function is vectorised: counts and denominators may be numbers or arrays of the same shape. A missing count or
denominator gives missing limits (a suppressed figure has no interval); an impossible one raises ValueError.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special  # not scipy.stats, which takes a second to import: the command needs none of it

BYAR_FROM = 10  # events: below this Byar's approximation gives way to the exact Poisson interval (UKHSA's rule)


@dataclass(frozen=True)
class Interval:
    """A confidence interval, or an array of them: `low` and `high` in the unit of the estimate."""

    low: float | np.ndarray
    high: float | np.ndarray

    def times(self, factor) -> "Interval":
        """The interval in another unit: per 10,000, or as a percentage."""
        return _interval(np.multiply(self.low, factor), np.multiply(self.high, factor))

    def holds(self, value):
        """Whether the interval contains `value`, ends included."""
        inside = (np.asarray(self.low) <= value) & (np.asarray(self.high) >= value)
        return bool(inside) if inside.ndim == 0 else inside


def exact_poisson(count, level: float = 0.95) -> Interval:
    """The exact (Garwood) interval for the mean of a Poisson count; for no events the lower limit is 0."""
    count, half = _count(count, "a count"), _half(level)
    low = np.where(count > 0, special.gammaincinv(np.where(count > 0, count, 1), half), np.where(np.isnan(count), np.nan, 0.0))
    return _interval(low, special.gammaincinv(count + 1, 1 - half))


def byar(count, level: float = 0.95) -> Interval:
    """Byar's interval for the mean of a Poisson count, exact below 10 events (Breslow and Day 1987; UKHSA)."""
    count, z = _count(count, "a count"), special.ndtri(1 - _half(level))
    safe = np.where(count == 0, 1, count)
    low = safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3
    high = (count + 1) * (1 - 1 / (9 * (count + 1)) + z / (3 * np.sqrt(count + 1))) ** 3
    exact = exact_poisson(count, level)
    return _interval(np.where(count < BYAR_FROM, exact.low, low), np.where(count < BYAR_FROM, exact.high, high))


def poisson_rate(count, exposure, per: float = 1.0, level: float = 0.95) -> Interval:
    """Byar's interval for a rate: events per `per` units of exposure, the exposure taken as known."""
    exposure = _positive(exposure, "an exposure")
    return byar(count, level).times(per / exposure)


def wilson(count, n, level: float = 0.95) -> Interval:
    """The Wilson score interval for a proportion, 0 to 1, without continuity correction (Wilson 1927)."""
    count, n = _part(count, n)
    z = special.ndtri(1 - _half(level))
    share = count / n
    middle = share + z**2 / (2 * n)
    spread = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = (middle - spread) / (1 + z**2 / n), (middle + spread) / (1 + z**2 / n)
    # At the ends the limits are 0 and 1 exactly; rounding would leave them a hair outside.
    return _interval(np.where(count == 0, 0.0, low), np.where(count == n, 1.0, high))


def clopper_pearson(count, n, level: float = 0.95) -> Interval:
    """The exact interval for a proportion, 0 to 1: never below its level, so wider than Wilson's (Clopper and Pearson 1934)."""
    count, n = _part(count, n)
    half = _half(level)
    low = np.where(count > 0, special.betaincinv(np.where(count > 0, count, 1), n - count + 1, half), (count + n) * 0)
    high = np.where(count < n, special.betaincinv(count + 1, np.where(count < n, n - count, 1), 1 - half), count / n)
    return _interval(low, high)


def newcombe(count_1, n_1, count_2, n_2, level: float = 0.95) -> Interval:
    """Newcombe's hybrid score interval for the difference of two independent proportions, first less second (1998, method 10)."""
    (count_1, n_1), (count_2, n_2) = _part(count_1, n_1), _part(count_2, n_2)
    first, second = wilson(count_1, n_1, level), wilson(count_2, n_2, level)
    share_1, share_2 = count_1 / n_1, count_2 / n_2
    difference = share_1 - share_2
    low = difference - np.sqrt((share_1 - first.low) ** 2 + (second.high - share_2) ** 2)
    return _interval(low, difference + np.sqrt((first.high - share_1) ** 2 + (share_2 - second.low) ** 2))


def rate_ratio(count_1, exposure_1, count_2, exposure_2, level: float = 0.95) -> Interval:
    """The exact conditional interval for the ratio of two Poisson rates, first over second.

    Given the total, the first count is binomial, and its Clopper-Pearson limits become limits of the ratio. With no event on
    one side a limit is 0 or infinite; with none on either, both are missing.
    """
    count_1, count_2 = _count(count_1, "a count"), _count(count_2, "a count")
    exposure_1, exposure_2 = _positive(exposure_1, "an exposure"), _positive(exposure_2, "an exposure")
    total = count_1 + count_2
    share = clopper_pearson(count_1, np.where(total > 0, total, np.nan), level)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.divide(share.low, np.subtract(1, share.low)) * exposure_2 / exposure_1
        high = np.where(count_2 == 0, np.inf, np.divide(share.high, np.subtract(1, share.high)) * exposure_2 / exposure_1)
    return _interval(low, np.where(np.isnan(low), np.nan, high))


def _half(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1; got {level}")
    return (1 - level) / 2


def _numbers(values, what: str) -> np.ndarray:
    """`values` as floats with missing as NaN; infinite values are refused."""
    if hasattr(values, "to_numpy"):
        values = values.to_numpy(dtype=float, na_value=np.nan)
    values = np.asarray(values, dtype=float)
    if np.isinf(values).any():
        raise ValueError(f"{what} must be finite")
    return values


def _count(values, what: str) -> np.ndarray:
    values = _numbers(values, what)
    known = values[~np.isnan(values)]
    if (known < 0).any() or (known != np.round(known)).any():
        raise ValueError(f"{what} must be a whole number, 0 or more; got {known[(known < 0) | (known != np.round(known))][0]:g}")
    return values


def _positive(values, what: str) -> np.ndarray:
    values = _numbers(values, what)
    if (values <= 0).any():
        raise ValueError(f"{what} must be above 0; got {values[values <= 0].flat[0]:g}")
    return values


def _part(count, n) -> tuple[np.ndarray, np.ndarray]:
    count, n = _count(count, "a count"), _positive(_count(n, "a denominator"), "a denominator")
    if (count > n).any():
        raise ValueError("a count cannot be larger than its denominator")
    return count, n


def _interval(low, high) -> Interval:
    low, high = np.broadcast_arrays(np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    return Interval(float(low), float(high)) if low.ndim == 0 else Interval(low.copy(), high.copy())
