"""Control charts: whether a series moves more than it usually does, by the NHS Making Data Count rules.

Limits are three sigma either side of the mean, near limits two. Rules, in order of precedence: outside the limits; seven
points rising or falling; two of three near a limit with all three on one side of the mean; seven on one side of the mean.
Of points in a steady series 3 to 7 in 100 break one of them by chance, 0.1 to 0.8 the first alone (benchmarks/calibration.md).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import wording
from helpers.designs import given, minima
from helpers.results import NotEnoughData

XMR_FACTOR = 2.66  # three sigma from a mean moving range, as Making Data Count rounds it
SCREEN_FACTOR = 3.267  # moving ranges from here up are left out of their mean
RUN = 7
POWER = 3.6  # times between chance events are near normal to the power of 1 over this (Nelson 1994)
TAIL = 0.00135  # the chance of passing a three-sigma limit on one side
OUTSIDE, TREND, NEAR, SHIFT = "outside the limits", "seven rising or falling", "two of three near a limit", "seven on one side"


@dataclass(frozen=True)
class ControlChart:
    """A control chart. `points` has a row a period: period, value, lower, centre, upper, signal ("" or the rule it breaks).

    `last` is what the last point shows: "improving", "worsening", "special cause" (where neither way is better) or "common
    cause"; None on trial limits. `target` is "met", "missed", "hit and miss" or None without a target.
    """

    kind: str  # "XmR", "u", "p", "g" or "t"
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

    `exposure` is one number for all periods, or one a period. With `overdispersion` (the default) limits are Laney's (2002): the
    Poisson limits widened by how much standardised rates vary from month to month, since with large exposure, or children who
    recur, plain u limits call ordinary months special.
    """
    events, exposure = _by_period(events=events, exposure=exposure)
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
    """A p chart of proportions in per cent: limits follow each period's denominator; Laney's p' with `overdispersion`.

    `n` is one number for all periods, or one a period.
    """
    counts, n = _by_period(counts=counts, n=n)
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


def g(
    between, periods, *, limits: str = "probability", better: str | None = "higher", target: float | None = None,
    baseline: int | None = None,
) -> ControlChart:  # fmt: skip
    """A g chart of rare events: how many chances (cases, visits, days in care) passed between one event and the next.

    `limits` "probability" (the default) are the geometric distribution's, each passed by chance as seldom as three sigma
    (1.35 in 1,000), around its median, and rules are applied on that scale. "sigma" are Benneyan's (2001): mean ± 3 times the
    root of mean x (mean + 1), not below 0, around the observed median; by chance 2 points in 100 pass the upper one. More between
    events is better unless told otherwise. NotEnoughData below 6 points, and where none ever passed between two.
    """
    between = _values(between)
    if (between < 0).any() or (between != np.round(between)).any():
        raise ValueError("chances between events are whole numbers, 0 or more")
    base = between[:baseline]
    _enough(len(base))
    mean = float(base.mean())
    if mean == 0:
        raise NotEnoughData("every chance was an event: a rare-event chart is not for these")
    if limits == "sigma":
        reach = 3 * np.sqrt(mean * (mean + 1))
        lower, centre, upper = max(mean - reach, 0.0), float(np.median(base)), mean + reach
        convention = "A g chart: mean ± three sigma of the geometric distribution (Benneyan), around the median."
        found = signals(between, centre, upper - centre, centre - lower)
        return _finished("g", between, periods, (lower, centre, upper), found, better, target, len(base), convention)
    if limits != "probability":
        raise ValueError(f'limits are "probability" or "sigma"; got {limits!r}')
    chance = 1 / (1 + mean)
    lower, centre, upper = (stats.geom.ppf(p, chance) - 1 for p in (TAIL, 0.5, 1 - TAIL))
    # Each count at the middle of its share of the distribution, as a normal deviate: rules then hold as for any chart.
    z = stats.norm.ppf((stats.geom.cdf(between, chance) + stats.geom.cdf(between + 1, chance)) / 2)
    convention = "A g chart: limits of the geometric distribution, passed by chance as seldom as three sigma, around its median."
    found = signals(z, 0.0, np.full(len(z), 3.0))
    return _finished("g", between, periods, (lower, centre, upper), found, better, target, len(base), convention)


def t(gaps, periods, *, better: str | None = "higher", target: float | None = None, baseline: int | None = None) -> ControlChart:
    """A t chart of rare events: time from one to the next, in any unit.

    Times to the power 1/3.6 are near normal if events come by chance (Nelson 1994); an XmR chart of those, every moving range
    kept, is turned back into time. More time is better unless told otherwise. NotEnoughData below 6 points, and where a fifth
    or more of the events share their day with the last: then count by period, or use `g`.
    """
    gaps = _values(gaps)
    if (gaps < 0).any():
        raise ValueError("time between events is 0 or more")
    if (gaps == 0).mean() >= 0.2:
        raise NotEnoughData("too many events on the same day as the last: they are not rare enough for a chart of days between")
    turned = gaps ** (1 / POWER)
    base = turned[:baseline]
    _enough(len(base))
    centre, reach = base.mean(), XMR_FACTOR * np.abs(np.diff(base)).mean()
    found = signals(turned, centre, np.full(len(turned), reach))
    lines = tuple(max(line, 0.0) ** POWER for line in (centre - reach, centre, centre + reach))
    convention = "A t chart: XmR limits of time between events to the power 1/3.6 (Nelson), turned back into time."
    return _finished("t", gaps, periods, lines, found, better, target, len(base), convention)


@dataclass(frozen=True)
class Icons:
    """The two Making Data Count icons of a chart's last point, in their own words; None where there is none to show.

    `variation`: "special cause, improving, high" or "low", "special cause, concerning, high" or "low", "special cause, high"
    or "low" (neither way is better), "common cause". `assurance`: "consistently meets the target", "consistently misses the
    target", "hits and misses the target".
    """

    variation: str | None
    assurance: str | None


def icons(chart: ControlChart) -> Icons:
    """The icons that Making Data Count would show: the last point decides, high or low by its side or the way of its trend."""
    variation = None
    if chart.last == "common cause":
        variation = "common cause"
    elif chart.last is not None:
        last, before = chart.points.iloc[-1], chart.points.iloc[-2]
        high = last["value"] > (before["value"] if last["signal"] == TREND else last["centre"])
        named = {"improving": "improving, ", "worsening": "concerning, "}.get(chart.last, "")
        variation = f"special cause, {named}{'high' if high else 'low'}"
    assurance = {"met": "consistently meets", "missed": "consistently misses", "hit and miss": "hits and misses"}.get(
        chart.target
    )
    return Icons(variation, None if assurance is None else f"{assurance} the target")


def signals(values, centre, reach, reach_below=None) -> np.ndarray:
    """For each point the rule that it is part of breaking, "" where none; `reach` is from the mean to a limit (three sigma).

    `reach_below` is that to the lower limit where it differs.
    """
    values = np.asarray(values, dtype=float)
    tie = 1e-9 * np.abs(values).max(initial=0.0)  # a series that never moves must not break a rule by rounding
    side = np.where(np.abs(values - centre) > tie, np.sign(values - centre), 0).astype(int)
    reach = np.where(values >= centre, reach, reach if reach_below is None else reach_below)
    outside = np.abs(values - centre) > reach + tie
    near = (np.abs(values - centre) > 2 / 3 * reach + tie) & ~outside
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
    values = given.numbers(values, "values", missing=True)
    if np.isnan(values).any():
        raise NotEnoughData("a period has no value; a control chart needs every period")
    return values


def _by_period(**counts_and_out_of) -> tuple[np.ndarray, np.ndarray]:
    counts, out_of = (_values(values) for values in counts_and_out_of.values())
    if out_of.ndim:
        given.alike(**counts_and_out_of)
    return counts, np.broadcast_to(out_of, counts.shape)


def _enough(points: int) -> None:
    if points < minima.CHART_POINTS:
        counted = wording.count_of(points, "point")
        raise NotEnoughData(f"{counted}; {minima.CHART_POINTS} are the fewest a control chart is drawn from")


def _laney(z: np.ndarray) -> float:
    """Laney's sigma of z: the mean moving range of standardised values over 1.128."""
    _enough(len(z))
    return float(np.abs(np.diff(z)).mean() / 1.128)


def _chart(
    kind, values, periods, centre, reach, widened, better, target, base_points, convention, floor=-np.inf, ceiling=np.inf
) -> ControlChart:
    _enough(base_points)
    given.alike(values=values, periods=periods)
    trial = base_points < minima.CHART_RULE_POINTS
    found = np.full(len(values), "") if trial else signals(values, centre, reach)
    lower, upper = np.maximum(centre - reach, floor), np.minimum(centre + reach, ceiling)
    points = pd.DataFrame(
        {"period": np.asarray(periods), "value": values, "lower": lower, "centre": centre, "upper": upper, "signal": found}
    )
    if trial:
        convention += _trial_note(base_points)
    return ControlChart(
        kind,
        points,
        None if trial else _last(points, better),
        _against(target, points.iloc[-1], better),
        trial,
        widened,
        convention,
    )


def _finished(kind, values, periods, lines, found, better, target, base_points, convention) -> ControlChart:
    """A chart of rare events, whose rules were applied on another scale than its own."""
    given.alike(values=values, periods=periods)
    trial = base_points < minima.CHART_RULE_POINTS
    lower, centre, upper = lines
    points = pd.DataFrame({"period": np.asarray(periods), "value": values, "lower": lower, "centre": centre, "upper": upper})
    points["signal"] = "" if trial else found
    if trial:
        convention += _trial_note(base_points)
    last = None if trial else _last(points, better)
    return ControlChart(kind, points, last, _against(target, points.iloc[-1], better), trial, 1.0, convention)


def _trial_note(base_points: int) -> str:
    counted = wording.count_of(base_points, "point")
    return f" Trial limits: {counted}, {minima.CHART_RULE_POINTS} are needed before the rules apply."


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
