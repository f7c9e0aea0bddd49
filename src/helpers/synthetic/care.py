"""Made-up periods of care and the episodes that they fall into: how children come in, where they are placed, how they leave."""

import numpy as np
import pandas as pd

from helpers.synthetic.people import Register
from helpers.synthetic.place import CHILDREN, FIRST_DAY, LAST_DAY, NEED, PLANS_FROM, months, pick

DAY = pd.Timedelta(days=1)
CARE_FROM = pd.Timestamp("2006-04-01")  # so that the children looked after on the first day have been so for realistic times
SHORT_STAYS = 0.34
PLACEMENTS = {"U4": 0.50, "U1": 0.10, "U6": 0.12, "K2": 0.11, "P1": 0.08, "U5": 0.05, "R1": 0.02, "A5": 0.02}
PROVIDERS = {"PR1": 0.45, "PR4": 0.45, "PR2": 0.10}
CHANGES = {"CARPL": 0.42, "CREQB": 0.16, "CHILD": 0.07, "PLACE": 0.10, "LAREQ": 0.10, "OTHER": 0.15}


def make_care(rng: np.random.Generator, register: Register, from_plans: list[tuple[str, pd.Timestamp, dict]]) -> pd.DataFrame:
    """Episodes of every period of care open on or after FIRST_DAY; closes the child in need episodes of `from_plans`.

    Children come from a plan, from elsewhere, or unaccompanied; before PLANS_FROM all come from elsewhere.
    """
    rows: list[dict] = []
    for child, entered, episode in from_plans:
        ended = _period(rng, register, rows, child, entered)
        episode["cine_close_date"] = ended if ended <= LAST_DAY else pd.NaT
        episode["cine_close_reason"] = "RC7" if ended <= LAST_DAY else None
    shares = {locality: CHILDREN[locality] * NEED[locality] for locality in CHILDREN}
    for month in months(CARE_FROM, LAST_DAY):
        for _ in range(rng.poisson(10.5 if month < PLANS_FROM else 6.2)):
            day = month + DAY * int(rng.integers(month.days_in_month))
            family = register.identifier("FQ")
            born = day - DAY * int(rng.beta(1.3, 0.9) * 17.6 * 365.25)
            _period(rng, register, rows, register.child(born, pick(rng, shares), family), day)
        if month >= pd.Timestamp("2015-04-01"):
            yearly = 21 + 1.5 * (month.year - 2015)  # more unaccompanied children each year
            for _ in range(rng.poisson(yearly / 12)):
                day = month + DAY * int(rng.integers(month.days_in_month))
                born = day - DAY * int(rng.uniform(15.5, 17.6) * 365.25)
                child = register.child(born, pick(rng, shares), register.identifier("FQ"), unaccompanied=True)
                _period(rng, register, rows, child, day, unaccompanied=True)
    frame = pd.DataFrame(rows)
    seen = frame["clae_cla_episode_ceased_date"].isna() | (frame["clae_cla_episode_ceased_date"] >= FIRST_DAY)
    return frame[seen].reset_index(drop=True)


def _period(rng, register: Register, rows: list[dict], child: str, entered: pd.Timestamp, *, unaccompanied: bool = False):
    """Add the episodes of one period of care to `rows`; the day it ended, which may be after LAST_DAY."""
    to_18 = max(1, register.days_to_18(child, entered))
    short = rng.random() < SHORT_STAYS and not unaccompanied
    lasted = int(np.clip(rng.gamma(1.2, 85) if short else 200 + rng.exponential(1500), 3, to_18))
    if unaccompanied:
        lasted = to_18 if rng.random() < 0.85 else int(np.clip(rng.exponential(200), 3, to_18))
    ended = entered + DAY * lasted
    if ended < FIRST_DAY:
        return ended
    moves = _moves(rng, lasted)
    legal = "V2" if unaccompanied or rng.random() < 0.45 else "C1"
    order_at = int(rng.integers(150, 260)) if not short and not unaccompanied and lasted > 270 else None
    cuts = sorted({0, *moves, *([order_at] if order_at else [])})
    place, provider, carer_post, urn = _placement(rng, register, child, entered, unaccompanied)
    need = pick(rng, {"N8": 1} if unaccompanied else {"N1": 0.66, "N5": 0.12, "N4": 0.08, "N2": 0.05, "N3": 0.04, "N6": 0.05})
    for position, cut in enumerate(cuts):
        starts, last = entered + DAY * cut, position == len(cuts) - 1
        reason = "S" if cut == 0 else "L"
        if cut in moves and cut:
            place, provider, carer_post, urn = _placement(rng, register, child, starts, unaccompanied)
            reason = "B" if cut == order_at else "P"
        if cut == order_at:
            legal = "C2"
        ceases = ended if last else entered + DAY * cuts[position + 1]
        over = ceases <= LAST_DAY
        moved = not last and cuts[position + 1] in moves
        if starts > LAST_DAY:
            break
        rows.append(
            {
                "clae_person_id": child, "clae_cla_episode_start_date": starts, "clae_cla_episode_start_reason": reason,
                "clae_cla_episode_ceased_date": ceases if over else pd.NaT,
                "clae_cla_episode_ceased_reason": (_left(rng, lasted >= to_18, short) if last else "X1") if over else None,
                "clae_entered_care_date": entered, "clae_cla_primary_need_code": need, "lega_legal_status": legal,
                "clap_cla_placement_type": place, "clap_cla_placement_provider": provider,
                "clap_cla_placement_change_reason": pick(rng, CHANGES) if moved and over else None,
                "clap_cla_placement_urn": urn, "clap_cla_placement_postcode": carer_post,
                "clae_home_postcode": register.rows[child]["home"],
            }
        )  # fmt: skip
    return ended


def _moves(rng, lasted: int) -> set[int]:
    """Days into care on which a placement changed: sooner and oftener at first."""
    moves, day = set(), 0.0
    while True:
        day += rng.exponential(420 if day < 200 else 950)
        if day >= lasted - 2:
            return moves
        moves.add(max(2, int(day)))


def _placement(rng, register: Register, child: str, day: pd.Timestamp, unaccompanied: bool) -> tuple[str, str, str, str | None]:
    sixteen = register.days_to_18(child, day) < 2 * 365
    place = pick(rng, PLACEMENTS)
    if sixteen and rng.random() < (0.6 if unaccompanied else 0.3):
        place = "H5"
    provider = "PR0" if place in ("P1", "U1") else pick(rng, PROVIDERS)
    return place, provider, register.postcode(), f"SX{rng.integers(100_000, 999_999)}" if place in ("K2", "R1") else None


def _left(rng, at_18: bool, short: bool) -> str:
    if at_18:
        return pick(rng, {"E17": 0.3, "E5": 0.3, "E6": 0.2, "E7": 0.1, "E8": 0.1})
    if short:
        return pick(rng, {"E4A": 0.62, "E4B": 0.16, "E13": 0.08, "E8": 0.14})
    return pick(rng, {"E4A": 0.27, "E4B": 0.05, "E12": 0.26, "E46": 0.15, "E45": 0.12, "E8": 0.15})
