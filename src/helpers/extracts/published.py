"""Published figures: headline measures of a place and its comparators, and the documents that ship with the repository.

A figure comes from the official statistics of the run (data/official, or what --official names) where they have the measure for
the authority, and else from `data/published`, where every row stands with its own source (see data/README.md). Counts of a
region or of England are rounded to 10 by their publisher; those of an authority are not.
"""

from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from helpers import intervals
from helpers.extracts import official
from helpers.extracts.authorities import (
    DATA,
    NEW_MODEL_FROM,
    Authority,
    UnknownAuthority,
    authorities,
    authority,
    neighbours,
    of_today,
)
from helpers.extracts.official import catalogue, periods
from helpers.extracts.official.catalogue import MEASURES, HeadlineMeasure
from helpers.extracts.official.folder import TOOL
from helpers.extracts.official.sources import EVERYONE, SOURCES
from helpers.extracts.official.year_to_year import SPREADS
from helpers.measures import Measure
from helpers.results import NotEnoughData
from helpers.wording import listing, sentence_case

__all__ = [
    "MEASURES", "Authority", "UnknownAuthority", "authorities", "authority", "benchmarks", "by_group", "comparable_programmes",
    "everywhere", "groups", "headline", "inspections", "neighbour_summary", "neighbours", "self_evaluation", "timeline",
    "with_change",
]  # fmt: skip

DEPARTMENT = "Source: Department for Education, "  # how a source line of its statistics begins
LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0."
PROGRAMME_COLUMNS = {
    "programme": "Programme",
    "result": "Result",
    "how": "How it was measured, and caution",
    "confirmed": "Source confirmed",
}
FEWEST_NEIGHBOURS = 5  # a median of fewer of the ten neighbours is not a comparison
FEWEST_AUTHORITIES = 138  # nine in ten of the 153: fewer in a file are a part of England, whatever their figures


def headline(measure_key: str) -> HeadlineMeasure:
    """The definition of a headline measure; a ValueError naming the nearest keys where there is none."""
    if measure_key not in MEASURES:
        near = get_close_matches(measure_key, MEASURES, n=3, cutoff=0.4) or list(MEASURES)
        raise ValueError(f"There is no headline measure {measure_key!r}; perhaps {listing(near)}.")
    return MEASURES[measure_key]


def groups(measure_key: str) -> list[str]:
    """The groups of whom a headline measure is published, beside everyone: "girls", "disadvantaged", "children in need"."""
    return [group for group in SOURCES[headline(measure_key).key] if group != EVERYONE]


def benchmarks(measure_key: str, local_authority: str, group: str = EVERYONE) -> Measure:
    """One published measure for an authority, its statistical neighbours of each year, its region and England, by period.

    Dimensions: period ("2024", the year to 31 March; "2024/25", an academic year), area, role ("local authority", "neighbour",
    "region", "England"). `group` is one of `groups`. `ratio` is the published value, recomputed from both counts where it is
    published as a whole number; `published` keeps what was printed. Counts stand in `numerator` with no ratio. Intervals:
    Wilson for shares, Byar for rates, none without a published denominator, each child a chance of its own (years vary more, by
    the measure's `spread`); for a stock on 31 March they are indicative, since the same children are counted year after year.
    `model` says which neighbour model a neighbour's row comes from. The series begins where the authority's own does. Raises
    NotEnoughData where no figure of the authority itself is at hand.
    """
    measure = _benchmarks(official.of(), headline(measure_key), of_today(local_authority), group)
    return replace(measure, data=measure.data.copy(deep=False))  # copy-on-write: what a caller changes stays with the caller


@lru_cache(maxsize=512)  # a page asks for the same measure in several of its tables
def _benchmarks(statistics: official.Statistics, definition: HeadlineMeasure, ours: Authority, group: str) -> Measure:
    table = _figures_of(statistics, definition, group, ours)
    own = table[(table["old_code"] == ours.old_code) & (table["symbol"] != "z")]
    years = range(own["year"].min(), table["year"].max() + 1)
    data = table[table["year"].isin(years)].merge(_near(ours, years), how="left", on=["year", "old_code"])
    role = {
        "local authority": data["old_code"] == ours.old_code,
        "region": (data["area_type"] == "Regional") & (data["area"] == ours.region),
        "England": data["area_type"] == "National",
        "neighbour": data["model"].notna(),
    }
    data = data.assign(role=np.select(list(role.values()), list(role), default=""), model=data["model"].fillna(""))
    data = data[data["role"] != ""]
    data = data.assign(order=data["role"].map(list(role).index)).sort_values(["year", "order", "area"])
    return _measure(data, definition, group)


@lru_cache(maxsize=64)
def _near(ours: Authority, years: range) -> pd.DataFrame:
    """The authority's statistical neighbours of each year: year, old_code, model."""
    return pd.concat([neighbours(ours.name, year).assign(year=year)[["year", "old_code", "model"]] for year in years])


def by_group(measure_key: str, local_authority: str, only: tuple[str, ...] = ()) -> Measure:
    """`benchmarks` of everyone and of each group for which the authority has a figure, with the dimension group.

    `only` names the groups wanted; EVERYONE is "". NotEnoughData where there is none of them.
    """
    found = []
    for group in only or (EVERYONE, *groups(measure_key)):
        try:
            found.append(benchmarks(measure_key, local_authority, group))
        except NotEnoughData as reason:
            refusal = reason
        else:
            found[-1] = replace(found[-1], data=found[-1].data.assign(group=group))
    if not found:
        raise refusal
    data = pd.concat([measure.data for measure in found], ignore_index=True)
    return replace(found[0], data=data, dimensions=(*found[0].dimensions, "group"),
                   population=headline(measure_key).population, source=max((one.source for one in found), key=len))  # fmt: skip


def everywhere(measure_key: str, local_authority: str, group: str = EVERYONE) -> Measure:
    """One measure of every English authority, the place itself with the role "local authority", others "other".

    Years of which only some authorities' rows are at hand are left out. NotEnoughData where the run has no official statistics
    with the place: only the neighbours' figures ship.
    """
    definition, ours = headline(measure_key), of_today(local_authority)
    table = _rows_of(official.of(), definition.key, group)
    table = table[table["area_type"] == "Local authority"]
    table = table[table.groupby("year")["old_code"].transform("nunique") >= FEWEST_AUTHORITIES]
    if not (table.loc[table["old_code"] == ours.old_code, "value"].notna()).any():
        raise NotEnoughData(
            f"Every authority’s figures for {definition.name} are not at hand: python run_all.py fetch brings them."
        )
    own = table["old_code"] == ours.old_code
    table = table[own | (table["together"] == "") | ~table.sort_values("old_code").duplicated(["year", "together"])]
    table = table[(table["old_code"] == ours.old_code) | ~table["together"].str.contains(ours.name, regex=False)]
    roles = np.where(table["old_code"] == ours.old_code, "local authority", "other")
    return _measure(table.assign(role=roles, model="").sort_values(["year", "area"]), definition, group)


def _measure(data: pd.DataFrame, definition: HeadlineMeasure, group: str) -> Measure:
    return Measure(
        name=definition.name + (f": {group}" if group else ""),
        unit=definition.unit,
        data=_values(data, definition).reset_index(drop=True),
        dimensions=("period", "area", "role"),
        population=definition.population + (f": {group}" if group else ""),
        basis="published",
        source=_source_line(data, definition),
        per=definition.per,
        better=definition.better,
        spread=SPREADS.get(definition.key),
    )


def _figures_of(statistics: official.Statistics, definition: HeadlineMeasure, group: str, ours: Authority) -> pd.DataFrame:
    """The figures of a measure that hold one of the authority: the run's official statistics, else those that ship."""
    if group not in SOURCES[definition.key]:
        raise ValueError(
            f"{definition.name} is not published by {group!r}; it is by {listing(groups(definition.key)) or 'no group'}"
        )
    for read in (partial(_rows_of, statistics), _shipped):
        table = read(definition.key, group)
        if (table.loc[table["old_code"] == ours.old_code, "symbol"] != "z").any():
            return table
    of_whom = f" ({group})" if group else ""
    raise NotEnoughData(
        f"No published figures for {ours.name} ship with this repository for {definition.name}{of_whom}. "
        "Where official statistics are fetched (python run_all.py fetch), every authority’s are read."
    )


@lru_cache(maxsize=256)
def _rows_of(statistics: official.Statistics, key: str, group: str) -> pd.DataFrame:
    """The figures of a measure in official statistics; none where they have none."""
    rows = catalogue.rows(statistics, key, group)
    releases = {file: statistics.release(file) for file in rows["file"].unique()}
    return rows.assign(source=catalogue.sources_of(statistics, rows), release=rows["file"].map(releases))


def _shipped(key: str, group: str) -> pd.DataFrame:
    """The figures of a measure that ship with the repository."""
    table = _read("benchmarks")
    table = table[(table["measure_key"] == key) & (table["group"] == group)]
    sources = _read("benchmark_sources").set_index("source_id")
    numbers = {
        name: pd.to_numeric(table[name].replace("", np.nan)).astype(float) for name in ("numerator", "denominator", "value")
    }
    area_type = np.select([table["old_code"] != "", table["area"] == "England"], ["Local authority", "National"], "Regional")
    return table.assign(
        **numbers, area_type=area_type, computed=table["computed"] == "yes", rounded=table["rounded"] == "yes", together="",
        source=table["source_id"].map(sources["source"]), release=table["source_id"].map(sources["release"]),
    )  # fmt: skip


def neighbour_summary(measure: Measure) -> Measure:
    """The neighbours' median, quartiles and mean by year, from a measure that `benchmarks` gave.

    Roles: "neighbours' median", "neighbours' mean", "neighbours' lower quartile", "neighbours' upper quartile". The mean and
    the median are of areas, each counting once. `with_a_value` says how many of `neighbours` had one; a year with fewer than
    five has no summary. Raises ValueError for a count: places of different size are compared by shares and rates.
    """
    if measure.per is None:
        raise ValueError(f"{measure.name}: counts of places of different size are not summarised; ask for the share or the rate")
    summaries = {
        "neighbours' median": lambda values: values.median(),
        "neighbours' mean": lambda values: values.mean(),
        "neighbours' lower quartile": lambda values: values.quantile(0.25),
        "neighbours' upper quartile": lambda values: values.quantile(0.75),
    }
    place = measure.data.loc[measure.data["role"] == "local authority", "area"].iloc[0]
    rows = []
    for period, group in measure.data.groupby("period"):
        near = neighbours(place, periods.year_of(period))
        values, model = group.loc[group["role"] == "neighbour", "ratio"].dropna(), near["model"].iloc[0]
        enough = len(values) >= FEWEST_NEIGHBOURS
        shared = {"period": period, "area": f"statistical neighbours of {place}", "symbol": "" if enough else "x"}
        of = {"with_a_value": len(values), "neighbours": len(near), "model": model}
        rows += [
            shared | {"role": role, "ratio": summary(values) if enough else np.nan} | of for role, summary in summaries.items()
        ]
    empty = dict.fromkeys(["numerator", "denominator", "ci_low", "ci_high"], np.nan)
    return replace(measure, data=pd.DataFrame(rows).assign(**empty))


def self_evaluation() -> pd.DataFrame:
    """Every figure of the self-evaluation of May 2024, one row each, with the section it stands in."""
    return _read("self_evaluation_2024")


def timeline(local_authority: str, start: str, end: str, *, touching: tuple[str, ...] = ()) -> pd.DataFrame:
    """The dated changes that can move a series of this authority, national ones among them, between two ISO dates, in order.

    `touching` keeps those that could move every series or one whose name holds one of these words ("missing", "plan").

    `date` is as precise as its source ("2022-11-01", "2022-11" or "2022"); a change counts where any part of it falls in the
    period. `label` and `end` (its last day, empty where it did not last) are what charts read.
    """
    rows = _of_place(_read("timeline"), local_authority)
    if touching:
        rows = rows[rows["could_move"].str.contains("|".join(("every", *touching)))]
    last = rows["end_date"].where(rows["end_date"] != "", rows["date"]).map(_last_day)
    rows = rows.assign(label=rows["event"], end=last.where(rows["end_date"] != "", ""))
    return rows[(rows["date"].map(_first_day) <= end) & (last >= start)].sort_values("date").reset_index(drop=True)


def with_change(changes: pd.DataFrame, on: str, event: str, *, within: tuple[str, str]) -> pd.DataFrame:
    """`timeline` with a change that a page evaluates, unless one of that month stands there or it lies outside the period."""
    if not within[0] <= on <= within[1] or changes["date"].isin([on, on[:7]]).any():
        return changes
    own = pd.DataFrame(
        [{"date": on, "end": "", "event": event, "label": event, "localities": "", "source": "a parameter of this page"}]
    )
    return pd.concat([changes, own]).fillna("").sort_values("date", ignore_index=True)


def inspections(local_authority: str) -> pd.DataFrame:
    """The authority's inspections that ship with the repository, oldest first, one row for each judgement; none for others."""
    return _of_place(_read("inspections"), local_authority).sort_values("date", kind="stable").reset_index(drop=True)


def comparable_programmes(theme: str = "") -> pd.DataFrame:
    """What similar programmes achieved, one row for each published result, unconfirmed sources marked; of one theme or all.

    `result` puts the measure, its figure and what it was compared with in words; `how` the design and its weakness.
    """
    rows = _read("comparable_programmes")
    rows = rows[rows["themes"].str.contains(theme)] if theme else rows
    figure = (
        rows["result_in_words"].where(rows["result_in_words"] != "", rows["value"] + " " + rows["unit"]).str.replace(" %", "%")
    )
    percent = rows["unit"].map({"%": "%"}).fillna("")
    compared = rows["comparison_value"] + percent + " in " + rows["comparison"]
    against = compared.where(rows["comparison_value"] != "", rows["comparison"])
    result = rows["measure"].map(sentence_case) + ": " + figure
    how = rows["design"] + ("; " + rows["caution"]).where(rows["caution"] != "", "")
    return rows.assign(result=result.where(against == "", result + ", against " + against), how=how).reset_index(drop=True)


def _values(data: pd.DataFrame, definition: HeadlineMeasure) -> pd.DataFrame:
    """Published figures as the rows of a Measure, with intervals where the published counts permit."""
    numerator, denominator, value = (data[name].astype(float) for name in ("numerator", "denominator", "value"))
    shown = pd.DataFrame({
        "period": [periods.named(year, definition.period) for year in data["year"]], "area": data["area"], "role": data["role"],
        "numerator": numerator, "denominator": denominator, "ratio": np.nan, "ci_low": np.nan, "ci_high": np.nan,
        "symbol": data["symbol"], "published": value.where(~data["computed"].astype(bool)),
        "rounded": data["rounded"].astype(bool), "model": data["model"],
    })  # fmt: skip
    if definition.per is None:
        return shown.assign(numerator=value, denominator=np.nan).drop(columns="published")
    both = numerator.notna() & denominator.gt(0) & value.notna()
    recomputed = definition.per * numerator / denominator
    shown["ratio"] = recomputed.where(both, value) if definition.whole_number else value
    if definition.interval:
        both &= (numerator <= denominator) | (definition.interval == "rate")  # both are rounded on their own
        counts, exposure = numerator.where(both), denominator.where(both)
        if definition.interval == "proportion":
            limits = intervals.wilson(counts, exposure).times(definition.per)
        else:
            limits = intervals.poisson_rate(counts, exposure, per=definition.per)
        shown["ci_low"], shown["ci_high"] = limits.low, limits.high
    return shown


def _source_line(data: pd.DataFrame, definition: HeadlineMeasure) -> str:
    """The attribution beneath a chart or table, naming what its rows come from, and which release where that is known."""
    of_tool = data["source"].str.contains(TOOL)
    line = f"{DEPARTMENT}{definition.publication}, via Explore education statistics"
    if of_tool.all():
        line = f"{DEPARTMENT}{TOOL}, from {definition.publication}"
    elif of_tool.any():
        line += f", and for years that those files lack the {TOOL}"
    told = [release for release in data.sort_values("year")["release"].unique() if str(release).startswith("version")]
    release = f" Release: {told[-1]}." if told else ""
    to = data.sort_values("year")["source"].str.partition(catalogue.OF_POPULATION)[2].loc[lambda stated: stated != ""]
    population = f" Populations: Office for National Statistics mid-year estimates{f' to {to.iloc[-1]}' if len(to) else ''}."
    population = population if definition.interval == "rate" else ""
    together = data.loc[data["together"] != "", "together"].unique()
    joint = f" The figures of {listing(together)} are published together, and stand here for each." if len(together) else ""
    models = sorted(set(data["model"]) - {""})
    near = f" Statistical neighbours: the {f' model, from {NEW_MODEL_FROM} on the '.join(models)} model." if models else ""
    return f"{line}.{release}{population}{near}{joint} {LICENCE}"


def _of_place(rows: pd.DataFrame, local_authority: str) -> pd.DataFrame:
    """The rows of this authority and those of all England; of a made-up place, those of England."""
    try:
        name = authority(local_authority).name
    except UnknownAuthority:
        name = local_authority
    return rows[rows["local_authority"].isin([name, "England"])]


def _first_day(date: str) -> str:
    return f"{date}-01-01"[:10]


def _last_day(date: str) -> str:
    return f"{pd.Period(date).end_time:%Y-%m-%d}"


@lru_cache
def _read_once(name: str) -> pd.DataFrame:
    table = pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")
    return table.assign(year=table["year"].astype(int)) if name == "benchmarks" else table


def _read(name: str) -> pd.DataFrame:
    return _read_once(name).copy(deep=False)  # copy-on-write: what a caller changes stays with the caller
