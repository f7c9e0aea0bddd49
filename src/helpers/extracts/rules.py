"""Rules that rows must keep to be true of a child: reported; the rows stay, since only their owner can put them right.

Most come from the definitions of the tables: what a column refers to, what it may not precede, whether it may lie in the future.
"""

from collections.abc import Callable, Iterator
from datetime import date

import pandas as pd

from helpers.extracts import ssda903_rules
from helpers.extracts.faults import Fault, masked
from helpers.extracts.parts import Part
from helpers.extracts.values import among
from helpers.tables import TABLES, Column, Table

APART = {  # table: child, start, end of stretches of which a child has one at a time
    "missing_episodes": ("miss_person_id", "miss_missing_episode_start_date", "miss_missing_episode_end_date"),
    "cla_episodes": ("clae_person_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date"),
    "cp_plans": ("cppl_person_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date"),
}
RETURN = "ssda903_missing"  # rows of this layout are held to the return's own rules instead
Where = Callable[[str, str, str], dict[str, str]]


def broken(tables: dict[str, pd.DataFrame], of_return: pd.DataFrame | None, as_of: date, where: Where) -> list[Fault]:
    """Every rule that rows of these tables break; the frames still carry `_file`, `_sheet`, `_row`, `_layout` and `_cut`.

    `of_return` are the incidents of the SSDA903 return, whether or not a log is used instead; `as_of` is the day of extraction;
    `where(file, sheet, column)` names a column as its file does.
    """
    faults = [] if of_return is None else ssda903_rules.broken(of_return, tables, where)
    births = tables["persons"].set_index("pers_person_id")["pers_dob"] if "persons" in tables else None
    for name, frame in tables.items():
        if "_file" not in frame or name == "persons":
            continue
        if name == "missing_episodes":
            frame = frame[frame["_layout"] != RETURN]
        for column, rows, what in _broken(TABLES[name], frame, tables, births, pd.Timestamp(as_of)):
            faults += _faults(TABLES[name], column, frame[rows], what, where)
    return faults


def _broken(
    table: Table, frame: pd.DataFrame, tables: dict[str, pd.DataFrame], births: pd.Series | None, as_of: pd.Timestamp
) -> Iterator[tuple[str, pd.Series, str]]:
    """Column, rows that break a rule, and the rule in words; `births` holds each child's date of birth, where any came."""
    child = next((column.name for column in table.columns if column.refers_to == "persons"), None)
    born = frame[child].map(births) if child and births is not None else None
    for column in table.columns:
        if column.refers_to in tables and column.refers_to != table.name:
            there = TABLES[column.refers_to]
            if len(there.key) == 1:
                unknown = frame[column.name].notna() & ~among(frame[column.name], tables[column.refers_to][there.key[0]])
                yield column.name, unknown, f"{column.meaning} is not among the {there.title.lower()} of these extracts"
        if not column.type.startswith("date"):
            continue
        day = frame[column.name].dt.normalize()
        if column.not_before:
            earlier = table[column.not_before]
            what = f"{_said(column)} is before {_said(earlier)}"
            yield column.name, precedes(frame[column.name], frame[earlier.name]), what
        if born is not None and not _may_precede_birth(table, column):
            yield column.name, day < born, f"{_said(column)} is before the child was born"
        if not column.future:
            when = "after the day of extraction" if as_of < pd.Timestamp.today().normalize() else "in the future"
            yield column.name, day > as_of, f"{_said(column)} is {when}"
    if table.name in APART:
        yield (
            APART[table.name][1],
            overlapping(frame, *APART[table.name]),
            "it starts before the same child's one before has ended",
        )
    if table.name == "initial_cp_conferences":
        what = "rule 2884: the conference is dated on the referral, and another on a section 47 enquiry of the same referral"
        yield "icpc_icpc_date", on_referral_and_enquiry(frame), what


def broken_of_children(parts: list[Part], as_of: date, where: Where) -> list[Fault]:
    """The rules on children in each file by itself: of a child in several files, the joined row is put together from all."""
    table, faults = TABLES["persons"], []
    for part in parts:
        if part.layout.table == table.name and len(part.frame):
            frame = table.typed(part.frame).assign(
                _file=part.records.file, _sheet=part.records.sheet, _row=part.frame["_row"].to_numpy()
            )
            for column, rows, what in _broken(table, frame, {}, None, pd.Timestamp(as_of)):
                faults += _faults(table, column, frame[rows], what, where)
    return faults


def precedes(one: pd.Series, other: pd.Series) -> pd.Series:
    """Which of `one` are before `other`: by the day, and on the same day by the time, where one was written."""
    day = one.dt.normalize()
    return (day < other.dt.normalize()) | ((one < other) & (one != day))


def overlapping(frame: pd.DataFrame, child: str, start: str, end: str) -> pd.Series:
    """Which rows start before an earlier one of the same child has ended; an open one has not."""
    ordered = frame.sort_values([child, start, end], kind="stable")
    of_child = ordered[child]
    ends = ordered[end].fillna(pd.Timestamp.max.as_unit("us")).groupby(of_child).cummax().groupby(of_child).shift()
    return (ordered[start] < ends).reindex(frame.index)


def on_referral_and_enquiry(frame: pd.DataFrame) -> pd.Series:
    """Which conferences stand on a referral under which another stands on an enquiry: the census allows one of the two."""
    on_enquiry = frame["icpc_s47_enquiry_id"].notna()
    other = on_enquiry.groupby(frame["icpc_referral_id"]).transform("any")
    return ~on_enquiry & other.eq(True) & (frame["_layout"] == "cin_census_initial_cp_conferences")


def _may_precede_birth(table: Table, column: Column) -> bool:
    """Whether work with an unborn child may bear this day, or one that it may not precede."""
    return column.before_birth or bool(column.not_before and _may_precede_birth(table, table[column.not_before]))


def _said(column: Column) -> str:
    """A day's meaning without what stands after the semicolon or comma: "day it ended"."""
    said = column.meaning.split(";")[0].split(",")[0]
    return "the day " + said.removeprefix("when ") if said.startswith("when ") else "the " + said.removeprefix("the ")


def _faults(table: Table, column: str, rows: pd.DataFrame, what: str, where: Where) -> list[Fault]:
    if rows.empty:  # as they nearly always are; to group none takes long
        return []
    to_do = "The rows are kept as they are; correct what is wrong in the case system."
    named = [one.name for one in table.columns if one.refers_to == "persons"]
    named += [one.name for one in table.columns if one.identifier and one.name in table.key]
    child = [*named, table.key[0]][0]
    return [
        Fault(file, what, to_do, table=table.name, sheet=sheet, rows=tuple(sorted(found["_row"].tolist())),
              example=f"child {masked(str(found[child].iloc[0]))}", **where(file, sheet, column))
        for (file, sheet), found in rows.groupby(["_file", "_sheet"])
    ]  # fmt: skip
