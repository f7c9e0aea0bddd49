"""Difference in differences where places have the change at different dates: group-time effects (Callaway and Sant'Anna 2021).

Each wave of places is compared only with places that have not had the change, so none already changed serves as a control,
as it does in the two-way fixed-effects regression (see `two_way_fixed_effects`). Every estimate here is a sum over waves of
the mean of one number a place, so its interval is that of places, not of months, and its permutation is exact.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import wording
from helpers.designs import given, minima
from helpers.results import Check, Effect, NotEnoughData, answer_stands

LISTED = 20_000  # permutations up to this many are listed, beyond it drawn
AGGREGATIONS = ("simple", "dynamic", "group", "calendar")
CONTROLS = ("not yet", "never")


@dataclass(frozen=True)
class GroupTime:
    """Effects of each wave in each period, and what every aggregation needs.

    `effects` has a row a wave and period: first (the wave's first period with the change), period, since (periods since then;
    below 0 before), estimate, standard_error, ci_low, ci_high, p_value, degrees_of_freedom, places, controls. `waves` has a
    row a wave: first, places; controls that never change come last, with first missing.
    """

    effects: pd.DataFrame
    waves: pd.DataFrame
    periods: np.ndarray
    outcomes: np.ndarray  # places x periods
    wave_of: np.ndarray  # each place's row in `waves`
    contrasts: np.ndarray  # effects x waves x periods: the weight of a wave's mean in a period
    control: str


@dataclass(frozen=True)
class Aggregate:
    """Group-time effects put together: `overall`, and `parts` (by event time, wave or calendar period; none for "simple").

    Columns of `parts`: at (periods since the change, or the wave's first period, or the period), estimate, standard_error,
    ci_low, ci_high, p_value, degrees_of_freedom.
    """

    how: str
    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    degrees_of_freedom: float
    parts: pd.DataFrame
    contrast: np.ndarray  # waves x periods, behind the overall estimate
    part_contrasts: np.ndarray  # the same behind each of the parts


@dataclass(frozen=True)
class JointTest:
    """Whether all effects before the change are nought together; `method` says how p was found, in words."""

    statistic: float
    p_value: float
    smallest_p: float
    leads: int
    method: str


def group_time_effects(
    panel: pd.DataFrame, *, place: str, period: str, outcome: str, first_changed: str, control: str = "not yet",
    base: str = "universal",
) -> GroupTime:  # fmt: skip
    """The mean change of each wave since just before its change, less that of places without the change yet (or ever).

    `panel` has a row for every place and period; `first_changed` the first period with the change, missing or 0 for never.
    Outcomes should be on a scale on which places would move alike (for counts, log rates). `control` is "not yet" or "never".
    `base` is what earlier periods are compared with: "universal", the last before the change; "varying", each the one before
    it. Intervals are Welch's t over places, wave by wave: simulated false positives of a nominal 5% are 3% to 4% for 3 of 6 and
    4 of 12 places with months correlated at 0.6. NotEnoughData where a place lacks a period, a wave or the controls are one
    place, or a wave had the change from the first period.
    """
    if control not in CONTROLS or base not in ("universal", "varying"):
        raise ValueError('control is "not yet" or "never", base "universal" or "varying"')
    periods, outcomes, first = wide_panel(panel, place, period, outcome, first_changed)
    starts, wave_of = np.unique(first, return_inverse=True)  # never is infinite, so it comes last
    sizes = np.bincount(wave_of)
    waves = pd.DataFrame({"first": [periods[int(s)] if np.isfinite(s) else None for s in starts], "places": sizes})
    if not np.isfinite(starts).any():
        raise NotEnoughData("no place had the change in these periods")
    if starts[0] == 0:
        raise NotEnoughData(f"some places had the change from {_named(periods[0])}, so nothing shows what came before")
    if (sizes == 1).any():
        raise NotEnoughData("one place alone had the change at one of the dates; two or more are needed to show how they differ")
    rows, contrasts = [], []
    for wave, start in enumerate(starts[np.isfinite(starts)].astype(int)):
        for at in range(1 if base == "varying" else 0, len(periods)):
            against = at - 1 if base == "varying" and at < start else start - 1
            if at == against:
                continue
            untouched = np.isinf(starts) if control == "never" else starts > max(at, against)
            untouched[wave] = False
            if not untouched.any():
                continue
            contrast = np.zeros((len(starts), len(periods)))
            contrast[wave, [at, against]] = 1.0, -1.0
            share = np.where(untouched, sizes, 0) / sizes[untouched].sum()
            contrast[:, at] -= share
            contrast[:, against] += share
            contrasts.append(contrast)
            rows.append((periods[start], periods[at], at - start, sizes[wave], sizes[untouched].sum()))
    if not any(row[2] >= 0 for row in rows):
        raise NotEnoughData("no place is without the change in the periods after it, so nothing shows what would have happened")
    effects = pd.DataFrame(rows, columns=["first", "period", "since", "places", "controls"])
    stacked = np.array(contrasts)
    effects = pd.concat([effects, contrast_estimates(stacked, outcomes, wave_of)], axis=1)
    return GroupTime(effects, waves, periods, outcomes, wave_of, stacked, control)


def aggregate(result: GroupTime, how: str = "group") -> Aggregate:
    """One effect from all, waves weighing by their places: "group" averages each wave's effects over time, then waves;
    "dynamic" averages over waves at each time since the change, then over those times; "calendar" over waves in each period,
    then periods; "simple" all wave-periods alike. All are over periods with the change; "dynamic" parts show those before.
    """  # fmt: skip
    if how not in AGGREGATIONS:
        raise ValueError(f"how is one of {wording.listing(AGGREGATIONS)}; got {how!r}")
    effects, places = result.effects, result.effects["places"].to_numpy(dtype=float)
    after = (effects["since"] >= 0).to_numpy()
    key = effects["since" if how == "dynamic" else "first" if how == "group" else "period"].to_numpy()
    if how == "simple":
        overall, parts, contrasts = np.where(after, places, 0), pd.DataFrame(), result.contrasts[:0]
    else:
        shown = np.unique(key if how == "dynamic" else key[after])
        weights = np.array([np.where((key == at) & (after | (how == "dynamic")), places, 0) for at in shown])
        weights /= weights.sum(axis=1, keepdims=True)
        contrasts = np.tensordot(weights, result.contrasts, 1)
        parts = pd.concat([pd.DataFrame({"at": shown}), contrast_estimates(contrasts, result.outcomes, result.wave_of)], axis=1)
        counted = [at >= 0 for at in shown] if how == "dynamic" else np.ones(len(shown), dtype=bool)
        # Waves weigh by their places in "group"; event times and periods alike in the others.
        size = [places[key == at][0] for at in shown] if how == "group" else np.ones(len(shown))
        overall = (np.asarray(size) * counted) @ weights
    contrast = np.tensordot(overall / overall.sum(), result.contrasts, 1)
    row = contrast_estimates(contrast[None], result.outcomes, result.wave_of).iloc[0]
    return Aggregate(how, *(float(row[name]) for name in row.index), parts, contrast, contrasts)


def permutation_p(result: GroupTime, contrast: np.ndarray, *, draws: int = 9_999, seed: int = 0) -> tuple[float, float]:
    """The p-value over every way of dealing the dates of change among the places, and the smallest that could be reached.

    Exact where there are 20,000 ways or fewer; above, from `draws` drawn with `seed`. `contrast` is that of an Aggregate.
    """
    deals, listed = _deals(result.wave_of, draws, seed)
    statistics = np.abs(_dealt(contrast, result, deals))
    return _as_far(statistics), _smallest(result.wave_of, len(deals), listed)


def earlier_trends(result: GroupTime, *, draws: int = 4_999, seed: int = 0) -> JointTest:
    """The joint test that no effect appears before the change.

    Hotelling's F over places where every wave has enough of them for the number of earlier effects (twice as many and four
    more; with 12 places of 40 and seven effects it would find at 5% what is not there 11 times in 100), else the permutation of
    the sum of squared effects. NotEnoughData below four periods before the last wave.
    """
    before = (result.effects["since"] < 0).to_numpy()
    had = int(np.searchsorted(result.periods, result.effects["first"].max()))
    if had < minima.PERIODS_OF_EARLIER_TREND:
        least = minima.PERIODS_OF_EARLIER_TREND
        raise NotEnoughData(f"{wording.count_of(had, 'period')} before the change; {least} are needed to compare trends")
    contrasts, outcomes, wave_of = result.contrasts[before], result.outcomes, result.wave_of
    estimates = contrast_estimates(contrasts, outcomes, wave_of)["estimate"].to_numpy()
    spare = len(outcomes) - len(result.waves)
    if result.waves["places"].min() >= 2 * len(estimates) + 4:
        covariance = _covariance(contrasts, outcomes, wave_of)
        rank = int(np.linalg.matrix_rank(covariance, tol=1e-10 * np.trace(covariance)))
        wald = float(estimates @ np.linalg.pinv(covariance, rcond=1e-10) @ estimates)
        f = wald * (spare - rank + 1) / (spare * rank)
        return JointTest(f, float(stats.f.sf(f, rank, spare - rank + 1)), 0.0, len(estimates), "F test over places")
    deals, listed = _deals(wave_of, draws, seed)
    squares = sum(_dealt(contrast, result, deals) ** 2 for contrast in contrasts)
    smallest = _smallest(wave_of, len(deals), listed)
    return JointTest(float(squares[0]), _as_far(squares), smallest, len(estimates), "every way of dealing the dates")


def effect(
    result: GroupTime, *, outcome: str, n: int, n_unit: str, how: str = "group", scale: str = "rate ratio",
    better: str | None = None, worthwhile: float | None = None,
) -> Effect:  # fmt: skip
    """The overall effect as an Effect with its checks: earlier trends, trends that part, the exact permutation, each place
    left out.

    `n` is the number of events or people behind the outcomes, which themselves do not say. With scale "rate ratio" outcomes
    are log rates and the estimate is exponentiated; any other scale is kept as it is.
    """
    total = aggregate(result, how)
    if math.isinf(total.ci_high):
        raise NotEnoughData("places of each wave moved exactly alike, so nothing shows how they differ")
    turn = math.exp if scale == "rate ratio" else float
    p, smallest = permutation_p(result, total.contrast)
    checks = (_trends_check(result), _parting(result), _permutation_check(p, smallest), leave_one_out(result, how, turn))
    return Effect(
        outcome, turn(total.estimate), turn(total.ci_low), turn(total.ci_high), scale, 1.0 if scale == "rate ratio" else 0.0,
        "staggered_difference_in_differences", n, n_unit, total.p_value, better, len(result.outcomes),
        smallest, worthwhile, checks,
    )  # fmt: skip


def _parting(result: GroupTime) -> Check:
    """Worth knowing: how far trends may part after the change until the mean effect over the periods since is lost."""
    from helpers.designs import relative_magnitudes  # which is made of this design's event study

    try:
        return relative_magnitudes.relative_magnitudes_of(result).check()
    except NotEnoughData as reason:
        return Check(relative_magnitudes.NAME, None, str(reason))


def leave_one_out(result: GroupTime, how: str = "group", turn=float) -> Check:
    """Passes where the answer stands without any one place (`results.answer_stands`)."""
    name, total = "Leave one locality out", aggregate(result, how)
    if (result.waves["places"] < 3).any():
        return Check(name, None, "too few places at one of the dates to leave one out")
    own, size = _own(total.contrast, result.outcomes, result.wave_of), result.waves["places"].to_numpy()
    means = (np.bincount(result.wave_of, own) / size)[result.wave_of]
    # Without a place its wave's mean is that of the others; the shares of waves in the controls are kept.
    without = total.estimate + (means - own) / (size[result.wave_of] - 1)
    lowest, highest = without.min(), without.max()
    detail = f"from {turn(lowest):.2f} to {turn(highest):.2f} as each place is left out; {turn(total.estimate):.2f} with all"
    return Check(name, answer_stands(total, lowest, highest), detail)


def _trends_check(result: GroupTime) -> Check:
    name = "Trends before the change"
    try:
        test = earlier_trends(result)
    except NotEnoughData as reason:
        return Check(name, None, str(reason))
    tried = f"{wording.count_of(test.leads, 'earlier effect')} tested together"
    detail = f"{tried}: {wording.p_value(test.p_value)} ({test.method})"
    if test.smallest_p > 0.05:
        return Check(
            name, None if test.p_value > test.smallest_p else False, f"{detail}; no p below {test.smallest_p:.2f} possible"
        )
    return Check(name, bool(test.p_value >= 0.05), detail)


def _permutation_check(p: float, smallest: float) -> Check:
    return Check(
        "Exact permutation",
        None,
        f"over the ways of dealing the dates {wording.p_value(p)}; the smallest possible is {smallest:.2g}",
    )


def wide_panel(panel, place, period, outcome, first_changed) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Periods in order, outcomes (places x periods), and the number of the period in which each place first had the change."""
    given.columns(panel, place, period, outcome, first_changed)
    for name in (place, period):
        given.groups(panel[name], name)
    panel = panel.assign(**{place: panel[place].astype(object), outcome: given.numbers(panel[outcome], outcome, missing=True)})
    if panel.duplicated([place, period]).any():
        raise NotEnoughData("a place has two rows in one period")
    wide = panel.pivot(index=place, columns=period, values=outcome)
    if not np.isfinite(wide.to_numpy(dtype=float)).all():
        lacking = wide.index[wide.isna().any(axis=1)]
        raise NotEnoughData(f"{wording.listing(lacking[:3])} lacks a value in one of the periods; every place needs all of them")
    starts = panel.groupby(place)[first_changed].agg(["min", "max"]).reindex(wide.index)
    if (starts["min"] != starts["max"]).where(starts["min"].notna(), False).any():
        raise NotEnoughData("a place has more than one first date of the change")
    periods = wide.columns.to_numpy()
    never = starts["min"].isna() | starts["min"].astype(object).isin([0, np.inf])
    known = starts["min"].where(~never)
    first = np.full(len(wide), np.inf)
    try:
        at = np.searchsorted(periods, known[~never].to_numpy(dtype=periods.dtype))
    except (TypeError, ValueError):
        raise ValueError(f"{first_changed} names periods as {period} does, or is missing, 0 or infinite for never") from None
    first[~never.to_numpy()] = np.where(at >= len(periods), np.inf, at)  # a change after the last period has not come yet
    return periods, wide.to_numpy(dtype=float), first


def _own(contrast: np.ndarray, outcomes: np.ndarray, wave_of: np.ndarray) -> np.ndarray:
    """One number a place, whose means by wave add up to the estimate."""
    return np.einsum("ij,ij->i", outcomes, contrast[wave_of])


def _deals(wave_of: np.ndarray, draws: int, seed: int) -> tuple[np.ndarray, bool]:
    """Ways of dealing waves among places, the actual one first, and whether they are all that there are."""
    sizes = np.bincount(wave_of)
    ways = math.factorial(len(wave_of))
    for size in sizes:
        ways //= math.factorial(size)
    if ways > LISTED:
        shuffled = np.random.default_rng(seed).permuted(np.tile(wave_of, (draws, 1)), axis=1)
        return np.vstack([wave_of, shuffled]), False
    deals = [()]
    for _ in wave_of:
        deals = [(*deal, wave) for deal in deals for wave, size in enumerate(sizes) if deal.count(wave) < size]
    rest = [deal for deal in deals if deal != tuple(wave_of)]
    return np.array([tuple(wave_of), *rest]), True


def _dealt(contrast: np.ndarray, result: GroupTime, deals: np.ndarray) -> np.ndarray:
    """The estimate under each deal: the contrast depends on the sizes of waves alone, so only who is in them changes."""
    scores = result.outcomes @ contrast.T / result.waves["places"].to_numpy()
    return scores[np.arange(deals.shape[1]), deals].sum(axis=1)


def _as_far(statistics: np.ndarray) -> float:
    """The share of deals at least as far out as the actual, the first; with drawn deals it counts as one of them."""
    return float((statistics >= statistics[0] - 1e-9 * max(statistics.max(), 1e-300)).mean())


def _smallest(wave_of: np.ndarray, deals: int, listed: bool) -> float:
    """Two deals are each other's mirror image where there are two waves of equal size."""
    sizes = np.bincount(wave_of)
    return (2 if listed and len(sizes) == 2 and sizes[0] == sizes[1] else 1) / deals


def contrast_estimates(contrasts: np.ndarray, outcomes: np.ndarray, wave_of: np.ndarray, level: float = 0.95) -> pd.DataFrame:
    """Estimate and Welch's interval of each contrast: a sum over waves of the mean of one number a place.

    Without spread between places the interval has no ends and p is 1.
    """
    sizes = np.bincount(wave_of)
    rows = []
    for contrast in contrasts:
        own = _own(contrast, outcomes, wave_of)
        means = np.bincount(wave_of, own) / sizes
        variance = np.bincount(wave_of, (own - means[wave_of]) ** 2) / (sizes - 1) / sizes
        error, estimate = math.sqrt(variance.sum()), float(means.sum())
        df, reach, p = math.nan, math.inf, 1.0  # where all places of a wave moved alike nothing shows how they differ
        if error > 1e-9 * max(1.0, np.abs(own).max()):
            df = variance.sum() ** 2 / (variance**2 / (sizes - 1)).sum()
            reach, p = stats.t.ppf(0.5 + level / 2, df) * error, float(2 * stats.t.sf(abs(estimate) / error, df))
        rows.append((estimate, error, estimate - reach, estimate + reach, p, df))
    return pd.DataFrame(rows, columns=["estimate", "standard_error", "ci_low", "ci_high", "p_value", "degrees_of_freedom"])


def _covariance(contrasts: np.ndarray, outcomes: np.ndarray, wave_of: np.ndarray) -> np.ndarray:
    own = np.array([_own(contrast, outcomes, wave_of) for contrast in contrasts])
    total = np.zeros((len(contrasts), len(contrasts)))
    for wave, size in enumerate(np.bincount(wave_of)):
        total += np.atleast_2d(np.cov(own[:, wave_of == wave])) / size
    return total


def _named(period) -> str:
    return wording.month(period) if isinstance(period, np.datetime64) else str(period)
