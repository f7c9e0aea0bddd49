"""Published figures of one place against its own past and against others: the effects and the sentences that they permit."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd
from scipy import stats

from helpers import disclosure, evidence, wording
from helpers.designs import multiplicity, two_points
from helpers.evidence import SIGNIFICANT
from helpers.extracts import published
from helpers.extracts.official import periods
from helpers.extracts.official.measure_builders import YEAR_TO_MARCH
from helpers.measures import Measure, Spread
from helpers.results import Check, Effect, NotEnoughData

# Measured by benchmarks/year_to_year.py.
MOVING = "over several years paths move too: of changes of authorities over five, by measure, 8% to 35% lie beyond such limits"
COLUMNS = {
    "measure": "Measure",
    "year": "Year to March",
    "ours": "This place",
    "interval": "95% interval",
    "neighbours": "Neighbours’ median",
    "region": "Region",
    "england": "England",
}


def published_measure(key: str, local_authority: str, period_start: str, period_end: str, group: str = "") -> Measure:
    """One headline measure of a place and its comparators, in the years that lie whole within the period; of one group or all.

    What a year is depends on the measure: to 31 March, academic, calendar. NotEnoughData where none is published.
    """
    measure = published.benchmarks(key, local_authority, group)
    kind = periods.kind_of(measure.data["period"].iloc[0])
    years = periods.within(kind, period_start, period_end)
    if not years:
        raise NotEnoughData(
            f"Figures of {local_authority} are published for {periods.PLURALS[kind]}, and no such year lies whole between "
            f"{wording.day(period_start)} and {wording.day(period_end)}."
        )
    measure = measure.where(period=years)
    if _own_figures(measure).empty:
        when = f"the years to March {wording.listing(years)}" if kind == YEAR_TO_MARCH else wording.listing(years)
        raise NotEnoughData(f"No figure of {local_authority} is published for {measure.name} in {when}.")
    return measure


def latest_year(measure: Measure) -> str:
    """The last year in which the place itself has a figure."""
    return _own_figures(measure)["period"].max()


def _own_figures(measure: Measure) -> pd.DataFrame:
    """The place's own rows that have a figure: of a share or rate the figure itself, whatever count stands beside it."""
    ours = measure.data[measure.data["role"] == "local authority"]
    return ours.dropna(subset=["numerator" if measure.per is None else "ratio"])


def latest_count(measure: Measure) -> float:
    """The place's own count in its latest year."""
    row = measure.where(period=latest_year(measure), role="local authority").data.iloc[0]
    return float(row["numerator"])


def first_to_last(measure: Measure, **how: float) -> Effect:
    """The change of the place itself from its first year to its last: two points, and so at most limited as evidence.

    Shares are compared as proportions, rates as counts over populations. What counts as chance is how far a year's figure of
    English authorities lies from its own path (`Measure.spread`): children come in families, cases in batches, and practice
    wanders, so that by chance alone up to 72% would stand out. That a path moves over the years is not allowed for, and a
    check says how often it does. `how` is what those designs take, `worthwhile` or another `phi`. NotEnoughData where either year
    has no published numerator and denominator, or there is only one year.
    """
    first, last = _ends(measure)
    before, after = (int(row["numerator"]) for row in (first, last))
    n_before, n_after = (float(row["denominator"]) for row in (first, last))
    share = measure.unit == "%"
    known = [count * (1 - count / n) if share else count for count, n in ((before, n_before), (after, n_after))]
    words = {"outcome": measure.name, "n_unit": measure.population, "better": measure.better}
    words |= {"phi": (measure.spread or Spread()).phi(*known), **how}
    if share:
        effect = two_points.two_proportions(before, int(n_before), after, int(n_after), **words)
    else:
        effect = two_points.two_counts(before, after, exposure_before=n_before, exposure_after=n_after, **words)
    return effect if "phi" in how else replace(effect, checks=(_varying(measure, words["phi"]),))


def _varying(measure: Measure, phi: float) -> Check:
    name = "How far such figures vary from year to year"
    if measure.spread is None:
        return Check(name, None, "not measured, so that the interval allows for chance alone and may be too narrow")
    times = f"{wording.number(phi)} times as much as" if phi > 1 else "no more than"
    spread = f"those of English authorities vary {times} chance alone would make them, which the interval allows for"
    return Check(name, None, f"{spread}; {MOVING}")


def since_before(measure: Measure, change_on: str) -> Measure:
    """The years from the last whole one before `change_on`; every year where that leaves fewer than two."""
    names = sorted(set(measure.data["period"]))
    last_before = periods.within(periods.kind_of(names[0]), "1990-01-01", change_on)[-1]
    kept = [name for name in names if name >= last_before]
    ours = measure.data[(measure.data["role"] == "local authority") & measure.data["period"].isin(kept)]
    return measure.where(period=kept) if ours["numerator"].notna().sum() >= 2 else measure


def path(measure: Measure) -> str:
    """Every year's figure in a sentence, where a year in between lies outside the intervals of both ends; else nothing.

    A change between two years depends on which two: a reader must see when another choice would say something else.
    """
    ours = measure.data[measure.data["role"] == "local authority"].dropna(subset=["ratio", "ci_low"]).sort_values("period")
    ends = [ours.iloc[0], ours.iloc[-1]]
    apart = [all(not end["ci_low"] <= value <= end["ci_high"] for end in ends) for value in ours["ratio"].iloc[1:-1]]
    if not any(apart):
        return ""
    sign, unit = ("%", "") if measure.unit == "%" else ("", f" {measure.unit}")
    values = [f"{value}{sign} ({year})" for year, value in zip(ours["period"], wording.figures(ours["ratio"]), strict=True)]
    return f" Year by year it was {wording.listing(values)}{unit}."


def _ends(measure: Measure) -> tuple[pd.Series, pd.Series]:
    """The first and last year in which the place has a count and a denominator."""
    data = measure.data[measure.data["role"] == "local authority"] if "role" in measure.data else measure.data
    data = data[data["denominator"] > 0].dropna(subset=["numerator"]).sort_values("period")
    if len(data) < 2:
        raise NotEnoughData(f"Fewer than two years have both a count and a denominator for {measure.name}.")
    return data.iloc[0], data.iloc[-1]


def years_compared(measure: Measure) -> str:
    """The first and last year that `first_to_last` compares, in words."""
    first, last = _ends(measure)
    if periods.kind_of(first["period"]) == YEAR_TO_MARCH:
        return f"between the years to March {first['period']} and March {last['period']}"
    return f"between {periods.in_words(first['period'])} and {periods.in_words(last['period'])}"


def value_for(measure: Measure, role: str) -> disclosure.Controlled:
    """The released figure of the area in `role` in the place's latest year."""
    return disclosure.published(measure.where(period=latest_year(measure), role=role))


def beside_england(measure: Measure, *, finding_id: str, subject: str) -> evidence.Finding:
    """Where the place stands beside England in its latest year, as its own interval permits one to say; a description."""
    year = latest_year(measure)
    when = periods.in_words(year)
    ours, england = value_for(measure, "local authority"), value_for(measure, "England").data["ratio"].dropna()
    theirs = wording.amount(england.iloc[0], measure.unit, 1) if len(england) else "not published"
    statement = against(
        measure, "England", year,
        lower=f"{subject} in {when} was lower than England’s {theirs}: {{value}}, 95% interval {{interval}}.",
        higher=f"{subject} in {when} was higher than England’s {theirs}: {{value}}, 95% interval {{interval}}.",
        unclear=f"{subject} in {when} cannot be told apart from England’s {theirs}: {{value}}, "
        "95% interval {interval}.",
        unknown=f"{subject} was {{value}} in {when}; England’s was {theirs}. No interval can be drawn.",
    )  # fmt: skip
    return evidence.describe(
        ours, finding_id=finding_id, statement=statement, comparator={"name": "England", "basis": "published"},
        because="one year beside another place: no effect is claimed",
    )  # fmt: skip


def against(measure: Measure, role: str, period: str, *, lower: str, higher: str, unclear: str, unknown: str) -> str:
    """The sentence that the place's interval permits about it and the area in `role` ("region", "England") in one year.

    `lower` and `higher` where the area's figure lies outside the interval, `unclear` inside, `unknown` where either has no
    figure or the place has no interval.
    """
    year = measure.data[measure.data["period"] == period]
    ours, theirs = (year[year["role"] == name] for name in ("local authority", role))
    if ours.empty or theirs.empty or ours[["ratio", "ci_low"]].isna().any(axis=None) or theirs["ratio"].isna().any():
        return unknown
    ours, value = ours.iloc[0], theirs["ratio"].iloc[0]
    return unclear if ours["ci_low"] <= value <= ours["ci_high"] else lower if ours["ratio"] < value else higher


def side_by_side(keys: list[str], local_authority: str, period_start: str, period_end: str) -> disclosure.Words:
    """Headline measures of a place, its neighbours' median, its region and England, each in the place's latest year, as words.

    Columns: measure, year, ours, interval, neighbours, region, england; a measure without a figure of the place is left out.
    """
    rows, told = [], []
    for measure in _those_published(keys, local_authority, period_start, period_end):
        year = latest_year(measure)
        shown = measure.where(period=year).data.set_index("role")
        ours, others = shown.loc["local authority"], shown["ratio"]
        beside = (ours["ratio"], neighbours_median(measure, year), others.get("region"), others.get("England"))
        rows.append(
            {
                "measure": f"{wording.sentence_case(measure.name)}, {measure.unit}",
                "year": year,
                "interval": "[x]" if pd.isna(ours["ci_low"]) else wording.interval(ours["ci_low"], ours["ci_high"], 1),
                **dict(zip(("ours", "neighbours", "region", "england"), wording.figures(beside), strict=True)),
            }
        )
        told.append(measure)
    if not rows:
        raise _none_published(local_authority, period_start, period_end)
    return disclosure.published_words(pd.DataFrame(rows), source=sources_together(told))


def beside_neighbours(keys: list[str], local_authority: str, period_start: str, period_end: str) -> str:
    """On which measures the place lies above, below or around its neighbours' median, in sentences.

    As its 95% intervals say, but that children come in families (`Measure.spread.together`) and several measures are looked at
    (Benjamini and Hochberg) is allowed for: one told apart by its interval alone may not be here.
    """
    names, above, p = [], [], []
    for measure in _those_published(keys, local_authority, period_start, period_end):
        year = latest_year(measure)
        median = neighbours_median(measure, year)
        ours = measure.where(period=year, role="local authority").data.iloc[0]
        if pd.notna(ours["ci_low"]) and pd.notna(median):
            apart = ours["ratio"] - median
            limit = ours["ci_low"] if apart > 0 else ours["ci_high"]  # on the median's side
            reach = max(abs(ours["ratio"] - limit), 1e-9)  # a figure printed rounded can lie on its limit, or past it
            error = reach / stats.norm.ppf(0.975) * (measure.spread or Spread()).together ** 0.5
            names.append(measure.name)
            above.append(apart > 0)
            p.append(2 * stats.norm.sf(abs(apart) / error))
    if not names:
        raise NotEnoughData(f"No interval of {local_authority} can be set beside its neighbours' median.")
    clear = multiplicity.benjamini_hochberg(p) < SIGNIFICANT
    found: dict[str, list[str]] = {"is higher on": [], "is lower on": [], "cannot be told apart on": []}
    for name, higher, told in zip(names, above, clear, strict=True):
        found["cannot be told apart on" if not told else "is higher on" if higher else "is lower on"].append(name)
    parts = [f"{verb} {wording.listing(of)}" for verb, of in found.items() if of]
    return (
        f"Beside its neighbours’ median {local_authority} {'; '.join(parts)}. Unlike single intervals this allows for "
        f"{wording.count_of(len(names), 'measure')} looked at and for children who come in families."
    )


def by_year(keys: list[str], local_authority: str, period_start: str, period_end: str) -> disclosure.Words:
    """The place's own figures year by year, as words: measure, then a column a year; a figure not published is a symbol."""
    rows, told = [], []
    for measure in map(disclosure.published, _those_published(keys, local_authority, period_start, period_end)):
        ours = measure.where(role="local authority").data.set_index("period")
        values = ours["numerator"] if measure.per is None else ours["ratio"]
        shown = {
            year: ours["symbol"][year] or "[x]" if pd.isna(value) else text
            for (year, value), text in zip(values.items(), wording.figures(values), strict=True)
        }
        name = wording.sentence_case(measure.name) + ("" if measure.unit in measure.name else f", {measure.unit}")
        rows.append({"measure": name, **shown})
        told.append(measure)
    if not rows:
        raise _none_published(local_authority, period_start, period_end)
    table = pd.DataFrame(rows).fillna("[x]")  # its years come in the order in which measures begin
    table = table[["measure", *sorted(table.columns.drop("measure"))]]
    return disclosure.published_words(table, source=sources_together(told))


def _none_published(local_authority: str, period_start: str, period_end: str) -> NotEnoughData:
    years = wording.period(period_start, period_end)
    return NotEnoughData(f"No published figures for {local_authority} ship with this repository for {years}.")


def _those_published(keys: list[str], local_authority: str, period_start: str, period_end: str) -> Iterator[Measure]:
    """Of these headline measures those of which the place has a figure in the period."""
    for key in keys:
        try:
            yield published_measure(key, local_authority, period_start, period_end)
        except NotEnoughData:
            continue


def neighbours_median(measure: Measure, year: str) -> float:
    """The median of the statistical neighbours in one year, NaN where fewer than five have a figure."""
    return published.neighbour_summary(measure.where(period=year)).where(role="neighbours' median").data["ratio"].iloc[0]


def sources_together(measures: Iterable[Measure]) -> str:
    """One source line for several published measures, each publication and each further sentence told once, the fuller one."""
    told = dict.fromkeys(part for measure in measures for part in measure.source.replace(". ", ".|").split("|"))
    named = [part.removeprefix(published.DEPARTMENT).rstrip(".") for part in told if part.startswith(published.DEPARTMENT)]
    named = [part for part in named if not any(other.startswith(f"{part}, ") for other in named)]
    rest = [part for part in told if not part.startswith(published.DEPARTMENT)]
    rest = [part for part in rest if not any(other.startswith(part.rstrip(".") + " ") for other in rest)]
    return " ".join([f"{published.DEPARTMENT}{'; '.join(named)}.", *rest])
