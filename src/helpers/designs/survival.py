"""Time until something happens: Kaplan-Meier, log-rank; where outcomes compete, Aalen-Johansen, cause-specific Cox and Fine-Gray.

One minus Kaplan-Meier with the other outcomes censored overstates each of them; never use it for competing outcomes.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.designs import given, minima
from helpers.designs.cox import CoxFit, cox
from helpers.results import Effect, NotEnoughData


@dataclass(frozen=True)
class CumulativeIncidence:
    """The share to whom each outcome has happened by each time. `curve` has a row an outcome and time.

    Columns: outcome, time, share (0 to 1), standard_error, ci_low, ci_high, at_risk (just before that time), events (so far).
    """

    curve: pd.DataFrame
    people: int


@dataclass(frozen=True)
class MedianTime:
    """The time by which half have had the event, with its 95% interval; an end that the curve never reaches is infinite."""

    estimate: float
    ci_low: float
    ci_high: float
    people: int
    events: int


@dataclass(frozen=True)
class LogRank:
    """Whether groups have the event alike: chi-squared on `degrees_of_freedom`, and by group people, observed, expected."""

    statistic: float
    degrees_of_freedom: int
    p_value: float
    groups: pd.DataFrame


def aalen_johansen(duration, outcome, *, times, causes: list[str] | None = None, entry=None) -> CumulativeIncidence:
    """Cumulative incidence of each of `causes` at `times` (Aalen and Johansen 1978), allowing for the other outcomes.

    `duration` is time from each start to its outcome or to the end of what is known; `outcome` names what happened, missing
    where nothing had (censored). `entry` is the time from which each was seen (late entry). Times are in the unit of
    `duration`. Standard errors are those of Marubini and Valsecchi (Greenwood's where there is one cause), intervals on the
    log(-log) scale (where there is one cause, of survival, as is usual), exact where it has happened to nobody or to all who
    were left. Past the longest that anybody was followed nothing is known of those to whom nothing had happened, and values are
    missing: a curve read on would seem to level off.
    NotEnoughData below 20 people or 10 events of any kind, and where every one of `times` lies past it.
    """
    duration, outcome, entry = _observed(duration, outcome, entry)
    times = np.ravel(times)
    duration, entry, moments = given.same_times(duration, entry, times)
    causes = sorted({name for name in outcome if name is not None}) if causes is None else list(causes)
    at, at_risk, happened = _steps(duration, outcome, entry, causes)
    every_step = np.concatenate([[1.0], np.cumprod(1 - happened.sum(axis=1) / at_risk)])
    surviving, known_to = every_step[:-1], duration.max() if every_step[-1] > 1e-12 else math.inf
    if min(moments) > known_to:
        raise NotEnoughData("nobody has been followed for long enough")
    z = stats.norm.ppf(0.975)
    rows = []
    for number, cause in enumerate(causes):
        deaths, every = happened[:, number], happened.sum(axis=1)
        share, alone = np.cumsum(surviving * deaths / at_risk), bool((deaths == every).all())
        for time, moment in zip(times, moments, strict=True):
            upto = at <= moment
            if moment > known_to:
                rows.append((cause, time, *[math.nan] * 4, 0, int(deaths.sum())))
                continue
            value = float(share[upto][-1]) if upto.any() else 0.0
            error = math.sqrt(max(_variance(value, share[upto], surviving[upto], deaths[upto], every[upto], at_risk[upto]), 0.0))
            seen = int(((entry < moment) & (duration >= moment)).sum())
            low, high = log_log_limits(value, error, z, int(at_risk[upto][-1]) if value >= 1 else seen, of_survival=alone)
            rows.append((cause, time, value, error, low, high, seen, int(deaths[upto].sum())))
    columns = ["outcome", "time", "share", "standard_error", "ci_low", "ci_high", "at_risk", "events"]
    return CumulativeIncidence(pd.DataFrame(rows, columns=columns), len(duration))


def kaplan_meier(duration, event, *, times, entry=None, outcome: str = "event") -> CumulativeIncidence:
    """The share to whom `event` (true or false) has happened by `times`: one minus Kaplan-Meier's survival."""
    named = np.where(given.flags(event, "event"), outcome, None)
    return aalen_johansen(duration, named, times=times, causes=[outcome], entry=entry)


def median_time(duration, event, *, entry=None) -> MedianTime:
    """The smallest time by which half have had the event, by Kaplan-Meier; infinite where fewer than half ever do.

    The interval holds the times at which the curve's own log(-log) interval holds a half (Brookmeyer and Crowley 1982).
    """
    duration, named, entered = _observed(duration, np.where(given.flags(event, "event"), "event", None), entry, (1, 1))
    at, at_risk, happened = _steps(duration, named, entered, ["event"])
    deaths, z = happened[:, 0], stats.norm.ppf(0.975)
    surviving = np.cumprod(1 - deaths / at_risk)
    with np.errstate(divide="ignore"):
        errors = surviving * np.sqrt(np.cumsum(np.where(at_risk > deaths, deaths / (at_risk * (at_risk - deaths)), 0.0)))
    limits = [log_log_limits(*step, z, int(seen)) for *step, seen in zip(surviving, errors, at_risk, strict=True)]

    def first(values) -> float:
        reached = at[np.asarray(values) <= 0.5 + 1e-12]
        return float(reached[0]) if len(reached) else math.inf

    low, high = (first([ends[side] for ends in limits]) for side in (0, 1))
    return MedianTime(first(surviving), low, high, len(duration), int(deaths.sum()))


def log_rank(duration, event, group, *, entry=None) -> LogRank:
    """The log-rank test that the hazard of `event` is the same in every group (Mantel 1966), hypergeometric variance.

    Late entry as in `aalen_johansen`. Families are taken as independent people: for clusters use `cox` with `cluster`.
    NotEnoughData below 20 people or 10 events in all, or where there is one group only.
    """
    duration, outcome, entry = _observed(duration, np.where(given.flags(event, "event"), "event", None), entry)
    given.alike(duration=duration, group=group)
    given.groups(group, "group")
    member, names = pd.factorize(np.asarray(group), sort=True)
    if len(names) < 2:
        raise NotEnoughData("one group only: there is nothing to compare it with")
    at, at_risk, happened = _steps(duration, outcome, entry, ["event"])
    died = np.array([value is not None for value in outcome])
    per_group = np.column_stack(
        [
            np.searchsorted(np.sort(entry[member == k]), at) - np.searchsorted(np.sort(duration[member == k]), at)
            for k in range(len(names))
        ]
    ).astype(float)
    observed, total = np.bincount(member[died], minlength=len(names)), happened[:, 0]
    share = per_group / at_risk[:, None]
    spread = np.where(at_risk > 1, total * (at_risk - total) / np.maximum(at_risk - 1, 1), 0.0)
    expected = total @ share
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    difference = (observed - expected)[:-1]
    statistic = float(difference @ np.linalg.pinv(variance[:-1, :-1]) @ difference)
    compared = int((expected > 0).sum()) - 1  # a group whose people all left before the first event is no part of the test
    if compared < 1:
        raise NotEnoughData("nobody of the other groups was there when the first event came, so there is nothing to compare")
    groups = pd.DataFrame({"people": np.bincount(member), "observed": observed, "expected": expected}, index=pd.Index(names))
    return LogRank(statistic, compared, float(stats.chi2.sf(statistic, compared)), groups)


def cause_specific(
    covariates: pd.DataFrame, duration, outcome, *, cause: str, entry=None, strata=None, cluster=None, ties: str = "efron",
    events_a_parameter: float = minima.EVENTS_A_PARAMETER,
) -> CoxFit:  # fmt: skip
    """Cox regression of the hazard of `cause` among those still without any outcome: what drives it, not how many it reaches.

    Other outcomes are censored; refusals as in `cox`.
    """
    duration, outcome, entry = _observed(duration, outcome, entry)
    return cox(
        covariates, start=entry, stop=duration, event=outcome == cause, strata=strata, cluster=cluster, ties=ties,
        events_a_parameter=events_a_parameter,
    )  # fmt: skip


def fine_gray(
    covariates: pd.DataFrame, duration, outcome, *, cause: str, entry=None, cluster=None, ties: str = "efron",
    events_a_parameter: float = minima.EVENTS_A_PARAMETER,
) -> CoxFit:  # fmt: skip
    """Regression of the subdistribution hazard of `cause`: ratios above 1 go with a higher cumulative incidence.

    Fine and Gray (1999) as a weighted Cox regression (Geskus 2011): who had another outcome stays at risk with weight
    W(t-)/W(own time-), W the Kaplan-Meier curve of being censored times, with late `entry`, the product-limit estimate of
    having entered; both the same for everyone. Errors are the sandwich by `cluster` (each person where none is given), W taken
    as known. NotEnoughData as in `cox`, and where so few had entered early that nobody stands for them.
    """
    duration, outcome, entry = _observed(duration, outcome, entry)
    if not (outcome == cause).any():
        raise NotEnoughData(f"{cause}: it happened to nobody")
    who, start, stop, weight = _subdistribution_rows(duration, outcome, entry, cause)
    happened = (outcome == cause)[who] & (stop == duration[who])
    family = np.arange(len(duration)) if cluster is None else np.asarray(cluster)
    return cox(
        covariates.iloc[who].reset_index(drop=True), start=start, stop=stop, event=happened, weights=weight, cluster=family[who],
        ties=ties, events_a_parameter=events_a_parameter,
    )  # fmt: skip


def _subdistribution_rows(duration, outcome, entry, cause) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Whose each row is, its start, stop and weight: everyone's own time, and stretches of weights after another outcome."""
    other = np.flatnonzero((outcome != cause) & (outcome != None))  # noqa: E711
    times = np.unique(duration[outcome == cause])
    when = np.concatenate([times, duration[other]])
    standing = _uncensored_before(duration, outcome, entry, when) * _entered_before(duration, entry, when)
    weight, own = standing[: len(times)], standing[len(times) :]
    if (own == 0).any():
        raise NotEnoughData("too few had entered early on for those with another outcome then to stand for others like them")
    last = np.flatnonzero(np.append(weight[1:] != weight[:-1], True))  # the weight changes after these of the event times
    first = np.searchsorted(times[last], duration[other], side="right")  # which of those stretches each leaves its time in
    many = len(last) - first
    who = np.repeat(np.arange(len(other)), many)
    stretch = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + first[who]
    before = np.where(stretch > first[who], times[last][stretch - 1], duration[other][who])
    heavy = weight[last][stretch] / own[who]
    kept = heavy > 0
    return (
        np.concatenate([np.arange(len(duration)), other[who][kept]]),
        np.concatenate([entry, before[kept]]),
        np.concatenate([duration, times[last][stretch][kept]]),
        np.concatenate([np.ones(len(duration)), heavy[kept]]),
    )


def difference_at(
    duration, outcome, *, with_change, cluster, cause: str, at: float, name: str, n_unit: str = "children",
    better: str | None = None, worthwhile: float | None = None, places: int | None = None, draws: int = 999, seed: int = 2024,
) -> Effect:  # fmt: skip
    """The difference in cumulative incidence of `cause` at time `at`, with the change less without, in percentage points.

    The interval is normal with a standard error from a bootstrap that draws whole clusters (families), so that siblings count
    once. `places` is how many localities the change was applied to or withheld from: with six of them the interval still
    understates what localities differ by, and `evidence` caps the finding. NotEnoughData below 20 people or 10 events of any
    kind in either group, or where nobody in a group is followed as long as `at`.
    """
    duration, outcome, _ = _observed(duration, outcome, None)
    duration, [at] = given.same_times(duration, np.array([at]))
    given.alike(duration=duration, with_change=with_change, cluster=cluster)
    chosen, cluster = given.flags(with_change, "with_change"), given.groups(cluster, "cluster")
    rng = np.random.default_rng(seed)
    shares, spreads = [], []
    for group, words in ((chosen, "with the change"), (~chosen, "without it")):
        _enough(int(group.sum()), int((outcome[group] != None).sum()), f" {words}")  # noqa: E711
        if duration[group].max() < at:
            raise NotEnoughData(f"nobody {words} has been followed for long enough to compare")
        families, member = np.unique(cluster[group], return_inverse=True)
        if len(families) < minima.PEOPLE_IN_AN_ARM:
            raise NotEnoughData(f"fewer than {minima.PEOPLE_IN_AN_ARM} families {words}: too few to show how they differ")
        weights = rng.multinomial(len(families), np.full(len(families), 1 / len(families)), size=draws)
        everyone = np.vstack([np.ones(len(families)), weights])[:, member]
        values = weighted_share(duration[group], outcome[group], cause, at, everyone)
        shares.append(values[0])
        spreads.append(values[1:])
    difference = 100 * (shares[0] - shares[1])
    error = 100 * float(np.std(spreads[0] - spreads[1], ddof=1))
    if error == 0:
        raise NotEnoughData(f"{name}: nobody in either group, so there is nothing to compare")
    reach = stats.norm.ppf(0.975) * error
    p = float(2 * stats.norm.sf(abs(difference) / error))
    return Effect(
        name, difference, difference - reach, difference + reach, "percentage points", 0.0, "competing_risks", len(duration),
        n_unit, p, better, places, None, worthwhile,
    )  # fmt: skip


def _observed(duration, outcome, entry, least: tuple[int, int] = minima.FOLLOWED):
    given.alike(duration=duration, outcome=outcome, entry=entry)
    duration, named = given.numbers(duration, "duration", least=0), np.asarray(outcome, dtype=object)
    for nothing in (0, ""):
        if any(not pd.isna(value) and value == nothing for value in named):
            it = f"{nothing!r} would be one of the outcomes"
            raise ValueError(f"outcome: {it}; it names what happened, and is missing where nothing had")
    outcome = np.array([None if pd.isna(value) else value for value in named], dtype=object)
    # Without an entry of their own everybody is there from before the first moment.
    entry = np.full(len(duration), -1.0) if entry is None else given.numbers(entry, "entry")
    duration, entry = given.same_times(duration, entry)
    if (entry >= duration).any():
        raise ValueError(f"every duration is later than its entry; {int((entry >= duration).sum())} are not")
    _enough(len(duration), int(sum(value is not None for value in outcome)), "", least)
    return duration, outcome, entry


def _enough(people: int, events: int, words: str, least: tuple[int, int] = minima.FOLLOWED):
    # How many there were is not said: beside rounded tables an exact small number gives the others away.
    if people < least[0] or events < least[1]:
        raise NotEnoughData(f"too few at risk or too few outcomes{words}: {least[0]} and {least[1]} are needed")


def _steps(duration, outcome, entry, causes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The times at which anything happened; how many were at risk just before; how often each cause (then any other) happened.

    Who is censored at a time is at risk at it; who enters at a time is not.
    """
    something = np.array([value is not None for value in outcome])
    at = np.unique(duration[something])
    at_risk = np.searchsorted(np.sort(entry), at, side="left") - np.searchsorted(np.sort(duration), at, side="left")
    place = np.searchsorted(at, duration[something])
    column = np.array([causes.index(value) if value in causes else len(causes) for value in outcome[something]], dtype=int)
    happened = np.zeros((len(at), len(causes) + 1))
    np.add.at(happened, (place, column), 1.0)
    return at, at_risk.astype(float), happened


def _uncensored_before(duration, outcome, entry, when) -> np.ndarray:
    """Kaplan-Meier's chance of not being censored before each of `when`; an outcome at a time comes before censoring at it."""
    censored = np.array([value is None for value in outcome])
    at, lost = np.unique(duration[censored], return_counts=True)
    gone = np.searchsorted(np.sort(duration[censored]), at) + np.searchsorted(np.sort(duration[~censored]), at, side="right")
    at_risk = np.searchsorted(np.sort(entry), at) - gone
    curve = np.concatenate([[1.0], np.cumprod(1 - lost / at_risk)])
    return curve[np.searchsorted(at, when)]


def _entered_before(duration, entry, when) -> np.ndarray:
    """The product-limit chance of having entered before each of `when`, of those still to have an outcome (Geskus 2011)."""
    at, came = np.unique(entry, return_counts=True)
    there = np.searchsorted(np.sort(entry), at, side="right") - np.searchsorted(np.sort(duration), at, side="right")
    curve = np.append(np.cumprod((1 - came / there)[::-1])[::-1], 1.0)
    return curve[np.searchsorted(at, when)]


def _variance(value, share, surviving, deaths, every, at_risk) -> float:
    """Marubini and Valsecchi's variance of a cumulative incidence at the last of these steps."""
    left = value - share
    with np.errstate(divide="ignore", invalid="ignore"):
        all_causes = np.where(at_risk > every, every / (at_risk * (at_risk - every)), 0.0)
    own = surviving**2 * (at_risk - deaths) / at_risk * deaths / at_risk**2
    return float((left**2 * all_causes + own - 2 * left * surviving * deaths / at_risk**2).sum())


def log_log_limits(value: float, error: float, z: float, people: int, of_survival: bool = False) -> tuple[float, float]:
    """95% limits of a share; where it is none or all, exact ones of as many `people` at risk, all alike."""
    if of_survival:
        low, high = log_log_limits(1 - value, error, z, people)
        return 1 - high, 1 - low
    edge = 0.025 ** (1 / people) if people else 0.0
    if value <= 0 or value >= 1:
        return (0.0, 1 - edge) if value <= 0 else (edge, 1.0)
    if error == 0:
        return value, value
    spread = math.exp(z * error / (value * abs(math.log(value))))
    return value**spread, value ** (1 / spread)


def weighted_share(duration, outcome, cause, at, weights) -> np.ndarray:
    """The cumulative incidence of `cause` at `at` for each row of `weights` (one weight a person), all rows at once."""
    order = np.argsort(duration, kind="stable")
    duration, outcome, weights = duration[order], outcome[order], np.asarray(weights, dtype=float)[:, order]
    steps, first = np.unique(duration, return_index=True)
    at_risk = np.add.reduceat(weights, first, axis=1)[:, ::-1].cumsum(axis=1)[:, ::-1]
    something = np.array([value is not None for value in outcome], dtype=float)
    own = np.array([value == cause for value in outcome], dtype=float)
    any_cause, this_cause = (np.add.reduceat(weights * happened, first, axis=1) for happened in (something, own))
    upto = steps <= at
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard, own_hazard = (np.where(at_risk > 0, d / at_risk, 0.0)[:, upto] for d in (any_cause, this_cause))
    before = np.cumprod(np.hstack([np.ones((len(weights), 1)), 1 - hazard[:, :-1]]), axis=1)[:, : own_hazard.shape[1]]
    return (before * own_hazard).sum(axis=1)
