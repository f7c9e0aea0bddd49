"""Published gaps: how far a group is behind, in a place, its neighbours, its region and England, phase by phase."""

from dataclasses import replace

import pandas as pd

from helpers import comparisons, disclosure, evidence, intervals, wording
from helpers.attainment.groups import ATTAINMENT, GROUPS, Group
from helpers.attainment.pupils import year_ending
from helpers.extracts import published
from helpers.measures import Measure
from helpers.results import NotEnoughData

COLUMNS = {
    "measure": "Age and test", "group": "Who is behind, and whom", "year": "School year", "ours": "Gap here",
    "interval": "95% interval", "neighbours": "Neighbours’ median", "larger": "Neighbours with a larger gap", "region": "Region",
    "england": "England",
}  # fmt: skip
AGES = {"EYFS": 5, "KS2": 11, "KS4": 16}  # the measure that stands for each age
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
        beside = (ours["ratio"], comparisons.neighbours_median(measure, year), one.get("region"), one.get("England"))
        rows.append({
            "measure": ATTAINMENT[key].short,
            "group": wording.sentence_case(measure.population),
            "year": year,
            "interval": "[x]" if pd.isna(ours["ci_low"]) else wording.interval(ours["ci_low"], ours["ci_high"], 1),
            "larger": f"{int((near > ours['ratio']).sum())} of {len(near)}" if len(near) else "[x]",
            **dict(zip(("ours", "neighbours", "region", "england"), wording.figures(beside), strict=True)),
        })  # fmt: skip
    return disclosure.published_words(pd.DataFrame(rows), source=comparisons.sources_together(found.values()))


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
    gaps = sorted(measure.data["ratio"].iloc[0] for measure in latest)
    sizes = wording.figures([abs(gap) for gap in gaps])
    ends = [f"{size} {'behind' if gap >= 0 else 'ahead'}" for gap, size in zip(gaps, sizes, strict=True)]
    title = f"From {ends[0]} to {ends[-1]}, {POINTS[asked.unit]}" if len(ends) > 1 else f"{ends[0]}, {POINTS[asked.unit]}"
    return {"measure": disclosure.published(both), "row": "group", "side": "pupils", "sides": sides, "title": title}


def followed(found: dict[tuple[str, str], Measure], key: str, group: Group) -> Measure:
    """The gap of the group in one measure (a key of ATTAINMENT); NotEnoughData where it is not published.

    Early years figures do not tell disadvantaged pupils, so those with free school meals stand in for them at 5.
    """
    of = "fsm" if (key, group.key) == ("EYFS", "disadvantaged") else group.key
    if (key, of) not in found:
        raise NotEnoughData(f"The gap of {GROUPS[of].name} in {ATTAINMENT[key].name} is not published for this place.")
    return found[key, of]


def followed_title(measure: Measure) -> str:
    """How far the group was behind in the latest year, here and in England."""
    group, ours, theirs = measure.population.split(", against ")[0], *_latest(measure)
    beside = "" if pd.isna(theirs) else f", {_behind(theirs)} in England"
    return f"{wording.sentence_case(group)} {_behind(ours)} here{beside}"


def finding(measure: Measure, key: str, *, finding_id: str) -> evidence.Finding:
    """The latest gap beside others' and beside that of the first year: a description, since two years are two points."""
    year = comparisons.latest_year(measure)
    ours = measure.where(role="local authority").data.dropna(subset=["ratio"]).sort_values("period")
    near = measure.where(period=year, role="neighbour").data["ratio"].dropna()
    (latest, england), (group, against) = _latest(measure), measure.population.split(", against ")
    known = pd.notna(ours["ci_low"].iloc[-1])
    sure = "95% interval {interval}" if known else "published without the counts behind it, so no interval"
    way = "behind" if latest >= 0 else "ahead of"
    beside = [] if pd.isna(england) else [f"{_behind(england)} in England"]
    if len(near):
        beside.append(f"further behind than here in {int((near > latest).sum())} of {len(near)} statistical neighbours")
    sentence = (
        f"{wording.sentence_case(group)} were {wording.amount(abs(latest), measure.unit)} {way} {against} in "
        f"{ATTAINMENT[key].name} in {year} ({sure})."
    )
    sentence += f" They were {wording.listing(beside)}." if beside else ""
    if len(ours) > 1:
        sentence += f" In {ours['period'].iloc[0]} they were {_behind(ours['ratio'].iloc[0])} here: two points, not a trend."
    return evidence.describe(
        disclosure.published(measure.where(period=year, role="local authority")), finding_id=finding_id, statement=sentence,
        comparator={"name": "England and statistical neighbours", "basis": "published"},
        because="published gaps of two years: no effect is claimed",
    )  # fmt: skip


def size(measure: Measure) -> tuple[str, str]:
    """The latest gap in words, as a finding's large figure, and what that figure is."""
    latest, _ = _latest(measure)
    way = "behind" if latest >= 0 else "ahead"
    return wording.amount(abs(latest), measure.unit), f"{way} in {comparisons.latest_year(measure)}, as published"


def answer(found: dict[tuple[str, str], Measure] | None, group: Group, *findings: evidence.Finding | None) -> str:
    """How far the group is behind at each age, here and in England, then what pupil files add; empty where nothing is known."""
    ages = []
    for key, age in AGES.items():
        try:
            measure = followed(found or {}, key, group)
        except NotEnoughData:
            continue
        ours, theirs = _latest(measure)
        named, told = measure.population.split(", against ")[0], wording.amount(abs(ours), measure.unit)
        beside = [*([] if named == group.name else [named]), *([] if pd.isna(theirs) else [f"England {_behind(theirs)}"])]
        ages.append(f"{told} {'behind' if ours >= 0 else 'ahead'} at {age}" + (f" ({', '.join(beside)})" if beside else ""))
    published_now = [f"By the latest published figures {group.name} were {wording.listing(ages)}."] if ages else []
    return " ".join([*published_now, *(finding.statement for finding in findings if finding is not None)])


def headlines(found: dict[tuple[str, str], Measure]) -> list[str]:
    """The keys, among published measures, of those whose gaps are shown."""
    return list(dict.fromkeys(ATTAINMENT[key].headline for key, _ in found))


def _latest(measure: Measure) -> tuple[float, float]:
    """The place's gap in its latest year, and England's, NaN where there is none."""
    year = measure.where(period=comparisons.latest_year(measure)).data.drop_duplicates("role").set_index("role")["ratio"]
    return year["local authority"], year.get("England", float("nan"))


def _behind(gap: float) -> str:
    return f"{wording.number(abs(round(gap, 1)))} {'behind' if gap >= 0 else 'ahead'}"
