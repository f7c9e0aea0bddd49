"""Standardised rates: what a place's rate would be with another population's ages (direct), or against expectation (indirect).

Limits are Dobson's (1991) as UKHSA's technical guide uses them: Byar's interval for the count, carried over to the weighted
rate. Where the same children recur, events are not independent and `direct_repeated` counts children by how often.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import intervals, wording
from helpers.designs import given, minima
from helpers.results import NotEnoughData

TOO_FEW = f"fewer than {minima.EVENTS_STANDARDISED} events"


@dataclass(frozen=True)
class Standardised:
    """Standardised rates, a row a place (and period): the columns grouped by, then the result.

    Direct: events, population, rate, ci_low, ci_high (each per `per`), variance (of the rate, in those units), why ("" or why
    there is no rate). Indirect: events, expected, ratio, ratio_low, ratio_high, rate, ci_low, ci_high.
    """

    rates: pd.DataFrame
    method: str  # "direct", "direct, repeated events" or "indirect"
    per: float
    level: float


def direct(
    bands: pd.DataFrame, *, by: list[str], events: str, population: str, standard: str, per: float = 10_000.0, level: float = 0.95
) -> Standardised:
    """Directly standardised rates with Dobson limits, each event counting as independent.

    `bands` has a row for each `by` and age band: events, population, and the band's size in the standard population. A place
    with fewer than 10 events has no rate. NotEnoughData where a band has nobody in it, or where places lack different bands.
    """
    places, at = _places(bands, by)
    count, people, weight = _columns(bands, events, population, standard)
    _complete(weight, at, places)
    share = weight / people
    total = np.bincount(at, count)
    weights = np.bincount(at, weight)
    rate = np.bincount(at, count * share) / weights
    variance = np.bincount(at, count * share**2) / weights**2
    return _dobson(places, total, np.bincount(at, people), rate, variance, "direct", per, level)


def direct_repeated(
    persons: pd.DataFrame, *, by: list[str], band: str, times: str, people: str, population: str, standard: str,
    per: float = 10_000.0, level: float = 0.95,
) -> Standardised:  # fmt: skip
    """Directly standardised rates of events that the same people have repeatedly, the variance adjusted as UKHSA does.

    `persons` has a row for each `by`, age band and number of `times`: how many `people` had exactly that many events, with the
    band's population and standard (the same on each of its rows; a band without events has a row of no people). The variance
    is the sum over times of times squared x the variance of the rate of such people, so ten incidents of one child weigh as
    one child. Errors as `direct`; NotEnoughData where a band is given two populations.
    """
    places, at = _places(persons, by)
    count, size, weight = _columns(persons, people, population, standard)
    given.columns(persons, band, times)
    each = given.numbers(persons[times], times)
    if (each[count > 0] < 1).any():
        raise ValueError("people with events have had one or more of them")
    bands = pd.DataFrame(
        {"place": at, "band": persons[band].to_numpy(), "population": size, "standard": weight}
    ).drop_duplicates()
    if bands.duplicated(["place", "band"]).any():
        twice = bands.loc[bands.duplicated(["place", "band"]), "band"].iloc[0]
        raise NotEnoughData(f"the age band {twice} is given two populations in one place")
    owner = bands["place"].to_numpy()
    _complete(bands["standard"].to_numpy(), owner, places)
    weights, share = np.bincount(owner, bands["standard"]), weight / size
    rate = np.bincount(at, each * count * share) / weights
    variance = np.bincount(at, each**2 * count * share**2) / weights**2
    people_in = np.bincount(owner, bands["population"])
    return _dobson(places, np.bincount(at, each * count), people_in, rate, variance, "direct, repeated events", per, level)


def indirect(
    bands: pd.DataFrame, *, by: list[str], events: str, population: str, reference_events: str, reference_population: str,
    per: float = 10_000.0, level: float = 0.95,
) -> Standardised:  # fmt: skip
    """Observed over expected events with Byar's limits (exact below 10), and that ratio x the reference's crude rate.

    `bands` has a row for each `by` and age band, with the reference's events and population in that band. Unlike direct
    rates, two places' ratios are not comparable with each other, only each with the reference.
    """
    places, at = _places(bands, by)
    count, people, reference = _columns(bands, events, population, reference_population)
    given.columns(bands, reference_events)
    occurred = given.numbers(bands[reference_events], reference_events, least=0)
    _complete(np.ones(len(at)), at, places)  # the reference may differ from year to year, the number of bands may not
    expected = np.bincount(at, people * occurred / reference)
    if (expected <= 0).any():
        raise NotEnoughData("no events in the reference population: nothing can be expected from it")
    crude = np.bincount(at, occurred) / np.bincount(at, reference)
    observed = np.bincount(at, count)
    limits = intervals.byar(observed, level).times(1 / expected)
    ratio = observed / expected
    scale = per * crude
    rates = places.assign(
        events=observed, expected=expected, ratio=ratio, ratio_low=limits.low, ratio_high=limits.high, rate=ratio * scale,
        ci_low=limits.low * scale, ci_high=limits.high * scale,
    )  # fmt: skip
    return Standardised(rates, "indirect", per, level)


def _places(frame: pd.DataFrame, by: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """The places in order, and each row's number among them."""
    if frame.empty:
        raise NotEnoughData("no rows to standardise")
    given.columns(frame, *given.listed(by, "by"))
    codes, names = zip(*(pd.factorize(frame[name], sort=True) for name in by), strict=True)
    if any((code < 0).any() for code in codes):
        raise NotEnoughData(f"a row has no {wording.listing(by)}")
    flat = np.ravel_multi_index(codes, [len(name) for name in names])
    present, at = np.unique(flat, return_inverse=True)
    where = np.unravel_index(present, [len(name) for name in names])
    return pd.DataFrame({name: values[i] for name, values, i in zip(by, names, where, strict=True)}), at


def _columns(frame: pd.DataFrame, events: str, population: str, weight: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    given.columns(frame, events, population, weight)
    count, people, weights = (given.numbers(frame[name], name, missing=True) for name in (events, population, weight))
    for name, values in ((events, count), (population, people), (weight, weights)):
        if not np.isfinite(values).all():
            raise NotEnoughData(f"an age band has no value of {name}: a rate over the other bands would not be comparable")
    if (people <= 0).any() or (weights <= 0).any():
        raise NotEnoughData("an age band has nobody in it, so it has no rate to weigh")
    if (count < 0).any():
        raise ValueError("a number of events cannot be below 0")
    return count, people, weights


def _complete(weight: np.ndarray, at: np.ndarray, places: pd.DataFrame) -> None:
    """Every place has the whole standard population; one that lacks a band would be weighed by another standard."""
    totals = np.bincount(at, weight)
    if np.ptp(totals) > 1e-9 * totals.max():
        lacking = wording.listing(places.iloc[int(np.argmin(totals))])
        raise NotEnoughData(f"{lacking} lacks an age band that others have, so its rate would not be comparable")


def _dobson(places, total, people, rate, variance, method: str, per: float, level: float) -> Standardised:
    enough = total >= minima.EVENTS_STANDARDISED
    byar = intervals.byar(np.where(enough, np.round(total), minima.EVENTS_STANDARDISED), level)
    spread = np.sqrt(variance / np.where(enough, total, minima.EVENTS_STANDARDISED))
    rates = places.assign(
        events=total,
        population=people,
        rate=np.where(enough, per * rate, np.nan),
        ci_low=np.where(enough, per * (rate + spread * (byar.low - total)), np.nan),
        ci_high=np.where(enough, per * (rate + spread * (byar.high - total)), np.nan),
        variance=np.where(enough, per**2 * variance, np.nan),
        why=np.where(enough, "", TOO_FEW),
    )
    return Standardised(rates, method, per, level)
