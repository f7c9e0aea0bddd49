"""The steps from contact to child protection plan: how often the next one followed, and how many are too recent to know."""

from dataclasses import dataclass

import pandas as pd

from helpers import measures, wording
from helpers.disclosure import Controlled
from helpers.extracts import Extracts
from helpers.measures import Measure
from helpers.results import NotEnoughData
from helpers.tables import TABLES

DATED = {  # table -> its child, the day a row of it happened, the locality of that row
    "contacts": ("cont_person_id", "cont_contact_date", "cont_locality"),
    "early_help_episodes": ("earl_person_id", "earl_episode_start_date", "earl_locality"),
    "cin_episodes": ("cine_person_id", "cine_referral_date", "cine_locality"),
    "assessments": ("cina_person_id", "cina_assessment_start_date", "cina_locality"),
    "s47_enquiries": ("s47e_person_id", "s47e_s47_start_date", "s47e_locality"),
    "initial_cp_conferences": ("icpc_person_id", "icpc_icpc_date", "icpc_locality"),
    "cp_plans": ("cppl_person_id", "cppl_cp_plan_start_date", "cppl_locality"),
}
NAMES = {
    "contacts": "Contacts",
    "early_help_episodes": "Early help episodes started",
    "cin_episodes": "Referrals",
    "assessments": "Assessments started",
    "s47_enquiries": "Section 47 enquiries",
    "initial_cp_conferences": "Initial child protection conferences",
    "cp_plans": "Child protection plans started",
}
STEPS = {  # name -> the table that is followed, the table of what comes next
    "Contact to early help": ("contacts", "early_help_episodes"),
    "Contact to referral": ("contacts", "cin_episodes"),
    "Referral accepted to assessment": ("cin_episodes", "assessments"),
    "Referral accepted to section 47 enquiry": ("cin_episodes", "s47_enquiries"),
    "Section 47 enquiry to conference": ("s47_enquiries", "initial_cp_conferences"),
    "Conference to plan": ("initial_cp_conferences", "cp_plans"),
}
TO_REFERRAL = "Contact to referral"


@dataclass(frozen=True)
class Window:
    """The period that a page counts, its locality (empty: all), and how many days may lie between one step and the next."""

    period_start: str
    period_end: str
    locality: str = ""
    contact_days: int = 28
    later_days: int = 90

    def days(self, step: str) -> int:
        """The days within which `step` must follow."""
        return self.contact_days if STEPS[step][0] == "contacts" else self.later_days


def dated(records: Extracts, table: str) -> pd.DataFrame:
    """A table's rows with person, date and locality under these names, the other columns under their own, oldest first.

    Those alone that began while the records list everything that does: of what began earlier they hold what happened to last,
    and of children in need those still open, whose referral is in no list.
    """
    rows = everything(records, table)
    rows = rows[rows["date"].dt.normalize().between(*records.span(table))]
    return (rows[rows["cine_referral_listed"].ne(False).fillna(True)] if table == "cin_episodes" else rows).reset_index(drop=True)


def everything(records: Extracts, table: str) -> pd.DataFrame:
    """Every row of a table under the names of `dated`, what began before the records list everything too."""
    names = dict(zip(DATED[table], ("person", "date", "locality"), strict=True))
    return records[table].rename(columns=names).sort_values("date", kind="stable", ignore_index=True)


def counted(records: Extracts, table: str, window: Window, *, beside: str = "") -> pd.DataFrame:
    """The rows of `dated` in the window's period and locality; NotEnoughData where none is, or the locality is not recorded.

    With `beside`, a table that tells what happened to them, those alone that began once that table lists everything.
    """
    rows = dated(records, table)
    if window.locality and rows["locality"].isna().all():
        raise NotEnoughData(f"{NAMES[table]} in {window.locality}: {records.lacks(table, DATED[table][2])}")
    here = rows["date"].between(window.period_start, window.period_end)
    here &= rows["date"].ge(records.span(beside)[0]) if beside else True
    if window.locality:
        here &= rows["locality"].eq(window.locality).fillna(False)
    if not here.any():
        where = f" in {window.locality}" if window.locality else ""
        period = f"from {wording.day(window.period_start)} to {wording.day(window.period_end)}"
        period += f", once the records of {NAMES[beside].lower()} have begun" if beside else ""
        raise NotEnoughData(f"{NAMES[table]}{where}: the records hold none {period}.")
    return rows[here].reset_index(drop=True)


def accepted(referrals: pd.DataFrame) -> pd.DataFrame:
    """Referrals but those recorded as no further action; one without an entry counts as accepted."""
    return referrals[referrals["cine_referral_nfa"].ne("Y").fillna(True)].reset_index(drop=True)


def next_after(since: pd.DataFrame, others: pd.DataFrame, *, same_day: bool) -> pd.Series:
    """For each row of `since` (person, date) the first day of the same person's `others` after it; empty where there is none."""
    left = since[["person", "date"]].assign(place=range(len(since))).sort_values("date", kind="stable")
    right = others[["person", "date"]].rename(columns={"date": "next"}).sort_values("next", kind="stable")
    found = pd.merge_asof(
        left, right, left_on="date", right_on="next", by="person", direction="forward", allow_exact_matches=same_day
    )
    return found.set_index("place")["next"].sort_index().set_axis(since.index)


def followed(records: Extracts, window: Window) -> pd.DataFrame:
    """Every contact, referral, enquiry and conference of the period with what followed: step, person, date, known, went_on.

    A step is followed where the same child has the next within the window's days, that day included. It is `known` where the
    records of the next step cover all of those days; what has not followed yet is otherwise not counted as a no. Steps of which
    the records lack a table are left out. NotEnoughData where that leaves none.
    """
    parts = []
    for step, (one, other) in STEPS.items():
        if records.missing([one, other]) or records[other].empty:
            continue
        try:
            rows = counted(records, one, window)
        except NotEnoughData:  # no row of this step in the period or the locality: the other steps stand
            continue
        rows = accepted(rows) if one == "cin_episodes" else rows
        every, last = dated(records, other), rows["date"] + pd.Timedelta(days=window.days(step))
        known = rows["date"].ge(records.span(other)[0]) & last.le(records.known_to(other, period_end=window.period_end))
        went_on = next_after(rows, every, same_day=True).le(last)
        parts.append(rows[["person", "date"]].assign(step=step, known=known, went_on=went_on & known))
    if not parts:
        raise NotEnoughData("The records hold no two steps that follow each other.")
    every = pd.concat(parts, ignore_index=True)
    there = [step for step in STEPS if step in every["step"].unique()]
    return every.assign(step=pd.Categorical(every["step"], there))


def facts(records: Extracts, *tables: str) -> dict[str, str]:
    """What a measure of these tables (all of the front door where none is named) rests on, as measures take it."""
    return {"basis": records.basis, "source": records.source(*(tables or DATED))}


def conversions(steps: pd.DataFrame, records: Extracts) -> Measure:
    """The share of each step that the next followed, of those for which it can be known, with Wilson's interval."""
    return measures.proportion(
        steps[steps["known"]], measure="steps that the next step followed", outcome="went_on", by=["step"],
        population="contacts, referrals, enquiries and conferences long enough ago to know", **facts(records),
    )  # fmt: skip


def not_yet_known(steps: pd.DataFrame, records: Extracts) -> Measure:
    """The share of each step of which it cannot yet be known whether the next follows."""
    return measures.proportion(
        steps.assign(unknown=~steps["known"]), measure="steps of which it cannot yet be known whether the next follows",
        outcome="unknown", by=["step"], population="contacts, referrals, enquiries and conferences", **facts(records),
    )  # fmt: skip


def windows_in_words(window: Window, steps: Controlled, unknown: Controlled) -> str:
    """What counts as following, how many are left out as too recent, and which steps are hidden, in sentences."""
    shown = unknown.data.dropna(subset=["ratio"])
    told = wording.listing(f"{row.step.lower()} {wording.number(row.ratio, 1)}%" for row in shown.itertuples())
    recent = f" Too recent to know, or from before the next step's records begin, and so left out: {told}." if len(shown) else ""
    hidden = [step.lower() for step in steps.data.loc[steps.data["symbol"].eq("[c]"), "step"]]
    not_shown = f" Not shown, because few children took it or nearly all did: {wording.listing(hidden)}." if hidden else ""
    return (
        f"A step counts where the same child has the next one within {window.contact_days} days of a contact, or "
        f"{window.later_days} days of anything later.{recent}{not_shown}"
    )


def absent_in_words(records: Extracts) -> list[str]:
    """Which steps cannot be followed at all and which extract they would need, a sentence for each absent table."""
    lacking = records.missing(DATED)
    return [
        f"{wording.listing(name.lower() for name, pair in STEPS.items() if table in pair)}".capitalize()
        + f": these records hold no {TABLES[table].title.lower()}, which come from {TABLES[table].where_from}."
        for table in lacking
    ]


def begun_in_words(records: Extracts, window: Window) -> list[str]:
    """Which kinds lose rows older than the time of which the records list everything, and when that begins, in a sentence."""
    begun = {table: records.span(table)[0] for table in DATED if table in records}
    older = [
        f"{NAMES[table].lower()} from {wording.month(first)}"
        for table, first in begun.items()
        if everything(records, table)["date"].between(window.period_start, first, inclusive="left").any()
    ]
    why = (
        "Counted only from the month in which the records begin to list everything, since of what is older they hold what lasted"
    )
    return [f"{why}: {wording.listing(older)}."] if older else []


def held(records: Extracts, window: Window) -> Measure:
    """How many rows of each kind the records hold, by reporting year of the period, 0 where there are none."""
    there = [table for table in DATED if table in records]
    rows = pd.concat([dated(records, table)[["date"]].assign(record=NAMES[table]) for table in there])
    rows = rows[rows["date"].between(window.period_start, window.period_end)]
    if rows.empty:
        raise NotEnoughData(
            f"The records hold nothing from {wording.day(window.period_start)} to {wording.day(window.period_end)}."
        )
    years = reporting_year(rows["date"])
    every = [str(year) for year in range(int(years.min()), int(years.max()) + 1)]
    return measures.counts(
        rows.assign(period=pd.Categorical(years, every), record=pd.Categorical(rows["record"], [NAMES[t] for t in there])),
        measure="records held", by=["record", "period"], unit="rows", population="records of the front door", **facts(records),
    )  # fmt: skip


def reporting_year(days: pd.Series) -> pd.Series:
    """The year to 31 March in which each day falls, as text."""
    return (days.dt.year + (days.dt.month >= 4)).astype("int64").astype("str")
