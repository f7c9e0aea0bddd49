"""Published gaps: how far a group is behind, in a place, its neighbours, its region and England, phase by phase."""

from dataclasses import replace

import pandas as pd

from helpers import comparisons, disclosure, evidence, intervals, wording
from helpers.attainment.groups import ATTAINMENT, GROUPS, Attainment, Group
from helpers.attainment.pupils import year_ending
from helpers.extracts import published
from helpers.measures import Measure
from helpers.results import NotEnoughData

COLUMNS = {
    "measure": "Age and test", "group": "Who is behind, and whom", "year": "School year", "ours": "Gap here",
    "interval": "95% interval", "neighbours": "Neighbours’ median", "larger": "Neighbours with a larger gap", "region": "Region",
    "england": "England",
}  # fmt: skip
POINTS = {"%": "percentage points", "points": "points"}


def published_gap(key: str, group: Group, local_authority: str, period_start: str, period_end: str) -> Measure:
    """How far the group is behind in one measure (a key of ATTAINMENT), by period, area and role; negative: ahead.

    Newcombe's interval where the counts of both are published, else none. Where the department publishes no figure of the
    others, the group is set against everyone, itself included, which makes the gap smaller than it is. NotEnoughData where
    either is not published for the place.
    """
    asked, (of_group, of_others) = ATTAINMENT[key], group.published
    if missing := {of_group, of_others} - {"", *published.groups(asked.headline)}:
        raise NotEnoughData(f"{wording.sentence_case(asked.name)} is not published for {wording.listing(sorted(missing))}.")
    behind, others = (
        in_summers(published.benchmarks(asked.headline, local_authority, name), period_start, period_end)
        for name in (of_group, of_others)
    )
    where = ["period", "area", "role"]
    data = others.data.merge(behind.data, on=where, suffixes=("", "_of_group"))
    data["symbol"] = data["symbol"].where(data["symbol"] != "", data["symbol_of_group"])
    data["ratio"] = data["ratio"] - data["ratio_of_group"]
    interval = _newcombe(data) if asked.unit == "%" else None
    data["ci_low"], data["ci_high"] = (interval.low, interval.high) if interval else (float("nan"), float("nan"))
    data[["numerator", "denominator"]] = float("nan")
    against = group.other_name if of_others else "all pupils"
    made = replace(
        others, name=f"{asked.name}: how far {group.name} are behind {against}", unit=POINTS[asked.unit], per=1.0, better="lower",
        data=data[[*where, "numerator", "denominator", "ratio", "ci_low", "ci_high", "symbol"]],
        population=f"{group.name}, against {against}",
    )  # fmt: skip
    if made.where(role="local authority").data["ratio"].isna().all():
        raise NotEnoughData(f"No gap of {local_authority} is published: {made.name}.")
    return made


def in_summers(measure: Measure, period_start: str, period_end: str) -> Measure:
    """The school years of a measure whose summer lies between two ISO dates."""
    years = sorted(set(measure.data["period"]))
    summers = year_ending(pd.Series(years, dtype="str")) + "-07-01"
    return measure.where(
        period=[year for year, summer in zip(years, summers, strict=True) if period_start <= summer <= period_end]
    )


def _newcombe(data: pd.DataFrame) -> intervals.Interval:
    counts = data[["numerator", "denominator", "numerator_of_group", "denominator_of_group"]].astype(float)
    counts = counts.where(counts[["denominator", "denominator_of_group"]].gt(0).all(axis=1))
    return intervals.newcombe(*(counts[name] for name in counts)).times(100)


def every_gap(local_authority: str, period_start: str, period_end: str) -> dict[tuple[str, str], Measure]:
    """The published gaps of the place, by (key of ATTAINMENT, key of GROUPS); NotEnoughData where there is none at all."""
    found = {}
    for key in ATTAINMENT:
        for group in GROUPS.values():
            try:
                found[key, group.key] = published_gap(key, group, local_authority, period_start, period_end)
            except NotEnoughData:
                continue
    if not found:
        raise NotEnoughData(f"No published attainment of {local_authority} by group of pupils is at hand for these years.")
    return found


def beside_others(found: dict[tuple[str, str], Measure]) -> disclosure.Words:
    """Each gap in the place's latest year beside its neighbours', its region's and England's, as words in COLUMNS.

    `larger` counts the neighbours whose gap is larger: tests of different ages are not one scale, so how a place ranks among
    similar ones is all that can be read across phases.
    """
    rows = []
    for (key, _), measure in found.items():
        year = comparisons.latest_year(measure)
        shown = measure.where(period=year).data
        ours = shown[shown["role"] == "local authority"].iloc[0]
        near = shown.loc[shown["role"] == "neighbour", "ratio"].dropna()
        one = shown.drop_duplicates("role").set_index("role")["ratio"]
        rows.append({
            "measure": ATTAINMENT[key].short,
            "group": wording.sentence_case(measure.population),
            "year": year,
            "ours": wording.number(ours["ratio"], 1),
            "interval": "[x]" if pd.isna(ours["ci_low"]) else wording.interval(ours["ci_low"], ours["ci_high"], 1),
            "neighbours": _value(_median(measure, year)),
            "larger": f"{int((near > ours['ratio']).sum())} of {len(near)}" if len(near) else "[x]",
            "region": _value(one.get("region")),
            "england": _value(one.get("England")),
        })  # fmt: skip
    sources = dict.fromkeys(f"{part}." for measure in found.values() for part in measure.source.rstrip(".").split(". "))
    return disclosure.published_words(pd.DataFrame(rows), source=" ".join(sources))


def groups_apart(found: dict[tuple[str, str], Measure], key: str, local_authority: str) -> dict:
    """What `charts.dumbbell` draws of one measure: each group and those it is set against, in the place's latest year."""
    asked, sides, parts = ATTAINMENT[key], ("the group", "the others"), []
    ours = {GROUPS[of]: measure for (measured, of), measure in found.items() if measured == key}
    if not ours:
        raise NotEnoughData(f"{wording.sentence_case(asked.name)} by group of pupils is not published for this place.")
    for group, measure in ours.items():
        year = comparisons.latest_year(measure)
        for name, side in zip(group.published, sides, strict=True):
            one = published.benchmarks(asked.headline, local_authority, name).where(period=year, role="local authority")
            row = f"{wording.sentence_case(measure.population)}, {year}"
            parts.append(replace(one, data=one.data.assign(group=row, pupils=side)))
    both = replace(
        parts[0], data=pd.concat([part.data for part in parts], ignore_index=True), dimensions=("group", "pupils"),
        name=asked.name, population="pupils", source=max((part.source for part in parts), key=len),
    )  # fmt: skip
    latest = [measure.where(period=comparisons.latest_year(measure), role="local authority") for measure in ours.values()]
    behind = sum(measure.data["ratio"].iloc[0] > 0 for measure in latest)
    of_all = (
        "Every group is" if behind == len(ours) else f"{wording.sentence_case(wording.small(behind))} of {len(ours)} groups are"
    )
    title = f"{of_all} behind in this measure"
    return {"measure": disclosure.published(both), "row": "group", "side": "pupils", "sides": sides, "title": title}


def followed(found: dict[tuple[str, str], Measure], asked: Attainment, group: Group) -> Measure:
    """The gap of the group in the measure that the page follows; NotEnoughData where it is not published."""
    for (key, of), measure in found.items():
        if ATTAINMENT[key] == asked and of == group.key:
            return measure
    raise NotEnoughData(f"The gap of {group.name} in {asked.name} is not published for this place.")


def finding(measure: Measure, asked: Attainment, group: Group, *, finding_id: str) -> evidence.Finding:
    """The latest gap beside England's, and beside that of the first year: a description, since two years are two points."""
    year = comparisons.latest_year(measure)
    ours = measure.where(role="local authority").data.dropna(subset=["ratio"]).sort_values("period")
    england = measure.where(period=year, role="England").data["ratio"].dropna()
    theirs = (
        f"against {wording.amount(england.iloc[0], measure.unit)} in England" if len(england) else "England’s is not published"
    )
    sure = "95% interval {interval}" if pd.notna(ours["ci_low"].iloc[-1]) else "no interval can be drawn"
    against = measure.population.split(", against ")[1]
    sentence = f"{wording.sentence_case(group.name)} were {{value}} behind {against} in {year} ({sure}), {theirs}: {asked.name}."
    if len(ours) > 1:
        first = ours.iloc[0]
        sentence += f" In {first['period']} it was {wording.amount(first['ratio'], measure.unit)}: two points, not a trend."
    return evidence.describe(
        disclosure.published(measure.where(period=year, role="local authority")), finding_id=finding_id, statement=sentence,
        comparator={"name": "England", "basis": "published"}, because="published gaps of two years: no effect is claimed",
    )  # fmt: skip


def _median(measure: Measure, year: str) -> float:
    try:
        return published.neighbour_summary(measure).where(period=year, role="neighbours' median").data["ratio"].iloc[0]
    except NotEnoughData:
        return float("nan")


def _value(value) -> str:
    return "[x]" if value is None or pd.isna(value) else wording.number(value, 1)
