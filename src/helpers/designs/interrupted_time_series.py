"""Interrupted time series: whether a monthly rate after a dated change departs from what its earlier trend predicts.

Segmented quasi-Poisson regression with log exposure as offset (Lopez Bernal and others 2017). It has no comparison group, so
whatever else changed in the same month is part of the effect; `evidence` caps it at emerging.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from helpers import wording
from helpers.designs import given, minima, regression
from helpers.results import Effect, NotEnoughData

PANDEMIC = ("2020-03-01", "2021-07-31")  # months that a dummy takes out of the trend
ERRORS = ("autoregressive", "independent", "hac", "poisson")
REFERENCES = ("t", "normal")


@dataclass(frozen=True)
class Model:
    """What is fitted; `harmonics` None means two pairs (quarters: one) where the series is long enough, else none.

    `horizon` and `transition` are in months for quarters too.
    """

    change_on: pd.Timestamp  # first day of the first month (or quarter) with the change
    horizon: int = 12
    harmonics: int | None = None
    slope: bool = True  # the trend may change too, not only the level
    transition: int = 0  # months from the change that are left out
    just_before: int = 0  # months before the change that are left out
    pandemic: tuple[str, str] | None = PANDEMIC
    errors: str = "autoregressive"  # one of ERRORS
    lags: int | None = None  # of the HAC covariance; None: 0.75 T^(1/3), at least 3
    small_sample: bool = False  # whether the HAC covariance is multiplied by n/(n-k), as Stata does and R's sandwich does not
    reference: str = "t"  # one of REFERENCES: what the interval's multiplier comes from


@dataclass(frozen=True)
class Series:
    """A fitted interrupted time series.

    `effect` is the rate ratio `horizon` months after the change (or at the end of a shorter series), against the earlier trend
    continued; `level_change` the ratio at once; `slope_change` the ratio by which the monthly trend changed (None if not
    fitted). `fitted` has a row a month: period, observed, fitted, counterfactual, counterfactual_low and counterfactual_high,
    each per `per` of exposure, and residual (Pearson). The counterfactual's interval is for the trend, not for single months.
    """

    effect: Effect
    level_change: Effect
    slope_change: Effect | None
    dispersion: float
    autocorrelation: float
    months_before: int
    months_after: int
    model: Model
    by_person: pd.DataFrame | None
    per: float
    months_apart: int  # 1, or 3 for a series of quarters, whose counts of months are then counts of quarters
    _tables: dict[str, Callable[[], pd.DataFrame]] = field(repr=False, compare=False)

    @cached_property
    def monthly(self) -> pd.DataFrame:
        return self._tables["monthly"]()

    @cached_property
    def fitted(self) -> pd.DataFrame:
        return self._tables["fitted"]()

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        return self._tables["coefficients"]()


def interrupted_time_series(
    monthly: pd.DataFrame, *, change_on: str, outcome: str, n_unit: str, by_person: pd.DataFrame | None = None, per: float = 1.0,
    better: str | None = None, worthwhile: float | None = None, **model,
) -> Series:  # fmt: skip
    """Fit the series `monthly` (period: first of each month; events; exposure) around the month of `change_on`.

    A series of quarters (period: first day of each) is taken as such. `by_person` has a row a person and period (person, period,
    events; of a proportion also exposure, the person's part of the denominator) and adds up to `monthly`: intervals are then the
    wider of two, months correlated or people with all their events as what chance draws, since a few who recur for months make
    a series wander. Further keyword arguments are those of `Model`.
    NotEnoughData below 24 months before and 12 after with seasons, 12 and 12 without, 8 and 8 for quarters; where `harmonics`
    is not given seasons are left out of a series too short for them. With errors "autoregressive" (the default) the interval
    weighs every strength of correlation between neighbouring months (`regression.autoregressive_uncertainty`), since so few
    months cannot tell which is true. Simulated false positives of a nominal 5% (benchmarks/calibration.md): 0% to 5% where
    months are independent or correlate at 0.3; at 0.6 with dispersion 4, 2% to 8% in 24 to 84 months, where "independent"
    gives 15% to 29%. Of 60 months that correlate at 0.6 the check of residual autocorrelation sees a third to a half.
    """
    change = pd.Timestamp(change_on).normalize().replace(day=1)
    return fit(
        monthly, Model(change, **model), outcome=outcome, n_unit=n_unit, by_person=by_person, per=per, better=better,
        worthwhile=worthwhile,
    )  # fmt: skip


def fit(
    monthly: pd.DataFrame, model: Model, *, outcome: str, n_unit: str, by_person: pd.DataFrame | None = None, per: float = 1.0,
    better: str | None = None, worthwhile: float | None = None,
) -> Series:  # fmt: skip
    """As `interrupted_time_series`, from a Model; what the checks refit with."""
    for name, known in (("errors", ERRORS), ("reference", REFERENCES)):
        if getattr(model, name) not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}; got {getattr(model, name)!r}")
    periods, number, apart, events, exposure = _complete(monthly)
    if apart == 3 and (number <= _month_of(model.change_on)).any():  # the quarter that the change falls in
        model = replace(model, change_on=pd.Timestamp(periods[number <= _month_of(model.change_on)][-1]))
    model = replace(model, harmonics=_harmonics(number, model, apart))
    everything, names = design_matrix(periods, model)
    used = _used(number, model)
    rows, position = everything[used], np.flatnonzero(used)
    later = number[used] >= _month_of(model.change_on)
    for side, when in ((~later, "before"), (later, "from")):
        if not events[used][side].any():
            raise NotEnoughData(f"no events {when} {wording.month(model.change_on)}, so no ratio of rates can be given")
    poisson = regression.poisson(rows, events[used], np.log(exposure[used]))
    if poisson.dispersion < regression.NO_SPREAD and model.errors != "poisson":
        raise NotEnoughData("the months keep exactly to one line, so nothing shows how far they vary by chance")
    of_months = uncertainty = _uncertainty(poisson, rows, position, model)
    if by_person is not None:
        people = regression.ClusterUncertainty(_influence(by_person, periods, events, everything, used, poisson))
        uncertainty = regression.LeastSure((of_months, people))
    after, total = number >= _month_of(model.change_on), int(events[used].sum())
    last = int(after.sum()) - 1
    at = periods_to_horizon(model.horizon, apart, last + 1)

    each = "monthly" if apart == 1 else "quarterly"
    step = (np.array(names) == "level").astype(float)
    bend = (np.array(names) == "slope change").astype(float)
    contrasts = np.array([step + at * bend, step, bend][: 3 if model.slope else 2])
    reaches = uncertainty.reach(contrasts)

    def ratio(which: int, name: str, **how) -> Effect:
        log, reach = float(contrasts[which] @ poisson.coefficients), float(reaches[which])
        return Effect(
            name, math.exp(log), math.exp(log - reach), math.exp(log + reach), "rate ratio", 1.0,
            "interrupted_time_series", total, n_unit, uncertainty.p_value(log, contrasts[which]), **how,
        )  # fmt: skip

    def coefficients() -> pd.DataFrame:
        each = np.eye(len(names))
        errors = uncertainty.standard_errors(each)
        p = [uncertainty.p_value(*pair) for pair in zip(poisson.coefficients, each, strict=True)]
        return pd.DataFrame({"estimate": poisson.coefficients, "standard_error": errors, "p_value": p}, index=names)

    def given() -> pd.DataFrame:
        return pd.DataFrame({"period": periods, "events": events, "exposure": exposure})

    def fitted() -> pd.DataFrame:
        return _lines(given(), everything, used, poisson, uncertainty, names, per)

    return Series(
        effect=ratio(0, outcome, better=better, worthwhile=worthwhile),
        level_change=ratio(1, f"{outcome}, at once", better=better, worthwhile=worthwhile),
        slope_change=ratio(2, f"{each} trend of {outcome}", better=better) if model.slope else None,
        dispersion=of_months.dispersion, autocorrelation=of_months.correlation,
        months_before=int((~after).sum()), months_after=int(after.sum()), model=model, by_person=by_person,
        per=per, months_apart=apart, _tables={"monthly": given, "fitted": fitted, "coefficients": coefficients},
    )  # fmt: skip


def _complete(monthly: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, int, np.ndarray, np.ndarray]:
    """Periods, their month numbers, months apart, events and exposure in order; refused where a month is lacking, repeated or
    without exposure."""
    given.columns(monthly, "period", "events", "exposure")
    periods = given.moments(monthly["period"], "period").to_numpy()
    # Arrays rather than columns where nothing is shown: checks and simulations fit thousands of these.
    order, counts = np.argsort(periods, kind="stable"), monthly["events"]
    periods, exposure = periods[order], given.numbers(monthly["exposure"], "exposure")[order]
    number = _month_number(periods)
    inside = periods != periods.astype("datetime64[M]")
    if inside.any():
        first = pd.Timestamp(periods[inside][0]).date()
        raise ValueError(f"period is the first day of a month or quarter; {int(inside.sum())} are not, for example {first}")
    gaps = np.diff(number)
    if len(gaps) and gaps.min() >= 12:
        raise NotEnoughData("the series has a value a year; months or quarters are needed")
    apart = 3 if len(gaps) and gaps.min() == 3 else 1  # the nearest two are a quarter apart, else a month
    if (gaps != apart).any():
        months = pd.date_range(periods[0], periods[-1], freq="3MS" if apart == 3 else "MS")
        lacking, repeated = months.difference(pd.DatetimeIndex(periods)), pd.DatetimeIndex(periods[1:][np.diff(number) == 0])
        first = min([*lacking, *repeated])
        raise NotEnoughData(f"months are lacking or repeated in the series, the first {wording.month(first)}")
    if (exposure <= 0).any():
        first = pd.Timestamp(periods[exposure <= 0][0])
        raise NotEnoughData(f"nobody was at risk in {wording.month(first)}, so that month has no rate")
    given.numbers(counts, "events", least=0)
    return periods, number, apart, counts.to_numpy()[order], exposure


def _month_number(periods: np.ndarray) -> np.ndarray:
    """Months since January 1970."""
    return periods.astype("datetime64[M]").astype(int)


def periods_to_horizon(horizon: int, months_apart: int, periods_after: int) -> int:
    """How many periods after the first with the change the effect is read: at the horizon, or the end of a shorter series."""
    return min(max(1, horizon // months_apart), periods_after) - 1


def fewest(harmonics: int, months_apart: int) -> tuple[int, int]:
    """The fewest periods before and after that a series with so many pairs of seasonal terms may have."""
    if months_apart == 3:
        return minima.QUARTERS
    return minima.MONTHS_WITH_SEASONS if harmonics else minima.MONTHS_WITHOUT_SEASONS


def _used(number: np.ndarray, model: Model) -> np.ndarray:
    """Which months are fitted: all but the transition, and those just before where they are left out."""
    change = _month_of(model.change_on)
    return (number < change - model.just_before) | (number >= change + model.transition)


def _month_of(when) -> int:
    when = pd.Timestamp(when)
    return 12 * (when.year - 1970) + when.month - 1


def _harmonics(number: np.ndarray, model: Model, apart: int) -> int:
    """How many pairs of seasonal terms; NotEnoughData where the series is too short for what is asked."""
    used, after = _used(number, model), number >= _month_of(model.change_on)
    counts = int((used & ~after).sum()), int((used & after).sum())

    def enough(minimum) -> bool:
        return counts[0] >= minimum[0] and counts[1] >= minimum[1]

    most = 1 if apart == 3 else 2
    pairs = (most if enough(fewest(most, apart)) else 0) if model.harmonics is None else model.harmonics
    if apart == 3 and pairs > most:
        raise ValueError("four quarters hold one pair of seasonal terms")
    minimum = fewest(pairs, apart)
    if not enough(minimum):
        raise NotEnoughData(
            f"{wording.count_of(counts[0], 'month' if apart == 1 else 'quarter')} before {wording.month(model.change_on)} and "
            f"{wording.small(counts[1])} after; {minimum[0]} and {minimum[1]} are needed"
        )
    return pairs


def design_matrix(periods, model: Model) -> tuple[np.ndarray, list[str]]:
    """One row a month, transition included: constant, trend, level, slope change, seasons, pandemic."""
    time, number = np.arange(len(periods), dtype=float), _month_number(np.asarray(periods))
    after = number >= _month_of(model.change_on)
    columns = {"constant": np.ones(len(time)), "trend": time, "level": after.astype(float)}
    if model.slope:
        columns["slope change"] = np.where(after, time - np.argmax(after), 0.0)
    month = number % 12 + 1
    for pair in range(1, model.harmonics + 1):
        columns[f"sine {pair}"] = np.sin(2 * np.pi * pair * month / 12)
        columns[f"cosine {pair}"] = np.cos(2 * np.pi * pair * month / 12)
    if model.pandemic:
        inside = (number >= _month_of(model.pandemic[0])) & (number <= _month_of(model.pandemic[1]))
        if 0 < inside.sum() < len(time):
            columns["pandemic"] = inside.astype(float)
    return np.column_stack(list(columns.values())), list(columns)


def _uncertainty(poisson: regression.PoissonFit, rows: np.ndarray, position: np.ndarray, model: Model) -> regression.Uncertainty:
    """How the coefficients vary under the model's errors."""
    if model.errors == "autoregressive":
        return replace(regression.autoregressive_uncertainty(poisson, rows, position), normal=model.reference == "normal")
    covariance, dispersion = poisson.inverse_information, 1.0
    if model.errors == "independent":
        covariance, dispersion = poisson.dispersion * covariance, poisson.dispersion
    elif model.errors == "hac":
        lags = max(3, math.ceil(0.75 * len(rows) ** (1 / 3))) if model.lags is None else model.lags
        if not 0 <= lags < len(rows):
            raise ValueError(f"lags are none or more and fewer than the months fitted, {len(rows)}; got {lags}")
        raw, dispersion = poisson.residuals * np.sqrt(poisson.means), poisson.dispersion
        covariance = regression.hac_covariance(rows, raw, covariance, lags, model.small_sample)
    return regression.known_uncertainty(covariance, poisson.degrees_of_freedom, dispersion, model.reference == "normal")


def _influence(by_person, periods, counts, everything, used, poisson) -> np.ndarray:
    """Each person's part in the coefficients: their events as they lie in time, times what an event in that month moves."""
    given.columns(by_person, "person", "period", "events")
    at = pd.Index(periods).get_indexer(given.moments(by_person["period"], "period of events by person"))
    by_person, at = by_person[at >= 0], at[at >= 0]
    events = given.numbers(by_person["events"], "events by person", least=0)
    if not np.array_equal(np.bincount(at, events, len(periods)), counts.astype(float)):
        raise ValueError("the events by person do not add up to those by month")
    if "exposure" in by_person:  # a proportion: what a person adds is beyond their part of the denominator
        events = events - by_person["exposure"].to_numpy(dtype=float) * np.exp(everything @ poisson.coefficients)[at]
    moves = np.where(used[:, None], everything, 0.0) @ poisson.inverse_information
    people = given.groups(by_person["person"], "person")
    influence = np.zeros((people.max() + 1, moves.shape[1]))
    np.add.at(influence, people, moves[at] * events[:, None])
    return influence


def _lines(monthly, everything, used, poisson, uncertainty, names, per) -> pd.DataFrame:
    """What is needed to draw the series: rates observed, fitted, and had the earlier trend continued."""
    without = everything * ~np.isin(names, ["level", "slope change"])
    expected = without @ poisson.coefficients
    reach = uncertainty.reach(without)
    residual = np.full(len(monthly), np.nan)
    residual[used] = poisson.residuals
    return pd.DataFrame(
        {
            "period": monthly["period"],
            "observed": per * monthly["events"].to_numpy() / monthly["exposure"].to_numpy(),
            "fitted": per * np.exp(everything @ poisson.coefficients),
            "counterfactual": per * np.exp(expected),
            "counterfactual_low": per * np.exp(expected - reach),
            "counterfactual_high": per * np.exp(expected + reach),
            "residual": residual,
        }
    )
