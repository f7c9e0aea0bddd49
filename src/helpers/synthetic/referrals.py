"""What follows a made-up referral: assessments and their factors, section 47 enquiries, conferences, plans and reviews."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.synthetic.care import Care
from helpers.synthetic.endings import RISKS
from helpers.synthetic.pathways import Front
from helpers.synthetic.place import BEGINS, ENDS, day_number, pick

FACTORS = {  # of assessments: national codes that are in every year's list
    "3B": 0.24, "3A": 0.10, "4B": 0.27, "4A": 0.08, "2B": 0.12, "1B": 0.11, "16A": 0.10, "17A": 0.09, "18A": 0.08, "19A": 0.05,
    "7A": 0.05, "8B": 0.06, "5A": 0.05, "14A": 0.04, "15A": 0.03, "12A": 0.02, "20": 0.06, "21": 0.05, "22A": 0.01,
}  # fmt: skip
RISK_FACTORS = {"mental health": ("4B",), "substance use": ("2B", "1B"), "domestic abuse": ("3B", "3A")}
ENQUIRIES = 0.36  # of referrals assessed and without a plan, those with a section 47 enquiry
CONFERENCE_WITHOUT_PLAN = 0.055  # of those enquiries


@dataclass(frozen=True)
class Referrals:
    """Tables by day numbers, a row each: referrals, plans and what was done under them; ends may lie after ENDS."""

    referrals: pd.DataFrame
    plans: pd.DataFrame
    assessments: pd.DataFrame
    factors: pd.DataFrame
    enquiries: pd.DataFrame
    conferences: pd.DataFrame
    cin_plans: pd.DataFrame
    reviews: pd.DataFrame


def make_referrals(rng: np.random.Generator, front: Front, care: Care) -> Referrals:
    """Everything under the referrals of the front door and of the children who came into care without one.

    Referrals closed more than twelve months before FIRST_DAY are left out, but for those with a plan; of what was done under
    referrals, only what a return of the period tells is kept.
    """
    referrals, plans = front.table("referrals"), front.table("plans")
    referrals = pd.concat([_closed_with_care(referrals, plans, care), _straight_into_care(rng, care, len(referrals))])
    referrals = referrals.sort_values("number", ignore_index=True)
    shown = (referrals["day"] <= ENDS) & ((referrals["closed"] >= BEGINS - 365) | (referrals["kind"] == "plan"))
    referrals = referrals[shown].reset_index(drop=True)
    plan_of = plans.drop_duplicates("referral").set_index("referral")
    plan_start = referrals["number"].map(plan_of["start"]).fillna(-1).astype(int).to_numpy()
    risks = referrals["number"].map(plan_of["risks"]).fillna(0).astype(int).to_numpy()
    assessments = _assessments(rng, referrals, plan_start)
    enquiries, conferences = _enquiries(rng, referrals, plans, plan_start)
    cin_plans = _cin_plans(rng, referrals, assessments, plans)
    factors, reviews = _factors(rng, assessments, risks), _reviews(rng, plans)
    returned = set(referrals.loc[referrals["closed"] >= BEGINS, "number"])  # those that stand in some year's return
    assessments = assessments[assessments["referral"].isin(returned) & (assessments["done"] >= BEGINS)]
    return Referrals(
        referrals, plans, assessments, factors[factors["assessment"].isin(assessments["assessment"])],
        enquiries[enquiries["referral"].isin(returned) & (enquiries["done"] >= BEGINS)],
        conferences[conferences["referral"].isin(returned) & (conferences["held"] >= BEGINS)],
        cin_plans[cin_plans["referral"].isin(returned) & (cin_plans["end"] >= BEGINS)],
        reviews[reviews["plan"].isin(np.nonzero(plans["end"].to_numpy() >= BEGINS)[0])],
    )  # fmt: skip


def into_care(rng, front: Front) -> pd.DataFrame:
    """The children whose plan ended by becoming looked after: child, born, family, locality, entered, referral."""
    plans = front.table("plans")
    escalated = plans[(plans["ending"] == "escalation") & (plans["end"] <= ENDS)]
    born = np.concatenate([batch["born"] for batch in front.families.register.batches])
    return pd.DataFrame(
        {
            "child": escalated["child"], "born": born[escalated["child"]], "family": escalated["family"],
            "locality": escalated["locality"], "entered": escalated["end"] - rng.integers(0, 15, len(escalated)),
            "referral": escalated["referral"],
        }
    ).reset_index(drop=True)  # fmt: skip


def _closed_with_care(referrals: pd.DataFrame, plans: pd.DataFrame, care: Care) -> pd.DataFrame:
    """Referrals whose plan ended in care close when care does: until then the child stays in need."""
    ended = care.periods.dropna(subset=["referral"]).set_index("referral")[["ended", "reason"]]
    closes = referrals["number"].map(ended["ended"])
    reason = referrals["number"].map(ended["reason"]).map(lambda code: _closure(code), na_action="ignore")
    return referrals.assign(
        closed=closes.fillna(referrals["closed"]).astype(int), reason=reason.where(closes.notna(), referrals["reason"])
    )


def _closure(reason: str) -> str:
    return {"E12": "RC1", "E45": "RC4", "E46": "RC4"}.get(reason, "RC7")


def _straight_into_care(rng, care: Care, first: int) -> pd.DataFrame:
    """A referral for each period of care that did not begin with a plan and was open in the period looked at."""
    periods = care.periods[care.periods["referral"].isna() & (care.periods["ended"] >= BEGINS)]
    count, refugee = len(periods), periods["unaccompanied"].to_numpy(dtype=bool)
    before = np.where(refugee, rng.integers(0, 3, count), rng.integers(0, 60, count))
    day = np.maximum(periods["entered"].to_numpy() - before, periods["born"].to_numpy() - 60)
    need = np.where(refugee, "N8", periods["need"])
    return pd.DataFrame(
        {
            "number": first + np.arange(count), "child": periods["child"].to_numpy(), "family": periods["family"].to_numpy(),
            "day": day, "source": np.where(refugee, "6", pick(rng, {"6": 0.3, "5A": 0.3, "1A": 0.2, "3E": 0.2}, count)),
            "need": need, "closed": periods["ended"].to_numpy(), "reason": periods["reason"].map(_closure).to_numpy(),
            "team": 3 * periods["locality"].to_numpy() + rng.integers(2, size=count), "kind": "care", "nfa": False,
        }
    )  # fmt: skip


def _assessments(rng, referrals: pd.DataFrame, plan_start: np.ndarray) -> pd.DataFrame:
    """An assessment of every referral taken further, and another one after about a year of some that stay open."""
    further = ~referrals["nfa"].to_numpy(dtype=bool)
    first = referrals[further].assign(plan_start=plan_start[further])
    start = first["day"].to_numpy() + rng.integers(0, 3, len(first))
    working = np.where(
        rng.random(len(first)) < 0.87, rng.triangular(8, 38, 45, len(first)), rng.triangular(46, 52, 80, len(first))
    )
    done = start + (working * 7 / 5).astype(int)
    ends_it = first["kind"].eq("closed after assessment").to_numpy()
    done = np.where(ends_it, np.maximum(start + 1, first["closed"].to_numpy() - rng.integers(0, 3, len(first))), done)
    done = np.minimum(done, np.maximum(first["closed"].to_numpy(), start + 1))
    support = ~ends_it
    again = (first["closed"].to_numpy() - start > 400) & (rng.random(len(first)) < 0.45)
    later = start[again] + rng.integers(300, 395, again.sum())
    both = pd.DataFrame(
        {
            "referral": np.concatenate([first["number"], first["number"][again]]),
            "child": np.concatenate([first["child"], first["child"][again]]),
            "team": np.concatenate([first["team"], first["team"][again]]),
            "start": np.concatenate([start, later]),
            "done": np.concatenate([done, later + rng.integers(20, 60, len(later))]),
            "support": np.concatenate([support, np.ones(len(later), dtype=bool)]),
            "row": np.concatenate([np.nonzero(further)[0], np.nonzero(further)[0][again]]),
        }
    )
    both = both[both["start"] <= ENDS].reset_index(drop=True)
    return both.assign(assessment=np.arange(len(both)), seen=pick(rng, {"Y": 0.965, "N": 0.025, "U": 0.01}, len(both)))


def _factors(rng, assessments: pd.DataFrame, risks: np.ndarray) -> pd.DataFrame:
    """Codes found at the end of assessments; those of the parents' risks wherever a plan records the risk."""
    done = assessments[assessments["done"] <= ENDS]
    found = rng.random((len(done), len(FACTORS))) < np.array(list(FACTORS.values()))
    codes = np.array(list(FACTORS))
    for bit, risk in enumerate(RISKS):
        has = (risks[done["row"]] >> bit & 1).astype(bool)
        for code in RISK_FACTORS[risk][:1]:
            found[has, list(FACTORS).index(code)] = True
    found[~found.any(axis=1), list(FACTORS).index("21")] = True  # no factors identified
    found[found.sum(axis=1) > 1, list(FACTORS).index("21")] = False
    at, which = np.nonzero(found)
    ended = done["done"].to_numpy()[at]
    code = np.where((ended >= day_number("2021-04-01")) & (codes[which] == "18A"), "18B", codes[which])
    code = np.where((ended >= day_number("2021-04-01")) & (code == "19A"), "19B", code)
    return pd.DataFrame({"assessment": done["assessment"].to_numpy()[at], "factor": code})


def _enquiries(rng, referrals: pd.DataFrame, plans: pd.DataFrame, plan_start: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Section 47 enquiries and the conferences they led to: of every plan, and of some referrals without one."""
    after = pick(rng, {8: 0.03, 12: 0.07, 14: 0.16, 17: 0.26, 19: 0.20, 21: 0.12, 25: 0.07, 28: 0.06, 33: 0.03}, len(plans))
    order = plans["conference"].to_numpy()
    of_conference = after[np.unique(order, return_index=True)[1]][np.unique(order, return_inverse=True)[1]]  # siblings' are one
    with_plan = pd.DataFrame(
        {"referral": plans["referral"], "child": plans["child"], "team": plans["team"], "start": plans["start"] - of_conference,
         "held": plans["start"], "plan": True, "conference": order}
    )  # fmt: skip
    chance = np.where(plan_start < 0, ENQUIRIES, 0.0) * ~referrals["nfa"].to_numpy(dtype=bool) * referrals["kind"].ne("care")
    others = referrals[rng.random(len(referrals)) < chance]
    start = np.minimum(others["day"].to_numpy() + rng.integers(1, 30, len(others)), others["closed"].to_numpy())
    held = (rng.random(len(others)) < CONFERENCE_WITHOUT_PLAN) & (start + 21 < others["closed"].to_numpy())
    without = pd.DataFrame(
        {"referral": others["number"], "child": others["child"], "team": others["team"], "start": start,
         "held": np.where(held, start + rng.integers(12, 21, len(others)), -1), "plan": False,
         "conference": plans["conference"].max() + 1 + np.arange(len(others))}
    )  # fmt: skip
    both = pd.concat([with_plan, without], ignore_index=True)
    both = both[both["start"] <= ENDS].reset_index(drop=True)
    both = both.assign(
        enquiry=np.arange(len(both)), target=both["start"] + 21, not_required=both["held"] < 0,
        done=np.where(both["held"] >= 0, both["held"], both["start"] + rng.integers(5, 16, len(both))),
    )  # fmt: skip
    conferences = both[(both["held"] >= 0) & (both["held"] <= ENDS)].reset_index(drop=True)
    return both, conferences


def _cin_plans(rng, referrals: pd.DataFrame, assessments: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """Child in need plans: of children in need after the assessment, and after a child protection plan that was stepped down."""
    first = assessments.drop_duplicates("referral").set_index("referral")["done"]
    need = referrals[referrals["kind"] == "child in need"]
    start = need["number"].map(first).to_numpy() + rng.integers(1, 15, len(need))
    of_need = pd.DataFrame(
        {"referral": need["number"], "child": need["child"], "team": need["team"], "start": start, "end": need["closed"]}
    )
    down = plans[plans["ending"] == "step-down"]
    closed = down["referral"].map(referrals.drop_duplicates("number").set_index("number")["closed"])
    after = pd.DataFrame(
        {"referral": down["referral"], "child": down["child"], "team": down["team"], "start": down["end"] + 1, "end": closed}
    )
    both = pd.concat([of_need, after], ignore_index=True).dropna(subset=["start", "end"])
    both = both[(both["start"] < both["end"]) & (both["start"] <= ENDS)].astype({"start": int, "end": int})
    return both.reset_index(drop=True)


def _reviews(rng, plans: pd.DataFrame) -> pd.DataFrame:
    """Review conferences: within three months of a plan's start, then every six, nearly always in time."""
    rows = []
    day = plans["start"].to_numpy() + np.where(rng.random(len(plans)) < 0.985, rng.integers(70, 91, len(plans)), 104)
    plan = np.arange(len(plans))
    end = np.minimum(plans["end"].to_numpy(), ENDS)
    while len(plan):
        held = day <= end[plan]
        plan, day = plan[held], day[held]
        rows.append(pd.DataFrame({"plan": plan, "child": plans["child"].to_numpy()[plan], "day": day}))
        day = day + np.where(rng.random(len(plan)) < 0.99, rng.integers(150, 182, len(plan)), 200)
    return pd.concat(rows, ignore_index=True)
