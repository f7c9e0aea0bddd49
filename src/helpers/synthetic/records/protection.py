"""Section 47 enquiries, conferences, plans, reviews, and Safeguarding Families Together as typed tables."""

import numpy as np
import pandas as pd

from helpers.synthetic.endings import NOT_ALLOCATED, RISKS
from helpers.synthetic.people import identifiers
from helpers.synthetic.place import ENDS, LOCALITIES, PILOT, SFT_FIRST_WAVE, TEAMS, day_number, timestamps
from helpers.synthetic.records.columns import Ids, made, numbered, until

WHY_ALLOCATION_ENDED = {
    "step-down": "stepped down to child in need", "closure": "closed", "escalation": "became looked after", "other": "moved",
}  # fmt: skip


def enquiries(ids: Ids) -> pd.DataFrame:
    enquiries = ids.of.referrals.enquiries
    return made(
        "s47_enquiries", s47_enquiry_id=identifiers("SQ", enquiries["enquiry"], ids.of.shift),
        person_id=ids.child(enquiries["child"]), referral_id=ids.referral(enquiries["referral"]),
        s47_start_date=timestamps(enquiries["start"]), s47_end_date=until(enquiries["done"]),
        conference_not_required=np.where(enquiries["not_required"], "Y", "N"), team=TEAMS[enquiries["team"]],
        locality=np.array(LOCALITIES)[enquiries["team"] // 3],
    ).sort_values("s47e_s47_enquiry_id")  # fmt: skip


def conferences(ids: Ids) -> pd.DataFrame:
    held = ids.of.referrals.conferences
    return made(
        "initial_cp_conferences", icpc_id=identifiers("KQ", held["enquiry"], ids.of.shift), person_id=ids.child(held["child"]),
        referral_id=ids.referral(held["referral"]), s47_enquiry_id=identifiers("SQ", held["enquiry"], ids.of.shift),
        icpc_transfer_in="N", icpc_target_date=timestamps(held["target"]), icpc_date=timestamps(held["held"]),
        icpc_outcome_cp_flag=np.where(held["plan"], "Y", "N"), icpc_team=TEAMS[held["team"]],
        locality=np.array(LOCALITIES)[held["team"] // 3],
    ).sort_values("icpc_icpc_id")  # fmt: skip


def cin_plans(ids: Ids) -> pd.DataFrame:
    plans = ids.of.referrals.cin_plans
    frame = made(
        "cin_plans", person_id=ids.child(plans["child"]), referral_id=ids.referral(plans["referral"]),
        cin_plan_start_date=timestamps(plans["start"]), cin_plan_end_date=until(plans["end"]), cin_plan_team=TEAMS[plans["team"]],
        locality=np.array(LOCALITIES)[plans["team"] // 3],
    )  # fmt: skip
    return numbered(frame, "cinp_cin_plan_id", "N", ["cinp_person_id", "cinp_cin_plan_start_date"])


def cp_plans(ids: Ids) -> pd.DataFrame:
    plans = ids.of.plans
    frame = made(
        "cp_plans", cp_plan_id=ids.plan(plans["plan"]), person_id=ids.child(plans["child"]),
        referral_id=ids.referral(plans["referral"]), icpc_id=ids.conference(plans["conference"]),
        cp_plan_start_date=timestamps(plans["start"]), cp_plan_end_date=until(plans["end"]),
        cp_plan_initial_category=plans["category"], cp_plan_latest_category=plans["latest"], cp_plan_ola="N",
        number_of_previous_plans=plans["previous"], team=TEAMS[plans["team"]],
        locality=np.array(LOCALITIES)[plans["locality"]], family_id=ids.family(plans["family"]),
    )  # fmt: skip
    return frame.sort_values("cppl_cp_plan_id")


def cp_reviews(ids: Ids) -> pd.DataFrame:
    reviews = ids.of.referrals.reviews
    return made(
        "cp_reviews", cp_plan_id=ids.plan(reviews["plan"]), person_id=ids.child(reviews["child"]),
        cp_review_date=timestamps(reviews["day"]),
    ).sort_values(["cppr_cp_plan_id", "cppr_cp_review_date"])  # fmt: skip


def sft(ids: Ids) -> pd.DataFrame:
    plans = ids.of.plans
    taken = plans[(plans["allocated"] != NOT_ALLOCATED) & (plans["allocated"] < plans["end"])]
    over = (taken["end"] <= ENDS).to_numpy()
    risks = np.array(["; ".join(risk for bit, risk in enumerate(RISKS) if bits >> bit & 1) for bits in range(2 ** len(RISKS))])
    first = np.array([listed.split("; ")[0] for listed in risks])
    whole = np.isin(np.array(LOCALITIES)[taken["locality"]], PILOT) & (taken["allocated"] >= day_number(SFT_FIRST_WAVE) + 90)
    frame = made(
        "sft_allocations", person_id=ids.child(taken["child"]), family_id=ids.family(taken["family"]),
        start_date=timestamps(taken["allocated"]), end_date=until(taken["end"]),
        locality=np.array(LOCALITIES)[taken["locality"]],
        practitioners=np.where(whole, risks[taken["risks"]], first[taken["risks"]]), parental_risks=risks[taken["risks"]],
        end_reason=taken["ending"].map(WHY_ALLOCATION_ENDED).where(pd.Series(over, index=taken.index)),
    )  # fmt: skip
    return frame.sort_values(["sfta_person_id", "sfta_start_date"])
