"""Children who go missing: incidents for the days in care, repeats, and the return home interviews that followed."""

import re

import pandas as pd

from helpers import evidence, measures, wording
from helpers.disclosure import round_count
from helpers.measures import Measure
from helpers.results import NotEnoughData

HOURS_ALLOWED = 72  # Department for Education, statutory guidance on children who run away or go missing, 2014
STEPS = ("Offered", "Accepted, of those offered", "Within 72 hours, of those completed", "Within 72 hours, of all due")
PUBLISHED = [  # keys of published headline measures, in the order of the table
    "looked_after_in_year",
    "children_missing",
    "children_missing_share",
    "children_missing_more_than_once_share",
    "missing_incidents",
    "missing_incidents_per_child",
    "children_away",
    "away_incidents",
]
HEADLINES = [  # shares and means, by which places of different size can be ranked
    "children_missing_share",
    "children_missing_more_than_once_share",
    "missing_incidents_per_child",
    "children_away_share",
]
STILL_TO_COME = pd.Timedelta(days=28)  # an interview that has not taken place by then is not expected any more
SHORT_BREAKS = ("V3", "V4")
ASKED = (  # columns whose absence a page must tell
    "miss_missing_from",
    "miss_missing_rhi_offered",
    "miss_missing_rhi_completed_date",
    "miss_risk_grade",
    "miss_reported_by",
    "miss_locality",
)


def coverage(incidents: pd.DataFrame, records, policy) -> str:
    """The first and last reporting year in which the records hold incidents, and how many rows could not be read, in words."""
    start = incidents["miss_missing_episode_start_date"]
    years = start.dt.year + (start.dt.month >= 4)
    unread = int(records.left_out.loc[records.left_out["table"] == "missing_episodes", "rows"].sum())
    shown = round_count(unread, policy)
    told = "[c]" if shown is None else wording.number(shown)
    left_out = f" Rows of the files that repeat others or could not be used, and are not counted here: {told}." if unread else ""
    return f"The records hold incidents in the years to March {years.min()} to {years.max()}.{left_out}"


def _plain_name(name: str) -> str:
    """An authority's name without what councils put around it, in lower case: "Devon County Council" is Devon."""
    around = r"^(the )?((london|royal) borough|city) of |( (county|city|borough|district|metropolitan))* council$"
    return re.sub(around, "", name.casefold().strip())


def placed_by(incidents: pd.DataFrame, local_authority: str) -> pd.Series:
    """Whether the child is this authority's own: an empty placing authority means ours, and so does "Dorset Council"."""
    placed = incidents["miss_placing_authority"].fillna(local_authority).map(_plain_name)
    return placed.eq(_plain_name(local_authority))


def went_missing(episodes: pd.DataFrame) -> pd.Series:
    """Whether each was missing rather than away; where the log tells none apart, all; an entry that cannot be read is neither."""
    category = episodes["miss_missing_episode_type"]
    return category.eq("missing").fillna(False).astype(bool) | category.isna().all()


def described(incidents: pd.DataFrame) -> pd.DataFrame:
    """The incidents with what measures count by: year (to 31 March), period (first of the month), place, and interview steps.

    `place` is "home", "care" (anywhere else) or "not recorded". `due` is false where an interview was recorded as not
    required or the child has not returned. Offered and accepted count an empty entry as no: what is not recorded cannot be
    counted as done. NotEnoughData where there are no incidents.
    """
    start, end = incidents["miss_missing_episode_start_date"], incidents["miss_missing_episode_end_date"]
    completed = incidents["miss_missing_rhi_completed_date"]
    if incidents.empty:
        raise NotEnoughData("No incident is left to count.")
    return incidents.assign(
        year=(start.dt.year + (start.dt.month >= 4)).astype("int64").astype("str"),
        period=start.dt.to_period("M").dt.to_timestamp(),
        place=_place(incidents),
        due=end.notna() & incidents["miss_missing_rhi_offered"].ne("NA").fillna(True),
        offered=incidents["miss_missing_rhi_offered"].eq("Y").fillna(False).astype(bool),
        accepted=incidents["miss_missing_rhi_accepted"].eq("Y").fillna(False).astype(bool),
        completed=completed.notna(),
        within_72_hours=within_hours(completed, end, HOURS_ALLOWED),
    )


def _place(incidents: pd.DataFrame) -> pd.Series:
    """Where from; an empty entry is care only in the return of children in care, which is known by its days without hours."""
    known = incidents["miss_missing_from"].notna() | ~incidents["miss_time_recorded"].fillna(True).astype(bool)
    return incidents["miss_missing_from"].eq("home").fillna(False).map({True: "home", False: "care"}).where(known, "not recorded")


def within_hours(later: pd.Series, earlier: pd.Series, hours: int) -> pd.Series:
    """Whether `later` falls 0 to `hours` hours after `earlier`; an empty time counts as no."""
    return ((later - earlier).dt.total_seconds() / 3600).between(0, hours)


def looked_after(cla_episodes: pd.DataFrame) -> pd.DataFrame:
    """The episodes of care without short breaks, which published figures leave out too."""
    return cla_episodes[~cla_episodes["lega_legal_status"].isin(SHORT_BREAKS).fillna(False)]


def days_in_care(cla_episodes: pd.DataFrame, months: pd.PeriodIndex) -> pd.DataFrame:
    """Days in care by month (columns period, exposure), a child's overlapping episodes once, short breaks left out.

    `months` are those in which the records list every episode of care and every incident (`Extracts.whole_months`): of care
    before that they hold what lasted, and a month of which no incident is listed is not a month without any.
    """
    names = {"person": "clae_person_id", "start": "clae_cla_episode_start_date", "end": "clae_cla_episode_ceased_date"}
    period = {"period_start": months[0].start_time, "period_end": months[-1].end_time.normalize()}
    return measures.days_at_risk(looked_after(cla_episodes), **period, **names)


def monthly_rate(incidents: pd.DataFrame, days: pd.DataFrame, *, basis: str, source: str) -> Measure:
    """Missing incidents for every 1,000 days in care, by month, with intervals widened for children who go missing repeatedly.

    Of the months of `days` alone.
    """
    from_care = incidents[incidents["place"].eq("care") & incidents["period"].isin(days["period"])]
    if from_care.empty:
        raise NotEnoughData("No child is recorded as missing from care in this period.")
    return measures.rate(
        from_care, days, measure="missing incidents in care", by=["period"], per=1000, unit="per 1,000 days in care",
        population="children looked after, short breaks apart", basis=basis, source=source, person="miss_person_id",
        better="lower",
    )  # fmt: skip


def series(rate: Measure) -> pd.DataFrame:
    """A monthly rate as the time series designs take it: period, events, exposure."""
    return rate.data.rename(columns={"numerator": "events", "denominator": "exposure"})[["period", "events", "exposure"]]


def by_child(incidents: pd.DataFrame) -> pd.DataFrame:
    """Incidents in care by child and month (person, period, events), as `series` counts them all together."""
    from_care = incidents[incidents["place"].eq("care")].rename(columns={"miss_person_id": "person"})
    return from_care.groupby(["person", "period"], as_index=False).size().rename(columns={"size": "events"})


def return_interviews(incidents: pd.DataFrame, *, basis: str, source: str) -> Measure:
    """The share of incidents whose return interview was offered, accepted and in time, by year and step.

    Offered: of incidents that ended and for which one was required. Accepted: of those offered. Within 72 hours: of the
    interviews completed, and of all that were due, where hours are recorded. NotEnoughData where the records hold none.
    """
    if not (incidents["offered"] | incidents["completed"]).any():
        raise NotEnoughData("These records do not say whether a return interview was offered.")
    due = incidents.assign(period=incidents["year"])[incidents["due"]]
    if due.empty:
        raise NotEnoughData("No incident in these records ended and needed a return interview.")
    recorded = due["miss_time_recorded"].fillna(True)
    parts = (  # a function, since a column given to a frame without rows would bring its own rows along
        due.assign(step=STEPS[0], met=due["offered"]),
        due[due["offered"]].assign(step=STEPS[1], met=lambda asked: asked["accepted"]),
        due[due["completed"] & recorded].assign(step=STEPS[2], met=lambda held: held["within_72_hours"]),
        due[recorded].assign(step=STEPS[3], met=lambda every: every["within_72_hours"]),
    )
    steps = pd.concat([part for part in parts if len(part)])
    steps = steps.assign(step=pd.Categorical(steps["step"], STEPS))
    return measures.proportion(
        steps, measure="return home interviews", outcome="met", by=["period", "step"], population="missing incidents that ended",
        basis=basis, source=source, better="higher",
    )  # fmt: skip


def children_and_incidents(incidents: pd.DataFrame, *, basis: str, source: str) -> list[Measure]:
    """How many incidents there were and how many different children, by year and where from: two measures, as counts.

    A year without incidents from a place that has some in other years counts 0; a place without any (a return that covers
    children in care alone) has no rows.
    """
    places = incidents["place"].map(wording.sentence_case).astype("category")
    incidents = incidents.assign(period=incidents["year"], place=places)
    common = {"by": ["period", "place"], "basis": basis, "source": source, "better": "lower"}
    return [
        measures.counts(incidents, measure="missing incidents", unit="incidents", population="missing incidents", **common),
        measures.counts(
            incidents,
            measure="children who went missing",
            unit="children",
            population="children",
            distinct="miss_person_id",
            **common,
        ),
    ]


def interviews_title(of_all_due: evidence.Finding) -> str:
    """The title of the chart of interviews, by the share of all due that took place in time in the latest year."""
    if of_all_due.estimate is None:
        return "Return interviews, offered, accepted and in time"
    return f"{wording.number(of_all_due.estimate, 0)} in 100 return interviews due take place in time"


def completed_interviews(incidents: pd.DataFrame, known_to: pd.Timestamp) -> pd.DataFrame:
    """The incidents whose interview took place, hours recorded: person, period (the month each began), happened (in 72 hours).

    Those alone of months that ended 28 days or more before `known_to`, as the incident had: of later ones the prompt interviews
    are in the records, and those still to come are not. NotEnoughData where there is none.
    """
    known = incidents["miss_missing_episode_end_date"] <= known_to - STILL_TO_COME
    known &= incidents["period"] + pd.offsets.MonthEnd() <= known_to - STILL_TO_COME
    held = incidents[known & incidents["completed"] & incidents["miss_time_recorded"].fillna(True)]
    if held.empty:
        raise NotEnoughData("These records hold no return interview with the hours of the return and of the interview.")
    named = held.rename(columns={"miss_person_id": "person", "within_72_hours": "happened"})
    return named[["person", "period", "happened"]].reset_index(drop=True)


def months_before(share: Measure, day: str) -> int | None:
    """How many months of a monthly share lie before a day, from which a control chart may take its limits; None without a day."""
    return int((share.data["period"] < day[:7]).sum()) if day.strip() else None


def latest_of_all_due(interviews: Measure) -> Measure:
    """The last step of `return_interviews` in the latest year: within 72 hours, of all due."""
    return interviews.where(step=STEPS[3], period=interviews.data["period"].max())


def repeat_findings(firsts, every, *, days: int, **common) -> list[evidence.Finding]:
    """How often another incident follows within `days`, after a child's first and after any; `common` as `evidence.describe`."""
    first = evidence.describe(
        firsts.effect, finding_id="missing-again-after-a-first",
        statement=f"After a child's first incident in care in these records, {{value}} went missing again within {days} days "
        "(95% interval {interval}).", **common,
    )  # fmt: skip
    after_any = evidence.describe(
        every.effect, finding_id="missing-again",
        statement=f"Of all incidents in care, {{value}} were followed by another of the same child within {days} days "
        "(95% interval {interval}); children who go missing often weigh most in this figure.", **common,
    )  # fmt: skip
    return [first, after_any]


def concentration_finding(most, **common) -> evidence.Finding:
    """The share of incidents that the 5% of children with most of them had."""
    statement = "The 5% of children who went missing most often had {value} of incidents in care (95% interval {interval})."
    return evidence.describe(most, finding_id="few-children", statement=statement, **common)


def of_all_due_finding(of_all_due, *, basis: str) -> evidence.Finding:
    """The share of all due interviews that took place in time in the latest year, from a controlled measure of one row."""
    statement = "Of all return interviews due in the latest year, {value} took place within 72 hours (95% interval {interval})."
    return evidence.describe(of_all_due, finding_id="interviews-of-all-due", statement=statement, basis=basis)


def limits(records) -> list[tuple[str, str]]:
    """What the page cannot tell, worst first, with the direction of each bias; what these records lack is added from them."""
    known = [
        (
            "Whether figures would have fallen back anyway. Services are often changed when figures are at their worst; if the "
            "months just before the change were unusually high, an ordinary fall back looks like an effect.",
            "a fall may be overstated",
        ),
        (
            "Whether a service made the difference. Anything else that changed in the same months is part of what is seen.",
            "either way",
        ),
        (
            "Whether recording changed. Where staff know a child's whereabouts and record no incident, figures fall without a "
            "child being safer; where they record more carefully, figures rise while children are safer.",
            "a fall may be overstated, or a rise",
        ),
        (
            "How safe a child was while missing, and how long for: an incident of an hour and one of a week count the same.",
            "not known",
        ),
        ("Children whom nobody reported missing.", "figures are too low"),
        (
            "How far a few children move the figures: some have many of the incidents, so that their number can rise or fall "
            "with one child, and children placed together go missing together, which published intervals do not allow for.",
            "a difference looks surer than it is",
        ),
    ]
    if "missing_episodes" not in records.tables:
        return [*known, ("Children missing from home, who are not in the published return.", "figures are too low")]
    gaps = dict.fromkeys(records.lacks("missing_episodes", column) for column in ASKED)
    if not records.tables["missing_episodes"]["miss_missing_from"].eq("home").any():
        known.append(("Children missing from home: these records hold only children in care.", "figures are too low"))
    if not records.tables["missing_episodes"]["miss_time_recorded"].fillna(True).any():
        known.append(("Hours: these records hold days alone, so neither length nor 72 hours can be told.", "not answered here"))
    return [*known, *((gap, "not answered here") for gap in gaps if gap)]
