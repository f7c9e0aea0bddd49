"""Published figures that ship with the repository: authorities, their statistical neighbours, benchmarks, context for a theme.

Nothing here is fetched: every row stands in `data/published` with its own source (see data/README.md). Counts of a region or
of England are rounded to 10 by their publisher; those of an authority are not.
"""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.extracts.headline_measures import MEASURES, HeadlineMeasure
from helpers.measures import Measure
from helpers.results import NotEnoughData
from helpers.wording import listing, sentence_case

__all__ = [
    "MEASURES", "Authority", "UnknownAuthority", "authorities", "authority", "benchmarks", "comparable_programmes", "headline",
    "inspections", "neighbour_summary", "neighbours", "self_evaluation", "timeline", "with_change",
]  # fmt: skip

DATA = Path(__file__).parents[3] / "data" / "published"
LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0."
TOOL = "Local Authority Interactive Tool"
PROGRAMME_COLUMNS = {
    "programme": "Programme",
    "result": "Result",
    "how": "How it was measured, and caution",
    "confirmed": "Source confirmed",
}
NEW_MODEL_FROM = 2024  # the 2025 neighbour model is used for years to March 2024 onwards, the 2021 model before
FEWEST_NEIGHBOURS = 5  # a median of fewer of the ten neighbours is not a comparison


class UnknownAuthority(ValueError):
    """No such authority, or one that has been abolished; the message names those that could be meant."""


@dataclass(frozen=True)
class Authority:
    """One local authority as it stands now; `first_year` is the first year to 31 March for which it made its own return."""

    name: str
    old_code: str
    new_code: str
    region: str
    first_year: int


def authorities() -> pd.DataFrame:
    """Every English local authority seen in the department's files, one row each, the abolished with their successors' codes."""
    return _read("authorities").assign(
        first_year=lambda d: d["first_year"].astype(int), last_year=lambda d: d["last_year"].astype(int)
    )


def authority(text: str) -> Authority:
    """The authority that `text` names, by any spelling or by its old or new code, in upper or lower case.

    A name shared by an abolished authority and its successor means the one that stands. Raises UnknownAuthority for an
    abolished authority, naming its successors, and for anything else, naming the nearest.
    """
    known, table = _authority_index(), authorities()
    found = known.get(_plain(text), known.get(re.sub(r"( county| city| borough)? council$", "", _plain(text))))
    if found is None:
        spellings = {_plain(spelling): name for name, others in zip(table["name"], table["other_names"], strict=True)
                     for spelling in [name, *others.split(";")] if spelling}  # fmt: skip
        near = [spellings[close] for close in get_close_matches(_plain(text), spellings, n=3, cutoff=0.6)]
        hint = (
            f"The nearest: {listing(dict.fromkeys(near))}."
            if near
            else "Give a name as the department writes it, or a code like 838."
        )
        raise UnknownAuthority(f"There is no English local authority called {str(text)!r}. {hint}")
    row = table.loc[found]
    if row["successor"]:
        present = table.set_index("old_code").loc[row["successor"].split(";")]
        now = listing(f"{name} ({code})" for code, name in present["name"].items())
        raise UnknownAuthority(
            f"{text!r} means an authority that was abolished after March {row['last_year']}: {row['name']} ({row['old_code']}). "
            f"Its area is now served by {now}, whose figures are not comparable with it."
        )
    return Authority(row["name"], row["old_code"], row["new_code"], row["region"], int(row["first_year"]))


def neighbours(local_authority: str, year: int) -> pd.DataFrame:
    """The ten statistical neighbours for the year to 31 March `year`, closest first: rank, name, old_code, model, closeness.

    The 2025 model for 2024 onwards, the 2021 model before; for an authority that this model lacks, the other one, as the
    column `model` says. Raises NotEnoughData for an authority in neither.
    """
    ours = _of_today(local_authority)
    return _neighbours(ours, "2025" if int(year) >= NEW_MODEL_FROM else "2021").copy(deep=False)


def headline(measure_key: str) -> HeadlineMeasure:
    """The definition of a headline measure; a ValueError naming the nearest keys where there is none."""
    if measure_key not in MEASURES:
        near = get_close_matches(measure_key, MEASURES, n=3, cutoff=0.4) or list(MEASURES)
        raise ValueError(f"There is no headline measure {measure_key!r}; perhaps {listing(near)}.")
    return MEASURES[measure_key]


def benchmarks(measure_key: str, local_authority: str) -> Measure:
    """One published measure for an authority, its statistical neighbours of each year, its region and England, by year.

    Dimensions: period ("2024", the year to 31 March), area, role ("local authority", "neighbour", "region", "England").
    `ratio` is the published value, recomputed from both counts where it is published as a whole number; `published` keeps
    what was printed. Counts stand in `numerator` with no ratio. Intervals: Wilson for shares, Byar for rates, none without a
    published denominator; for a stock on 31 March they are indicative, since the same children are counted year after year.
    `model` says which neighbour model a neighbour's row comes from. Raises NotEnoughData where no figure of the authority
    itself ships.
    """
    definition, ours = headline(measure_key), _of_today(local_authority)
    table = _read("benchmarks")
    table = table[table["measure_key"] == measure_key]
    if ours.old_code not in set(table["old_code"]):
        raise NotEnoughData(f"No published figures for {ours.name} ship with this repository for {definition.name}.")
    # A comparison begins where the authority's own series does.
    years = range(table.loc[table["old_code"] == ours.old_code, "year"].min(), table["year"].max() + 1)
    near = pd.concat([neighbours(ours.name, year).assign(year=year) for year in years])
    data = table[table["year"].isin(years)].merge(near[["year", "old_code", "model"]], how="left", on=["year", "old_code"])
    role = {
        "local authority": data["old_code"] == ours.old_code,
        "region": (data["area_type"] == "Region") & (data["area"] == ours.region),
        "England": data["area_type"] == "National",
        "neighbour": data["model"].notna(),
    }
    data = data.assign(role=np.select(list(role.values()), list(role), default=""), model=data["model"].fillna(""))
    data = data[data["role"] != ""]
    data = data.assign(order=data["role"].map(list(role).index)).sort_values(["year", "order", "area"])
    return Measure(
        name=definition.name,
        unit=definition.unit,
        data=_values(data, definition).reset_index(drop=True),
        dimensions=("period", "area", "role"),
        population=definition.population,
        basis="published",
        source=_source_line(data["source"], definition),
        per=definition.per,
        better=definition.better,
    )


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
        near = neighbours(place, int(period))
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
    against = (rows["comparison_value"] + " in " + rows["comparison"]).where(rows["comparison_value"] != "", rows["comparison"])
    result = rows["measure"].map(sentence_case) + ": " + figure
    how = rows["design"] + ("; " + rows["caution"]).where(rows["caution"] != "", "")
    return rows.assign(result=result.where(against == "", result + ", against " + against), how=how).reset_index(drop=True)


def _values(data: pd.DataFrame, definition: HeadlineMeasure) -> pd.DataFrame:
    """Benchmark rows as the rows of a Measure, with intervals where the published counts permit."""
    from helpers import intervals  # brings scipy, which the command does not need to look up an authority

    numerator, denominator, value = (
        pd.to_numeric(data[name].replace("", np.nan)).astype(float) for name in ("numerator", "denominator", "value")
    )
    shown = pd.DataFrame({
        "period": data["year"].astype(str), "area": data["area"], "role": data["role"], "numerator": numerator,
        "denominator": denominator, "ratio": np.nan, "ci_low": np.nan, "ci_high": np.nan, "symbol": data["symbol"],
        "published": value.where(data["computed"] == "no"), "rounded": data["rounded"] == "yes", "model": data["model"],
    })  # fmt: skip
    if definition.per is None:
        return shown.drop(columns="published")
    both = numerator.notna() & denominator.gt(0) & value.notna()
    recomputed = definition.per * numerator / denominator
    shown["ratio"] = recomputed.where(both, value) if definition.whole_number else value
    if definition.interval:
        counts, exposure = numerator.where(both), denominator.where(both)
        if definition.interval == "proportion":
            limits = intervals.wilson(counts, exposure).times(definition.per)
        else:
            limits = intervals.poisson_rate(counts, exposure, per=definition.per)
        shown["ci_low"], shown["ci_high"] = limits.low, limits.high
    return shown


def _source_line(sources: pd.Series, definition: HeadlineMeasure) -> str:
    """The attribution beneath a chart or table, naming what its rows come from."""
    line = f"Source: Department for Education, {definition.publication}, via Explore education statistics"
    if sources.str.contains(TOOL).any():
        line += f", and for years that those files lack the {TOOL}"
    population = " Populations: Office for National Statistics mid-year estimates." if definition.interval == "rate" else ""
    return f"{line}.{population} {LICENCE}"


def _of_today(text: str) -> Authority:
    """The authority, or NotEnoughData where `text` names none of today: a made-up place is never set beside published figures."""
    try:
        return authority(text)
    except UnknownAuthority:
        raise NotEnoughData(
            f"{text} is not an English local authority of today, so no published figures can stand beside it."
        ) from None


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


@lru_cache
def _neighbours(ours: Authority, wanted: str) -> pd.DataFrame:
    table = _read("statistical_neighbours")
    table = table[table["old_code"] == ours.old_code]
    if table.empty:
        raise NotEnoughData(f"{ours.name} is in neither statistical neighbour model.")
    model = wanted if wanted in set(table["model"]) else table["model"].iloc[0]
    table = table[table["model"] == model].assign(rank=lambda d: d["rank"].astype(int)).sort_values("rank")
    table = table[["rank", "neighbour_name", "neighbour_old_code", "model", "closeness"]]
    return table.set_axis(["rank", "name", "old_code", "model", "closeness"], axis=1).reset_index(drop=True)


@lru_cache
def _authority_index() -> dict[str, int]:
    """Every spelling and code of an authority -> its row; where two share a name or code, the one that stands."""
    index = {}
    for row in authorities().sort_values("successor", ascending=False).itertuples():
        for text in [row.name, *row.other_names.split(";"), row.old_code, row.new_code, *row.other_codes.split(";")]:
            if text:
                index[_plain(text)] = row.Index
    return index


def _plain(text: str) -> str:
    """Letters and digits only, lower case: "St. Helens" and "st helens" are one spelling."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in str(text).lower().replace("&", " and ")).split())
