"""From which day to which a table lists everything that began: two extracts of one authority seldom cover the same time."""

import pandas as pd

from helpers.results import NotEnoughData
from helpers.tables import TABLES

EDGE = pd.Timedelta(days=7)  # records that begin or end this near the edge of a month or year hold the whole of it
EVERY_WEEK = pd.Timedelta(days=7)  # between the days of a table in which ...
HOLE = pd.Timedelta(days=92)  # ... so long a time without a row is a file that did not come
FEWEST = 0.01  # of a table's days: fewer, years away from the others, are slips of the pen


def span(table: str, frame: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and last day between which `table` lists everything that began, NaT for none.

    An extract of what was open at some time in its years holds, of what began before them, only what lasted. Nothing in it
    ended before those years, so they begin no earlier than its first recorded end; a referral that is there only because its
    case stayed open is no first one either. Before a hole of three months the records of later years do not reach.
    """
    if frame.empty or not TABLES[table].day:
        return pd.NaT, pd.NaT
    began = frame[TABLES[table].day]
    if table == "cin_episodes":
        began = began[frame["cine_referral_listed"].ne(False).fillna(True)]
    first, last = _unbroken(began)
    ends = TABLES[table].ends
    return max([first, *([_unbroken(frame[ends])[0]] if ends and frame[ends].notna().any() else [])]), last


def whole_months(first, last) -> pd.PeriodIndex:
    """The months that records from `first` to `last` hold whole, but for a week at either edge; NotEnoughData for none."""
    first, last = pd.Timestamp(first), pd.Timestamp(last)
    months = pd.period_range(first, last, freq="M") if pd.notna(first) and first <= last else pd.PeriodIndex([], freq="M")
    months = months[(months.start_time > first - EDGE) & (months.end_time.normalize() <= last + EDGE)]
    if not len(months):
        raise NotEnoughData("The records hold no whole month.")
    return months


def _unbroken(days: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and last of the days, of the latest stretch alone where there is a hole in days that else come every week."""
    days = days.dropna().dt.normalize().drop_duplicates().sort_values(ignore_index=True)
    gaps = days.diff()
    if gaps.median() <= EVERY_WEEK:
        stretch = (gaps > HOLE).cumsum()
        there = stretch.map(stretch.value_counts()) >= FEWEST * len(days)
        days = days[stretch == stretch[there].max()]
    return days.min(), days.max()
