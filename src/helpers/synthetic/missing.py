"""Made-up missing incidents of children at home and in care: a few children go missing often, most never."""

import numpy as np
import pandas as pd

from helpers.extracts.linking import WHERE_PLACED
from helpers.synthetic.care import Care
from helpers.synthetic.people import YEAR, Register
from helpers.synthetic.place import (
    BEGINS,
    CHILDREN,
    ENDS,
    EXTRACTED_ON,
    FIRST_DAY,
    INTERVIEWS_CHANGED_ON,
    LAST_DAY,
    LOCALITIES,
    MISSING_CHANGED_ON,
    SHARES,
    Effects,
    day_number,
    missing_calendar,
    months,
    pick,
)  # fmt: skip

MINUTES = 24 * 60
IN_CARE_PER_MONTH = 0.180  # incidents expected of a child of 14 or more in care, in an ordinary month, before the change
PLACED_BY_OTHERS = 14  # children here whom another authority looks after, at any one time
NEW_CHILDREN_FROM_HOME = 21.0  # who begin to go missing, in an ordinary month
FROM_HOME_PER_MONTH = 0.50
GO_MISSING = 0.27  # children in care who ever would; the others never do
PRONENESS, SPELL = 1.3, 1.0  # gamma shapes: between those children, and between a child's spells of four months
OFFERED, ACCEPTED, COMPLETED, WITHIN_72_HOURS = 0.86, 0.72, 0.92, 0.50
REPORTERS = {
    "home": {"parent": 0.80, "school": 0.10, "police": 0.10}, "foster": {"foster carer": 0.92, "school": 0.08},
    "residential": {"residential staff": 0.97, "police": 0.03}, "supported": {"support staff": 0.95, "police": 0.05},
    "other": {"parent": 0.5, "social worker": 0.5},
}  # fmt: skip
HOURS = np.array([3, 2, 1, 1, 1, 1, 1, 2, 4, 3, 2, 3, 3, 3, 4, 6, 7, 8, 9, 10, 11, 11, 8, 5], dtype=float)
CALENDAR = months(FIRST_DAY, LAST_DAY)
MONTH_STARTS = np.array([day_number(month) for month in CALENDAR])
MONTH_DAYS = np.array(CALENDAR.days_in_month)


def make_missing(rng, register: Register, care: Care, effects: Effects, scale: float) -> pd.DataFrame:
    """Incidents from FIRST_DAY to LAST_DAY; each child's expected number is multiplied by the planted ratio after the change."""
    incidents = pd.concat(
        [
            _from_care(rng, care, effects),
            _placed_by_others(rng, register, effects, scale),
            _from_home(rng, register, effects, scale),
        ],
        ignore_index=True,
    )
    incidents = incidents.sort_values(["child", "moment"], kind="stable", ignore_index=True)
    return _with_blanks(rng, _interviews(rng, _told(rng, incidents), effects))


def _expected(effects: Effects) -> np.ndarray:
    """Incidents beside an ordinary month's, by month of CALENDAR."""
    changed = np.where(CALENDAR >= MISSING_CHANGED_ON, effects.missing_incidents, 1.0)
    return np.array([missing_calendar(month) for month in CALENDAR]) * changed


def _proneness(rng, count: int, shape: float) -> np.ndarray:
    return rng.gamma(shape, 1 / shape, count)


def _goes_missing(rng, count: int) -> np.ndarray:
    """How prone each child in care is, beside their average: most not at all."""
    return _proneness(rng, count, PRONENESS) * (rng.random(count) < GO_MISSING) / GO_MISSING


def _spells(rng, child: np.ndarray, month: np.ndarray) -> np.ndarray:
    """How prone a child is in a month beside its own average: the same for four months, then drawn anew."""
    phase = rng.integers(4, size=child.max() + 1 if len(child) else 1)
    spell = (month + phase[child]) // 4
    _, number = np.unique(child.astype(np.int64) * 1000 + spell, return_inverse=True)
    return _proneness(rng, number.max() + 1 if len(number) else 0, SPELL)[number]


def _months_at_risk(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(row, month) for every month of CALENDAR that a stretch from `first` to before `last` touches."""
    begins = np.searchsorted(MONTH_STARTS, first, side="right") - 1
    until = np.searchsorted(MONTH_STARTS, last, side="left")
    lasted = np.maximum(until - begins, 0)
    row = np.repeat(np.arange(len(first)), lasted)
    return row, begins[row] + np.arange(len(row)) - np.repeat(np.cumsum(lasted) - lasted, lasted)


def _moments(rng, row, month, expected, first, last) -> tuple[np.ndarray, np.ndarray]:
    """Rows and the minutes (since 1970) at which incidents start, at most one a day, mostly in the evening."""
    count = np.minimum(rng.poisson(expected), MONTH_DAYS[month])
    some = np.nonzero(count)[0]
    keys = rng.random((len(some), 31))
    keys[np.arange(31) >= MONTH_DAYS[month[some]][:, None]] = 2.0
    chosen = np.argsort(np.argsort(keys, axis=1), axis=1) < count[some][:, None]
    at, day = np.nonzero(chosen)
    row, days = row[some][at], MONTH_STARTS[month[some]][at] + day
    minute = rng.choice(24, size=len(row), p=HOURS / HOURS.sum()) * 60 + rng.integers(60, size=len(row))
    inside = (days >= first[row]) & (days < last[row])
    return row[inside], (days * MINUTES + minute)[inside]


def _from_care(rng, care: Care, effects: Effects) -> pd.DataFrame:
    periods = care.periods[(care.periods["ended"] >= BEGINS) & (care.periods["entered"] <= ENDS)].reset_index(drop=True)
    born, child = periods["born"].to_numpy(), periods["child"].to_numpy()
    first = np.maximum.reduce([np.full(len(periods), BEGINS), periods["entered"].to_numpy() + 1, born + int(10 * YEAR)])
    last = np.minimum(periods["ended"].to_numpy(), ENDS + 1)
    row, month = _months_at_risk(first, np.maximum(last, first))
    age = (MONTH_STARTS[month] - born[row]) / YEAR
    _, person = np.unique(child, return_inverse=True)
    prone = _goes_missing(rng, person.max() + 1)[person]
    expected = IN_CARE_PER_MONTH * prone[row] * np.where(age < 12, 0.05, np.where(age < 14, 0.5, 1.35))
    expected = expected * _spells(rng, person[row], month) * _expected(effects)[month]
    row, moment = _moments(rng, row, month, expected, first, last)
    where = _placed_at(care.episodes, periods["period"].to_numpy()[row], moment // MINUTES)
    return pd.DataFrame(
        {"child": child[row], "moment": moment, "before": last[row] * MINUTES, "where": where, "placed_by": "",
         "locality": periods["locality"].to_numpy()[row]}
    )  # fmt: skip


def _placed_at(episodes: pd.DataFrame, period: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The kind of placement of a period's episode open on a day."""
    key = episodes["period"].to_numpy() * 100_000 + episodes["start"].to_numpy()  # episodes are in this order
    at = np.searchsorted(key, period * 100_000 + day, side="right") - 1
    return np.array([WHERE_PLACED[place] for place in episodes["place"].to_numpy()[at]])


def _placed_by_others(rng, register: Register, effects: Effects, scale: float) -> pd.DataFrame:
    """Children whom another authority placed here: in the log, in nobody's return but the other authority's."""
    starts = np.repeat(np.arange(BEGINS, ENDS, 182), round(PLACED_BY_OTHERS * scale / 2))
    count = len(starts)
    last = np.minimum(starts + rng.integers(200, 500, count), ENDS + 1)
    locality = rng.choice(len(LOCALITIES), size=count, p=np.array(list(CHILDREN.values())) / sum(CHILDREN.values()))
    born = starts - (rng.uniform(12, 16.5, count) * YEAR).astype(int)
    child = register.add(born, locality, register.new_families(count))
    row, month = _months_at_risk(starts, last)
    expected = 0.35 * _goes_missing(rng, count)[row] * _spells(rng, row, month) * _expected(effects)[month]
    row, moment = _moments(rng, row, month, expected, starts, last)
    kind = pick(rng, {"residential": 0.6, "foster": 0.4}, count)
    return pd.DataFrame(
        {"child": child[row], "moment": moment, "before": last[row] * MINUTES, "where": kind[row],
         "placed_by": "Another authority", "locality": locality[row]}
    )  # fmt: skip


def _from_home(rng, register: Register, effects: Effects, scale: float) -> pd.DataFrame:
    """Children who go missing from home: they begin at some time and grow out of it in some months."""
    coming = months(FIRST_DAY - pd.DateOffset(months=12), LAST_DAY)
    starts = np.repeat([day_number(month) for month in coming], rng.poisson(NEW_CHILDREN_FROM_HOME * scale, len(coming)))
    starts = starts + rng.integers(28, size=len(starts))
    last = np.minimum(starts + rng.integers(120, 480, len(starts)), ENDS + 1)
    starts, last = starts[last > BEGINS], last[last > BEGINS]
    first = np.maximum(starts, BEGINS)
    row, month = _months_at_risk(first, last)
    gone = np.maximum(MONTH_STARTS[month] - starts[row], 0) / 30.4
    expected = FROM_HOME_PER_MONTH * _proneness(rng, len(starts), 0.45)[row] * np.exp(-gone / 6) * _expected(effects)[month]
    row, moment = _moments(rng, row, month, expected, first, last)
    went, row_of = np.unique(row, return_inverse=True)  # only those who went missing are known
    locality = rng.choice(len(LOCALITIES), size=len(went), p=SHARES)
    born = starts[went] - (rng.triangular(11, 15.3, 17, len(went)) * YEAR).astype(int)
    child = register.add(born, locality, register.new_families(len(went)))
    return pd.DataFrame(
        {"child": child[row_of], "moment": moment, "before": last[row] * MINUTES, "where": "home", "placed_by": "",
         "locality": locality[row_of]}
    )  # fmt: skip


def _told(rng, incidents: pd.DataFrame) -> pd.DataFrame:
    """When the child returned (before the next incident and before leaving the place), who reported it, how grave it was."""
    count, child, moment = len(incidents), incidents["child"].to_numpy(), incidents["moment"].to_numpy()
    away = np.clip(rng.lognormal(np.log(8), 1.25, count), 0.3, 24 * 25) * 60
    again = np.append(child[1:] == child[:-1], False)
    before = np.where(again, np.append(moment[1:], 0), incidents["before"].to_numpy() + MINUTES)
    returned = np.minimum(moment + away, before - 60).astype(int)
    returned = np.where(returned <= moment, moment + 15, returned)
    known = returned < (ENDS + 1) * MINUTES
    often = np.bincount(child)[child] >= 5
    concern = rng.random(child.max() + 1)[child] < np.where(often, 0.30, 0.08)
    where = incidents["where"].to_numpy()
    reported = np.full(count, "", dtype="U20")
    for kind, reporters in REPORTERS.items():
        reported = np.where(where == kind, pick(rng, reporters, count), reported)
    return incidents.assign(
        start=_minutes(moment), returned=_minutes(returned).where(known), reported=reported,
        category=pick(rng, {"missing": 0.93, "absent": 0.07}, count),
        risk=pick(rng, {"low": 0.42, "medium": 0.43, "high": 0.15}, count), concern=np.where(concern, "Y", "N"),
    )  # fmt: skip


def _minutes(minutes: np.ndarray) -> pd.Series:
    return pd.Series(minutes.astype("datetime64[m]").astype("datetime64[us]"))


def _interviews(rng, incidents: pd.DataFrame, effects: Effects) -> pd.DataFrame:
    """Return home interviews: offered, accepted, completed; the planted change is in how many are completed within 72 hours."""
    count, returned = len(incidents), incidents["returned"]
    changed = (incidents["start"] >= INTERVIEWS_CHANGED_ON).to_numpy()
    due = (returned.notna() & (incidents["category"] == "missing")).to_numpy()
    offered = due & (rng.random(count) < OFFERED)
    accepted = offered & (rng.random(count) < ACCEPTED)
    completed = accepted & (rng.random(count) < COMPLETED)
    in_time = rng.random(count) < WITHIN_72_HOURS + np.where(changed, effects.interviews_within_72_hours, 0.0)
    hours = np.where(in_time, rng.triangular(4, 40, 71, count), 73 + rng.gamma(1.2, 90, count))
    offered_after = np.minimum(hours * rng.uniform(0.1, 0.9, count), np.where(completed, hours, rng.gamma(2, 16, count)))
    later = {"offered_at": (offered_after, offered), "completed_at": (hours, completed)}
    moments = {
        name: (returned + pd.to_timedelta(after, unit="h")).dt.floor("min").where(happened)
        for name, (after, happened) in later.items()
    }
    moments = {name: values.where(values < EXTRACTED_ON) for name, values in moments.items()}  # nothing is known after that day
    return incidents.assign(
        offered=np.where(due, np.where(offered, "Y", "N"), "NA"), accepted=np.where(offered, np.where(accepted, "Y", "N"), "NA"),
        **moments,
    )  # fmt: skip


def _with_blanks(rng, incidents: pd.DataFrame) -> pd.DataFrame:
    """The log as it would be kept: a few cells left empty."""
    for column, share in {"risk": 0.03, "reported": 0.02, "offered": 0.02, "concern": 0.04}.items():
        incidents[column] = incidents[column].astype("str").mask(rng.random(len(incidents)) < share)
    incidents["accepted"] = incidents["accepted"].astype("str").mask(incidents["offered"].isna())
    return incidents
