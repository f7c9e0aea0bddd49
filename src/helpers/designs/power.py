"""The smallest effect that a design could have seen, worked out before looking at the result."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from helpers.results import NotEnoughData

FARTHEST = math.log(20)  # the largest effect that a simulation tries


@dataclass(frozen=True)
class Detectable:
    """The smallest effects that would be found `power` of the time at 5% two-sided: `fall` and `rise` on `scale`.

    Rate ratios below and above 1, or percentage points below and above 0; None where even the largest possible would be missed.
    """

    fall: float | None
    rise: float | None
    scale: str
    power: float
    needs: str  # what it was worked out from, in words


def power_of_t(effect: float, standard_error: float, degrees_of_freedom: float, level: float = 0.05) -> float:
    """The chance that a two-sided t test finds a true `effect` with this standard error."""
    critical = stats.t.ppf(1 - level / 2, degrees_of_freedom)
    shift = effect / standard_error
    far_side = stats.nct.cdf(-critical, degrees_of_freedom, abs(shift))  # scipy gives nan where it is nought to machine precision
    return float(stats.nct.sf(critical, degrees_of_freedom, abs(shift)) + (far_side if far_side > 0 else 0.0))


def standard_error_of_places(
    *, events_a_month: float, months_before: int, months_after: int, with_change: int, without: int, phi: float, drift: float
) -> float:
    """The standard error of a difference in log rate between two sides of few places, each collapsed to before and after.

    `events_a_month` a place; `phi` the variance of counts over their mean; `drift` the standard deviation of a place's own
    change in log rate, whatever was done there.
    """
    if min(months_before, months_after) < 1:
        raise NotEnoughData("The period holds no month before the change, or none after it that can be compared.")
    if not events_a_month > 0:
        raise NotEnoughData("No event was counted, so nothing says how far counts vary by chance.")
    one_place = phi / events_a_month * (1 / months_before + 1 / months_after) + drift**2
    return math.sqrt(one_place * (1 / with_change + 1 / without))


def few_places(standard_error: float, *, with_change: int, without: int, power: float = 0.8) -> Detectable:
    """The smallest rate ratios that the collapsed t of few places would find, from the standard error on the log scale.

    That of the study itself (`CollapsedT.standard_error`) or one planned with `standard_error_of_places`.
    """
    df = with_change + without - 2
    if df < 1 or standard_error <= 0:
        raise NotEnoughData("the smallest effect that could be seen needs two places on one side at least, and some spread")
    largest = standard_error
    while power_of_t(largest, standard_error, df) < power:
        largest *= 2
    log = optimize.brentq(lambda size: power_of_t(size, standard_error, df) - power, 1e-9, largest)
    return Detectable(math.exp(-log), math.exp(log), "rate ratio", power, f"{with_change} places against {without}")


def simulated_few_places(
    *, events_a_month: float, months_before: int, months_after: int, with_change: int, without: int, phi: float = 1.0,
    correlation: float = 0.0, drift: float = 0.0, power: float = 0.8, runs: int = 2_000, seed: int = 0,
) -> Detectable:  # fmt: skip
    """As `few_places`, by simulating the study: months correlated from one to the next, counts that vary `phi` times chance.

    `events_a_month` in each place; `drift` is the standard deviation of a place's own change in log rate. Each rate ratio is
    tried in `runs` made-up studies by the collapsed t of log rates, the same studies for every ratio; the answer is where the
    share found reaches `power`, None where not even a fall to a twentieth or a twentyfold rise is. Monte Carlo error of the
    share is 1 point with 2,000 runs. NotEnoughData below two places on a side.
    """
    if min(with_change, without) < 2:
        raise NotEnoughData("the smallest effect that could be seen needs two places on each side")
    if phi < 1 or not 0 <= correlation < 1 or min(events_a_month, months_before, months_after) <= 0:
        raise ValueError("phi is 1 or more, correlation from 0 to below 1, and there are events and months")
    rng, places, months = np.random.default_rng(seed), with_change + without, months_before + months_after
    noise = rng.normal(size=(runs, places, months))
    for month in range(1, months):
        noise[..., month] = correlation * noise[..., month - 1] + math.sqrt(1 - correlation**2) * noise[..., month]
    spread = math.log(1 + (phi - 1) / events_a_month)
    rate = events_a_month * np.exp(math.sqrt(spread) * noise - spread / 2)
    before = rng.poisson(rate[..., :months_before].sum(axis=2))
    expected = rate[..., months_before:].sum(axis=2) * np.exp(drift * rng.normal(size=(runs, places)))
    chance = rng.random((runs, places))
    critical = stats.t.ppf(0.975, places - 2)

    def found(log_ratio: float) -> float:
        means = expected * np.where(np.arange(places) < with_change, math.exp(log_ratio), 1.0)
        after = stats.poisson.ppf(chance, means)
        # Half an event is added, as a place without any has no log rate.
        change = np.log((after + 0.5) / (before + 0.5))
        own, others = change[:, :with_change], change[:, with_change:]
        pooled = (own.var(axis=1) * with_change + others.var(axis=1) * without) / (places - 2)
        t = (own.mean(axis=1) - others.mean(axis=1)) / np.sqrt(pooled * (1 / with_change + 1 / without))
        return float((np.abs(t) > critical).mean())

    def smallest(way: float) -> float | None:
        if found(way * FARTHEST) < power:
            return None
        low, high = 0.0, FARTHEST
        for _ in range(10):  # to a third of a per cent
            middle = (low + high) / 2
            low, high = (low, middle) if found(way * middle) >= power else (middle, high)
        return math.exp(way * high)

    needs = (
        f"{with_change} places against {without}, {events_a_month:g} events a month in each, {months_before} months before and "
        f"{months_after} after, simulated {runs:,} times"
    )
    return Detectable(smallest(-1.0), smallest(1.0), "rate ratio", power, needs)


def two_proportions(
    *, base: float, n_with: float, n_without: float, cluster_size: float = 1.0, correlation: float = 0.0, power: float = 0.8
) -> Detectable:
    """The smallest differences from `base` (0 to 1) that two groups would show, in percentage points, siblings allowed for.

    Design effect 1 + (mean children a family - 1) x correlation within families; normal approximation, variances not pooled.
    """
    if not 0 < base < 1 or min(n_with, n_without) <= 0:
        raise ValueError("base lies between 0 and 1, and both groups have somebody in them")
    effect = 1 + (cluster_size - 1) * correlation
    z = stats.norm.ppf(0.975) + stats.norm.ppf(power)

    def missing(share: float) -> float:
        error = math.sqrt(effect * (base * (1 - base) / n_without + share * (1 - share) / n_with))
        return abs(share - base) - z * error

    fall = optimize.brentq(missing, 1e-9, base) if missing(1e-9) > 0 else None
    rise = optimize.brentq(missing, base, 1 - 1e-9) if missing(1 - 1e-9) > 0 else None
    return Detectable(
        None if fall is None else 100 * (fall - base), None if rise is None else 100 * (rise - base), "percentage points", power,
        f"{n_with:g} children against {n_without:g}, {100 * base:g}% without the change, design effect {effect:.2f}",
    )  # fmt: skip
