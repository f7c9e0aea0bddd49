"""Gaps between two groups: how large, how sure, whether they changed. What makes them is for `decomposition` to describe.

Every gap is the first group less the second; with pupils whom disadvantage marks out, a negative gap says that they are behind.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import intervals, wording
from helpers.designs import given, minima, regression
from helpers.results import Check, Effect, NotEnoughData

LARGEST_INDEX = 10.0  # of the gap index, when every pupil of one group ranks below every pupil of the other


@dataclass(frozen=True)
class HedgesG:
    """A standardised mean difference: Cohen's d, the small-sample factor J, g = J d, its variance and standard error."""

    d: float
    j: float
    g: float
    variance: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    people: int
    clusters: int | None


@dataclass(frozen=True)
class GapIndex:
    """The gap index, -10 to 10 (0 where the groups rank alike), positive where the disadvantaged rank lower.

    `auc` is the chance that a disadvantaged pupil scores below another, ties counting half: index = 10 (2 auc - 1).
    """

    index: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    auc: float
    disadvantaged: int
    others: int
    clusters: int | None


@dataclass(frozen=True)
class Thresholds:
    """The gap at each threshold: columns threshold, share_1, share_2 (0 to 1), difference, ci_low, ci_high (points)."""

    curve: pd.DataFrame
    check: Check


def risk_difference(
    happened, first, *, outcome: str, cluster=None, n_unit: str = "children", better: str | None = None,
    worthwhile: float | None = None,
) -> Effect:  # fmt: skip
    """The difference of two shares in percentage points, those in the `first` group (true) less the others.

    Newcombe's interval and Fisher's exact p-value; with `cluster` (school, family) a normal difference with the sandwich error
    times sqrt(G/(G-1)) and a t, its degrees of freedom fewer where few schools weigh most. NotEnoughData below 10 people a
    group or 10 clusters.
    """
    happened, first = _two_groups(given.flags(happened, "happened"), first)
    count_1, n_1, count_2, n_2 = happened[first].sum(), first.sum(), happened[~first].sum(), (~first).sum()
    difference = count_1 / n_1 - count_2 / n_2
    if cluster is None:
        interval = intervals.newcombe(count_1, n_1, count_2, n_2)
        p = stats.fisher_exact([[count_1, n_1 - count_1], [count_2, n_2 - count_2]]).pvalue
    else:
        interval, p, *_ = _by_cluster(difference, _mean_parts(happened, first), first, cluster)
    points = interval.times(100)
    return Effect(
        outcome, 100 * difference, points.low, points.high, "percentage points", 0.0, "gap", len(first), n_unit, float(p), better,
        worthwhile=worthwhile,
    )  # fmt: skip


def risk_ratio(
    happened, first, *, outcome: str, cluster=None, n_unit: str = "children", better: str | None = None,
    worthwhile: float | None = None,
) -> Effect:  # fmt: skip
    """The ratio of two shares, those in the `first` group (true) over the others.

    Koopman's score interval and test (1984); with `cluster` the sandwich on the log scale, as in `risk_difference`.
    NotEnoughData also where it happened to nobody in one of the groups.
    """
    happened, first = _two_groups(given.flags(happened, "happened"), first)
    count_1, n_1, count_2, n_2 = happened[first].sum(), first.sum(), happened[~first].sum(), (~first).sum()
    if not count_1 or not count_2:
        raise NotEnoughData(f"{outcome}: it happened to nobody in one of the groups, so a ratio cannot be given")
    ratio = float((count_1 / n_1) / (count_2 / n_2))
    if cluster is None:
        low, high = _koopman(count_1, n_1, count_2, n_2)
        p = stats.chi2.sf(_score_statistic(1.0, count_1, n_1, count_2, n_2), 1)
    else:
        mean_1, mean_2 = count_1 / n_1, count_2 / n_2
        parts = np.where(first, (happened - mean_1) / (n_1 * mean_1), -(happened - mean_2) / (n_2 * mean_2))
        interval, p, *_ = _by_cluster(math.log(ratio), parts, first, cluster)
        low, high = math.exp(interval.low), math.exp(interval.high)
    return Effect(
        outcome, ratio, low, high, "ratio of shares", 1.0, "gap", len(first), n_unit, float(p), better, worthwhile=worthwhile
    )


def mean_difference(
    values, first, *, outcome: str, scale: str = "points", cluster=None, n_unit: str = "pupils", better: str | None = None,
    worthwhile: float | None = None,
) -> Effect:  # fmt: skip
    """The difference of two means in the values' own unit (`scale`), those in the `first` group (true) less the others.

    Welch's t; with `cluster` (school, family) the sandwich error as in `risk_difference`. NotEnoughData likewise, and where
    nobody differs from the others of their group.
    """
    values, first = _two_groups(values, first)
    difference = values[first].mean() - values[~first].mean()
    if cluster is None:
        welch = stats.ttest_ind(values[first], values[~first], equal_var=False)
        if not math.isfinite(welch.pvalue):
            raise NotEnoughData("nobody differs from the others of their group, so there is no spread to judge by")
        interval, p = welch.confidence_interval(), float(welch.pvalue)
    else:
        interval, p, *_ = _by_cluster(difference, _mean_parts(values, first), first, cluster)
    return Effect(
        outcome, float(difference), float(interval.low), float(interval.high), scale, 0.0, "gap", len(first), n_unit, p, better,
        worthwhile=worthwhile,
    )  # fmt: skip


def hedges_g(values, first, *, cluster=None) -> HedgesG:
    """Hedges' g of two groups, the `first` (true) less the others, in pooled standard deviations.

    J = 1 - 3/(4 df - 1) and the variance of Borenstein and others (2009), normal limits. With `cluster` the error is that of the
    influence of each school on the difference and on the pooled deviation, times sqrt(G/(G-1)), with t as in
    `risk_difference`. NotEnoughData below 10 people a group or 10 clusters, or where nobody differs.
    """
    values, first = _two_groups(values, first)
    n_1, n_2 = int(first.sum()), int((~first).sum())
    centred = values - np.where(first, values[first].mean(), values[~first].mean())
    pooled = float((centred**2).sum() / (n_1 + n_2 - 2))
    if pooled == 0:
        raise NotEnoughData("everyone in a group has the same value, so a difference cannot be set against their spread")
    difference = float(values[first].mean() - values[~first].mean())
    plain = hedges_g_from_summary(difference, math.sqrt(pooled), math.sqrt(pooled), n_1, n_2)
    if cluster is None:
        return plain
    parts = _mean_parts(values, first) / math.sqrt(pooled) - plain.d * (centred**2 / pooled - 1) / (2 * (n_1 + n_2))
    interval, p, error, clusters = _by_cluster(plain.g, plain.j * parts, first, cluster)
    return HedgesG(plain.d, plain.j, plain.g, error**2, error, interval.low, interval.high, p, n_1 + n_2, clusters)


def hedges_g_from_summary(mean_difference: float, sd_1: float, sd_2: float, n_1: int, n_2: int) -> HedgesG:
    """Hedges' g from published means and standard deviations, people independent; as `hedges_g` without clusters."""
    df = n_1 + n_2 - 2
    if min(n_1, n_2) < 2 or min(sd_1, sd_2) < 0 or max(sd_1, sd_2) == 0:
        raise ValueError("each group has two people or more, and their values some spread")
    d = mean_difference / math.sqrt(((n_1 - 1) * sd_1**2 + (n_2 - 1) * sd_2**2) / df)
    j = 1 - 3 / (4 * df - 1)
    variance = j**2 * ((n_1 + n_2) / (n_1 * n_2) + d**2 / (2 * (n_1 + n_2)))
    error = math.sqrt(variance)
    reach, p = stats.norm.ppf(0.975) * error, float(2 * stats.norm.sf(abs(j * d) / error))
    return HedgesG(d, j, j * d, variance, error, j * d - reach, j * d + reach, p, n_1 + n_2, None)


def gap_index(scores, disadvantaged, *, cluster=None) -> GapIndex:
    """The Department for Education's disadvantage gap index of these pupils, ranked among themselves.

    20 (mean rank of others - mean rank of the disadvantaged) / pupils, which is 10 (2 AUC - 1); so its standard error is
    DeLong's (1988), by `cluster` Obuchowski's (1997), and its limits are set on the logit of the AUC, with a t. The published
    index ranks all pupils of England: for one authority against them see `gap_index_in_national_ranks`. NotEnoughData below 10
    people a group or 10 clusters, or where every pupil of one group ranks below the other.
    """
    scores, first = _two_groups(scores, disadvantaged)
    n_1, n_2 = int(first.sum()), int((~first).sum())
    ranks = stats.rankdata(scores)
    auc = 1 - (ranks[first].sum() - n_1 * (n_1 + 1) / 2) / (n_1 * n_2)
    if not 0 < auc < 1:
        raise NotEnoughData("every pupil of one group ranks below every pupil of the other, so there is no spread to judge by")
    # The share of the other group that each pupil is on the wrong or the right side of.
    beyond = np.empty(len(scores))
    beyond[first] = 1 - (ranks[first] - stats.rankdata(scores[first])) / n_2
    beyond[~first] = (ranks[~first] - stats.rankdata(scores[~first])) / n_1
    parts = np.where(first, (beyond - auc) / n_1, (beyond - auc) / n_2)
    if not parts.any():
        raise NotEnoughData("every pupil has the same score, so there is no rank to compare")
    if cluster is None:
        own = np.array([(parts[side] ** 2).sum() * n / (n - 1) for side, n in ((first, n_1), (~first, n_2))])
        df = own.sum() ** 2 / (own**2 / np.array([n_1 - 1, n_2 - 1])).sum()  # Welch's
        error, clusters, t = math.sqrt(own.sum()), None, stats.t(df)
    else:
        error, df, clusters = _cluster_error(parts, first, cluster)
        t = stats.t(df)
    logit, spread = math.log(auc / (1 - auc)), error / (auc * (1 - auc))
    reach = t.ppf(0.975) * spread
    low, high = (LARGEST_INDEX * (2 / (1 + math.exp(-end)) - 1) for end in (logit - reach, logit + reach))
    p = float(2 * t.sf(abs(logit) / spread))
    return GapIndex(LARGEST_INDEX * (2 * auc - 1), 2 * LARGEST_INDEX * error, low, high, p, auc, n_1, n_2, clusters)


def gap_index_in_national_ranks(ranks, disadvantaged, *, nationally: int, cluster=None) -> GapIndex:
    """The gap index of an authority's pupils by their ranks (1 lowest) among all `nationally` pupils, taken as fixed.

    20 (mean rank of others - mean rank of the disadvantaged) / nationally; Welch's t, or by `cluster` the sandwich with t.
    """
    ranks, first = _two_groups(ranks, disadvantaged)
    if ranks.min() < 1 or ranks.max() > nationally:
        raise ValueError(f"a national rank lies from 1 to {nationally}")
    scaled, n_1, n_2 = 2 * LARGEST_INDEX * ranks / nationally, int(first.sum()), int((~first).sum())
    index = float(scaled[~first].mean() - scaled[first].mean())
    if max(np.ptp(scaled[first]), np.ptp(scaled[~first])) == 0:
        raise NotEnoughData("nobody differs from the others of their group, so there is no spread to judge by")
    if cluster is None:
        test = stats.ttest_ind(scaled[~first], scaled[first], equal_var=False)
        limits, p, clusters = test.confidence_interval(0.95), float(test.pvalue), None
        low, high, error = float(limits.low), float(limits.high), index / float(test.statistic) if index else math.nan
    else:
        interval, p, error, clusters = _by_cluster(index, -_mean_parts(scaled, first), first, cluster)
        low, high = interval.low, interval.high
    return GapIndex(index, error, low, high, p, (index / LARGEST_INDEX + 1) / 2, n_1, n_2, clusters)


def difference_in_gaps(
    first: Effect, second: Effect, *, outcome: str, better: str | None = None, worthwhile: float | None = None
) -> Effect:
    """How much larger the first gap is than the second: a difference of differences, or a ratio of ratios.

    For gaps of different people (another year's pupils, another place's), from each one's own limits (Zou and Donner 2008), so
    that skew is kept. ValueError where the two are on different scales.
    """
    if (first.scale, first.null) != (second.scale, second.null):
        raise ValueError(f"two gaps on different scales cannot be compared: {first.scale} and {second.scale}")
    on, back = (math.log, math.exp) if first.null == 1 else (float, float)
    (a, a_low, a_high), (b, b_low, b_high) = ([on(value) for value in (g.estimate, g.ci_low, g.ci_high)] for g in (first, second))
    low, high = a - b - math.hypot(a - a_low, b_high - b), a - b + math.hypot(a_high - a, b - b_low)
    side = math.hypot(a - a_low, b_high - b) if a > b else math.hypot(a_high - a, b - b_low)
    p = float(2 * stats.norm.sf(stats.norm.ppf(0.975) * abs(a - b) / side))
    return Effect(
        outcome, back(a - b), back(low), back(high), first.scale, first.null, "gap", first.n + second.n, first.n_unit, p, better,
        worthwhile=worthwhile,
    )  # fmt: skip


def odds_ratio(happened, first, *, outcome: str, n_unit: str = "children", better: str | None = None) -> Effect:
    """The odds ratio of two groups, for the logit scale: near the ends shares can draw level while odds draw apart.

    Woolf's interval with half a person added to each cell where one is empty. NotEnoughData below 10 people a group.
    """
    happened, first = _two_groups(given.flags(happened, "happened"), first)
    cells = np.array([happened[first].sum(), first.sum() - happened[first].sum(), happened[~first].sum(), 0.0])
    cells[3] = (~first).sum() - cells[2]
    cells += 0.5 if (cells == 0).any() else 0.0
    log, error = math.log(cells[0] * cells[3] / (cells[1] * cells[2])), math.sqrt((1 / cells).sum())
    reach = stats.norm.ppf(0.975) * error
    return Effect(
        outcome, math.exp(log), math.exp(log - reach), math.exp(log + reach), "odds ratio", 1.0, "gap", len(first), n_unit,
        float(2 * stats.norm.sf(abs(log) / error)), better,
    )  # fmt: skip


def thresholds(scores, first, *, at, chosen: float) -> Thresholds:
    """The gap in the share who reach each of the thresholds `at`, and whether it has the sign that it has at the `chosen` one.

    A gap at one threshold is a property of the threshold too: it is widest where most scores lie. Shares at or above; Newcombe's
    interval. NotEnoughData below 10 people a group.
    """
    scores, first = _two_groups(scores, first)
    rows = []
    for cut in sorted({*at, chosen}):
        x_1, n_1, x_2, n_2 = (scores[first] >= cut).sum(), first.sum(), (scores[~first] >= cut).sum(), (~first).sum()
        limits = intervals.newcombe(x_1, n_1, x_2, n_2).times(100)
        rows.append((cut, x_1 / n_1, x_2 / n_2, 100 * (x_1 / n_1 - x_2 / n_2), limits.low, limits.high))
    curve = pd.DataFrame(rows, columns=["threshold", "share_1", "share_2", "difference", "ci_low", "ci_high"])
    main = curve.set_index("threshold").loc[chosen, "difference"]
    turned = curve[(np.sign(main) * curve["ci_high" if main > 0 else "ci_low"] < 0)]
    span = wording.interval(curve["difference"].min(), curve["difference"].max(), 1)
    detail = f"over {wording.count_of(len(curve), 'threshold')} the gap is {span} percentage points" + (
        "" if turned.empty else "; at some it is clearly the other way"
    )
    return Thresholds(curve, Check("Other thresholds", turned.empty, detail))


def _two_groups(values, first) -> tuple[np.ndarray, np.ndarray]:
    given.alike(values=values, first=first)
    values, first = given.numbers(values, "values"), given.flags(first, "first")
    if min(first.sum(), (~first).sum()) < minima.PEOPLE_IN_A_GROUP:
        raise NotEnoughData(f"too few in one of the groups: {minima.PEOPLE_IN_A_GROUP} are needed in each")
    return values, first


def _mean_parts(values, first) -> np.ndarray:
    """Each person's part in the error of the difference of means."""
    return np.where(first, (values - values[first].mean()) / first.sum(), -(values - values[~first].mean()) / (~first).sum())


def _cluster_error(parts: np.ndarray, first: np.ndarray, cluster) -> tuple[float, float, int]:
    given.alike(values=parts, cluster=cluster)
    who = given.groups(cluster, "cluster")
    clusters = int(who.max() + 1)
    if clusters < minima.SCHOOLS:
        raise NotEnoughData(f"fewer than {minima.SCHOOLS} schools or families: too few for an interval that allows for them")
    regression.spread_over_clusters(first[:, None], who)
    own = np.bincount(who, parts)
    error = math.sqrt((own**2).sum() * clusters / (clusters - 1))
    if error == 0:
        raise NotEnoughData("nobody differs from the others of their group, so there is no spread to judge by")
    return error, float(regression.cluster_degrees_of_freedom(own[:, None])[0]), clusters


def _by_cluster(estimate: float, parts: np.ndarray, first: np.ndarray, cluster) -> tuple[intervals.Interval, float, float, int]:
    error, df, clusters = _cluster_error(parts, first, cluster)
    reach = float(stats.t.ppf(0.975, df)) * error
    p = float(2 * stats.t.sf(abs(estimate) / error, df))
    return intervals.Interval(float(estimate - reach), float(estimate + reach)), p, error, clusters


def _score_statistic(ratio: float, x_1, n_1, x_2, n_2) -> float:
    """Koopman's chi-squared that the ratio of two shares is `ratio`."""
    a, b, c = (n_1 + n_2) * ratio, n_1 * ratio + x_1 + n_2 + x_2 * ratio, x_1 + x_2
    second = (b - math.sqrt(max(b * b - 4 * a * c, 0.0))) / (2 * a)
    first = ratio * second

    def far(x, n, share) -> float:
        share = min(share, 1.0)
        apart, spread = (x - n * share) ** 2, n * share * (1 - share)
        return 0.0 if apart <= 1e-18 * n**2 else apart / spread if spread > 0 else math.inf

    return far(x_1, n_1, first) + far(x_2, n_2, second)


def _koopman(x_1, n_1, x_2, n_2) -> tuple[float, float]:
    from scipy import optimize

    ratio, critical = math.log((x_1 / n_1) / (x_2 / n_2)), stats.chi2.ppf(0.95, 1)
    ends = []
    for way in (-1, 1):
        far = ratio + way * 0.1
        while _score_statistic(math.exp(far), x_1, n_1, x_2, n_2) < critical and abs(far) < 50:
            far += way * 0.5
        inside = lambda log: min(_score_statistic(math.exp(log), x_1, n_1, x_2, n_2), 1e9) - critical
        ends.append(math.exp(optimize.brentq(inside, *sorted((ratio, far)), xtol=1e-10)))
    return ends[0], ends[1]
