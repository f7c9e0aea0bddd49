"""One shape for every measure: numerator, denominator, ratio and interval, by named dimensions."""

from dataclasses import dataclass, replace

import pandas as pd

from helpers import intervals

BASES = ("published", "extract", "synthetic")


@dataclass(frozen=True)
class Spread:
    """How far one year's figure of a place lies from its own path, as a variance: `together` times that of chance, since
    children come in families and cases in batches, and beside it `wander` squared on the log (of a share, log odds) scale,
    which no size of place takes away. Measured of English authorities: `extracts.official.year_to_year`.
    """

    together: float = 1.0
    wander: float = 0.0

    def phi(self, one: float, other: float) -> float:
        """What the variance by chance of a difference is multiplied by, where both figures rest on so much information.

        Information is the count of a rate, and n x share x (1 - share) of a share.
        """
        return self.together + 2 * self.wander**2 * one * other / (one + other) if one and other else self.together


@dataclass(frozen=True)
class Measure:
    """A measure by its dimensions, exact and not yet fit to be shown: `disclosure.control` or `disclosure.published` releases it.

    `data` has one row for each combination of `dimensions` and the columns numerator, denominator (missing for a plain count),
    ratio (`per` x numerator / denominator, or the published value), ci_low and ci_high (95%, same unit as ratio; missing where
    no denominator is known), and, for published figures, symbol (empty where the value stands). Counts have `per` None.
    """

    name: str  # "children in care who went missing at least once"
    unit: str  # "%", "per 10,000 children", "per 1,000 days in care", "children", "incidents per child"
    data: pd.DataFrame
    dimensions: tuple[str, ...]
    population: str  # who is counted: "children looked after at any time in the year"
    basis: str  # one of BASES
    source: str  # the line beneath a chart or table
    per: float | None = None
    better: str | None = None  # "lower", "higher" or None
    spread: Spread | None = None  # from year to year; of published measures, None where it was not measured

    def __post_init__(self):
        if self.basis not in BASES:
            raise ValueError(f"basis must be one of {', '.join(BASES)}; got {self.basis!r}")

    def where(self, **values) -> "Measure":
        """The rows whose dimensions have these values (a value or a list of them)."""
        keep = pd.Series(True, index=self.data.index)
        for dimension, value in values.items():
            keep &= self.data[dimension].isin(value if isinstance(value, (list, tuple, set)) else [value])
        return replace(self, data=self.data[keep].reset_index(drop=True))


def counts(
    frame: pd.DataFrame, *, measure: str, by: list[str], unit: str, population: str, basis: str, source: str,
    distinct: str | None = None, better: str | None = None,
) -> Measure:  # fmt: skip
    """How many rows, or how many different `distinct` (children, families), there are in each group of `by`.

    A categorical dimension gives a row for each of its categories, 0 where nobody is in it; any other, the groups that occur.
    A count has no denominator, no ratio and no interval.
    """
    grouped = frame.groupby(list(by), observed=False, dropna=False)
    numerator = grouped[distinct].nunique() if distinct else grouped.size()
    return _measure(measure, unit, numerator.rename("numerator").reset_index(), by, population, basis, source, None, better)


def proportion(
    frame: pd.DataFrame, *, measure: str, outcome: str, by: list[str], population: str, basis: str, source: str,
    unit: str = "%", better: str | None = None,
) -> Measure:  # fmt: skip
    """The share of rows whose `outcome` (true or false) is true in each group of `by`, in per cent, with Wilson's interval.

    ValueError where an outcome is missing: whether an unknown counts as no is the researcher's to say, and to write down.
    """
    if frame[outcome].isna().any():
        raise ValueError(
            f"{int(frame[outcome].isna().sum())} rows have no {outcome}: leave them out of the cohort, or count them as no"
        )
    grouped = frame.assign(**{outcome: frame[outcome].astype(bool)}).groupby(list(by), observed=False, dropna=False)[outcome]
    data = grouped.agg(numerator="sum", denominator="size").reset_index()
    counted = data["denominator"].where(data["denominator"] > 0)
    interval = intervals.wilson(data["numerator"].where(counted.notna()), counted).times(100)
    data = data.assign(ratio=100 * data["numerator"] / counted, ci_low=interval.low, ci_high=interval.high)
    return _measure(measure, unit, data, by, population, basis, source, 100.0, better)


def rate(
    events: pd.DataFrame, exposure: pd.DataFrame, *, measure: str, by: list[str], per: float, unit: str, population: str,
    basis: str, source: str, person: str | None = None, better: str | None = None,
) -> Measure:  # fmt: skip
    """Events for each `per` units of exposure in each group of `by`, with Byar's interval (exact below 10 events).

    `events` has one row an event; `exposure` has the columns of `by` and `exposure`, and decides which groups there are: one
    without events counts 0, one without exposure has no rate. With `person` (the column that says whose event it was) the
    interval is widened for repeats, as UKHSA does: variance sum of squared events per person. ValueError for events in a
    group without a row of exposure.
    """
    by = list(by)
    at_risk = exposure.groupby(by, observed=False, dropna=False)["exposure"].sum().rename("denominator").reset_index()
    happened = events.groupby(by, observed=True, dropna=False).size().rename("numerator").reset_index()
    data = at_risk.merge(happened, on=by, how="outer", indicator=True)
    strays = data[data["_merge"] == "right_only"]
    if len(strays):
        where = ", ".join(str(value) for value in strays[by].iloc[0])
        raise ValueError(f"{int(strays['numerator'].sum())} events have no exposure, the first of them in {where}")
    data = data.drop(columns="_merge").fillna({"numerator": 0})
    data["numerator"] = data["numerator"].astype(int)
    spread = pd.Series(1.0, index=data.index)
    if person is not None:
        each = events.groupby([*by, person], observed=True, dropna=False).size()
        squares = (each**2).groupby(by, observed=True, dropna=False).sum().rename("squares").reset_index()
        spread = (data.merge(squares, on=by, how="left")["squares"] / data["numerator"]).fillna(1.0) ** 0.5
    at_risk = data["denominator"].where(data["denominator"] > 0)
    limits = intervals.byar(data["numerator"])
    low = (data["numerator"] + spread * (limits.low - data["numerator"])).clip(lower=0)
    high = data["numerator"] + spread * (limits.high - data["numerator"])
    data = data.assign(ratio=per * data["numerator"] / at_risk, ci_low=per * low / at_risk, ci_high=per * high / at_risk)
    return _measure(measure, unit, data, by, population, basis, source, per, better)


def days_at_risk(
    episodes: pd.DataFrame, *, period_start, period_end, person: str, start: str, end: str, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Days in episodes by month of the period: columns period (the first day of a month), those of `by`, exposure (days).

    An episode's days run from `start` up to but not including `end`; without an end it is open to the last day of the period,
    which counts. Days on which a person has two episodes count once, in the earlier. Every month of the period has a row for
    every group of `by`.
    """
    first, after = pd.Timestamp(period_start), pd.Timestamp(period_end) + pd.Timedelta(days=1)
    rows = episodes.sort_values([person, start], kind="stable")
    begins, ends = rows[start], rows[end].fillna(after)
    covered = ends.groupby(rows[person]).cummax().groupby(rows[person]).shift()
    begins = begins.where(covered.isna() | (covered < begins), covered)
    months = pd.date_range(first.replace(day=1), after - pd.Timedelta(days=1), freq="MS")
    parts = []
    for month in months:
        opens, closes = max(month, first), min(month + pd.offsets.MonthBegin(1), after)
        days = (ends.clip(upper=closes) - begins.clip(lower=opens)).dt.days.clip(lower=0)
        if by:
            exposure = days.groupby([rows[name] for name in by], observed=False).sum().rename("exposure").reset_index()
        else:
            exposure = pd.DataFrame({"exposure": [days.sum()]})
        parts.append(exposure.assign(period=month))
    return pd.concat(parts, ignore_index=True)[["period", *by, "exposure"]]


def _measure(name, unit, data, by, population, basis, source, per, better) -> Measure:
    """A Measure with its columns in their order, those it lacks missing."""
    columns = [*by, "numerator", "denominator", "ratio", "ci_low", "ci_high"]
    data = data.reindex(columns=columns).astype({column: float for column in columns[-3:]})
    return Measure(name, unit, data, tuple(by), population, basis, source, per, better)
