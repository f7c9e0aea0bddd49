"""Made-up referrals, child in need episodes and child protection plans, with the ways that a plan can end."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.synthetic.people import Family, Register
from helpers.synthetic.place import (
    CHILDREN,
    LAST_DAY,
    LOCALITIES,
    NEED,
    PILOT,
    PLANS_FROM,
    SFT_FIRST_WAVE,
    Effects,
    months,
    pick,
    plan_calendar,
    sft_since,
    teams,
)  # fmt: skip

PLAN_FAMILIES_PER_MONTH = 18.5  # in the whole authority, in an ordinary month, without Safeguarding Families Together
REFERRED_FAMILIES_PER_MONTH = 122.0  # whose referral does not become a plan
REPEATS = 0.25  # families who had a plan before
SAME_AS_SIBLINGS = 0.85  # children whose plan ends as their siblings' does
WITHIN_12_MONTHS = {"step-down": 0.40, "closure": 0.13, "escalation": 0.17, "other": 0.03}  # the rest are still open
LATER = {"step-down": 0.58, "closure": 0.16, "escalation": 0.20, "other": 0.06}
ENDS_AROUND = {  # days, near the review conferences
    "within": {90: 0.30, 180: 0.15, 270: 0.55},
    "later": {450: 0.50, 635: 0.27, 815: 0.23},
}
ABUSE = {"NEG": 0.47, "EMO": 0.36, "PHY": 0.10, "SAB": 0.05, "MUL": 0.02}
SOURCES = {"6": 0.28, "2A": 0.20, "3A": 0.08, "3E": 0.07, "1A": 0.08, "5A": 0.11, "5D": 0.07, "8": 0.06, "7": 0.03, "9": 0.02}
RISKS = ("mental health", "substance use", "domestic abuse")
DAY = pd.Timedelta(days=1)


@dataclass
class Plans:
    """Rows of the tables that this part makes, and the children who came into care from a plan."""

    cin_episodes: list[dict] = field(default_factory=list)
    cp_plans: list[dict] = field(default_factory=list)
    sft_allocations: list[dict] = field(default_factory=list)
    into_care: list[tuple[str, pd.Timestamp, dict]] = field(default_factory=list)  # child, day, its child in need episode


def make_plans(rng: np.random.Generator, register: Register, effects: Effects) -> Plans:
    """Plans from PLANS_FROM to LAST_DAY; true chances of each ending are WITHIN_12_MONTHS, moved by `effects`."""
    made = Plans()
    known: dict[str, list[Family]] = {locality: [] for locality in LOCALITIES}
    drift = dict.fromkeys(LOCALITIES, 0.0)
    shares = {locality: CHILDREN[locality] * NEED[locality] for locality in LOCALITIES}
    for month in months(PLANS_FROM, LAST_DAY):
        for locality in LOCALITIES:
            drift[locality] = 0.6 * drift[locality] + rng.normal(0, 0.04)
            expected = PLAN_FAMILIES_PER_MONTH * shares[locality] / sum(shares.values()) * plan_calendar(month)
            expected *= np.exp(drift[locality]) * (effects.plan_starts if month >= sft_since(locality) else 1.0)
            for _ in range(rng.poisson(expected)):
                day = month + DAY * int(rng.integers(month.days_in_month))
                family = _family_for_a_plan(rng, register, known[locality], locality, day)
                _plan_family(rng, register, made, family, day, effects)
    return made


def make_other_referrals(rng: np.random.Generator, register: Register, made: Plans, first: pd.Timestamp) -> None:
    """Referrals that do not become a plan, added to `made`: no further action, assessed, or in need."""
    seen: list[Family] = []
    shares = {locality: CHILDREN[locality] * NEED[locality] for locality in LOCALITIES}
    for month in months(first, LAST_DAY):
        for _ in range(rng.poisson(REFERRED_FAMILIES_PER_MONTH * plan_calendar(month))):
            day = month + DAY * int(rng.integers(month.days_in_month))
            free = [family for family in seen[-400:] if family.free_from < day] if rng.random() < 0.16 else []
            family = free[rng.integers(len(free))] if free else register.family(pick(rng, shares), day)
            children = [child for child in family.children if register.under_18(child, day) and rng.random() < 0.8]
            kind = pick(rng, {"no further action": 0.11, "closed after assessment": 0.33, "child in need": 0.56})
            lasted = {"no further action": rng.integers(0, 4), "closed after assessment": rng.integers(20, 65)}
            closed = day + DAY * int(lasted.get(kind, 60 + rng.gamma(1.3, 130)))
            reason = {"no further action": "RC7", "closed after assessment": pick(rng, {"RC8": 0.8, "RC9": 0.2})}.get(kind, "RC7")
            if reason == "RC9" and day < pd.Timestamp("2022-04-01"):
                reason = "RC8"  # the code for early help began with 2022/23
            team = teams(family.locality)[rng.integers(2)]
            for child in children:
                made.cin_episodes.append(
                    _cin(rng, register, child, family, team, day, closed, reason, nfa=kind == "no further action")
                )
            family.free_from = closed + DAY
            if not free:
                seen.append(family)


def _family_for_a_plan(rng, register: Register, known: list[Family], locality: str, day: pd.Timestamp) -> Family:
    """A family that had a plan before and has none now, as often as REPEATS, else a new one."""
    if rng.random() < REPEATS:
        free = [
            family
            for family in known[-500:]
            if family.free_from + 60 * DAY < day and any(register.under_18(child, day + 60 * DAY) for child in family.children)
        ]
        if free:
            recent = np.exp([-(day - family.last_plan_ended).days / 900 for family in free])
            return free[rng.choice(len(free), p=recent / recent.sum())]
    family = register.family(locality, day)
    known.append(family)
    return family


def _chances(locality: str, day: pd.Timestamp, effects: Effects) -> dict[str, float]:
    """The true chance of each ending within 12 months of a plan that starts there that day."""
    chances = dict(WITHIN_12_MONTHS)
    if day >= sft_since(locality):
        chances["step-down"] += effects.step_down
        chances["escalation"] += effects.escalation
    return chances | {"still open": 1 - sum(chances.values())}


def _ending(rng, chances: dict[str, float]) -> tuple[str, int]:
    """How a plan ends and after how many days."""
    ending, when = pick(rng, chances), "within"
    if ending == "still open":
        ending, when = pick(rng, LATER), "later"
    lasted = round(rng.normal(pick(rng, ENDS_AROUND[when]), 16))
    return ending, int(np.clip(lasted, 45, 364)) if when == "within" else max(lasted, 366)


def _plan_family(rng, register: Register, made: Plans, family: Family, day: pd.Timestamp, effects: Effects) -> None:
    referred = day - DAY * int(rng.integers(20, 75))
    team = teams(family.locality)[rng.integers(2)]
    chances = _chances(family.locality, day, effects)
    together = _ending(rng, chances)
    category, risks = pick(rng, ABUSE), [risk for risk in RISKS if rng.random() < 0.45]
    conference = register.identifier("IQ")
    allocated = _allocation(rng, family.locality, day, together[1], risks)
    for child in family.children:
        if not register.under_18(child, day + 60 * DAY):
            continue
        ending, lasted = together if rng.random() < SAME_AS_SIBLINGS else _ending(rng, chances)
        to_18 = register.days_to_18(child, day)
        if lasted >= to_18:
            ending, lasted = "other", to_18
        ended = day + DAY * lasted
        closed, reason = ended + DAY * int(rng.integers(0, 8)), "RC7"
        if ending == "step-down":
            closed = ended + DAY * int(28 + rng.gamma(1.6, 80))
            reason = "RC9" if ended >= pd.Timestamp("2022-04-01") and rng.random() < 0.3 else "RC7"
        elif ending == "other":
            closed, reason = ended, "RC6" if lasted >= to_18 else "RC5"
        episode = _cin(rng, register, child, family, team, referred, closed, reason)
        latest = category if rng.random() < 0.88 else pick(rng, ABUSE)
        made.cp_plans.append(
            {
                "cppl_cp_plan_id": register.identifier("PQ"), "cppl_person_id": child,
                "cppl_referral_id": episode["cine_referral_id"],
                "cppl_icpc_id": conference, "cppl_cp_plan_start_date": day,
                "cppl_cp_plan_end_date": ended if ended <= LAST_DAY else pd.NaT, "cppl_cp_plan_initial_category": category,
                "cppl_cp_plan_latest_category": latest, "cppl_cp_plan_ola": "N", "cppl_team": team,
                "cppl_locality": family.locality,
                "cppl_family_id": family.identifier,
            }
        )  # fmt: skip
        if ending == "escalation":
            entered = ended - DAY * int(rng.integers(0, 15))
            made.into_care.append((child, entered, episode))
            closed = ended + DAY * 6574  # care's own part says when it ends: the family has no plan again
        made.cin_episodes.append(episode)
        if allocated:
            made.sft_allocations.append(_sft_row(child, family, allocated, ended, ending, risks))
        family.free_from = max(family.free_from, closed)
        family.last_plan_ended = ended if pd.isna(family.last_plan_ended) else max(family.last_plan_ended, ended)


def _allocation(rng, locality: str, day: pd.Timestamp, lasted: int, risks: list[str]) -> pd.Timestamp | None:
    """The day that the team took the family on: some weeks after the plan's start, for plans open when the team began too."""
    began = sft_since(locality)
    if not risks or day + DAY * lasted < began + 40 * DAY or rng.random() > 0.75:
        return None
    allocated = max(day, began) + DAY * int(rng.integers(4, 35))
    return allocated if allocated < min(day + DAY * lasted, LAST_DAY) else None


def _sft_row(child: str, family: Family, allocated: pd.Timestamp, ended: pd.Timestamp, ending: str, risks: list[str]) -> dict:
    reasons = {
        "step-down": "stepped down to child in need",
        "closure": "closed",
        "escalation": "became looked after",
        "other": "moved",
    }
    over = allocated < ended <= LAST_DAY
    practitioners = risks if family.locality in PILOT and allocated >= SFT_FIRST_WAVE + 90 * DAY else risks[:1]
    return {
        "sfta_person_id": child, "sfta_family_id": family.identifier, "sfta_start_date": allocated,
        "sfta_end_date": ended if over else pd.NaT, "sfta_locality": family.locality,
        "sfta_practitioners": "; ".join(practitioners),
        "sfta_parental_risks": "; ".join(risks), "sfta_end_reason": reasons[ending] if over else None,
    }  # fmt: skip


def _cin(
    rng, register: Register, child: str, family: Family, team: str, referred, closed, reason: str, *, nfa: bool = False
) -> dict:
    over = closed <= LAST_DAY
    source = pick(rng, SOURCES)
    if source == "5D" and referred < pd.Timestamp("2022-04-01"):
        source = "5A"  # early help has had a source code of its own since 2022/23
    return {
        "cine_referral_id": register.identifier("RQ"), "cine_person_id": child, "cine_referral_date": referred,
        "cine_cin_primary_need_code": pick(rng, {"N1": 0.56, "N5": 0.16, "N4": 0.09, "N2": 0.07, "N3": 0.05, "N6": 0.05,
        "N8": 0.02}),
        "cine_referral_source_code": source, "cine_referral_nfa": "Y" if nfa else "N",
        "cine_close_date": closed if over else pd.NaT, "cine_close_reason": reason if over else None, "cine_referral_team": team,
        "cine_locality": family.locality, "cine_family_id": family.identifier,
    }  # fmt: skip
