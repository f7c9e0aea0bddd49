"""Two points set side by side: whether they differ by more than chance. Never evidence of why (capped at limited)."""

import math
from functools import lru_cache

import numpy as np
from scipy import stats

from helpers import intervals, wording
from helpers.designs import given, regression
from helpers.results import Check, Effect, NotEnoughData


def two_counts(
    before: int, after: int, *, outcome: str, n_unit: str, exposure_before: float = 1.0, exposure_after: float = 1.0,
    phi: float = 1.0, better: str | None = None, worthwhile: float | None = None,
) -> Effect:  # fmt: skip
    """The ratio of two rates, after over before, each a count of events over its exposure.

    `phi` is the variance of a count over its mean. At 1 the test and interval are exact, conditional on the total; above 1,
    where the same children recur or brothers and sisters come together, they are those of a quasi-Poisson count on the log
    scale. NotEnoughData without events, and for phi above 1 with none at one of the points.
    """
    if phi < 1:
        raise ValueError(f"phi below 1 would make counts more certain than chance allows; got {phi}")
    before, after = given.numbers([before, after], f"counts of {n_unit}", least=0)
    interval = intervals.rate_ratio(after, exposure_after, before, exposure_before)
    before, after = int(before), int(after)
    if before + after == 0:
        raise NotEnoughData(f"no {n_unit} at either point: there is nothing to compare")
    if phi == 1:
        share = exposure_after / (exposure_before + exposure_after)
        total = before + after
        # Twice the smaller tail: the test that the interval inverts.
        p = min(1.0, 2 * min(stats.binom.cdf(after, total, share), stats.binom.sf(after - 1, total, share)))
        ratio = math.inf if before == 0 else (after / exposure_after) / (before / exposure_before)
        low, high = interval.low, interval.high
    else:
        if before == 0 or after == 0:
            raise NotEnoughData(f"no {n_unit} at one of the two points: an interval that allows for repeats cannot be computed")
        ratio = (after / exposure_after) / (before / exposure_before)
        error = math.sqrt(phi * (1 / before + 1 / after))
        reach = stats.norm.ppf(0.975) * error
        low, high = ratio * math.exp(-reach), ratio * math.exp(reach)
        p = 2 * stats.norm.sf(abs(math.log(ratio)) / error)
    return Effect(
        outcome, ratio, low, high, "rate ratio", 1.0, "two_points", int(before + after), n_unit, float(p), better,
        worthwhile=worthwhile, checks=_more_than_chance(phi),
    )  # fmt: skip


def two_stocks(before: int, after: int, *, outcome: str, n_unit: str, better: str | None = None, **exposures) -> Effect:
    """The ratio of two counts of people on a day, tested as if they were independent Poisson counts: an indication only.

    Many of the same children are in both, so the true spread of a difference is smaller, while families and cohorts move
    together, so it is larger; nobody knows which wins without the records.
    """
    effect = two_counts(before, after, outcome=outcome, n_unit=n_unit, better=better, **exposures)
    note = Check("Independent counts", None, "many of the same children are in both counts, so the interval only indicates")
    return Effect(**{**vars(effect), "design": "two_stocks", "checks": (note,)})


def two_stocks_of_families(
    before, after, *, outcome: str, n_unit: str, better: str | None = None, shown: tuple[float, float] | None = None
) -> Effect:
    """As `two_stocks` where the records tell whose children they were: `before` and `after` hold each child's family.

    The ratio is that of the counts `shown` where those were rounded. Families, with all their children on both days, are what
    chance draws, so that brothers and sisters are one chance and those there on both days change nothing. Simulated false
    positives of a nominal 5%: 4% to 5%, where independent counts give 14% to 19% (families of 1.9 children on average).
    NotEnoughData where nobody was there on one of the days.
    """
    before, after = np.asarray(before), np.asarray(after)
    if not len(before) or not len(after):
        raise NotEnoughData(f"no {n_unit} on one of the two days: there is nothing to compare")
    family = given.groups(np.concatenate([before, after]), "family")
    signs = np.concatenate([np.full(len(before), -1 / len(before)), np.full(len(after), 1 / len(after))])
    parts = np.bincount(family, signs)
    error, df = math.sqrt((parts**2).sum()), float(regression.cluster_degrees_of_freedom(parts[:, None])[0])
    first, last = shown or (len(before), len(after))
    log = math.log(last / first)
    reach = stats.t.ppf(0.975, df) * error
    note = Check("Families", None, "families, with all their children on both days, are what chance is taken to draw")
    return Effect(
        outcome, math.exp(log), math.exp(log - reach), math.exp(log + reach), "rate ratio", 1.0, "two_stocks",
        int(first + last), n_unit, float(2 * stats.t.sf(abs(log) / error, df)) if error else 1.0, better, checks=(note,),
    )  # fmt: skip


def two_proportions(
    count_before: int, n_before: int, count_after: int, n_after: int, *, outcome: str, n_unit: str,
    phi: float = 1.0, better: str | None = None, worthwhile: float | None = None,
) -> Effect:  # fmt: skip
    """The difference of two proportions in percentage points, after less before: Newcombe's interval, Fisher's exact p-value.

    `phi` is the variance of either proportion over that by chance; above 1 Newcombe's limits lie the root of it further out, and
    the p-value is that of a pooled normal test.
    """
    if phi < 1:
        raise ValueError(f"phi below 1 would make shares more certain than chance allows; got {phi}")
    interval = intervals.newcombe(count_after, n_after, count_before, n_before).times(100)
    difference = 100 * (count_after / n_after - count_before / n_before)
    low, high = (difference + math.sqrt(phi) * (limit - difference) for limit in (interval.low, interval.high))
    if phi == 1:
        p = fisher(count_before, n_before, count_after, n_after)
    else:
        share = (count_before + count_after) / (n_before + n_after)
        error = 100 * math.sqrt(phi * share * (1 - share) * (1 / n_before + 1 / n_after))
        p = 2 * stats.norm.sf(abs(difference) / error) if error else 1.0
    return Effect(
        outcome, difference, max(low, -100.0), min(high, 100.0), "percentage points", 0.0, "two_points", int(n_before + n_after),
        n_unit, float(p), better, worthwhile=worthwhile, checks=_more_than_chance(phi),
    )  # fmt: skip


@lru_cache(maxsize=4096)  # a claim without a printed denominator is tried with dozens, and again under other assumptions
def fisher(count_before: int, n_before: int, count_after: int, n_after: int) -> float:
    """Fisher's exact two-sided p-value for two proportions."""
    table = [[count_before, n_before - count_before], [count_after, n_after - count_after]]
    return float(stats.fisher_exact(table).pvalue)


def _more_than_chance(phi: float) -> tuple[Check, ...]:
    spread = f"figures are taken to vary {wording.number(phi)} times as much as chance alone would make them"
    return () if phi == 1 else (Check("Events that come together", None, spread),)


def regression_to_the_mean(effect: Effect, *, selected: float, everyone: float, correlation: float) -> Check:
    """Passes where a change of people picked for a low or high value goes beyond what falls back by itself.

    `effect` is the change in their mean, after less before; `selected` their mean before and `everyone`'s, in the same unit;
    `correlation` that of two such measurements without any service. They are expected to move (1 - correlation) of the way.
    """
    if effect.null != 0 or not 0 <= correlation <= 1:
        raise ValueError("a change in a mean is needed, and a correlation from 0 to 1")
    expected = (1 - correlation) * (everyone - selected)
    beyond = effect.ci_low > expected if expected > 0 else effect.ci_high < expected
    detail = f"by itself the group would have moved by {wording.number(expected, 1)} of {wording.number(effect.estimate, 1)}"
    return Check("Regression to the mean", bool(beyond), detail)
