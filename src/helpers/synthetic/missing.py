"""Made-up missing incidents of children at home and in care: a few children go missing often, most never."""

from itertools import groupby

import numpy as np
import pandas as pd

from helpers.extracts.linking import WHERE_PLACED
from helpers.synthetic.people import Register
from helpers.synthetic.place import (
    CHILDREN,
    FIRST_DAY,
    INTERVIEWS_CHANGED_ON,
    LAST_DAY,
    MISSING_CHANGED_ON,
    NEED,
    Effects,
    missing_calendar,
    months,
    pick,
)  # fmt: skip

DAY, HOUR = pd.Timedelta(days=1), pd.Timedelta(hours=1)
IN_CARE_PER_MONTH = 0.200  # incidents expected of a child of 12 or more in care, in an ordinary month, before the change
PLACED_BY_OTHERS = 14  # children here whom another authority looks after, at any one time
NEW_CHILDREN_FROM_HOME = 21.0  # who begin to go missing, in an ordinary month
FROM_HOME_PER_MONTH = 0.50
PRONENESS, SPELL = 0.24, 0.50  # gamma shapes: between children, and between a child's spells of four months
OFFERED, ACCEPTED, COMPLETED, WITHIN_72_HOURS = 0.86, 0.72, 0.92, 0.50
REPORTERS = {
    "home": {"parent": 0.80, "school": 0.10, "police": 0.10}, "foster": {"foster carer": 0.92, "school": 0.08},
    "residential": {"residential staff": 0.97, "police": 0.03}, "supported": {"support staff": 0.95, "police": 0.05},
    "other": {"parent": 0.5, "social worker": 0.5},
}  # fmt: skip
HOURS = np.array([3, 2, 1, 1, 1, 1, 1, 2, 4, 3, 2, 3, 3, 3, 4, 6, 7, 8, 9, 10, 11, 11, 8, 5], dtype=float)


def make_missing(rng: np.random.Generator, register: Register, care: pd.DataFrame, effects: Effects) -> pd.DataFrame:
    """Incidents from FIRST_DAY to LAST_DAY; each child's expected number is multiplied by the planted ratio after the change."""
    rows: list[dict] = []
    _from_care(rng, register, care, effects, rows)
    _placed_by_others(rng, register, effects, rows)
    _from_home(rng, register, effects, rows)
    frame = pd.DataFrame(rows).sort_values(["miss_person_id", "miss_missing_episode_start_date"], ignore_index=True)
    return _interviews(rng, frame, effects)


def _expected(month: pd.Timestamp, effects: Effects) -> float:
    return missing_calendar(month) * (effects.missing_incidents if month >= MISSING_CHANGED_ON else 1.0)


def _proneness(rng) -> float:
    return rng.gamma(PRONENESS, 1 / PRONENESS)


def _spells(rng, calendar) -> np.ndarray:
    """How prone a child is in each month beside its own average: the same for four months, then drawn anew."""
    drawn = rng.gamma(SPELL, 1 / SPELL, size=len(calendar) // 4 + 2)
    return np.repeat(drawn, 4)[rng.integers(4) :][: len(calendar)]


def _starts(rng, calendar, expected: np.ndarray, first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
    """Moments at which incidents start, at most one a day, mostly in the evening, from `first` to `last`."""
    moments = {}
    for month, count in zip(calendar, rng.poisson(expected), strict=True):
        for day in rng.choice(month.days_in_month, size=min(count, month.days_in_month), replace=False):
            hour = rng.choice(24, p=HOURS / HOURS.sum())
            moments[month + DAY * int(day)] = (
                month + DAY * int(day) + HOUR * int(hour) + pd.Timedelta(minutes=int(rng.integers(60)))
            )
    return [moment for day, moment in sorted(moments.items()) if first <= day < last]


def _from_care(rng, register: Register, care: pd.DataFrame, effects: Effects, rows: list[dict]) -> None:
    ordered = care.sort_values(["clae_person_id", "clae_cla_episode_start_date"], kind="stable").to_dict("records")
    calendar_of = {month: _expected(month, effects) for month in months(FIRST_DAY, LAST_DAY)}
    for child, episodes in groupby(ordered, key=lambda episode: episode["clae_person_id"]):
        born, proneness = register.rows[child]["pers_dob"], _proneness(rng)
        for entered, period in groupby(episodes, key=lambda episode: episode["clae_entered_care_date"]):
            period = list(period)
            left = period[-1]["clae_cla_episode_ceased_date"]
            last = LAST_DAY + DAY if pd.isna(left) else left
            first = max(FIRST_DAY, entered + DAY, born + 10 * 365.25 * DAY)
            if first >= last:
                continue
            calendar = [month for month in calendar_of if first.replace(day=1).normalize() <= month < last]
            ages = np.array([(month - born).days / 365.25 for month in calendar])
            weights = np.where(ages < 12, 0.05, np.where(ages < 14, 0.5, 1.35))
            expected = IN_CARE_PER_MONTH * proneness * weights * _spells(rng, calendar)
            moments = _starts(rng, calendar, expected * [calendar_of[month] for month in calendar], first, last)
            wheres = [_placed_at(period, moment) for moment in moments]
            _add(rng, rows, child, moments, wheres, register.rows[child]["locality"], last=last)


def _placed_at(period: list[dict], moment: pd.Timestamp) -> str:
    """The kind of placement of a period's episode open at a moment."""
    begun = [episode for episode in period if episode["clae_cla_episode_start_date"] <= moment]
    return WHERE_PLACED[(begun or period)[-1 if begun else 0]["clap_cla_placement_type"]]


def _placed_by_others(rng, register: Register, effects: Effects, rows: list[dict]) -> None:
    """Children whom another authority placed here: in the log, in nobody's return but the other authority's."""
    for start in pd.date_range(FIRST_DAY, LAST_DAY, freq="26W"):
        for _ in range(PLACED_BY_OTHERS // 2):
            last = min(start + DAY * int(rng.integers(200, 500)), LAST_DAY + DAY)
            locality = pick(rng, CHILDREN)
            child = register.child(start - DAY * int(rng.uniform(12, 16.5) * 365.25), locality)
            calendar = months(start.replace(day=1), last)
            expected = 0.35 * _proneness(rng) * _spells(rng, calendar) * [_expected(month, effects) for month in calendar]
            moments = _starts(rng, calendar, expected, start, last)
            kind = pick(rng, {"residential": 0.6, "foster": 0.4})
            _add(rng, rows, child, moments, [kind] * len(moments), locality, last=last, placed_by="Another authority")


def _from_home(rng, register: Register, effects: Effects, rows: list[dict]) -> None:
    shares = {locality: CHILDREN[locality] * NEED[locality] for locality in CHILDREN}
    for month in months(FIRST_DAY - pd.DateOffset(months=12), LAST_DAY):
        for _ in range(rng.poisson(NEW_CHILDREN_FROM_HOME)):
            start = month + DAY * int(rng.integers(month.days_in_month))
            last = min(start + DAY * int(rng.integers(120, 480)), LAST_DAY + DAY)
            if last <= FIRST_DAY:
                continue
            calendar = months(month, last)
            expected = FROM_HOME_PER_MONTH * rng.gamma(0.45, 1 / 0.45) * np.exp(-np.arange(len(calendar)) / 6)
            expected = expected * [_expected(when, effects) for when in calendar]
            moments = _starts(rng, calendar, expected, max(FIRST_DAY, start), last)
            if moments:
                locality = pick(rng, shares)
                family = register.identifier("FQ")
                child = register.child(start - DAY * int(rng.triangular(11, 15.3, 17) * 365.25), locality, family)
                _add(rng, rows, child, moments, ["home"] * len(moments), locality, last=last)


def _add(rng, rows: list[dict], child: str, moments, wheres, locality: str, *, last, placed_by: str | None = None) -> None:
    """Incidents of one child, each over before the next begins and before the child leaves the place."""
    concern = rng.random() < (0.30 if len(moments) >= 5 else 0.08)
    ends = [*moments[1:], pd.Timestamp(last) + DAY][: len(moments)]
    for moment, where, before in zip(moments, wheres, ends, strict=True):
        away = HOUR * float(np.clip(rng.lognormal(np.log(8), 1.25), 0.3, 24 * 25))
        returned = min(moment + away, before - HOUR).floor("min")
        if returned <= moment:
            returned = moment + pd.Timedelta(minutes=15)
        rows.append(
            {
                "miss_person_id": child, "miss_missing_episode_start_date": moment,
                "miss_missing_episode_end_date": returned if returned < LAST_DAY + DAY else pd.NaT, "miss_time_recorded": True,
                "miss_missing_episode_type": "absent" if rng.random() < 0.07 else "missing",
                "miss_missing_from": where, "miss_reported_by": pick(rng, REPORTERS[where]),
                "miss_risk_grade": pick(rng, {"low": 0.42, "medium": 0.43, "high": 0.15}),
                "miss_placing_authority": placed_by, "miss_exploitation_concern": "Y" if concern else "N",
                "miss_locality": locality,
            }
        )  # fmt: skip


def _interviews(rng, frame: pd.DataFrame, effects: Effects) -> pd.DataFrame:
    """Return home interviews: offered, accepted, completed; the planted change is in how many are completed within 72 hours."""
    count = len(frame)
    returned = frame["miss_missing_episode_end_date"]
    changed = (frame["miss_missing_episode_start_date"] >= INTERVIEWS_CHANGED_ON).to_numpy()
    due = (returned.notna() & (frame["miss_missing_episode_type"] == "missing")).to_numpy()
    offered = due & (rng.random(count) < OFFERED)
    accepted = offered & (rng.random(count) < ACCEPTED)
    completed = accepted & (rng.random(count) < COMPLETED)
    in_time = rng.random(count) < WITHIN_72_HOURS + np.where(changed, effects.interviews_within_72_hours, 0.0)
    hours = np.where(in_time, rng.triangular(4, 40, 71, count), 73 + rng.gamma(1.2, 90, count))
    offered_after = np.minimum(hours * rng.uniform(0.1, 0.9, count), np.where(completed, hours, rng.gamma(2, 16, count)))
    frame["miss_missing_rhi_offered"] = np.where(due, np.where(offered, "Y", "N"), "NA")
    frame["miss_missing_rhi_offered_date"] = (returned + pd.to_timedelta(offered_after, unit="h")).dt.floor("min").where(offered)
    frame["miss_missing_rhi_accepted"] = np.where(offered, np.where(accepted, "Y", "N"), "NA")
    frame["miss_missing_rhi_completed_date"] = (returned + pd.to_timedelta(hours, unit="h")).dt.floor("min").where(completed)
    later = pd.Timestamp("2025-04-11")
    for column in ("miss_missing_rhi_offered_date", "miss_missing_rhi_completed_date"):
        frame[column] = frame[column].where(frame[column] < later)  # nothing is known after the day of extraction
    return frame


def with_blanks(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """The log as it would be kept: a few cells left empty."""
    shares = {
        "miss_risk_grade": 0.03,
        "miss_reported_by": 0.02,
        "miss_missing_rhi_offered": 0.02,
        "miss_exploitation_concern": 0.04,
    }
    for column, share in shares.items():
        frame[column] = frame[column].mask(rng.random(len(frame)) < share)
    frame["miss_missing_rhi_accepted"] = frame["miss_missing_rhi_accepted"].mask(frame["miss_missing_rhi_offered"].isna())
    return frame
