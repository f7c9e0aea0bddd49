"""How far trends may part after a change before its effect is lost: bounds by relative magnitudes (Rambachan and Roth 2023).

A difference in differences takes places to have moved alike without the change. Here they may part, from one period to the
next, by at most M-bar times the largest such parting seen before it; the effect is then a range, wider as M-bar grows.
`difference_in_differences.tested` gives it as a check by half-year, the `effect` of staggered changes by their own periods.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from helpers import wording
from helpers.designs import minima
from helpers.designs.staggered_difference_in_differences import GroupTime, aggregate, contrast_estimates
from helpers.results import Check, NotEnoughData

NAME = "Trends that part after the change"
MAGNITUDES = (0.0, 0.5, 1.0, 1.5, 2.0)
LARGEST = 10.0  # M-bar up to which the breakdown value is sought


@dataclass(frozen=True)
class RelativeMagnitudes:
    """Bounds of an effect by M-bar: `bounds` has magnitude, low and high (at the estimates), ci_low and ci_high (95%).

    On the scale of the event study (log for rates). `breakdown` is the smallest M-bar at which the interval holds no effect: 0
    where it does anyway, infinite where it never does up to 10. `parting` is the largest parting before the change.
    """

    bounds: pd.DataFrame
    estimate: float
    parting: float
    breakdown: float

    def check(self, period: str = "period") -> Check:
        """Worth knowing, never passed or failed: how far trends might have parted without taking the effect away."""
        if self.breakdown == 0:
            return Check(NAME, None, f"by {period} the effect is not clear even if trends never part")
        if self.breakdown == np.inf:
            return Check(
                NAME, None, f"the effect stays clear even if they part {wording.number(LARGEST)} times as much as before"
            )
        times = f"{wording.number(self.breakdown, 2)} times the largest parting before the change"
        return Check(NAME, None, f"the effect stays clear until trends part, from one {period} to the next, by {times}")


def relative_magnitudes(
    estimates, covariance, since, *, weights=None, magnitudes=MAGNITUDES, degrees_of_freedom: float = np.inf
) -> RelativeMagnitudes:
    """Bounds from an event study's coefficients, their covariance, and the periods since the change that each is for.

    `since` counts from 0 in the first period with the change; the period left out, -1, is nought and is not among them.
    `weights` say which effect is meant, one a period from 0 on; all alike unless given. The interval is the union, over which
    parting before the change was the largest and over its sign, of the intervals of the effect moved by M-bar times it: it
    holds the truth at least as often as promised (it missed in none of 200 simulated studies, benchmarks/calibration.md) and is
    wider than that of the HonestDiD package, which conditions.
    NotEnoughData below four periods before the change, the one left out among them.
    """
    estimates, covariance = np.asarray(estimates, dtype=float), np.asarray(covariance, dtype=float)

    def combined(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        errors = np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance, rows))
        return rows @ estimates, stats.t.ppf(0.975, degrees_of_freedom) * errors

    return _bounds(combined, np.asarray(since), weights, magnitudes)


def relative_magnitudes_of(result: GroupTime, *, weights=None, magnitudes=MAGNITUDES) -> RelativeMagnitudes:
    """As `relative_magnitudes`, of group-time effects by time since the change, with Welch's interval over places."""
    study = aggregate(result, "dynamic")

    def combined(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        table = contrast_estimates(np.tensordot(rows, study.part_contrasts, 1), result.outcomes, result.wave_of)
        return table["estimate"].to_numpy(), (table["ci_high"] - table["estimate"]).to_numpy()

    return _bounds(combined, study.parts["at"].to_numpy(), weights, magnitudes)


def _bounds(combined: Callable, since: np.ndarray, weights, magnitudes) -> RelativeMagnitudes:
    """`combined` gives the estimate and the reach of the interval of each row of weights on the coefficients."""
    order = np.argsort(since)
    before, after = order[since[order] < 0], order[since[order] >= 0]
    if (since == -1).any() or list(since[before]) != list(range(-len(before) - 1, -1)) or not len(after):
        raise ValueError("every period before the change is needed but the last, -1, which is what the others are compared with")
    if len(before) + 1 < minima.PERIODS_OF_EARLIER_TREND:
        raise NotEnoughData(
            f"{wording.count_of(len(before) + 1, 'period')} before the change; {minima.PERIODS_OF_EARLIER_TREND} are needed to "
            "say how far trends part by themselves"
        )
    weights = np.full(len(after), 1 / len(after)) if weights is None else np.asarray(weights, dtype=float)
    effect = np.zeros(len(since))
    effect[after] = weights
    partings = np.zeros((len(before), len(since)))  # from each period before the change to the next, the last being nought
    partings[np.arange(len(before)), before] = -1.0
    partings[np.arange(len(before) - 1), before[1:]] = 1.0
    # A parting in every period adds up: in the k-th after the change it has been k times M-bar times the largest.
    grown = float(np.abs(weights) @ (since[after] + 1))
    estimate, largest = float(combined(effect[None])[0][0]), float(np.abs(combined(partings)[0]).max())
    moves = grown * np.concatenate([partings, -partings])

    def limits(magnitude: float) -> tuple[float, float]:
        values, reach = combined(effect + magnitude * moves)
        return float((values - reach).min()), float((values + reach).max())

    def nearest(magnitude: float) -> float:
        """How far the end of the interval on the side of no effect is from it; below 0 once the interval holds it."""
        low, high = limits(magnitude)
        return low if estimate > 0 else -high

    if nearest(0.0) <= 0:
        breakdown = 0.0
    else:
        breakdown = np.inf if nearest(LARGEST) > 0 else float(optimize.brentq(nearest, 0.0, LARGEST, xtol=1e-6))
    rows = [(m, estimate - m * grown * largest, estimate + m * grown * largest, *limits(m)) for m in magnitudes]
    columns = ["magnitude", "low", "high", "ci_low", "ci_high"]
    return RelativeMagnitudes(pd.DataFrame(rows, columns=columns), estimate, largest, breakdown)
