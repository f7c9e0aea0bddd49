"""What one table lends another: localities through teams, families, when care began, where a child in care went missing from."""

from datetime import date

import pandas as pd

from helpers.extracts.collection import About
from helpers.extracts.joining import DATED
from helpers.extracts.values import among
from helpers.tables import TABLES

PLACEMENT_KINDS = {
    "foster": "U1 U2 U3 U4 U5 U6 Q1 Q2", "residential": "K1 K2 R1 R2 R3 R5 S1", "supported": "K3 H5 P2",
    "other": "P1 P3 A3 A4 A5 A6 Z1 Z11 Z12 Z13 Z14 T0 T1 T2 T3 T4",
}  # fmt: skip
WHERE_PLACED = {code: kind for kind, listed in PLACEMENT_KINDS.items() for code in listed.split()}


# Table: its team, the day that decides in which locality the team was, its locality, the referral that lends a team.
LOCALITIES = {
    "contacts": ("cont_team", "cont_contact_date", "cont_locality", ""),
    "early_help_episodes": ("earl_team", "earl_episode_start_date", "earl_locality", ""),
    "cin_episodes": ("cine_referral_team", "cine_referral_date", "cine_locality", "cine_referral_id"),
    "assessments": ("cina_assessment_team", "cina_assessment_start_date", "cina_locality", "cina_referral_id"),
    "s47_enquiries": ("s47e_team", "s47e_s47_start_date", "s47e_locality", "s47e_referral_id"),
    "initial_cp_conferences": ("icpc_icpc_team", "icpc_icpc_date", "icpc_locality", "icpc_referral_id"),
    "cin_plans": ("cinp_cin_plan_team", "cinp_cin_plan_start_date", "cinp_locality", "cinp_referral_id"),
    "cp_plans": ("cppl_team", "cppl_cp_plan_start_date", "cppl_locality", "cppl_referral_id"),
    "case_audits": ("audi_team", "audi_date", "audi_locality", ""),
    "family_feedback": ("feed_team", "feed_response_date", "feed_locality", ""),
    "children_looked_after": ("chla_team", "", "chla_locality", ""),  # the team now
    "care_leavers": ("clea_care_leaver_allocated_team", "", "clea_locality", ""),
}
FAMILIES = {
    "cin_episodes": ("cine_person_id", "cine_family_id"), "cp_plans": ("cppl_person_id", "cppl_family_id"),
    "early_help_episodes": ("earl_person_id", "earl_family_id"), "sft_allocations": ("sfta_person_id", "sfta_family_id"),
}  # fmt: skip


def link(tables: dict[str, pd.DataFrame], about: About | None) -> dict[str, pd.DataFrame]:
    """The tables with the columns that come from one another filled in, where both came; what a file itself said stands."""
    tables = {name: with_references(name, frame, tables) for name, frame in tables.items()}
    if "team_lookup" not in tables and about and about.localities:
        pairs = [(team, locality) for locality, teams in about.localities.items() for team in teams]
        tables["team_lookup"] = pd.DataFrame(pairs, columns=["dept_team_name", "dept_locality"]).assign(
            dept_service=pd.NA, dept_valid_from=pd.NaT, dept_valid_to=pd.NaT
        )
    now = pd.Timestamp(about.extracted_on if about and about.extracted_on else date.today())
    teams = None
    if "cin_episodes" in tables:
        teams = tables["cin_episodes"].drop_duplicates("cine_referral_id").set_index("cine_referral_id")["cine_referral_team"]
    if "cp_plans" in tables and teams is not None:
        plans = tables["cp_plans"]
        tables["cp_plans"] = plans.assign(cppl_team=plans["cppl_team"].fillna(plans["cppl_referral_id"].map(teams)))
    for name, (team, day, locality, referral) in LOCALITIES.items():
        if name in tables and "team_lookup" in tables:
            frame = tables[name]
            of_whom = frame[team].fillna(frame[referral].map(teams)) if referral and teams is not None else frame[team]
            days = frame[day] if day else pd.Series(now, frame.index)
            found = locality_of(of_whom, days, tables["team_lookup"])
            tables[name] = frame.assign(**{locality: frame[locality].fillna(found)})
    if "persons" in tables:
        families = tables["persons"].set_index("pers_person_id")["pers_family_id"]
        for name, (child, family) in FAMILIES.items():
            if name in tables:
                frame = tables[name]
                tables[name] = frame.assign(**{family: frame[family].fillna(frame[child].map(families))})
    if "cla_episodes" in tables:
        tables["cla_episodes"] = with_entry_to_care(tables["cla_episodes"])
        if "missing_episodes" in tables and tables["missing_episodes"]["miss_missing_from"].isna().all():
            tables["missing_episodes"] = with_placement_missing_from(tables["missing_episodes"], tables["cla_episodes"])
    return tables


def with_references(name: str, frame: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """References that name a row by child and day, as the census's do, turned into the identifier which that row has here.

    They differ where another extract, with identifiers of its own, supplied the table referred to.
    """
    for column in TABLES[name].columns:
        if column.refers_to in DATED and column.refers_to in tables:
            there, (child, day) = tables[column.refers_to], DATED[column.refers_to]
            key = TABLES[column.refers_to].key[0]
            if frame[column.name].isna().all():
                continue
            unknown = frame[column.name].notna() & ~among(frame[column.name], there[key])
            if unknown.any():
                called = (there[child] + " " + there[day].dt.strftime("%Y-%m-%d")).rename("called")
                known = there.assign(called=called).drop_duplicates("called").set_index("called")[key]
                found = frame[column.name].map(known).fillna(frame[column.name])
                frame = frame.assign(**{column.name: frame[column.name].mask(unknown, found)})
    if name == "initial_cp_conferences":  # the census dates a conference on an enquiry, or on the referral where a child moved in
        moved_in = frame["icpc_s47_enquiry_id"].isna().map({True: "Y", False: "N"})
        of_census = frame["_layout"] == "cin_census_initial_cp_conferences"
        frame = frame.assign(icpc_icpc_transfer_in=frame["icpc_icpc_transfer_in"].mask(of_census, moved_in))
    return frame


def locality_of(teams: pd.Series, days: pd.Series, lookup: pd.DataFrame) -> pd.Series:
    """The locality of each team on each day; missing where the lookup has none, or two, for that day."""
    asked = pd.DataFrame({"dept_team_name": teams.str.casefold(), "day": days}).reset_index(names="_asked")
    known = lookup.assign(dept_team_name=lookup["dept_team_name"].str.casefold())
    found = asked.merge(known, on="dept_team_name")
    found = found[
        (found["dept_valid_from"].isna() | (found["day"] >= found["dept_valid_from"]))
        & (found["dept_valid_to"].isna() | (found["day"] <= found["dept_valid_to"]))
    ].drop_duplicates(["_asked", "dept_locality"])
    return found.drop_duplicates("_asked", keep=False).set_index("_asked")["dept_locality"].reindex(teams.index)


def with_entry_to_care(episodes: pd.DataFrame) -> pd.DataFrame:
    """Each episode with the first day of its unbroken period of care; missing where the files begin in mid-period."""
    episodes = episodes.sort_values(["clae_person_id", "clae_cla_episode_start_date"], kind="stable")
    start, child = episodes["clae_cla_episode_start_date"], episodes["clae_person_id"]
    ended_before = episodes.groupby("clae_person_id")["clae_cla_episode_ceased_date"].shift()
    first = child != child.shift()
    begins = (episodes["clae_cla_episode_start_reason"] == "S") | (~first & (start > ended_before))
    period = (begins | first).cumsum()
    entered = start.where(begins).groupby(period).transform("first")
    return episodes.assign(clae_entered_care_date=entered).sort_index()


def with_placement_missing_from(incidents: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """Where each child in care went missing from: the placement of the episode open on that day."""
    asked = incidents[["miss_table_id", "miss_person_id", "miss_missing_episode_start_date"]]
    found = asked.merge(episodes, left_on="miss_person_id", right_on="clae_person_id")
    day = found["miss_missing_episode_start_date"].dt.normalize()
    ended = found["clae_cla_episode_ceased_date"]
    found = found[(found["clae_cla_episode_start_date"] <= day) & (ended.isna() | (day <= ended))]
    found = found.sort_values("clae_cla_episode_start_date").drop_duplicates("miss_table_id", keep="last")
    placed = found.set_index("miss_table_id")["clap_cla_placement_type"].map(WHERE_PLACED)
    return incidents.assign(miss_missing_from=incidents["miss_table_id"].map(placed))
