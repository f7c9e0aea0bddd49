"""Events that recur in the same children: how concentrated they are, how soon the next one comes, how far counts overspread."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.designs import survival
from helpers.results import Effect, NotEnoughData

FEWEST_PEOPLE = 20
FEWEST_AT_THE_TOP = 10  # a share of events had by fewer than this describes children one could name


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


def concentration(events: pd.DataFrame, *, person: str, top: float = 0.05, people_at_risk: int | None = None) -> Concentration:
    """The share of events had by the `top` share of people, the Gini coefficient and the Lorenz curve.

    Among those with an event, or, with `people_at_risk`, among everyone who could have had one. The number of people at the
    top is rounded up to a whole person. NotEnoughData below 20 people.
    """
    counts = np.sort(events[person].value_counts().to_numpy())
    people = len(counts) if people_at_risk is None else people_at_risk
    if people < len(counts):
        raise ValueError(f"{people} people at risk, but {len(counts)} had an event")
    if people < FEWEST_PEOPLE or not len(counts):
        raise NotEnoughData(f"fewer than {FEWEST_PEOPLE} people: too few to say how concentrated events are")
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
    counts = np.asarray(counts, dtype=float)
    if counts.sum() == 0:
        raise NotEnoughData("no events: there is no spread to measure")
    return float((counts**2).sum() / counts.sum())


def top_share_interval(events: pd.DataFrame, *, person: str, top: float = 0.05, draws: int = 999, seed: int = 2024) -> Effect:
    """The share of events had by the top people, in per cent, with a percentile interval from a bootstrap of people.

    A level, to be described: its null is missing. The interval leans low, since resamples repeat people and so lose the tail.
    NotEnoughData where the top are fewer than 10 people.
    """
    counts = events[person].value_counts().to_numpy()
    main = concentration(events, person=person, top=top)
    if main.top_people < FEWEST_AT_THE_TOP:
        raise NotEnoughData(
            f"the {100 * top:g}% of people with most events are fewer than {FEWEST_AT_THE_TOP}: too few to be described apart"
        )
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.choice(counts, (draws, len(counts))), axis=1)
    shares = drawn[:, -main.top_people :].sum(axis=1) / drawn.sum(axis=1)
    low, high = np.quantile(shares, [0.025, 0.975])
    return Effect(
        f"share of events had by the {100 * top:g}% of people with most", 100 * main.top_share, float(100 * low),
        float(100 * high), "%", math.nan, "recurrent_events", main.people, "people",
    )  # fmt: skip


def time_to_next(events: pd.DataFrame, *, person: str, start: str, end: str | None, known_to) -> pd.DataFrame:
    """For each event the days from its end (its start where no end is known) to the same person's next, or to `known_to`.

    Columns: person, days, repeated (a further event came). An event that ends after `known_to`, or still open at its
    person's next, is left out: nobody is at risk of going missing while missing.
    """
    rows = events.sort_values([person, start], kind="stable")
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
    NotEnoughData below 20 events or 10 repeats.
    """
    times = sorted({*times, days})
    curve = survival.kaplan_meier(gaps["days"], gaps["repeated"], times=times, outcome="repeat").curve
    who, _ = pd.factorize(gaps["person"])
    rng = np.random.default_rng(seed)
    people = who.max() + 1
    weights = rng.multinomial(people, np.full(people, 1 / people), size=draws)[:, who]
    named = np.where(gaps["repeated"], "repeat", None)
    duration, z = gaps["days"].to_numpy(), stats.norm.ppf(0.975)
    errors, limits = [], []
    for time, value in zip(curve["time"], curve["share"], strict=True):
        errors.append(float(np.std(survival.weighted_share(duration, named, "repeat", time, weights), ddof=1)))
        limits.append(survival.log_log_limits(value, errors[-1], z))
    curve = curve.assign(standard_error=errors, ci_low=[low for low, _ in limits], ci_high=[high for _, high in limits])
    at = curve.set_index("time").loc[days]
    level = Effect(
        f"a further event within {days} days", 100 * at["share"], 100 * at["ci_low"], 100 * at["ci_high"], "%", math.nan,
        "recurrent_events", len(gaps), n_unit,
    )  # fmt: skip
    return Repeat(curve, level, len(gaps), int(people))
