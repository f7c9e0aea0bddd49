"""Funnel plots: which places differ from the rest by more than their size explains (Spiegelhalter 2005).

Exact limits around the target, and limits widened by how much places differ anyway: overdispersion measured on trimmed or
winsorised z-scores and added as a variance between places (tau squared), as the SHMI and the Care Quality Commission do; or,
since both understate it, on winsorised ones with what winsorising takes from normal scores given back ("corrected").
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from helpers import wording
from helpers.designs import given, minima
from helpers.results import NotEnoughData

INNER, OUTER = 0.95, 0.998  # coverage of the two pairs of limits
OVERDISPERSION = ("none", "trimmed", "winsorised", "corrected")


@dataclass(frozen=True)
class Funnel:
    """A funnel. `points` has a row a place: place, observed, expected or n, value, z, then for the inner (95%) and outer
    (99.8%) limits lower_95, upper_95, lower_998, upper_998, and beyond ("" or "above", "below": outside the outer limits).

    `value` and limits are ratios, or per cent for proportions. `phi` is the mean squared z-score after trimming (1 where
    places differ by chance alone), `tau_squared` the variance between places on the transformed scale, 0 for plain limits.
    """

    points: pd.DataFrame
    target: float
    phi: float
    tau_squared: float
    places_kept: int  # behind phi, after trimming
    convention: str  # which limits these are, in a sentence for the page
    curve: Callable = field(repr=False, compare=False)


def ratios(
    frame: pd.DataFrame, *, place: str, observed: str, expected: str, overdispersion: str = "none", transform: str = "log",
    share: float = 0.1,
) -> Funnel:  # fmt: skip
    """A funnel of observed over expected events, a row a place, around 1.

    With `overdispersion` "none" limits are exact Poisson limits around the expected count (chi-squared). "trimmed" drops the
    lowest and highest `share` of z-scores, "winsorised" pulls them in; limits then follow `transform`: "log" as the SHMI (with
    "trimmed"), "root" as the CQC (with "winsorised"). Half an event stands for none under "log". A rate is a ratio whose
    expected count is exposure x the overall rate. The two published conventions understate how much places differ, since they
    spare the tails: of places that differ normally some 4% lie beyond the 99.8% limits "trimmed" and 1% "winsorised" (15% to
    19% and 10% beyond the 95% limits). "corrected" keeps to its level (4% to 6% beyond the 95% limits, under 1% beyond the
    others; tests/designs/test_funnel.py), and a place that is really apart still moves the limits little. NotEnoughData below
    10 places where overdispersion is asked for.
    """
    given.groups(given.columns(frame, place, observed, expected)[place], place)
    o, e = (given.numbers(frame[name], name, missing=True) for name in (observed, expected))
    if not (np.isfinite(o).all() and np.isfinite(e).all()) or (e <= 0).any() or (o < 0).any():
        raise NotEnoughData("a place has no number of events, or none can be expected of it")
    if transform == "log":
        z, forward, back = np.sqrt(e) * np.log(np.maximum(o, 0.5) / e), lambda v: 1 / v, lambda y: np.exp(y)
    elif transform == "root":
        z, forward, back = 2 * (np.sqrt(o) - np.sqrt(e)), lambda v: 1 / (4 * v), lambda y: np.maximum(1 + y, 0) ** 2
    else:
        raise ValueError(f'transform is "log" or "root"; got {transform!r}')
    phi, tau, kept = _spread(z, 1 / forward(e), overdispersion, share)

    def curve(size, level):
        if overdispersion == "none":
            half = (1 - level) / 2
            # No events at all are beyond the limit only where they would be so rare; the quantile itself never reaches nought.
            low = np.where(np.exp(-size) < half, stats.chi2.ppf(half, 2 * size) / (2 * size), 0.0)
            return low, stats.chi2.ppf(1 - half, 2 * (size + 1)) / (2 * size)
        reach = stats.norm.ppf(0.5 + level / 2) * np.sqrt(forward(size) + tau)
        return back(-reach), back(reach)

    columns = {"place": frame[place].to_numpy(), "observed": o, "expected": e}
    return _funnel(columns, o / e, z, e, 1.0, phi, tau, kept, curve, "exact Poisson", overdispersion)


def proportions(
    frame: pd.DataFrame, *, place: str, count: str, n: str, overdispersion: str = "none", share: float = 0.1
) -> Funnel:
    """A funnel of proportions in per cent around that of all places together, a row a place.

    Without overdispersion limits are exact binomial, interpolated between counts so that they run smoothly (Spiegelhalter
    2005, appendix A.1.1); with it they follow the arcsine of the root. NotEnoughData where a place counted nobody, where
    everyone or no one has the outcome, and below 10 places where overdispersion is asked for.
    """
    given.groups(given.columns(frame, place, count, n)[place], place)
    x, size = (given.numbers(frame[name], name, missing=True) for name in (count, n))
    if not (np.isfinite(x).all() and np.isfinite(size).all()) or (size <= 0).any() or (x < 0).any() or (x > size).any():
        raise NotEnoughData("a place has nobody to take a proportion of")
    target = x.sum() / size.sum()
    if target in (0.0, 1.0):
        raise NotEnoughData("everyone or no one in every place: there is nothing to differ by")
    centre = np.arcsin(np.sqrt(target))
    z = 2 * np.sqrt(size) * (np.arcsin(np.sqrt(x / size)) - centre)
    phi, tau, kept = _spread(z, 4 * size, overdispersion, share)

    def curve(at, level):
        half = (1 - level) / 2
        if overdispersion == "none":
            whole = np.maximum(np.round(at), 1)  # a line may be asked for between two numbers of people
            return 100 * _binomial(half, whole, target), 100 * _binomial(1 - half, whole, target)
        reach = stats.norm.ppf(1 - half) * np.sqrt(1 / (4 * at) + tau)
        low, high = np.clip(centre - reach, 0, np.pi / 2), np.clip(centre + reach, 0, np.pi / 2)
        return 100 * np.sin(low) ** 2, 100 * np.sin(high) ** 2

    columns = {"place": frame[place].to_numpy(), "observed": x, "n": size}
    return _funnel(columns, 100 * x / size, z, size, 100 * target, phi, tau, kept, curve, "exact binomial", overdispersion)


def _spread(z: np.ndarray, weight: np.ndarray, overdispersion: str, share: float) -> tuple[float, float, int]:
    """The mean squared z-score, the variance between places, and how many places both rest on; `weight` is 1 / variance."""
    if overdispersion not in OVERDISPERSION:
        raise ValueError(f"overdispersion is one of {wording.listing(OVERDISPERSION)}; got {overdispersion!r}")
    if overdispersion == "none":
        return float(np.mean(z**2)), 0.0, len(z)
    if len(z) < minima.PLACES_IN_A_FUNNEL:
        raise NotEnoughData(
            f"{wording.count_of(len(z), 'place')}; {minima.PLACES_IN_A_FUNNEL} are needed to tell how much places differ anyway"
        )
    if not 0 < share < 0.5:
        raise ValueError(f"the share trimmed at each end lies between 0 and 0.5; got {share}")
    if overdispersion == "trimmed":
        tile = np.floor(stats.rankdata(z, "ordinal") / share / (len(z) + 1))
        inside = (tile > 0) & (tile < np.floor(1 / share + 1e-9) - 1)
        z, weight = z[inside], weight[inside]
    else:
        z = np.clip(z, *np.quantile(z, [share, 1 - share]))
    phi = float(np.mean(z**2)) / (_left_by_winsorising(share) if overdispersion == "corrected" else 1.0)
    spare = weight.sum() - (weight**2).sum() / weight.sum()
    return phi, max(0.0, (len(z) * phi - (len(z) - 1)) / spare), len(z)


def _left_by_winsorising(share: float) -> float:
    """The mean square of a standard normal score whose lowest and highest `share` are pulled in."""
    end = stats.norm.ppf(1 - share)
    return (1 - 2 * share) - 2 * end * stats.norm.pdf(end) + 2 * share * end**2


def _binomial(p: float, n: np.ndarray, target: float) -> np.ndarray:
    """The binomial quantile as a share of n, interpolated between neighbouring counts."""
    count = stats.binom.ppf(p, n, target)
    above, below = stats.binom.cdf(count, n, target), stats.binom.cdf(count - 1, n, target)
    return np.clip((count - (above - p) / (above - below)) / n, 0, 1)


def _funnel(columns, value, z, size, target, phi, tau, kept, curve, exact: str, overdispersion: str) -> Funnel:
    lines = {}
    for level, name in ((INNER, "95"), (OUTER, "998")):
        lines[f"lower_{name}"], lines[f"upper_{name}"] = curve(size, level)
    beyond = np.select([value > lines["upper_998"], value < lines["lower_998"]], ["above", "below"], default="")
    points = pd.DataFrame({**columns, "value": value, "z": z, **lines, "beyond": beyond})
    if overdispersion == "none":
        convention = f"Limits: {exact}, 95% and 99.8%, as if places differed by chance alone."
    else:
        scores = "corrected winsorised" if overdispersion == "corrected" else overdispersion
        convention = (
            f"Limits: 95% and 99.8%, widened by how much places differ anyway ({scores} z-scores, "
            f"{wording.count_of(kept, 'place')}; dispersion {phi:.1f})."
        )
    return Funnel(points, float(target), phi, tau, kept, convention, curve)
