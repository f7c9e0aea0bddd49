"""Events that recur in the same children: how concentrated they are, how soon the next comes, and what changes their rate.

The regressions differ in the question. Andersen-Gill: the rate of all events. Prentice-Williams-Peterson: the risk of the
next event among those who have had as many. Wei-Lin-Weissfeld: the time from the start to the first, second ... event.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from helpers import wording
from helpers.designs import given, minima, regression, survival
from helpers.designs.cox import CoxFit, coefficient_table, cox
from helpers.results import Check, Effect, NotEnoughData, answer_stands


@dataclass(frozen=True)
class Concentration:
    """How unevenly events fall on people. `lorenz` has people and events, shares from 0 to 1, from the fewest events up.

    `phi` is the variance of the total over its mean when people, with all their events, are what chance draws: 1 where
    everyone has one event, and what two counts should be compared with.
    """

    top_share: float  # share of all events that the `top` share of people had, 0 to 1
    top: float
    top_people: int
    people: int
    events: int
    gini: float
    repeated: int  # people with two events or more
    phi: float
    lorenz: pd.DataFrame


@dataclass(frozen=True)
class Repeat:
    """How soon a further event comes: `curve` as survival's (outcome "repeat"), `effect` the level at the days asked for."""

    curve: pd.DataFrame
    effect: Effect  # describes: null is missing
    events: int
    people: int


@dataclass(frozen=True)
class WeiLinWeissfeld:
    """Ratios for the first, second ... event (`by_order`, covariates named "service, event 1") and their best average.

    `average` has the columns of `CoxFit.coefficients`; its model_error is its robust error, as there is no other.
    """

    by_order: CoxFit
    average: pd.DataFrame


def concentration(events: pd.DataFrame, *, person: str, top: float = 0.05, people_at_risk: int | None = None) -> Concentration:
    """The share of events had by the `top` share of people, the Gini coefficient and the Lorenz curve.

    Among those with an event, or, with `people_at_risk`, among everyone who could have had one. The number of people at the
    top is rounded up to a whole person. NotEnoughData below 20 people.
    """
    given.columns(events, person)
    counts = np.sort(np.bincount(given.groups(events[person], person)))
    people = len(counts) if people_at_risk is None else people_at_risk
    if people < len(counts):
        raise ValueError(f"{people} people at risk, but {len(counts)} had an event")
    if people < minima.PEOPLE_CONCENTRATED or not len(counts):
        raise NotEnoughData(f"fewer than {minima.PEOPLE_CONCENTRATED} people: too few to say how concentrated events are")
    counts = np.concatenate([np.zeros(people - len(counts), dtype=int), counts])
    total, top_people = int(counts.sum()), math.ceil(top * people - 1e-9)
    rank = np.arange(1, people + 1)
    lorenz = pd.DataFrame({"people": np.insert(rank / people, 0, 0.0), "events": np.insert(np.cumsum(counts) / total, 0, 0.0)})
    return Concentration(
        top_share=float(counts[-top_people:].sum() / total), top=top, top_people=top_people, people=people, events=total,
        gini=float(2 * (rank * counts).sum() / (people * total) - (people + 1) / people),
        repeated=int((counts >= 2).sum()), phi=overdispersion(counts), lorenz=lorenz,
    )  # fmt: skip


def overdispersion(counts) -> float:
    """The variance of a total over its mean when each person brings all of their events: sum of squares over sum."""
    counts = given.numbers(counts, "counts", least=0)
    if counts.sum() == 0:
        raise NotEnoughData("no events: there is no spread to measure")
    return float((counts**2).sum() / counts.sum())


def top_share_interval(events: pd.DataFrame, *, person: str, top: float = 0.05) -> Effect:
    """The share of events had by the top people, in per cent, with an interval for the people it was drawn from.

    A level, to be described: its null is missing. Limits are set on the logit scale from each person's influence on the share
    (of the Lorenz curve's ordinate: Beach and Davidson 1983), with Satterthwaite's degrees of freedom, as a few make most of it.
    NotEnoughData where the top are fewer than 10 people.
    """
    main = concentration(events, person=person, top=top)
    counts = np.sort(np.bincount(given.groups(events[person], person)))
    if main.top_people < minima.PEOPLE_AT_THE_TOP:
        raise NotEnoughData(
            f"the {100 * top:g}% of people with most events are fewer than {minima.PEOPLE_AT_THE_TOP}: too few to describe apart"
        )
    share, least = main.top_share, counts[-main.top_people]
    influence = np.maximum(counts - least, 0) + main.top_people / main.people * least - share * counts
    error = math.sqrt((influence**2).sum() * main.people / (main.people - 1)) / main.events
    df = regression.cluster_degrees_of_freedom(influence[:, None])[0]
    reach = stats.t.ppf(0.975, df) * error / (share * (1 - share))
    low, high = special.expit(special.logit(share) + np.array([-reach, reach]))
    return Effect(
        f"share of events had by the {100 * top:g}% of people with most", 100 * share, float(100 * low), float(100 * high), "%",
        math.nan, "recurrent_events", main.people, "people",
    )  # fmt: skip


def time_to_next(events: pd.DataFrame, *, person: str, start: str, end: str | None, known_to) -> pd.DataFrame:
    """For each event the days from its end (its start where no end is known) to the same person's next, or to `known_to`.

    Columns: person, days, repeated (a further event came). An event that ends after `known_to`, or still open at its
    person's next, is left out: nobody is at risk of going missing while missing.
    """
    days = {name: given.moments(events[name], name, missing=name == end) for name in (start, end) if name is not None}
    rows = events.assign(**days).sort_values([person, start], kind="stable")
    following = rows.groupby(person)[start].shift(-1)
    from_when = rows[start] if end is None else rows[end].fillna(rows[start])
    limit = pd.Timestamp(known_to) + pd.Timedelta(days=1)
    until = following.where(following < limit, limit)
    gaps = pd.DataFrame(
        {
            "person": rows[person],
            "days": (until - from_when) / pd.Timedelta(days=1),
            "repeated": following.notna() & (following < limit),
        }
    )
    return gaps[gaps["days"] >= 0].reset_index(drop=True)


def repeat_within(
    gaps: pd.DataFrame,
    *,
    days: int = 90,
    times=(7, 14, 30, 60, 90),
    n_unit: str = "incidents",
    draws: int = 499,
    seed: int = 2024,
) -> Repeat:
    """The share of events followed by another within `days`, by Kaplan-Meier, events too recent to know being censored.

    `gaps` as `time_to_next` returns it. The interval comes from a bootstrap of people, with all their events: events of one
    child resemble each other, and Greenwood's would be too narrow; the curve's own limits are widened in the same proportion.
    NotEnoughData below 20 events or 10 repeats, and where none is followed for `days`.
    """
    times = sorted({*times, days})
    curve = survival.kaplan_meier(gaps["days"], gaps["repeated"], times=times, outcome="repeat").curve
    if curve.loc[curve["time"] == days, "share"].isna().all():
        raise NotEnoughData(f"none of the {n_unit} has been followed for {days} days")
    who = given.groups(gaps["person"], "person")
    rng = np.random.default_rng(seed)
    people = who.max() + 1
    weights = rng.multinomial(people, np.full(people, 1 / people), size=draws)[:, who]
    named = np.where(gaps["repeated"], "repeat", None)
    duration, z = gaps["days"].to_numpy(), stats.norm.ppf(0.975)
    errors, limits = [], []
    for time, value, at_risk in zip(curve["time"], curve["share"], curve["at_risk"], strict=True):
        errors.append(float(np.std(survival.weighted_share(duration, named, "repeat", time, weights), ddof=1)))
        limits.append(survival.log_log_limits(value, errors[-1], z, at_risk))
    curve = curve.assign(standard_error=errors, ci_low=[low for low, _ in limits], ci_high=[high for _, high in limits])
    at = curve.set_index("time").loc[days]
    level = Effect(
        f"a further event within {days} days", 100 * at["share"], 100 * at["ci_low"], 100 * at["ci_high"], "%", math.nan,
        "recurrent_events", len(gaps), n_unit,
    )  # fmt: skip
    return Repeat(curve, level, len(gaps), int(people))


def intervals_at_risk(
    events: pd.DataFrame, people: pd.DataFrame, *, person: str, start: str, end: str | None, followed_from: str, followed_to: str
) -> pd.DataFrame:
    """Each person's time at risk cut at their events: one row an interval, in days since they were first followed.

    `people` has one row a person with when following began and ended. Columns: person (under its own name), start, stop, event
    (one came at stop), order (1 for the first interval). Nobody is at risk during an event: an event that starts before
    the one before it ended, or outside the time followed, has no interval; one that starts at the moment of return has a
    minute's. People without events have one interval.
    """
    given.columns(events, person, start, end)
    days = {name: given.moments(events[name], name, missing=name == end) for name in (start, end) if name is not None}
    events = events.assign(**days)
    people = given.columns(people, person, followed_from, followed_to)[[person, followed_from, followed_to]]
    people = people.assign(**{name: given.moments(people[name], name) for name in (followed_from, followed_to)})
    if people[person].duplicated().any() or (people[followed_to] <= people[followed_from]).any():
        raise ValueError("every person has one row, and following ends after it begins")
    rows = events.merge(people, on=person)
    rows = rows[(rows[start] > rows[followed_from]) & (rows[start] <= rows[followed_to])].sort_values(
        [person, start], kind="stable"
    )
    back = rows[start] if end is None else rows[end].fillna(rows[start])
    back = back.where(back >= rows[start], rows[start])
    rows = rows.assign(back=back.groupby(rows[person]).cummax())
    since = rows.groupby(person)["back"].shift(1).fillna(rows[followed_from])
    rows = rows.assign(since=since, stop=rows[start].where(rows[start] > since, since + pd.Timedelta(minutes=1)), event=True)
    rows = rows[rows[start] >= since]
    last = people.assign(since=people[person].map(rows.groupby(person)["back"].max()), stop=people[followed_to], event=False)
    last["since"] = last["since"].fillna(last[followed_from])
    both = pd.concat([rows, last[last["stop"] > last["since"]]]).sort_values([person, "stop"], kind="stable")
    day = pd.Timedelta(days=1)
    return pd.DataFrame(
        {
            person: both[person],
            "start": (both["since"] - both[followed_from]) / day,
            "stop": (both["stop"] - both[followed_from]) / day,
            "event": both["event"].astype(bool),
            "order": both.groupby(person).cumcount() + 1,
        }
    ).reset_index(drop=True)


def andersen_gill(
    intervals: pd.DataFrame, *, covariates: list[str], person: str, start: str = "start", stop: str = "stop",
    event: str = "event", strata: str | None = None, cluster: str | None = None, ties: str = "efron",
    events_a_parameter: float = minima.EVENTS_A_PARAMETER,
) -> CoxFit:  # fmt: skip
    """Ratios of the rate of events, every event counting alike (Andersen and Gill 1982), errors robust by person.

    `intervals` as `intervals_at_risk` returns them, with covariates joined. `cluster` (family) stands in for the person where
    children of a family are alike. The model-based errors take a person's events as independent: do not use them. With 40 to
    300 children who differ much the robust test finds at 5% what is not there 5 to 7 times in 100, the model-based 32. Refusals
    as in `cox`.
    """
    given.columns(intervals, *given.listed(covariates, "covariates"), person, start, stop, event, strata, cluster)
    return cox(
        intervals[covariates], start=intervals[start], stop=intervals[stop], event=intervals[event], ties=ties,
        strata=None if strata is None else intervals[strata], cluster=intervals[cluster or person],
        events_a_parameter=events_a_parameter,
    )  # fmt: skip


def prentice_williams_peterson(
    intervals: pd.DataFrame, *, covariates: list[str], person: str, time: str, order: str = "order", start: str = "start",
    stop: str = "stop", event: str = "event", last_order: int | None = None, cluster: str | None = None, ties: str = "efron",
    events_a_parameter: float = minima.EVENTS_A_PARAMETER,
) -> CoxFit:  # fmt: skip
    """Ratios of the risk of the next event among those who have had as many (Prentice and others 1981), robust by person.

    `time` is "total" (since the start) or "gap" (since the event before). Those who reach a further event are chosen by what
    came before, so a ratio is not the effect of what was done at the start. Intervals after `last_order` are left out: few
    ever get there. Refusals as in `cox`.
    """
    if time not in ("total", "gap"):
        raise ValueError(f'time is "total" or "gap"; got {time!r}')
    given.columns(intervals, *given.listed(covariates, "covariates"), person, order, start, stop, event, cluster)
    intervals = intervals.assign(**{name: given.numbers(intervals[name], name) for name in (start, stop, order)})
    rows = intervals if last_order is None else intervals[intervals[order] <= last_order]
    return cox(
        rows[covariates], start=rows[start] if time == "total" else None,
        stop=rows[stop] if time == "total" else rows[stop] - rows[start], event=rows[event], strata=rows[order],
        cluster=rows[cluster or person], ties=ties, events_a_parameter=events_a_parameter,
    )  # fmt: skip


def marginal_rows(intervals: pd.DataFrame, *, person: str, orders: int) -> pd.DataFrame:
    """The rows that Wei-Lin-Weissfeld needs: for each person and order, time from the start to that event or to the end.

    From `intervals_at_risk`; columns person, order, stop, event.
    """
    given.columns(intervals, person, "stop", "event", "order")
    given.groups(intervals[person], person)
    last = intervals.groupby(person, observed=True)["stop"].max()
    came = intervals[given.flags(intervals["event"], "event")].set_index([person, "order"])["stop"]
    every = pd.MultiIndex.from_product([last.index, range(1, orders + 1)], names=[person, "order"])
    when = came.reindex(every)
    rows = pd.DataFrame({"stop": when.fillna(when.index.get_level_values(0).to_series(index=when.index).map(last))})
    return rows.assign(event=when.notna()).reset_index()


def wei_lin_weissfeld(
    rows: pd.DataFrame, *, covariates: list[str], person: str, stop: str = "stop", event: str = "event", order: str = "order",
    ties: str = "efron", events_a_parameter: float = minima.EVENTS_A_PARAMETER,
) -> WeiLinWeissfeld:  # fmt: skip
    """Ratios for the time from the start to each event in turn, and their average (Wei, Lin and Weissfeld 1989).

    One row a person and order, as `marginal_rows` makes them: everyone is at risk of the third event from the start, so an
    effect on the first is carried into the later ones. The average weighs the orders by the inverse of their robust
    covariance. Refusals as in `cox`, for each order by its own events.
    """
    given.columns(rows, *given.listed(covariates, "covariates"), person, stop, event, order)
    orders = sorted(np.unique(given.numbers(rows[order], order)).astype(int))
    rows = rows.assign(**{order: rows[order].astype(int), event: given.flags(rows[event], event)})
    if (rows.groupby(order)[event].sum() < events_a_parameter * len(covariates)).any():
        raise NotEnoughData(f"too few events at some order for {len(covariates)} covariates: fewer orders can be compared")
    blocks = {f"{name}, event {k}": rows[name].where(rows[order] == k, 0.0) for name in covariates for k in orders}
    fit = cox(
        pd.DataFrame(blocks), stop=rows[stop], event=rows[event], strata=rows[order], cluster=rows[person], ties=ties,
        events_a_parameter=0,
    )  # fmt: skip
    estimates, spreads, parts = [], [], []
    for number in range(len(covariates)):
        own = slice(number * len(orders), (number + 1) * len(orders))
        weights = np.linalg.solve(fit.covariance[own, own], np.ones(len(orders)))
        estimates.append(weights @ fit.coefficients["estimate"].to_numpy()[own] / weights.sum())
        spreads.append(1 / weights.sum())
        parts.append(fit.influence[:, own] @ weights / weights.sum())
    average = coefficient_table(covariates, np.array(estimates), np.diag(spreads), np.diag(spreads), np.array(parts).T)
    return WeiLinWeissfeld(fit, average)


def influence_of_most_frequent(
    intervals: pd.DataFrame, fit: CoxFit, covariate: str, *, person: str, refit: Callable[[pd.DataFrame], CoxFit], top: int = 5
) -> Check:
    """Passes where the answer on `covariate` stands (`results.answer_stands`) without the `top` people with most events.

    `refit` fits other intervals as `fit` was: `lambda rows: andersen_gill(rows, covariates=["panel"], person="child")`.
    """
    name = "Influence of the most frequent children"
    most = intervals[given.flags(intervals["event"], "event")][person].value_counts().head(top).index
    left_out = f"without the {wording.count_of(top, 'child', 'children')} with most events"
    try:
        without = refit(intervals[~intervals[person].isin(most)]).coefficients.loc[covariate]
    except NotEnoughData as reason:
        return Check(name, None, f"{left_out}: {reason}")
    everyone = fit.coefficients.loc[covariate]
    limits = wording.interval(without["ci_low"], without["ci_high"])
    detail = f"{left_out} the ratio is {without['hazard_ratio']:.2f} ({limits}), with them {everyone['hazard_ratio']:.2f}"
    return Check(name, answer_stands(everyone, without["hazard_ratio"]), detail)
