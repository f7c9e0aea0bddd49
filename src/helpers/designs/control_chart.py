"""Control charts: whether a series moves more than it usually does, by the NHS Making Data Count rules.

Limits are three sigma either side of the mean, near limits two. Rules, in order of precedence: outside the limits; seven
points rising or falling; two of three near a limit with all three on one side of the mean; seven on one side of the mean.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import wording
from helpers.results import NotEnoughData

ENOUGH_POINTS = 12  # below this the limits are trial limits and no rule is applied
FEWEST_POINTS = 6
XMR_FACTOR = 2.66  # three sigma from a mean moving range, as Making Data Count rounds it
SCREEN_FACTOR = 3.267  # moving ranges from here up are left out of their mean
RUN = 7
OUTSIDE, TREND, NEAR, SHIFT = "outside the limits", "seven rising or falling", "two of three near a limit", "seven on one side"


@dataclass(frozen=True)
class ControlChart:
    """A control chart. `points` has a row a period: period, value, lower, centre, upper, signal ("" or the rule it breaks).

    `last` is what the last point shows: "improving", "worsening", "special cause" (where neither way is better) or "common
    cause"; None on trial limits. `target` is "met", "missed", "hit and miss" or None without a target.
    """

    kind: str  # "XmR", "u" or "p"
    points: pd.DataFrame
    last: str | None
    target: str | None
    trial: bool
    overdispersion: float  # Laney's sigma of z for u and p charts, else 1
    convention: str  # which limits these are, in a sentence for the page


def xmr(
    values, periods, *, screened: bool = True, better: str | None = None, target: float | None = None, baseline: int | None = None
) -> ControlChart:
    """An XmR chart of single values: mean ± 2.66 x mean moving range (Nelson 1982).

    `screened` leaves moving ranges of 3.267 times their mean or more out of that mean, once, as the R package of Making Data
    Count does and its Excel tool does not: one wild month then does not widen the limits for all. `baseline` takes the limits
    from the first so many points. NotEnoughData below 6 points; below 12, trial limits and no rules.
    """
    values, start = _values(values), slice(None, baseline)
    base = values[start]
    _enough(len(base))
    ranges = np.abs(np.diff(base))
    if screened and ranges.mean() > 0:
        ranges = ranges[ranges < SCREEN_FACTOR * ranges.mean()]
    centre, reach = base.mean(), XMR_FACTOR * ranges.mean()
    how = "outlying moving ranges left out once" if screened else "every moving range kept"
    convention = f"XmR limits: mean ± 2.66 times the mean moving range, {how}."
    return _chart("XmR", values, periods, centre, np.full(len(values), reach), 1.0, better, target, len(base), convention)


def u(
    events, exposure, periods, *, per: float = 1.0, overdispersion: bool = True, better: str | None = None,
    target: float | None = None, baseline: int | None = None,
) -> ControlChart:  # fmt: skip
    """A u chart of events per `per` units of exposure: limits follow each period's exposure.

    With `overdispersion` (the default) they are Laney's (2002): the Poisson limits widened by how much standardised rates
    vary from month to month, since with large exposure, or children who recur, plain u limits call ordinary months special.
    """
    events, exposure = _values(events), _values(exposure)
    if (exposure <= 0).any():
        raise NotEnoughData("nobody was at risk in one of the periods, so it has no rate")
    base = slice(None, baseline)
    centre = events[base].sum() / exposure[base].sum()
    if centre == 0:
        raise NotEnoughData("no events: a rate that is always nought has no usual range")
    sigma = np.sqrt(centre / exposure)
    widened = _laney((events / exposure - centre)[base] / sigma[base]) if overdispersion else 1.0
    widened_kind = "A u chart, its limits widened for how much months vary beyond chance (Laney)"
    kind = widened_kind if overdispersion else "A u chart, with the limits of a Poisson count"
    return _chart(
        "u", per * events / exposure, periods, per * centre, 3 * per * sigma * widened, widened, better, target,
        len(events[base]), f"{kind}: mean ± three sigma, wider where fewer were at risk.", floor=0.0,
    )  # fmt: skip


def p(
    counts, n, periods, *, overdispersion: bool = False, better: str | None = None, target: float | None = None,
    baseline: int | None = None,
) -> ControlChart:  # fmt: skip
    """A p chart of proportions in per cent: limits follow each period's denominator; Laney's p' with `overdispersion`."""
    counts, n = _values(counts), _values(n)
    if (n <= 0).any() or (counts > n).any() or (counts < 0).any():
        raise NotEnoughData("a period has nobody to take a proportion of")
    base = slice(None, baseline)
    centre = counts[base].sum() / n[base].sum()
    if centre in (0.0, 1.0):
        raise NotEnoughData("everyone or no one in every period: a proportion that does not vary has no usual range")
    sigma = np.sqrt(centre * (1 - centre) / n)
    widened = _laney((counts / n - centre)[base] / sigma[base]) if overdispersion else 1.0
    widened_kind = "A p chart, its limits widened for how much periods vary beyond chance (Laney)"
    kind = widened_kind if overdispersion else "A p chart, with the limits of a binomial count"
    return _chart(
        "p", 100 * counts / n, periods, 100 * centre, 300 * sigma * widened, widened, better, target,
        len(counts[base]), f"{kind}: mean ± three sigma, wider where fewer were counted.", floor=0.0, ceiling=100.0,
    )  # fmt: skip


def signals(values, centre, reach) -> np.ndarray:
    """For each point the rule that it is part of breaking, "" where none; `reach` is from the mean to a limit (three sigma)."""
    values = np.asarray(values, dtype=float)
    side = np.sign(values - centre).astype(int)
    outside = np.abs(values - centre) > reach
    near = (np.abs(values - centre) > 2 / 3 * reach) & ~outside
    step = np.sign(np.diff(values)).astype(int)
    part = {rule: np.zeros(len(values), dtype=bool) for rule in (TREND, NEAR, SHIFT)}
    for end in range(len(values)):
        if end >= RUN - 1:
            run = slice(end - RUN + 1, end + 1)
            part[SHIFT][run] |= abs(side[run].sum()) == RUN
            part[TREND][run] |= abs(step[end - RUN + 1 : end].sum()) == RUN - 1
        if end >= 2:
            trio = slice(end - 2, end + 1)
            if near[trio].sum() >= 2 and abs(side[trio].sum()) == 3:
                part[NEAR][trio] |= near[trio]
    return np.select([outside, part[TREND], part[NEAR], part[SHIFT]], [OUTSIDE, TREND, NEAR, SHIFT], default="")


def _values(values) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if not np.isfinite(values).all():
        raise NotEnoughData("a period has no value; a control chart needs every period")
    return values


def _enough(points: int) -> None:
    if points < FEWEST_POINTS:
        raise NotEnoughData(f"{wording.count_of(points, 'point')}; {FEWEST_POINTS} are the fewest a control chart is drawn from")


def _laney(z: np.ndarray) -> float:
    """Laney's sigma of z: the mean moving range of standardised values over 1.128."""
    _enough(len(z))
    return float(np.abs(np.diff(z)).mean() / 1.128)


def _chart(
    kind, values, periods, centre, reach, widened, better, target, base_points, convention, floor=-np.inf, ceiling=np.inf
) -> ControlChart:
    _enough(base_points)
    trial = base_points < ENOUGH_POINTS
    found = np.full(len(values), "") if trial else signals(values, centre, reach)
    lower, upper = np.maximum(centre - reach, floor), np.minimum(centre + reach, ceiling)
    points = pd.DataFrame(
        {"period": np.asarray(periods), "value": values, "lower": lower, "centre": centre, "upper": upper, "signal": found}
    )
    if trial:
        convention += (
            f" Trial limits: {wording.count_of(base_points, 'point')}, {ENOUGH_POINTS} are needed before the rules apply."
        )
    return ControlChart(
        kind,
        points,
        None if trial else _last(points, better),
        _against(target, points.iloc[-1], better),
        trial,
        widened,
        convention,
    )


def _last(points: pd.DataFrame, better: str | None) -> str:
    """What the last point shows; a trend by the way it goes, every other rule by its side of the mean."""
    last = points.iloc[-1]
    if not last["signal"]:
        return "common cause"
    if better is None:
        return "special cause"
    before = points["value"].iloc[-2] if last["signal"] == TREND else last["centre"]
    return "improving" if (last["value"] > before) == (better == "higher") else "worsening"


def _against(target: float | None, last: pd.Series, better: str | None) -> str | None:
    """Whether usual variation meets the target: always, never, or by chance."""
    if target is None or better is None:
        return None
    if last["lower"] <= target <= last["upper"]:
        return "hit and miss"
    return "met" if (last["lower"] > target) == (better == "higher") else "missed"
