"""Gaps from pupil files: who is counted, the gap of each group with its interval, how it changes, how schools differ."""

import pandas as pd

from helpers import measures, wording
from helpers.attainment.groups import ATTAINMENT, GROUPS, Attainment, Group
from helpers.cohorts import Cohort
from helpers.designs import gaps, minima, multilevel
from helpers.measures import Measure
from helpers.results import Effect, NotEnoughData

FEWEST = 10  # pupils on either side who met a standard, and who did not: a gap beside a share tells a smaller count
YEARS_OF_AN_ACADEMIC_YEAR = r"(\d{4}).*?(\d{2})$"  # "2023/24" ends in 2024


def year_ending(academic_years: pd.Series) -> pd.Series:
    """The calendar year in which each academic year ends, as text: "2023/24" -> "2024"."""
    parts = academic_years.str.extract(YEARS_OF_AN_ACADEMIC_YEAR)
    return (parts[0].astype("Int64") + 1).astype("str").mask(parts[0].isna())


def counted(pupils: pd.DataFrame, pupil_results: pd.DataFrame, key: str, period_start: str, period_end: str) -> Cohort:
    """The pupils with a result in one measure (a key of ATTAINMENT), one row a pupil and year, with `year` and `value`.

    `value` is true or false for a standard and points for a scale. Years are those whose summer lies in the period.
    """
    asked = ATTAINMENT[key]
    column = "resu_met" if asked.unit == "%" else "resu_points"
    results = pupil_results[
        pupil_results["resu_key_stage"].eq(asked.key_stage) & pupil_results["resu_measure"].str.upper().eq(asked.code)
    ]
    cohort = Cohort.of(results.reset_index(drop=True), f"results in the records: {asked.name}")
    summer = year_ending(cohort.frame["resu_academic_year"]) + "-07-01"
    cohort = cohort.keep(summer.between(period_start, period_end), "of a summer in the period")
    cohort = cohort.keep(cohort.frame[column].notna(), "with a result")
    keys = {"left_on": ["resu_pupil_id", "resu_academic_year"], "right_on": ["pupi_pupil_id", "pupi_academic_year"]}
    known = cohort.frame.reset_index().merge(pupils, how="left", **keys).set_index("index")
    cohort = cohort.keep(known["pupi_pupil_id"].notna(), "of a pupil described in the pupil file")
    if not len(cohort):
        raise NotEnoughData(f"No pupil has a result in {asked.name} in a summer between these dates.")
    frame = known.loc[cohort.frame.index]
    value = frame[column].eq("Y") if asked.unit == "%" else frame[column].astype(float)
    return Cohort(
        frame.assign(year=year_ending(frame["resu_academic_year"]), value=value), cohort.label, cohort.started_with, cohort.steps
    )


def of_group(frame: pd.DataFrame, group: Group) -> pd.DataFrame:
    """The pupils of the group and of those it is set against, with `in_group`; a pupil of neither, or unknown, is left out."""
    code = frame[group.column]
    kept = frame[code.isin((*group.codes, *group.other_codes))]
    return kept.assign(in_group=code[kept.index].isin(group.codes))


def shares(frame: pd.DataFrame, key: str, group: Group, *, basis: str, source: str) -> Measure:
    """The share of each of the two groups that met the standard, by year, with Wilson's interval."""
    asked = _standard(key)
    named = of_group(frame, group)
    side = named["in_group"].map({True: group.name, False: group.other_name})
    named = named.assign(period=named["resu_academic_year"], pupils=side)
    return measures.proportion(
        named, measure=asked.name, outcome="value", by=["period", "pupils"], population="pupils with a result", basis=basis,
        source=source, better="higher",
    )  # fmt: skip


def gap(frame: pd.DataFrame, key: str, group: Group, *, worthwhile: float | None = None) -> Effect:
    """How far the group is behind the others among these pupils: percentage points, or points of the scale; negative: ahead.

    Pupils of one school are alike, so errors are by school where there are ten schools or more. NotEnoughData below 10 pupils
    on either side.
    """
    asked, pupils = ATTAINMENT[key], of_group(frame, group)
    if asked.unit == "%":
        cells = pd.crosstab(pupils["in_group"], pupils["value"]).reindex(index=[False, True], columns=[False, True], fill_value=0)
        if cells.lt(FEWEST).any(axis=None):
            who = f"{group.name} or {group.other_name}"
            raise NotEnoughData(f"too few in one of the groups: of {who} fewer than {FEWEST} met the standard, or did not")
    schools = pupils["pupi_school_urn"]
    cluster = schools if schools.notna().all() and schools.nunique() >= minima.SCHOOLS else None
    outcome = f"{asked.name}: {group.name} against {group.other_name}"
    words = {"outcome": outcome, "n_unit": "pupils", "better": "lower", "worthwhile": worthwhile}
    if asked.unit == "%":
        return gaps.risk_difference(pupils["value"], ~pupils["in_group"], cluster=cluster, **words)
    return gaps.mean_difference(pupils["value"], ~pupils["in_group"], cluster=cluster, **words)


def latest(frame: pd.DataFrame) -> pd.DataFrame:
    """The pupils of the last year in the records."""
    return frame[frame["year"] == frame["year"].max()]


def gaps_by_group(frame: pd.DataFrame, key: str) -> dict[str, Effect]:
    """The latest year's gap of every group with enough pupils on both sides, by the group's name; NotEnoughData if none has."""
    found = {}
    for group in GROUPS.values():
        try:
            found[wording.sentence_case(f"{group.name}, against {group.other_name}")] = gap(latest(frame), key, group)
        except NotEnoughData:
            continue
    if not found:
        raise NotEnoughData(f"No group has ten pupils on both sides with a result in {ATTAINMENT[key].name}.")
    return found


def change_in_gap(frame: pd.DataFrame, key: str, group: Group, *, worthwhile: float | None = None) -> Effect:
    """How the gap of the last year differs from that of the first: other pupils each year. NotEnoughData with one year."""
    years = sorted(frame["year"].dropna().unique())
    if len(years) < 2:
        raise NotEnoughData("A change in a gap needs two years of results, and the records hold one.")
    first, last = (gap(frame[frame["year"] == year], key, group) for year in (years[0], years[-1]))
    outcome = f"the gap in {ATTAINMENT[key].name} of {group.name}"
    return gaps.difference_in_gaps(last, first, outcome=outcome, better="lower", worthwhile=worthwhile)


def summers(frame: pd.DataFrame) -> tuple[str, str]:
    """The first and last summer in the records."""
    return frame["year"].min(), frame["year"].max()


def summers_title(frame: pd.DataFrame, key: str, group: Group) -> str:
    """Where the group stands to the others in the last summer, for the title of a chart."""
    effect, (_, last) = gap(latest(frame), key, group), summers(frame)
    state = "ahead of" if effect.ci_high < 0 else "behind" if effect.ci_low > 0 else "close to"
    return f"{wording.sentence_case(group.name)} {state} {group.other_name} in {last}"


def schools_differ(frame: pd.DataFrame, group: Group, *, key: str = "KS4") -> multilevel.Multilevel:
    """A model of pupils within schools in which each school has its own average and its own gap, both shrunken to the whole.

    For a measure in points. A school's own gap rests on few pupils: what the model gives back is how much gaps differ between
    schools once chance is taken out, never a table of schools.
    """
    if ATTAINMENT[key].unit != "points":
        raise ValueError("gaps by school are modelled in points; a standard that is met or not has no scale to model")
    pupils = of_group(latest(frame), group).dropna(subset=["pupi_school_urn"])
    return multilevel.multilevel(
        pupils.assign(in_group=pupils["in_group"].astype(float)),
        outcome="value", covariates=["in_group"], group="pupi_school_urn", slope="in_group",
    )  # fmt: skip


def _standard(key: str) -> Attainment:
    asked = ATTAINMENT[key]
    if asked.unit != "%":
        raise ValueError(f"{asked.name} is a mean of points, not a share of pupils")
    return asked
