"""One dated change at the front door: what `helpers.shares` is asked of contacts becoming referrals and of help stepping up."""

import pandas as pd

from helpers import wording
from helpers.early_help.pathways import DAYS_A_MONTH, UP
from helpers.early_help.steps import TO_REFERRAL, Window
from helpers.results import NotEnoughData


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


def _by_month(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(period=rows["date"].dt.to_period("M").dt.to_timestamp())
