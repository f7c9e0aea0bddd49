"""What the yearly returns ask about made-up children looked after: reviews, outcomes, care leavers, adoption, social workers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.synthetic.care import ADOPTED, Care
from helpers.synthetic.people import YEAR
from helpers.synthetic.place import BEGINS, ENDS, FIRST_DAY, LAST_DAY, day_number, pick

YEARS = range(FIRST_DAY.year + 1, LAST_DAY.year + 1)  # by the March in which they end
PARTICIPATION = {"PN1": 0.52, "PN2": 0.05, "PN3": 0.12, "PN5": 0.05, "PN6": 0.17, "PN7": 0.09}
ACTIVITIES = {"F1": 0.06, "F2": 0.26, "P2": 0.02, "F5": 0.19, "P5": 0.06, "F4": 0.05, "G4": 0.12, "G5": 0.19, "G6": 0.05}
ACCOMMODATION = {"B1": 0.13, "D1": 0.14, "E1": 0.04, "K1": 0.02, "T1": 0.05, "U1": 0.36, "Y1": 0.06, "Z1": 0.12, "V2": 0.02,
                 "X2": 0.03, "S2": 0.02, "R2": 0.01}  # fmt: skip
IN_TOUCH = {"YES": 0.94, "NO": 0.03, "REFU": 0.015, "NREQ": 0.01, "RHOM": 0.005}
WORKER_CHANGED = {"LEFTRL": 0.45, "ORGRST": 0.10, "TSPROC": 0.35, "ABSENC": 0.10}


@dataclass(frozen=True)
class Returns:
    """Rows of the returns by day numbers; those asked for once a year carry the `year` (to 31 March)."""

    reviews: pd.DataFrame  # child, day, code
    outcomes: pd.DataFrame  # child, year, and what OC2 asks
    leavers: pd.DataFrame  # child, born, year, in_touch, activity, accommodation, left
    adoptions: pd.DataFrame  # period, child, decided, ordered, matched, placed, adopted, by_carer, adopters, sexes, status
    permanence: pd.DataFrame  # child, entered, option
    workers: pd.DataFrame  # period, child, worker, start, end, reason


def make_returns(rng: np.random.Generator, care: Care) -> Returns:
    """All that the returns of YEARS ask beside the episodes."""
    current = care.periods[(care.periods["ended"] >= BEGINS) & (care.periods["entered"] <= ENDS)].reset_index(drop=True)
    entered = current.drop_duplicates("child")
    option = pick(rng, {"Z1": 0.965, "P1": 0.012, "P2": 0.015, "P3": 0.005, "P4": 0.003}, len(entered))
    permanence = pd.DataFrame(
        {"child": entered["child"], "entered": entered["entered"], "born": entered["born"], "option": option}
    )
    return Returns(
        _reviews(rng, current), _outcomes(rng, current), _leavers(rng, care.periods), _adoptions(rng, current), permanence,
        _workers(rng, current),
    )  # fmt: skip


def _reviews(rng, periods: pd.DataFrame) -> pd.DataFrame:
    """Within four weeks of entering care, within three months of that, then every six months."""
    rows, of = [], np.arange(len(periods))
    day = periods["entered"].to_numpy() + rng.integers(18, 29, len(periods))
    end = np.minimum(periods["ended"].to_numpy(), ENDS)
    gap = 90
    while len(of):
        held = day < end[of]
        of, day = of[held], day[held]
        rows.append(pd.DataFrame({"child": periods["child"].to_numpy()[of], "born": periods["born"].to_numpy()[of], "day": day}))
        late = rng.random(len(of)) < 0.05
        day, gap = day + np.where(late, gap + 12, gap - rng.integers(0, 20, len(of))), 183
    reviews = pd.concat(rows, ignore_index=True)
    reviews = reviews[reviews["day"] >= BEGINS].reset_index(drop=True)
    under_4 = (reviews["day"] - reviews["born"] < 4 * YEAR).to_numpy()
    return reviews.assign(code=np.where(under_4, "PN0", pick(rng, PARTICIPATION, len(reviews))))


def _outcomes(rng, periods: pd.DataFrame) -> pd.DataFrame:
    """Children looked after for the twelve months up to each 31 March."""
    rows = []
    for year in YEARS:
        last = day_number(f"{year}-03-31")
        there = periods[(periods["entered"] <= last - 365) & (periods["ended"] > last)]
        count, age = len(there), ((last - there["born"]) / YEAR).to_numpy()
        asked = (age >= 4) & (age < 17)
        scored = asked & (rng.random(count) < 0.82)
        misuse = (age >= 10) & (rng.random(count) < 0.04)
        received = misuse & (rng.random(count) < 0.5)
        rows.append(
            pd.DataFrame(
                {
                    "child": there["child"].to_numpy(), "born": there["born"].to_numpy(), "year": year,
                    "sdq": np.where(scored, np.clip(np.rint(rng.normal(14.5, 7, count)), 0, 40).astype(int).astype("U2"), ""),
                    "sdq_reason": np.where(asked & ~scored, pick(rng, {"SDQ2": 0.3, "SDQ4": 0.5, "SDQ5": 0.2}, count), ""),
                    "convicted": np.where(age >= 10, _yes(rng, count, 0.025), "0"),
                    "health_check": np.where(age < 5, _yes(rng, count, 0.9), ""),
                    "immunisations": _yes(rng, count, 0.87), "teeth": _yes(rng, count, 0.78), "health": _yes(rng, count, 0.91),
                    "misuse": np.where(misuse, "1", "0"),
                    "received": np.where(misuse, np.where(received, "1", "0"), ""),
                    "offered": np.where(misuse & ~received, _yes(rng, count, 0.8), ""),
                }
            )
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def _yes(rng, count: int, share: float) -> np.ndarray:
    return np.where(rng.random(count) < share, "1", "0")


def _leavers(rng, periods: pd.DataFrame) -> pd.DataFrame:
    """Young people who turned 17 to 21 in each year and had left care at 16 or older, after 13 weeks there."""
    left_at = (periods["ended"] - periods["born"]) / YEAR
    left = periods[(left_at >= 16) & (periods["ended"] - periods["entered"] >= 91)].drop_duplicates("child", keep="last")
    rows = []
    for year in YEARS:
        last = day_number(f"{year}-03-31")
        age = ((last - left["born"]) / YEAR).to_numpy().astype(int)
        there = left[(age >= 17) & (age <= 21) & (left["ended"] <= last).to_numpy()]
        touch = pick(rng, IN_TOUCH, len(there))
        known = touch == "YES"
        rows.append(
            pd.DataFrame(
                {
                    "child": there["child"].to_numpy(), "born": there["born"].to_numpy(), "year": year, "in_touch": touch,
                    "activity": np.where(known, pick(rng, ACTIVITIES, len(there)), "0"),
                    "accommodation": np.where(known, pick(rng, ACCOMMODATION, len(there)), "0"),
                    "unaccompanied": there["unaccompanied"].to_numpy(dtype=bool), "locality": there["locality"].to_numpy(),
                }
            )
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def _adoptions(rng, periods: pd.DataFrame) -> pd.DataFrame:
    """Children adopted, or on the way to it: decision, placement order, match, placement, order."""
    adopted = periods[(periods["reason"] == ADOPTED) & (periods["ended"] - periods["entered"] > 200)]
    count, lasted = len(adopted), (adopted["ended"] - adopted["entered"]).to_numpy()
    steps = np.sort(rng.uniform(0.2, 0.95, (count, 4)), axis=1) * lasted[:, None]
    decided, ordered, matched, placed = (adopted["entered"].to_numpy() + steps[:, at].astype(int) for at in range(4))
    adopters = pick(rng, {2: 0.88, 1: 0.12}, count)
    sexes = np.where(
        adopters == 2, pick(rng, {"MF": 0.86, "MM": 0.08, "FF": 0.06}, count), pick(rng, {"F1": 0.9, "M1": 0.1}, count)
    )
    status = np.where(adopters == 1, "L0", pick(rng, {"L2": 0.75, "L3": 0.05, "L4": 0.2}, count))
    return pd.DataFrame(
        {
            "period": adopted["period"], "child": adopted["child"], "born": adopted["born"], "family": adopted["family"],
            "entered": adopted["entered"], "decided": decided, "ordered": ordered, "matched": matched, "placed": placed,
            "adopted": adopted["ended"], "by_carer": np.where(rng.random(count) < 0.14, "1", "0"), "adopters": adopters,
            "sexes": sexes, "status": status,
        }
    ).reset_index(drop=True)  # fmt: skip


def _workers(rng, periods: pd.DataFrame) -> pd.DataFrame:
    """Social workers of each period of care one after another: about fourteen months each."""
    rows, of = [], np.arange(len(periods))
    start, end = periods["entered"].to_numpy(), periods["ended"].to_numpy()
    while len(of):
        until = start + rng.exponential(430, len(of)).astype(int) + 14
        last = until >= end[of]
        rows.append(
            pd.DataFrame(
                {
                    "period": periods["period"].to_numpy()[of], "child": periods["child"].to_numpy()[of],
                    "born": periods["born"].to_numpy()[of], "start": start, "end": np.where(last, end[of], until),
                    "reason": pick(rng, WORKER_CHANGED, len(of)) if rows else np.full(len(of), "FCONTA"),  # why this one came
                    "worker": rng.integers(1, 220, len(of)),
                }
            )
        )  # fmt: skip
        of, start = of[~last], until[~last]
    workers = pd.concat(rows, ignore_index=True)
    return workers[(workers["end"] >= BEGINS) & (workers["start"] <= ENDS)].reset_index(drop=True)
