"""Difference in differences on log rates: how the places with a change moved, less how the others moved.

Each place is collapsed to one rate before and one after, so that months of one place, which resemble each other, are not
counted as independent evidence (Bertrand, Duflo and Mullainathan 2004), and inference is that of `few_clusters`.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import wording
from helpers.designs import few_clusters, given, minima, relative_magnitudes, two_way_fixed_effects
from helpers.designs import staggered_difference_in_differences as staggered
from helpers.results import Check, Effect, NotEnoughData, answer_stands


@dataclass(frozen=True)
class Differences:
    """A two-by-two comparison: the effect (a rate ratio), the change of each place, and both ways of judging it.

    `places` has a row a place: place, with_change, events_before, events_after, rate_before, rate_after (each per unit of
    exposure), change (in log rate). `permutation` is on the log scale.
    """

    effect: Effect
    places: pd.DataFrame
    collapsed: few_clusters.CollapsedT
    permutation: few_clusters.Permutation


def difference_in_differences(
    panel: pd.DataFrame, *, place: str, with_change: list[str], change_on: str, outcome: str, n_unit: str,
    until: str | None = None, better: str | None = None, worthwhile: float | None = None,
) -> Differences:  # fmt: skip
    """The ratio of rate ratios: after over before where the change was made, over the same elsewhere, places counting alike.

    `panel` has a row a place and month (quarter, year): `place`, period (its first day), events, exposure; the period in which
    the change falls counts as with it. Months from `until` are left out (where the others were given the change too). The
    interval is that of a t on places less two degrees of freedom; the exact permutation stands beside it with its smallest
    reachable p. NotEnoughData below 12 months before or after, two places on a side, or where a place had no event in either
    period and so no log rate. False positives of a nominal 5% with 3 of 6 places: 4% to 7%, simulated with months correlated at
    0.6 in tests/designs/test_difference_in_differences.py.
    """
    places = _collapse(panel, place, with_change, change_on, until, *minima.MONTHS_COMPARED)
    treated, control = places.loc[places["with_change"], "change"], places.loc[~places["with_change"], "change"]
    collapsed = few_clusters.collapsed_t(treated, control)
    permutation = few_clusters.exact_permutation(treated, control)
    effect = Effect(
        outcome, math.exp(collapsed.estimate), math.exp(collapsed.ci_low), math.exp(collapsed.ci_high), "rate ratio", 1.0,
        "difference_in_differences", int(places[["events_before", "events_after"]].to_numpy().sum()), n_unit, collapsed.p_value,
        better, len(places), permutation.smallest_p, worthwhile,
    )  # fmt: skip
    return Differences(effect, places, collapsed, permutation)


@dataclass(frozen=True)
class TwoByTwo:
    """Means of two groups before and after, and how far apart they moved, in the outcome's unit.

    `cells` has four rows: with_change, after, mean, n. The interval is Welch's t over units (people, schools, places).
    """

    cells: pd.DataFrame
    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    degrees_of_freedom: float
    units: int
    balanced: bool

    def effect(
        self, *, outcome: str, n_unit: str, scale: str, better: str | None = None, worthwhile: float | None = None
    ) -> Effect:
        """As an Effect in the outcome's unit, `scale` its name."""
        return Effect(
            outcome, self.estimate, self.ci_low, self.ci_high, scale, 0.0, "two_by_two", self.units, n_unit, self.p_value, better,
            worthwhile=worthwhile,
        )  # fmt: skip


def two_by_two(panel: pd.DataFrame, *, unit: str, with_change: str, after: str, outcome: str, balanced: bool = True) -> TwoByTwo:
    """The change in mean outcome of units with the change, less that of the others, from single values a unit and period.

    `panel` has a row a unit and period; `with_change` and `after` are 0 or 1. `balanced` keeps units with a value in both
    periods; without it every known value counts, and the error allows for units seen twice. Units are taken as independent:
    where a change was made to a few places, use `difference_in_differences`. NotEnoughData below two units on a side.
    """
    given.columns(panel, unit, with_change, after, outcome)
    sides = {name: given.flags(panel[name], name).astype(int) for name in (with_change, after)}
    panel = panel.assign(**sides, **{outcome: given.numbers(panel[outcome], outcome, missing=True)})
    given.groups(panel[unit], unit)
    known = panel[panel[outcome].notna()]
    if known.duplicated([unit, after]).any():
        raise NotEnoughData("a unit has two values in one period")
    if balanced:
        known = known[known.groupby(unit, observed=True)[after].transform("nunique") == 2]
    if known.groupby(unit, observed=True)[with_change].nunique().max() > 1:
        raise NotEnoughData("a unit is on both sides of the comparison")
    cells = known.groupby([with_change, after])[outcome].agg(mean="mean", n="size")
    if len(cells) < 4 or known.groupby(with_change)[unit].nunique().min() < minima.PLACES_A_SIDE:
        raise NotEnoughData("two units with the change and two without are needed, before and after it")
    mean, n = cells["mean"], cells["n"]
    keys = pd.MultiIndex.from_frame(known[[with_change, after]])
    sign = np.where(known[after] == 1, 1.0, -1.0)
    # Each unit's pull on its side's change: nothing but its own departures from the means of its cells.
    pulls = sign * (known[outcome].to_numpy(dtype=float) - mean.reindex(keys).to_numpy()) / n.reindex(keys).to_numpy()
    own = pd.Series(pulls, index=known.index).groupby([known[with_change], known[unit]], observed=True).sum()
    count = own.groupby(level=0).size()
    variance = own.pow(2).groupby(level=0).sum() * count / (count - 1)
    if variance.sum() <= 1e-18 * max(1.0, float(known[outcome].abs().max())) ** 2:
        raise NotEnoughData("units on each side changed exactly alike, so nothing shows how they differ")
    error, df = math.sqrt(variance.sum()), float(variance.sum() ** 2 / (variance**2 / (count - 1)).sum())
    estimate = float((mean[(1, 1)] - mean[(1, 0)]) - (mean[(0, 1)] - mean[(0, 0)]))
    reach = stats.t.ppf(0.975, df) * error
    p = float(2 * stats.t.sf(abs(estimate) / error, df))
    names = cells.reset_index().rename(columns={with_change: "with_change", after: "after"})
    return TwoByTwo(names, estimate, error, estimate - reach, estimate + reach, p, df, int(count.sum()), balanced)


def tested(panel: pd.DataFrame, *, placebo_months: int = 12, **arguments) -> Effect:
    """The effect of `difference_in_differences` (same arguments) with every check of this design."""
    result = difference_in_differences(panel, **arguments)
    return result.effect.with_checks(
        permutation_check(result),
        trends_before(panel, **arguments),
        trends_that_part(panel, **arguments),
        placebo_start(panel, months=placebo_months, **arguments),
        leave_one_out(panel, **arguments),
    )


def permutation_check(result: Differences) -> Check:
    """Every choice of places: worth knowing rather than passed or failed, since with few of them no small p can be reached."""
    p = result.permutation
    detail = (
        f"{p.others_in_words} in the same direction, of {len(p.statistics)} choices "
        f"({wording.p_value(p.p_value)}; each choice has its opposite, so no p below {p.smallest_p:.2f} can be reached)"
    )
    return Check("Exact permutation", None, detail)


def trends_before(panel: pd.DataFrame, *, place: str, with_change: list[str], change_on: str, **_) -> Check:
    """Passes where the places' own trends before the change (slopes of log rate by quarter) do not differ between the two sides.

    A pass is weak with few places: the detail gives the interval of how differently they could have been moving.
    """
    name = "Trends before the change"
    panel, change = _used(panel, place, change_on)
    before = panel[panel["period"] < change]
    quarters = before.assign(quarter=_months_until(before["period"], change) // 3)
    # Half an event is added so that a quarter without any has a logarithm.
    rates = quarters.groupby([place, "quarter"], as_index=False)[["events", "exposure"]].sum()
    rates["log_rate"] = np.log((rates["events"] + 0.5) / rates["exposure"])
    if rates["quarter"].nunique() < 4:
        return Check(name, None, "fewer than four quarters before the change: no trend can be compared")
    slopes = rates.groupby(place).apply(lambda r: -np.polyfit(r["quarter"], r["log_rate"], 1)[0] * 4, include_groups=False)
    chosen = slopes.index.isin(with_change)
    try:
        test = few_clusters.collapsed_t(slopes[chosen], slopes[~chosen])
    except NotEnoughData as reason:
        return Check(name, None, str(reason))
    low, high = 100 * (math.exp(test.ci_low) - 1), 100 * (math.exp(test.ci_high) - 1)
    detail = (
        f"rates differed in trend by {wording.interval(low, high, 0)}% a year before the change ({wording.p_value(test.p_value)})"
    )
    return Check(name, bool(test.p_value >= 0.05), detail)


def trends_that_part(
    panel: pd.DataFrame, *, place: str, with_change: list[str], change_on: str, until: str | None = None, **_
) -> Check:
    """Worth knowing: how far trends may part after the change, against how far they did before, until a clear effect is lost.

    Bounds by relative magnitudes on an event study of log rates by half-year, whole half-years before and since the change.
    """
    used, change = _used(panel, place, change_on, until)
    halves = used.assign(half=(-1 - _months_until(used["period"], change)) // 6)
    apart = _months_apart(used["period"])
    if 6 % apart:
        return Check(relative_magnitudes.NAME, None, "months or quarters are needed to say how far trends part by half-year")
    halves = halves[halves.groupby("half")["period"].transform("nunique") == 6 // apart]
    rates = halves.groupby([place, "half"], as_index=False, observed=True)[["events", "exposure"]].sum()
    rates["log_rate"] = np.log((rates["events"] + 0.5) / rates["exposure"])  # a half-year without events has a logarithm too
    first = 1 - rates["half"].min()  # counted from 1, as 0 means never
    rates = rates.assign(half=rates["half"] + first, first=np.where(rates[place].isin(with_change), first, np.nan))
    names = {"place": place, "period": "half", "outcome": "log_rate", "first_changed": "first"}
    try:
        return relative_magnitudes.relative_magnitudes_of(staggered.group_time_effects(rates, **names)).check("half-year")
    except NotEnoughData as reason:
        return Check(relative_magnitudes.NAME, None, str(reason))


def placebo_start(panel: pd.DataFrame, *, months: int = 12, change_on: str, until: str | None = None, **arguments) -> Check:
    """Passes where a change pretended `months` earlier, on earlier months alone, shows no effect; `until` is not used."""
    name, pretended = "Placebo start", pd.Timestamp(change_on) - pd.DateOffset(months=months)
    try:
        effect = difference_in_differences(panel, change_on=str(pretended.date()), until=change_on, **arguments).effect
    except NotEnoughData as reason:
        return Check(name, None, f"a change pretended in {wording.month(pretended)} cannot be tried: {reason}")
    detail = (
        f"a change pretended in {wording.month(pretended)} shows a rate ratio of {effect.estimate:.2f} "
        f"({wording.interval(effect.ci_low, effect.ci_high)})"
    )
    return Check(name, bool(effect.p_value >= 0.05), detail)


def leave_one_out(panel: pd.DataFrame, *, place: str, with_change: list[str], **arguments) -> Check:
    """Passes where the answer stands without any one place (`results.answer_stands`)."""
    name = "Leave one locality out"
    main = difference_in_differences(panel, place=place, with_change=with_change, **arguments).effect
    estimates = {}
    for left_out in sorted(panel[place].unique()):
        try:
            others = [name for name in with_change if name != left_out]
            rest = difference_in_differences(panel[panel[place] != left_out], place=place, with_change=others, **arguments)
        except NotEnoughData:
            return Check(name, None, "too few places to leave one out")
        estimates[left_out] = rest.effect.estimate
    lowest, highest = min(estimates.values()), max(estimates.values())
    detail = (
        f"the rate ratio runs from {lowest:.2f} to {highest:.2f} as each place in turn is left out; {main.estimate:.2f} with all"
    )
    return Check(name, answer_stands(main, lowest, highest), detail)


def donor_exclusion(panel: pd.DataFrame, *, excluded: list[str], place: str, with_change: list[str], **arguments) -> Check:
    """Passes where the answer stands without comparison places that may be no guide.

    Say, those where something else began, or next to the pilots; named beforehand.
    """
    name = "Without doubtful comparison places"
    if set(excluded) & set(with_change):
        raise ValueError("a place with the change is no comparison place")
    main = difference_in_differences(panel, place=place, with_change=with_change, **arguments).effect
    rest = panel[~panel[place].isin(excluded)]
    try:
        without = difference_in_differences(rest, place=place, with_change=with_change, **arguments).effect
    except NotEnoughData as reason:
        return Check(name, None, str(reason))
    detail = f"without {wording.listing(excluded)} the rate ratio is {without.estimate:.2f}, {main.estimate:.2f} with all"
    return Check(name, answer_stands(main, without.estimate), detail)


def alternative_model(
    panel: pd.DataFrame, *, place: str, with_change: list[str], change_on: str, until: str | None = None, **arguments
) -> Check:
    """Passes where the answer stands, as clear, in a Poisson regression with a level for every place and month."""
    name = "Alternative model"
    main = difference_in_differences(
        panel, place=place, with_change=with_change, change_on=change_on, until=until, **arguments
    ).effect
    used, change = _used(panel, place, change_on, until)
    exposed = used[place].isin(with_change) & (used["period"] >= change)
    columns = {"place": place, "period": "period", "events": "events", "exposure": "exposure", "exposed": "exposed"}
    try:
        other = two_way_fixed_effects.fixed_effects_poisson(used.assign(exposed=exposed), **columns, **arguments).effect
    except NotEnoughData as reason:
        return Check(name, None, str(reason))
    told = f"{other.estimate:.2f} ({wording.interval(other.ci_low, other.ci_high)})"
    detail = f"rate ratio {main.estimate:.2f}; Poisson with a level for every place and month {told}"
    clear, as_clear = (not effect.ci_low <= 1 <= effect.ci_high for effect in (main, other))
    return Check(name, answer_stands(main, other.estimate) and (as_clear or not clear), detail)


def _collapse(panel, place, with_change, change_on, until, months_before, months_after) -> pd.DataFrame:
    """One row a place: events, rates and the change in log rate."""
    panel, change = _used(panel, place, change_on, until)
    with_change = given.listed(with_change, "with_change")
    given.groups(panel[place], place)
    counted = {"events": given.numbers(panel["events"], "events", least=0)}
    panel = panel.assign(**{place: panel[place].astype(object)}, **counted, exposure=given.numbers(panel["exposure"], "exposure"))
    if (panel["exposure"] <= 0).any():
        raise NotEnoughData("nobody was at risk in one of the places and months, so it has no rate")
    if panel.duplicated([place, "period"]).any():
        twice = int(panel.duplicated([place, "period"]).sum())
        raise ValueError(f"a place has one row a month; {wording.count_of(twice, 'row')} more than that")
    unknown = sorted(set(with_change) - set(panel[place]), key=str)
    if unknown:
        raise NotEnoughData(f"no records of {wording.listing(unknown)}")
    after, apart = panel["period"] >= change, _months_apart(panel["period"])
    counts = apart * panel.loc[~after, "period"].nunique(), apart * panel.loc[after, "period"].nunique()
    if counts[0] < months_before or counts[1] < months_after:
        raise NotEnoughData(
            f"{wording.count_of(counts[0], 'month')} before {wording.month(change)} and {wording.small(counts[1])} after; "
            f"{months_before} and {months_after} are needed"
        )
    sums = panel.assign(side=np.where(after, "after", "before")).pivot_table(
        index=place, columns="side", values=["events", "exposure"], aggfunc="sum", fill_value=0
    )
    places = pd.DataFrame(
        {
            "place": sums.index.astype(str),
            "with_change": sums.index.isin(with_change),
            "events_before": sums["events", "before"].to_numpy(),
            "events_after": sums["events", "after"].to_numpy(),
        }
    )
    if (places[["events_before", "events_after"]] == 0).any(axis=None):
        none = places.loc[(places[["events_before", "events_after"]] == 0).any(axis=1), "place"].iloc[0]
        raise NotEnoughData(f"{none} has no events before or after the change, so its rate cannot be compared")
    places["rate_before"] = places["events_before"] / sums["exposure", "before"].to_numpy()
    places["rate_after"] = places["events_after"] / sums["exposure", "after"].to_numpy()
    return places.assign(change=np.log(places["rate_after"] / places["rate_before"]))


def _used(panel: pd.DataFrame, place: str, change_on: str, until: str | None = None) -> tuple[pd.DataFrame, pd.Timestamp]:
    """The panel before `until`, and the first day of the period that the change falls in, which counts as with it."""
    given.columns(panel, place, "period", "events", "exposure")
    panel = panel.assign(period=given.moments(panel["period"], "period"))
    number, apart = 12 * panel["period"].dt.year + panel["period"].dt.month, _months_apart(panel["period"])

    def first_day(day: str) -> pd.Timestamp:
        at = pd.Timestamp(day).normalize().replace(day=1)
        holds = (number <= 12 * at.year + at.month) & (12 * at.year + at.month < number + apart)
        return panel.loc[holds, "period"].iloc[0] if holds.any() else at

    return panel if until is None else panel[panel["period"] < first_day(until)], first_day(change_on)


def _months_apart(periods: pd.Series) -> int:
    """How many months a period lasts: 1, 3 for quarters, 12 for years."""
    return int(np.diff(np.unique(12 * periods.dt.year + periods.dt.month)).min(initial=12))


def _months_until(periods: pd.Series, change: pd.Timestamp) -> pd.Series:
    """Whole months from each period to the change: 0 for the last month before it."""
    return (change.year - periods.dt.year) * 12 + change.month - periods.dt.month - 1
