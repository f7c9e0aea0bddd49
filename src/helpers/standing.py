"""Where a place stands among others by published figures: value, change, rank and funnel, each with what may be said of it."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers import comparisons, disclosure, wording
from helpers.designs import funnel as funnels
from helpers.designs.funnel import Funnel
from helpers.extracts import published
from helpers.extracts.official import catalogue, periods
from helpers.measures import Measure, Spread
from helpers.results import Effect, NotEnoughData

COLUMNS = {
    "measure": "Measure",
    "period": "Period",
    "ours": "This place",
    "interval": "95% interval",
    "change": "Since the period before (two points)",
    "among_neighbours": "Rank among neighbours",
    "nationally": "Rank in England",
    "median": "Neighbours’ median",
    "mean": "Neighbours’ mean",
    "with_a_value": "Neighbours with a figure",
    "region": "Region",
    "england": "England",
}
BESIDE = ("among_neighbours", "nationally", "median", "mean", "with_a_value", "region", "england")  # of shares and rates
LEFT_OUT = ("mean", "with_a_value")  # of a page's table: a rank says among how many
APPENDIX_COLUMNS = {
    "measure": "Measure",
    "definition": "What it is",
    "formula": "How it is worked out",
    "groups": "Also published for",
    "better": "Which way is better",
    "publication": "Publication",
    "from": "Comparable from",
    "breaks": "What breaks or clouds the series",
}
OVERDISPERSION = "corrected"
CHANGES = (
    "Intervals of one year allow for chance alone; those of changes, where that was measured, for how far such figures of "
    "English authorities lie from their own path in any one year, since children come in families and practice wanders."
)


@dataclass(frozen=True)
class Rank:
    """A place's position among the areas that have a figure, 1 the highest value; areas of equal value share the better one."""

    position: int
    of: int

    def __str__(self) -> str:
        return f"{self.position} of {self.of}"


def rank(measure: Measure, period: str, roles: tuple[str, ...]) -> Rank | None:
    """Where the place stands, from the highest value down, among areas in `roles` and itself; None without a figure of its own.

    A rank has no interval: places whose figures cannot be told apart change places by chance.
    """
    year = measure.data[measure.data["period"] == period].dropna(subset=["ratio"])
    ours = year.loc[year["role"] == "local authority", "ratio"]
    others = year.loc[year["role"].isin(roles), "ratio"]
    if ours.empty or others.empty:
        return None
    return Rank(1 + int((others > ours.iloc[0]).sum()), len(others) + 1)


def change(measure: Measure) -> Effect:
    """The place's last period beside the one before: two points, which say nothing of a trend. NotEnoughData without counts."""
    last = comparisons.latest_year(measure)
    earlier = sorted(name for name in set(measure.data["period"]) if name < last)
    if not earlier:
        raise NotEnoughData(f"Only one period of {measure.name} has a figure.")
    return comparisons.first_to_last(measure.where(period=[earlier[-1], last]))


def table(keys: list[str], local_authority: str, period_start: str, period_end: str, group: str = "") -> disclosure.Words:
    """Headline measures of a place in its latest period, with the columns of COLUMNS, as words; without a figure, left out.

    Ranks count from the highest value, whichever way is better; the national one needs every authority's figures, which the run
    has where official statistics are fetched. [x] where a figure is not published or not at hand.
    """
    rows, told, why = [], [], []
    for key in keys:
        try:
            measure = comparisons.published_measure(key, local_authority, period_start, period_end, group)
        except NotEnoughData as reason:
            why.append(reason)
            continue
        rows.append(_row(measure, key, group, local_authority))
        told.append(measure)
    if not rows:
        raise why[0]
    source = comparisons.sources_together(told)
    if any(measure.spread not in (None, Spread()) for measure in told):
        source += f" {CHANGES}"
    return disclosure.published_words(pd.DataFrame(rows), source=source)


def headings(table: disclosure.Words, local_authority: str) -> dict[str, str]:
    """The columns of `table` that a page shows, with their headings; one that says nothing of any measure is left out."""
    said = table.data.columns[~table.data.isin(["[x]", "[z]"]).all()]
    return {
        name: local_authority if name == "ours" else heading
        for name, heading in COLUMNS.items()
        if name in said and name not in LEFT_OUT
    }


def _row(measure: Measure, key: str, group: str, local_authority: str) -> dict[str, str]:
    period = comparisons.latest_year(measure)
    shown = measure.where(period=period).data.set_index("role")
    ours, others = shown.loc["local authority"], shown["ratio"]
    row = {
        "measure": wording.sentence_case(measure.name) + ("" if measure.unit in measure.name else f", {measure.unit}"),
        "period": wording.sentence_case(periods.in_words(period).removeprefix("the ")),
        "interval": _interval(ours, published.headline(key)),
        "change": _change_in_words(measure, key),
    }
    if measure.per is None:
        return row | {"ours": wording.number(ours["numerator"])} | dict.fromkeys(BESIDE, "[z]")
    summary = published.neighbour_summary(measure.where(period=period)).data.set_index("role")
    median, mean = (summary["ratio"][f"neighbours' {name}"] for name in ("median", "mean"))
    values = (ours["ratio"], median, others.get("region"), others.get("England"))
    return row | {
        "among_neighbours": str(rank(measure, period, ("neighbour",)) or "[x]"),
        "nationally": _national_rank(key, local_authority, group, period),
        "mean": "[x]" if pd.isna(mean) else wording.number(mean, 1),
        "with_a_value": f"{summary['with_a_value'].iloc[0]} of {summary['neighbours'].iloc[0]}",
        **dict(zip(("ours", "median", "region", "england"), wording.figures(values), strict=True)),
    }


def _interval(ours: pd.Series, definition) -> str:
    """The place's interval, or a plain word why there is none."""
    if pd.notna(ours["ci_low"]):
        return wording.interval(ours["ci_low"], ours["ci_high"], 1)
    if definition.per is None:
        return "none: a count"
    return f"none: {definition.no_interval or 'its counts are not published, or not at hand'}"


def _change_in_words(measure: Measure, key: str) -> str:
    """The place's figure of the last period before that was published, and how the two differ where both have counts."""
    last = comparisons.latest_year(measure)
    value = "numerator" if measure.per is None else "ratio"
    ours = measure.where(role="local authority").data.sort_values("period")
    before = ours[ours["period"] < last]
    if before.empty or pd.isna(before[value].iloc[-1]):
        return "[x]"
    then = f"{wording.figures([before[value].iloc[-1], ours[value].max()])[0]} in {before['period'].iloc[-1]}"
    if not published.headline(key).interval:
        return then
    try:
        effect = change(measure)
    except NotEnoughData:
        return then
    if not np.isfinite([effect.estimate, effect.ci_low, effect.ci_high]).all():  # a ratio to none
        return then
    what, decimals = ("ratio", 2) if "ratio" in effect.scale else ("difference", 1)
    size = wording.number(effect.estimate, decimals)
    return f"{then}; {what} {size}, {wording.interval(effect.ci_low, effect.ci_high, decimals)}"


def _national_rank(key: str, local_authority: str, group: str, period: str) -> str:
    try:
        return str(rank(published.everywhere(key, local_authority, group), period, ("other",)) or "[x]")
    except NotEnoughData:
        return "[x]"


@dataclass(frozen=True)
class Among:
    """A place among others in one period: the measure, and the funnel whose values and limits are in the measure's unit."""

    measure: Measure
    design: Funnel


def funnel(key: str, local_authority: str, period: str = "", group: str = "") -> Among:
    """A place among every English authority, or among its neighbours where no others are at hand, in its latest period or one.

    Limits allow for how much places differ anyway (winsorised z-scores as the Care Quality Commission's, corrected to keep to
    their level). NotEnoughData where fewer than ten places have counts, and for what has no published counts.
    """
    definition = published.headline(key)
    if not definition.interval:
        why = definition.no_interval or "it is a count"
        raise NotEnoughData(f"{wording.sentence_case(definition.name)}: no funnel can be drawn, because {why}.")
    try:
        measure = published.everywhere(key, local_authority, group)
    except NotEnoughData:
        measure = published.benchmarks(key, local_authority, group)
        measure = measure.where(role=["local authority", "neighbour"])
    own = measure.data[(measure.data["role"] == "local authority") & measure.data["ci_low"].notna()]
    if own.empty:
        raise NotEnoughData(f"{wording.sentence_case(measure.name)}: no period has published counts of {local_authority}.")
    measure = measure.where(period=period or own["period"].max())
    data = measure.data.dropna(subset=["numerator", "denominator"])
    data = data[data["denominator"] > 0].reset_index(drop=True)
    if "local authority" not in set(data["role"]):
        when = periods.in_words(period)
        raise NotEnoughData(f"{wording.sentence_case(measure.name)}: counts of {local_authority} are not published for {when}.")
    data["ratio"] = measure.per * data["numerator"] / data["denominator"]
    return Among(replace(measure, data=data), _design(data, definition))


def _design(data: pd.DataFrame, definition) -> Funnel:
    if definition.interval == "proportion":
        return funnels.proportions(data, place="area", count="numerator", n="denominator", overdispersion=OVERDISPERSION)
    overall = data["numerator"].sum() / data["denominator"].sum()
    expected = data.assign(expected=data["denominator"] * overall)
    design = funnels.ratios(
        expected, place="area", observed="numerator", expected="expected", overdispersion=OVERDISPERSION, transform="root"
    )
    in_unit = ["value", "lower_95", "upper_95", "lower_998", "upper_998"]
    points = design.points.assign(**{name: design.points[name] * overall * definition.per for name in in_unit})
    return replace(design, points=points, target=overall * definition.per)


def appendix(keys: list[str] | None = None) -> disclosure.Words:
    """The catalogue of headline measures for readers, with the columns of APPENDIX_COLUMNS; of `keys`, or all of them."""
    entries = catalogue.appendix()
    entries = entries.assign(measure=entries["measure"] + ", " + entries["unit"])
    if keys is not None:
        shown = map(published.headline, keys)
        entries = entries[entries["measure"].isin([f"{wording.sentence_case(one.name)}, {one.unit}" for one in shown])]
    shown = entries[list(APPENDIX_COLUMNS)].replace("", "none")
    return disclosure.published_words(shown, source=f"Source: definitions of the publications named. {published.LICENCE}")
