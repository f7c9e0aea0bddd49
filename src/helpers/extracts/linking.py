"""What one table lends another: localities through teams, families, when care began, where a child in care went missing from."""

import pandas as pd

from helpers.extracts.collection import About

PLACEMENT_KINDS = {
    "foster": "U1 U2 U3 U4 U5 U6 Q1 Q2", "residential": "K1 K2 R1 R2 R3 R5 S1", "supported": "K3 H5 P2",
    "other": "P1 P3 A3 A4 A5 A6 Z1 Z11 Z12 Z13 Z14 T0 T1 T2 T3 T4",
}  # fmt: skip
WHERE_PLACED = {code: kind for kind, listed in PLACEMENT_KINDS.items() for code in listed.split()}


def link(tables: dict[str, pd.DataFrame], about: About | None) -> dict[str, pd.DataFrame]:
    """The tables with the columns that come from one another filled in, where both came."""
    tables = dict(tables)
    if "team_lookup" not in tables and about and about.localities:
        pairs = [(team, locality) for locality, teams in about.localities.items() for team in teams]
        tables["team_lookup"] = pd.DataFrame(pairs, columns=["dept_team_name", "dept_locality"]).assign(
            dept_service=pd.NA, dept_valid_from=pd.NaT, dept_valid_to=pd.NaT
        )
    lookup, people = tables.get("team_lookup"), tables.get("persons")
    families = people.set_index("pers_person_id")["pers_family_id"] if people is not None else None
    if "cin_episodes" in tables:
        frame = tables["cin_episodes"].copy()
        if lookup is not None:
            frame["cine_locality"] = locality_of(frame["cine_referral_team"], frame["cine_referral_date"], lookup)
        if families is not None:
            frame["cine_family_id"] = frame["cine_person_id"].map(families)
        tables["cin_episodes"] = frame
    if "cp_plans" in tables:
        frame = tables["cp_plans"].copy()
        if "cin_episodes" in tables:
            teams = tables["cin_episodes"].set_index("cine_referral_id")["cine_referral_team"]
            frame["cppl_team"] = frame["cppl_referral_id"].map(teams)
            if lookup is not None:
                frame["cppl_locality"] = locality_of(frame["cppl_team"], frame["cppl_cp_plan_start_date"], lookup)
        if families is not None:
            frame["cppl_family_id"] = frame["cppl_person_id"].map(families)
        tables["cp_plans"] = frame
    if "cla_episodes" in tables:
        tables["cla_episodes"] = with_entry_to_care(tables["cla_episodes"])
        if "missing_episodes" in tables and tables["missing_episodes"]["miss_missing_from"].isna().all():
            tables["missing_episodes"] = with_placement_missing_from(tables["missing_episodes"], tables["cla_episodes"])
    return tables


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
