"""All the typed tables of the made-up authority, drawn from a seed."""

from itertools import pairwise

import numpy as np
import pandas as pd

from helpers.synthetic.care import make_care
from helpers.synthetic.missing import make_missing, with_blanks
from helpers.synthetic.people import Register
from helpers.synthetic.place import FIRST_DAY, LOCALITIES, SHIPPED_SEED, Effects, teams
from helpers.synthetic.plans import make_other_referrals, make_plans
from helpers.tables import TABLES


def generate(seed: int = SHIPPED_SEED, *, effects: Effects | None = None) -> dict[str, pd.DataFrame]:
    """The made-up authority's typed tables by name, as reading its extracts gives them, with the effects planted in them.

    The same seed gives the same tables with one version of numpy. Each part draws from a stream of its own, so that a change
    of one effect leaves the other parts' records alone.
    """
    effects = effects or Effects()
    streams = np.random.default_rng(seed).spawn(7)
    registers = [Register(stream) for stream in streams[:4]]  # plans, other referrals, care, missing
    plans_people, referred, care_people, missing_people = registers
    for earlier, later in pairwise(registers):
        later.taken = earlier.taken  # one register of identifiers for all
    plans = make_plans(streams[4], plans_people, effects)
    make_other_referrals(streams[4].spawn(1)[0], referred, plans, FIRST_DAY - pd.DateOffset(months=12))
    care_people.rows = dict(plans_people.rows)
    care = make_care(streams[5], care_people, plans.into_care)
    missing_people.rows = dict(care_people.rows)
    missing = with_blanks(streams[6], make_missing(streams[6], missing_people, care, effects))
    people = pd.DataFrame(list((referred.rows | missing_people.rows).values()))
    tables = {
        "persons": _known(people, plans, care, missing),
        "missing_episodes": _numbered(missing, "miss_table_id", "M", TABLES["missing_episodes"].column_names[1:3]),
        "cla_episodes": _numbered(care, "clae_cla_episode_id", "E", ["clae_person_id", "clae_cla_episode_start_date"]),
        "cp_plans": pd.DataFrame(plans.cp_plans).sort_values("cppl_cp_plan_id"),
        "cin_episodes": pd.DataFrame(plans.cin_episodes).sort_values("cine_referral_id"),
        "sft_allocations": pd.DataFrame(plans.sft_allocations).sort_values(["sfta_person_id", "sfta_start_date"]),
        "team_lookup": _team_lookup(),
    }
    return {name: TABLES[name].typed(frame) for name, frame in tables.items()}


def _numbered(frame: pd.DataFrame, identifier: str, letter: str, by: list[str]) -> pd.DataFrame:
    frame = frame.sort_values(by, kind="stable", ignore_index=True)
    return frame.assign(**{identifier: [f"{letter}{number:06d}" for number in range(1, len(frame) + 1)]})


def _known(people: pd.DataFrame, plans, care: pd.DataFrame, missing: pd.DataFrame) -> pd.DataFrame:
    """The children who stand in some table; a UPN for those looked after and of school age, whose return asks for it."""
    in_plans = {row["cppl_person_id"] for row in plans.cp_plans} | {row["cine_person_id"] for row in plans.cin_episodes}
    looked_after = set(care["clae_person_id"])
    known = people[people["pers_person_id"].isin(in_plans | looked_after | set(missing["miss_person_id"]))]
    known = known.sort_values("pers_person_id", ignore_index=True)
    pupil = known["pers_person_id"].isin(looked_after) & (known["pers_dob"] < "2020-09-01") & ~known["pers_uasc"]
    made = "Q000" + (700_000_000 + 37 * known.index.to_series()).astype("str")
    return known.assign(pers_upn=made.where(pupil))


def _team_lookup() -> pd.DataFrame:
    services = ("Family support and protection", "Family support and protection", "Early help")
    rows = [
        {"dept_team_name": team, "dept_locality": locality, "dept_service": service}
        for locality in LOCALITIES
        for team, service in zip(teams(locality), services, strict=True)
    ]
    return pd.DataFrame(rows).sort_values("dept_team_name")
