"""One dated change at the front door: whether fewer contacts became referrals after it, and whether more help stepped up."""

import pandas as pd

from helpers import measures, wording
from helpers.designs import interrupted_time_series_checks as checks
from helpers.designs.interrupted_time_series import Series, interrupted_time_series
from helpers.early_help.pathways import DAYS_A_MONTH, UP
from helpers.early_help.steps import TO_REFERRAL, Window, facts
from helpers.extracts import Extracts
from helpers.measures import Measure
from helpers.results import Effect, NotEnoughData


def change_day(text: str, window: Window) -> str:
    """The day of the change as the parameter gives it; NotEnoughData, saying what is needed, where it gives none or no day."""
    if not text.strip():
        raise NotEnoughData(
            "No change is named. This question needs the day on which this authority's own front door changed, known from the "
            "service and not picked from the figures: give it as change_on, for example in a set of parameters.yml."
        )
    try:
        day = pd.Timestamp(pd.to_datetime(text, format="%Y-%m-%d"))
    except ValueError:
        raise NotEnoughData(f"change_on is {text!r}, which is not a day written year-month-day.") from None
    if not pd.Timestamp(window.period_start) < day <= pd.Timestamp(window.period_end):
        raise NotEnoughData(f"The change of {wording.day(day)} lies outside the period.")
    return f"{day:%Y-%m-%d}"


def became_referrals(steps: pd.DataFrame) -> pd.DataFrame:
    """The contacts of which it is known whether a referral followed: person, date, period (first of the month), happened."""
    rows = steps[steps["step"].eq(TO_REFERRAL) & steps["known"]]
    if rows.empty:
        raise NotEnoughData("The records hold no contacts of which it is known whether a referral followed.")
    return _by_month(rows[["person", "date"]].assign(happened=rows["went_on"]))


def followed_for(rows: pd.DataFrame, months: int) -> pd.DataFrame:
    """The early help episodes known for at least `months` from their start, and whether they had stepped up by then."""
    old = rows[rows["date"] + pd.Timedelta(days=months * DAYS_A_MONTH) <= rows["known_to"].max()]
    if old.empty:
        raise NotEnoughData(f"No early help began {months} months or more before the records end.")
    return _by_month(old.assign(happened=old["outcome"].eq(UP).fillna(False) & old["months"].le(months)))


def monthly_share(rows: pd.DataFrame, records: Extracts, *, name: str, population: str) -> Measure:
    """The share of `rows` to which it happened by month, as the series and its chart take it."""
    return measures.proportion(rows, measure=name, outcome="happened", by=["period"], population=population, **facts(records))


def series(share: Measure, rows: pd.DataFrame, *, change_on: str, better: str | None, worthwhile: float) -> Series:
    """The interrupted series of the monthly `share` of `rows`, children who come again and again allowed for.

    NotEnoughData below the design's months before and after.
    """
    monthly = share.data.rename(columns={"numerator": "events", "denominator": "exposure"})[["period", "events", "exposure"]]
    by_child = rows[rows["happened"]].groupby(["person", "period"]).size().rename("events").reset_index()
    words = {"outcome": share.name, "n_unit": share.population, "better": better, "worthwhile": worthwhile}
    return interrupted_time_series(monthly, change_on=change_on, by_person=by_child, per=100, **words)


def tested(fitted: Series, rows: pd.DataFrame, table: pd.DataFrame, *, date: str, recorded: str) -> Effect:
    """The effect of a series with every check: the design's own, the months just before, the most frequent children, recording.

    `recorded` is the column of `table` (the rows by their day `date`) whose completeness is compared before and after.
    """
    return checks.tested(fitted).with_checks(
        checks.months_just_before(fitted),
        checks.influence_of_most_frequent(fitted, rows[rows["happened"]], person="person", date="date"),
        checks.recording(fitted, table, date=date, recorded=recorded),
    )


def _by_month(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(period=rows["date"].dt.to_period("M").dt.to_timestamp())
