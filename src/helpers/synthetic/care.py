"""Made-up periods of care and the episodes that they fall into: how children come in, where they are placed, how they leave."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.synthetic.people import DAYS_TO_18, YEAR, Register, postcodes
from helpers.synthetic.place import BEGINS, ENDS, LAST_DAY, PLANS_FROM, SHARES, day_number, months, pick

CARE_FROM = pd.Timestamp("2006-04-01")  # so that the children looked after on the first day have been so for realistic times
ELSEWHERE_A_MONTH, BEFORE_PLANS = 7.4, 11.5  # children who come into care in a month, but from a plan; the same before PLANS_FROM
SHORT_STAYS = 0.34
PLACEMENTS = {"U4": 0.50, "U1": 0.10, "U6": 0.12, "K2": 0.11, "P1": 0.08, "U5": 0.05, "R1": 0.02, "A5": 0.02}
PROVIDERS = {"PR1": 0.45, "PR4": 0.45, "PR2": 0.10}
CHANGES = {"CARPL": 0.42, "CREQB": 0.16, "CHILD": 0.07, "PLACE": 0.10, "LAREQ": 0.10, "OTHER": 0.15}
NEEDS = {"N1": 0.66, "N5": 0.12, "N4": 0.08, "N2": 0.05, "N3": 0.04, "N6": 0.05}
LEFT = {  # reasons care ceased: at 18, after a short stay, otherwise
    "at 18": {"E17": 0.3, "E5": 0.3, "E6": 0.2, "E7": 0.1, "E8": 0.1},
    "short": {"E4A": 0.62, "E4B": 0.16, "E13": 0.08, "E8": 0.14},
    "long": {"E4A": 0.27, "E4B": 0.05, "E12": 0.26, "E46": 0.15, "E45": 0.12, "E8": 0.15},
}
ADOPTED = "E12"


@dataclass(frozen=True)
class Care:
    """Periods of care, a row each, and the episodes that they fall into, a row each, by day numbers; ends may lie after ENDS."""

    periods: pd.DataFrame  # period, child, born, family, locality, entered, ended, reason, unaccompanied, need, from_plan
    episodes: pd.DataFrame  # period, child, start, end, last, why, legal, place, provider, change, post, urn


def make_care(rng: np.random.Generator, register: Register, from_plans: pd.DataFrame, scale: float) -> Care:
    """Every period of care from CARE_FROM; `from_plans` are children (child, born, family, locality, entered) who had a plan."""
    calendar = months(CARE_FROM, LAST_DAY)
    expected = np.where(calendar < PLANS_FROM, BEFORE_PLANS, ELSEWHERE_A_MONTH)
    alone = np.where(calendar >= pd.Timestamp("2015-04-01"), (24 + 2.0 * (calendar.year - 2015)) / 12, 0.0)  # more each year
    elsewhere = _newcomers(rng, register, calendar, scale * expected, unaccompanied=False)
    unaccompanied = _newcomers(rng, register, calendar, scale * alone, unaccompanied=True)
    from_plans = from_plans.assign(unaccompanied=False, from_plan=True)
    periods = pd.concat([from_plans, elsewhere, unaccompanied], ignore_index=True)
    to_18 = np.maximum(1, DAYS_TO_18 - (periods["entered"] - periods["born"])).to_numpy()
    count, refugee = len(periods), periods["unaccompanied"].to_numpy(dtype=bool)
    short = (rng.random(count) < SHORT_STAYS) & ~refugee
    lasted = np.where(short, rng.gamma(1.2, 85, count), 200 + rng.exponential(1500, count))
    leaves_early = np.where(rng.random(count) < 0.85, to_18, rng.exponential(200, count))
    lasted = np.clip(np.where(refugee, leaves_early, lasted), np.minimum(3, to_18), to_18).astype(int)
    reason = np.select(
        [lasted >= to_18, short],
        [pick(rng, LEFT["at 18"], count), pick(rng, LEFT["short"], count)],
        pick(rng, LEFT["long"], count),
    )
    adoptable = (periods["entered"] + lasted - periods["born"]).to_numpy() < 9 * YEAR
    reason = np.where((reason == ADOPTED) & ~adoptable, "E4A", reason)
    periods = periods.assign(
        period=np.arange(count), ended=periods["entered"] + lasted, reason=reason, short=short,
        need=np.where(refugee, "N8", pick(rng, NEEDS, count)),
    )  # fmt: skip
    return Care(periods, _episodes(rng, periods[periods["ended"] >= BEGINS].reset_index(drop=True)))


def _newcomers(rng, register: Register, calendar, expected: np.ndarray, *, unaccompanied: bool) -> pd.DataFrame:
    """Children who come into care without a plan: by month, with a day, an age and a family of their own."""
    coming = rng.poisson(expected)
    count = coming.sum()
    days = np.repeat([day_number(month) for month in calendar], coming) + rng.integers(28, size=count)
    age = rng.uniform(15.5, 17.6, count) if unaccompanied else rng.beta(1.3, 0.9, count) * 17.6
    born = days - (age * YEAR).astype(int)
    locality, family = rng.choice(len(SHARES), size=count, p=SHARES), register.new_families(count)
    child = register.add(born, locality, family, unaccompanied=unaccompanied)
    return pd.DataFrame(
        {"child": child, "born": born, "family": family, "locality": locality, "entered": days, "unaccompanied": unaccompanied,
         "from_plan": False}
    )  # fmt: skip


def _episodes(rng, periods: pd.DataFrame) -> pd.DataFrame:
    """The stretches of each period: they end where a placement changes or an order is made, and with the period."""
    lasted = (periods["ended"] - periods["entered"]).to_numpy()
    order = np.where(
        ~periods["short"] & ~periods["unaccompanied"] & (lasted > 270), rng.integers(150, 260, len(periods)), 0
    )  # day into care on which a court makes a care order; 0: none
    of, at = _moves(rng, lasted)
    ordered = np.nonzero(order)[0]
    cuts = pd.DataFrame(
        {
            "row": np.concatenate([np.arange(len(periods)), of, ordered]),
            "at": np.concatenate([np.zeros(len(periods), dtype=int), at, order[ordered]]),
            "moved": np.concatenate([np.ones(len(periods) + len(of), dtype=bool), np.zeros(len(ordered), dtype=bool)]),
        }
    )
    cuts = cuts.groupby(["row", "at"], as_index=False)["moved"].max().sort_values(["row", "at"], ignore_index=True)
    row, start_after = cuts["row"].to_numpy(), cuts["at"].to_numpy()
    last = np.append(row[1:] != row[:-1], True)
    until = np.where(last, lasted[row], np.append(start_after[1:], 0))
    start = periods["entered"].to_numpy()[row] + start_after
    moved, next_moved = cuts["moved"].to_numpy(), np.append(cuts["moved"].to_numpy()[1:], False)
    at_order = (start_after == order[row]) & (start_after > 0)
    why = np.select([start_after == 0, moved & at_order, moved], ["S", "B", "P"], "L")
    voluntary = (rng.random(len(periods)) < 0.45) | periods["unaccompanied"].to_numpy(dtype=bool)
    before_order = np.where(voluntary, "V2", "C1")[row]
    legal = np.where((order[row] > 0) & (start_after >= order[row]), "C2", before_order)
    placed = _placements(rng, periods, row[moved], start[moved])
    of_placement = np.cumsum(moved) - 1
    episodes = pd.DataFrame(
        {
            "period": periods["period"].to_numpy()[row], "child": periods["child"].to_numpy()[row], "start": start,
            "end": periods["entered"].to_numpy()[row] + until, "last": last, "why": why, "legal": legal,
            "entered": periods["entered"].to_numpy()[row], "reason": np.where(last, periods["reason"].to_numpy()[row], "X1"),
            "need": periods["need"].to_numpy()[row], "family": periods["family"].to_numpy()[row],
            "change": np.where(~last & next_moved, pick(rng, CHANGES, len(row)), ""),
            **{name: values[of_placement] for name, values in placed.items()}, "placed": start[moved][of_placement],
        }
    )  # fmt: skip
    seen = (episodes["start"] <= ENDS) & (episodes["end"] >= BEGINS)
    return episodes[seen].reset_index(drop=True)


def _moves(rng, lasted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Periods (by position) and days into care on which a placement changed: sooner and oftener at first."""
    rows, day = np.arange(len(lasted)), np.zeros(len(lasted))
    of, at = [], []
    while len(rows):
        day = day + rng.exponential(np.where(day < 200, 420, 950))
        still = day < lasted[rows] - 2
        rows, day = rows[still], day[still]
        of.append(rows)
        at.append(np.maximum(2, day.astype(int)))
    return np.concatenate(of), np.concatenate(at)


def _placements(rng, periods: pd.DataFrame, row: np.ndarray, start: np.ndarray) -> dict[str, np.ndarray]:
    count = len(row)
    refugee = periods["unaccompanied"].to_numpy(dtype=bool)[row]
    sixteen = DAYS_TO_18 - (start - periods["born"].to_numpy()[row]) < 2 * 365
    place = pick(rng, PLACEMENTS, count)
    place = np.where(sixteen & (rng.random(count) < np.where(refugee, 0.6, 0.3)), "H5", place)
    provider = np.where(np.isin(place, ["P1", "U1"]), "PR0", pick(rng, PROVIDERS, count))
    provider = np.where(place == "U1", "PR1", provider)
    home = np.isin(place, ["K2", "R1"])
    urn = np.char.add("SX", rng.integers(100_000, 999_999, count).astype("U6"))
    return {"place": place, "provider": provider, "urn": np.where(home, urn, ""),
            "post": postcodes(rng.integers(10**6, size=count), 1)}  # fmt: skip
