"""Rules that rows must keep to be true of a child: reported; the rows stay, since only their owner can put them right."""

import pandas as pd

from helpers.extracts.faults import Fault, masked

SPELLS = {  # table: child, start, end
    "missing_episodes": ("miss_person_id", "miss_missing_episode_start_date", "miss_missing_episode_end_date"),
    "cla_episodes": ("clae_person_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date"),
    "cp_plans": ("cppl_person_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date"),
    "cin_episodes": ("cine_person_id", "cine_referral_date", "cine_close_date"),
    "sft_allocations": ("sfta_person_id", "sfta_start_date", "sfta_end_date"),
}
MAY_PRECEDE_BIRTH = {"cp_plans", "cin_episodes", "sft_allocations"}  # the unborn


def broken(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """Every rule that rows of these tables break; the frames still carry `_file`, `_sheet` and `_row`."""
    faults = []
    people = tables.get("persons")
    for table, (child, start, end) in SPELLS.items():
        if table not in tables:
            continue
        frame = tables[table]
        faults += _faults(table, frame[frame[end] < frame[start]], child, "it ends before it starts")
        if people is not None and table not in MAY_PRECEDE_BIRTH:
            born = frame[child].map(people.set_index("pers_person_id")["pers_dob"])
            faults += _faults(table, frame[frame[start].dt.normalize() < born], child, "it starts before the child was born")
        if table in ("missing_episodes", "cla_episodes"):
            ordered = frame.sort_values([child, start], kind="stable")
            same = ordered[child] == ordered[child].shift()
            before = ordered[end].shift()
            overlaps = same & ((ordered[start] < before) | (before.isna() & same))
            faults += _faults(table, ordered[overlaps], child, "it starts before the same child's one before has ended")
    if "missing_episodes" in tables and "cla_episodes" in tables:
        incidents, episodes = tables["missing_episodes"], tables["cla_episodes"]
        in_care = incidents[incidents["_layout"] == "ssda903_missing"]
        if len(in_care):
            outside = in_care[~in_care["miss_table_id"].isin(_in_care_when_missing(in_care, episodes))]
            faults += _faults("missing_episodes", outside, "miss_person_id", "the child was not looked after on that day")
    return faults


def _in_care_when_missing(incidents: pd.DataFrame, episodes: pd.DataFrame) -> pd.Series:
    found = incidents[["miss_table_id", "miss_person_id", "miss_missing_episode_start_date"]].merge(
        episodes, left_on="miss_person_id", right_on="clae_person_id"
    )
    day, ended = found["miss_missing_episode_start_date"].dt.normalize(), found["clae_cla_episode_ceased_date"]
    inside = (found["clae_cla_episode_start_date"] <= day) & (ended.isna() | (day <= ended))
    return found.loc[inside, "miss_table_id"]


def _faults(table: str, rows: pd.DataFrame, child: str, what: str) -> list[Fault]:
    to_do = "The rows are kept as they are; correct the dates."
    return [
        Fault(file, what, to_do, table=table, sheet=sheet, rows=tuple(sorted(map(int, found["_row"]))),
              example=f"child {masked(found[child].iloc[0])}")
        for (file, sheet), found in rows.groupby(["_file", "_sheet"])
    ]  # fmt: skip
