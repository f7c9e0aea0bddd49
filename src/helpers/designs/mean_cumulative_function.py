"""Mean cumulative function: how many events a person has had on average by each time, when the same people have them again."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.designs import given, minima
from helpers.results import Effect, NotEnoughData


@dataclass(frozen=True)
class MeanCumulative:
    """Mean events a person by each time. `curve` has group, time, mean, standard_error, ci_low, ci_high, at_risk (then)."""

    curve: pd.DataFrame
    people: int
    events: int


def mean_cumulative(
    intervals: pd.DataFrame, *, person: str, times, group: str | None = None, cluster: str | None = None, start: str = "start",
    stop: str = "stop", event: str = "event",
) -> MeanCumulative:  # fmt: skip
    """The mean number of events a person by `times`, by group: Nelson and Aalen's sum, with the robust interval.

    Lawless and Nadeau (1995); a person's events need not be independent. Intervals are on the log scale. A death or an end of
    care that stops events must be no interval's censoring if the mean over everyone is wanted. NotEnoughData below 20 people
    or 10 events in a group, or where nobody in it is followed as long as the last of `times`.
    """
    given.columns(intervals, person, group, cluster, start, stop, event)
    given.groups(intervals[person], person)
    if group is not None:
        given.groups(intervals[group], group)
    rows = []
    groups = [("everyone", intervals)] if group is None else list(intervals.groupby(group, observed=True))
    for name, part in groups:
        mean, error, at_risk = _mean_at(part, part[cluster or person], part[person].nunique(), times, start, stop, event)
        with np.errstate(divide="ignore", invalid="ignore"):
            none = stats.chi2.ppf(0.975, 2) / 2 / at_risk  # the exact limit of a Poisson count of nought
            spread = np.exp(stats.norm.ppf(0.975) * np.where(mean > 0, error / mean, 0.0))
        rows.append(
            pd.DataFrame(
                {
                    "group": name, "time": list(times), "mean": mean, "standard_error": error, "ci_low": mean / spread,
                    "ci_high": np.where(mean > 0, mean * spread, none), "at_risk": at_risk,
                }
            )
        )  # fmt: skip
    return MeanCumulative(pd.concat(rows, ignore_index=True), int(intervals[person].nunique()), int(intervals[event].sum()))


def mean_cumulative_ratio(
    intervals: pd.DataFrame, *, person: str, with_change: str, at: float, outcome: str, cluster: str | None = None,
    n_unit: str = "children", better: str | None = None, worthwhile: float | None = None, places: int | None = None,
) -> Effect:  # fmt: skip
    """The ratio of mean events a person by time `at`, with the change (a true or false column) over without, robust interval.

    It asks nothing of the rates' shape over time, unlike `andersen_gill`. Refusals as in `mean_cumulative`.
    """
    given.columns(intervals, with_change)
    intervals = intervals.assign(**{with_change: given.flags(intervals[with_change], with_change)})
    curve = mean_cumulative(intervals, person=person, times=[at], group=with_change, cluster=cluster).curve.set_index("group")
    if len(curve) != 2 or (curve["mean"] == 0).any():
        raise NotEnoughData(f"{outcome}: both groups need people and events by then")
    log = np.log(curve["mean"])
    difference = float(log.loc[True] - log.loc[False])
    error = float(np.sqrt(((curve["standard_error"] / curve["mean"]) ** 2).sum()))
    reach = stats.norm.ppf(0.975) * error
    return Effect(
        outcome, math.exp(difference), math.exp(difference - reach), math.exp(difference + reach), "ratio of mean events", 1.0,
        "event_counts", int(intervals[person].nunique()), n_unit, float(2 * stats.norm.sf(abs(difference) / error)), better,
        places, None, worthwhile,
    )  # fmt: skip


def _mean_at(rows, cluster, people: int, times, start, stop, event) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    begins, ends = given.numbers(rows[start], start), given.numbers(rows[stop], stop)
    begins, ends, times = given.same_times(begins, ends, np.ravel(times))
    happened, who = given.flags(rows[event], event).astype(float), given.groups(cluster, str(cluster.name))
    if (begins >= ends).any():
        raise ValueError(f"every interval must stop after it starts; {int((begins >= ends).sum())} do not")
    if min(people, who.max() + 1) < minima.CLUSTERS or happened.sum() < minima.FOLLOWED[1]:
        least = f"{minima.CLUSTERS} and {minima.FOLLOWED[1]} are needed in every group"
        raise NotEnoughData(f"too few people or events: {least}")
    if ends.max() < max(times):
        raise NotEnoughData("nobody has been followed for long enough")
    at, count = np.unique(ends[happened > 0], return_counts=True)
    at_risk = np.searchsorted(np.sort(begins), at) - np.searchsorted(np.sort(ends), at)
    rate, squared = (np.concatenate([[0.0], np.cumsum(count / at_risk**power)]) for power in (1, 2))
    means, errors = [], []
    own = np.where(happened > 0, 1 / at_risk[np.minimum(np.searchsorted(at, ends), len(at) - 1)], 0.0)
    for time in times:
        upto = [np.searchsorted(at, np.minimum(edge, time), side="right") for edge in (begins, ends)]
        parts = np.where(ends <= time, own, 0.0) - (squared[upto[1]] - squared[upto[0]])
        means.append(rate[np.searchsorted(at, time, side="right")])
        errors.append(math.sqrt((np.bincount(who, parts) ** 2).sum()))
    seen = [int(((begins < time) & (ends >= time)).sum()) for time in times]
    return np.array(means), np.array(errors), np.array(seen)
