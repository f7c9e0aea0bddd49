"""Children, teams, contacts, early help, referrals and assessments as typed tables."""

import numpy as np
import pandas as pd

from helpers.synthetic import people
from helpers.synthetic.people import identifiers
from helpers.synthetic.place import ENDS, LOCALITIES, TEAMS, teams, timestamps
from helpers.synthetic.records.columns import SERVICES, Ids, made, numbered, until

END_REASONS = {"outcomes met": "outcomes_met", "step-up": "step_up", "no further action": "nfa"}
OUTCOMES = {"early help": "early_help", "information and advice": "information", "no further action": "nfa"}


def persons(ids: Ids) -> pd.DataFrame:
    return people.persons(ids.of.known, ids.of.shift).sort_values("pers_person_id")


def team_lookup(ids: Ids) -> pd.DataFrame:
    rows = [
        {"dept_team_name": team, "dept_locality": locality, "dept_service": service}
        for locality in LOCALITIES
        for team, service in zip(teams(locality), SERVICES, strict=True)
    ]
    return pd.DataFrame(rows).sort_values("dept_team_name")


def contacts(ids: Ids) -> pd.DataFrame:
    contacts = ids.of.contacts
    frame = made(
        "contacts", person_id=ids.child(contacts["child"]), contact_date=timestamps(contacts["day"]),
        contact_source_code=contacts["source"], contact_outcome=contacts["outcome"].replace(OUTCOMES),
        decided_at=decided(contacts), locality=None,
    )  # fmt: skip
    return numbered(frame, "cont_contact_id", "C", ["cont_person_id", "cont_contact_date"])


def decided(contacts: pd.DataFrame) -> pd.Series:
    """When each contact was decided, to the minute."""
    start = timestamps(contacts["day"]) + pd.Timedelta(hours=9)
    return (start + pd.to_timedelta(contacts["decided"].to_numpy(), unit="h")).dt.floor("min")


def early_help(ids: Ids) -> pd.DataFrame:
    helped = ids.of.early_help
    over = helped["end"] <= ENDS
    frame = made(
        "early_help_episodes", person_id=ids.child(helped["child"]), episode_start_date=timestamps(helped["start"]),
        episode_end_date=until(helped["end"]), episode_reason=helped["why"],
        episode_end_reason=helped["end_reason"].replace(END_REASONS).where(over), episode_organisation=helped["organisation"],
        family_id=ids.family(helped["family"]), team=TEAMS[helped["team"]], locality=np.array(LOCALITIES)[helped["team"] // 3],
    )  # fmt: skip
    return numbered(frame, "earl_episode_id", "H", ["earl_person_id", "earl_episode_start_date"])


def cin_episodes(ids: Ids) -> pd.DataFrame:
    referrals = ids.of.referrals.referrals
    over = referrals["closed"] <= ENDS
    frame = made(
        "cin_episodes", referral_id=ids.referral(referrals["number"]), person_id=ids.child(referrals["child"]),
        referral_date=timestamps(referrals["day"]), cin_primary_need_code=referrals["need"],
        referral_source_code=referrals["source"], referral_nfa=np.where(referrals["nfa"], "Y", "N"),
        close_date=until(referrals["closed"]), close_reason=referrals["reason"].where(over),
        referral_team=TEAMS[referrals["team"]], locality=np.array(LOCALITIES)[referrals["team"] // 3],
        family_id=ids.family(referrals["family"]),
    )  # fmt: skip
    return frame.sort_values("cine_referral_id")


def assessments(ids: Ids) -> pd.DataFrame:
    done = ids.of.referrals.assessments
    over = done["done"] <= ENDS
    return made(
        "assessments", assessment_id=identifiers("AQ", done["assessment"], ids.of.shift), person_id=ids.child(done["child"]),
        referral_id=ids.referral(done["referral"]), assessment_start_date=timestamps(done["start"]),
        assessment_auth_date=until(done["done"]), assessment_child_seen=done["seen"],
        assessment_outcome_nfa=pd.Series(np.where(done["support"], "N", "Y")).where(over),
        support_required=pd.Series(np.where(done["support"], "Y", "N")).where(over), assessment_team=TEAMS[done["team"]],
        locality=np.array(LOCALITIES)[done["team"] // 3],
    ).sort_values("cina_assessment_id")  # fmt: skip


def factors(ids: Ids) -> pd.DataFrame:
    found = ids.of.referrals.factors
    return made(
        "assessment_factors",
        assessment_id=identifiers("AQ", found["assessment"], ids.of.shift),
        assessment_factor=found["factor"],
    )
