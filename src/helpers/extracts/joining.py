"""Parts of one table, from several files and years, joined into one table in which each thing stands once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from helpers import wording
from helpers.extracts.faults import Fault, masked
from helpers.extracts.parts import Part, year_of
from helpers.extracts.values import among
from helpers.tables import DTYPES, TABLES, Table

# What makes two rows the same thing, the column that an open row lacks, and the identifier that we make ourselves. Where nothing
# makes two rows the same (the answers to a survey name nobody), only another cut's file can repeat them.
EVENTS = {
    "contacts": (["cont_person_id", "cont_contact_date", "cont_contact_source_code"],
                 "cont_contact_outcome", "cont_contact_id", "C"),
    "early_help_episodes": (["earl_person_id", "earl_episode_start_date"], "earl_episode_end_date", "earl_episode_id", "H"),
    "family_feedback": ([], "", "feed_response_id", "F"),
    "coded_themes": ([], "", "them_row_id", "T"),
    "missing_episodes": (["miss_person_id", "miss_missing_episode_start_date", "miss_missing_episode_type"],
                         "miss_missing_episode_end_date", "miss_table_id", "M"),
    "cla_episodes": (["clae_person_id", "clae_cla_episode_start_date"],
                     "clae_cla_episode_ceased_date", "clae_cla_episode_id", "E"),
}  # fmt: skip
# The child and the day that identify a row where the extract brings no identifier: the same in every format and every year.
DATED = {
    "cin_episodes": ("cine_person_id", "cine_referral_date"),
    "assessments": ("cina_person_id", "cina_assessment_start_date"),
    "cin_plans": ("cinp_person_id", "cinp_cin_plan_start_date"),
    "s47_enquiries": ("s47e_person_id", "s47e_s47_start_date"),
    "initial_cp_conferences": ("icpc_person_id", "icpc_icpc_date"),
    "cp_plans": ("cppl_person_id", "cppl_cp_plan_start_date"),
}
YEAR_OR_TERM = re.compile(r"\d{4}|autumn|spring|summer")  # in the names of files that belong together
FEWEST_OF_A_YEAR = 0.01  # of a file's days
COMBINED = {"permanence", "pupils", "cin_episodes"}  # two lists of one return, or a roll and a file of results, each bring some
BESIDE = ["_file", "_sheet", "_row", "_cut"]


@dataclass
class Joined:
    """One joined table with `_file`, `_sheet` and `_row` still on it, and what was found and left out on the way."""

    frame: pd.DataFrame
    faults: list[Fault] = field(default_factory=list)
    left_out: list[dict] = field(default_factory=list)


def join(table: str, parts: list[Part]) -> Joined:
    """The parts of `table` joined; a fatal fault is among `faults` where a key is repeated with different content."""
    stacked = _stack(TABLES[table], parts)
    left_out = []
    if table == "initial_cp_conferences":
        stacked, left_out = _once_a_conference(stacked)
    if table in DATED:
        stacked = _identified(table, stacked)
    if table == "cin_episodes":
        stacked = _listed(stacked)
    how: Callable[[str, pd.DataFrame, list[Part]], Joined] = (
        _people if table == "persons" else _combined if table in COMBINED else _events if table in EVENTS else _keyed
    )
    joined = how(table, stacked, parts)
    joined.left_out += left_out
    return joined


def _identified(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows without an identifier get one: the child and the day, then 2, 3 for others of the child on that day in the file."""
    (key,), (child, day) = TABLES[table].key, DATED[table]
    lacking = frame[frame[key].isna()]
    if lacking.empty:
        return frame
    again = lacking.groupby(["_file", "_sheet", child, day]).cumcount() + 1
    made = lacking[child] + " " + lacking[day].dt.strftime("%Y-%m-%d") + (" " + again.astype("str")).mask(again == 1, "")
    return frame.assign(**{key: frame[key].fillna(made)})


def _listed(frame: pd.DataFrame) -> pd.DataFrame:
    """Whether each referral itself is in some extract, rather than only the case that stayed open.

    A census holds every episode open in its year: of referrals before that year only those that happened to last.
    """
    listed = frame["cine_referral_listed"]
    before = frame["cine_referral_date"] <= frame["_cut"] - pd.DateOffset(years=1)
    survivor = frame["_layout"].str.startswith("cin_census") & before
    listed = listed.mask(survivor, False)
    somewhere = listed.fillna(True).groupby(frame["cine_referral_id"]).transform("max")
    return frame.assign(cine_referral_listed=listed.mask(listed.notna() & somewhere.astype(bool), True))


def _once_a_conference(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[dict]]:
    """A conference that stands on the referral and on an enquiry, or on two enquiries, is one, on the enquiry that began last.

    Where the authority gave conferences identifiers of its own, it says itself which are two.
    """
    held = ["_file", "icpc_person_id", "icpc_icpc_date"]
    ordered = frame.sort_values("icpc_s47_enquiry_id", kind="stable", na_position="first")  # made of the child and the day
    again = (ordered["icpc_icpc_id"].isna() & ordered.duplicated(held, keep="last")).reindex(frame.index)
    on_enquiry = frame["icpc_s47_enquiry_id"].notna()
    left_out = [
        *_counted("initial_cp_conferences", frame[again & ~on_enquiry],
                  "the same conference stands on the section 47 enquiry too (rule 2884 of the census)"),
        *_counted("initial_cp_conferences", frame[again & on_enquiry],
                  "the same conference stands on another section 47 enquiry of the child too"),
    ]  # fmt: skip
    return frame[~again].reset_index(drop=True), left_out


def put_in_order(parts: list[Part]) -> None:
    """Set each part's `cut`, the day to which its file goes, by which later cuts are told from earlier ones.

    In an SSDA903 return the Episodes tell it for all files of the year: those in the file itself, else with the same year in
    their names, else in the folder, where they are of one year. Else it is the last day in the file; NaT where there is none.
    """
    days: dict[str, list[pd.Series]] = {}
    episodes: dict[tuple, list[Part]] = {}
    for part in parts:
        days.setdefault(part.records.file, []).append(part.days)
        if part.layout.table == "cla_episodes":
            for place in places(part):
                episodes.setdefault(place, []).append(part)
    last = {file: last_day(pd.concat(those)) for file, those in days.items()}
    for part in parts:
        part.cut = last[part.records.file]
        if part.layout.name.startswith("ssda903_"):
            for place in places(part):
                told = [last_day(one.days) for one in episodes.get(place, ())]
                if len({year_of(day) for day in told if pd.notna(day)}) == 1:
                    part.cut = max(told)
                    break


def places(part: Part) -> tuple[tuple, ...]:
    """Where the other files of a part's set stand, nearest first: its file; its folder with that year and term; its folder."""
    path = PurePosixPath(part.records.file)
    folder = str(path.parent)
    return ("file", part.records.file), ("years", folder, *YEAR_OR_TERM.findall(path.name.lower())), ("folder", folder)


def last_day(days: pd.Series) -> pd.Timestamp:
    """The last of the days, those in years (to 31 March) that hold hardly any left aside as slips of the pen; NaT for none."""
    years = days.dt.year + (days.dt.month > 3)
    of_year = years.value_counts()
    return days[years == of_year.index[of_year >= FEWEST_OF_A_YEAR * len(days)].max()].max() if len(days) else pd.NaT


def _stack(table: Table, parts: list[Part]) -> pd.DataFrame:
    """All rows with the file, sheet and row they came from, and `_cut`: the day to which that file goes."""
    stacked = pd.concat([part.frame for part in parts], ignore_index=True)
    of = np.repeat(np.arange(len(parts)), [len(part.frame) for part in parts])
    whence = {"_file": [part.records.file for part in parts], "_sheet": [part.records.sheet for part in parts],
              "_layout": [part.layout.name for part in parts]}  # fmt: skip
    stacked = stacked.assign(
        **{name: pd.Categorical(said).take(of) for name, said in whence.items()},  # a text is not held again for each row
        _cut=pd.Series([part.cut for part in parts], dtype="datetime64[us]").array.take(of),
    )
    lacking = [column for column in table.columns if column.name not in stacked]
    return stacked.assign(**{column.name: pd.Series(pd.NA, stacked.index, dtype=DTYPES[column.type]) for column in lacking})


def _content(frame: pd.DataFrame) -> list[str]:
    return [column for column in frame.columns if not column.startswith("_")]


def _events(table: str, frame: pd.DataFrame, parts: list[Part]) -> Joined:
    """An event open in one cut and closed in another is one event; two alike in one file are both kept and reported."""
    key, end, identifier, letter = EVENTS[table]
    faults, left_out = [], []
    alike = frame.duplicated(["_file", "_sheet", *key], keep=False) & bool(key)
    for (file, sheet), rows in frame[alike].groupby(["_file", "_sheet"]):
        what = "the same child and start stand in more than one row, with different content"
        faults.append(_fault(table, file, sheet, rows, key[0], what, "All are kept; correct or remove those that are wrong."))
    key = key or [column for column in _content(frame) if column != identifier]
    frame = frame.assign(
        _nth=frame.groupby(["_file", "_sheet", *key], dropna=False).cumcount(), _ended=frame[end].notna() if end else True
    ).sort_values(["_cut", "_ended", "_file", "_row"], ascending=[False, False, False, True], kind="stable", na_position="last")
    again = frame.duplicated([*key, "_nth"])
    left_out += _counted(table, frame[again], "the same one in another year's or another cut's file")
    frame = frame[~again].sort_values([*key, *filter(None, [end])], kind="stable").reset_index(drop=True)
    frame[identifier] = [f"{letter}{number:06d}" for number in range(1, len(frame) + 1)]
    return Joined(frame.drop(columns=["_nth", "_ended"]), faults, left_out)


def _keyed(table: str, frame: pd.DataFrame, parts: list[Part]) -> Joined:
    """Tables that bring their own key: across cuts the later row stands; within one file a repeated key is fatal."""
    key = list(TABLES[table].key)
    faults = []
    alike = frame.duplicated(["_file", "_sheet", *key], keep=False)
    for (file, sheet), rows in frame[alike].groupby(["_file", "_sheet"]):
        what = (
            f"the same {_meanings(table)} {'stands' if len(key) == 1 else 'stand'} in more than one row, with different content"
        )
        faults.append(_fault(table, file, sheet, rows, key[0], what, "Keep the row that is right.", fatal=True))
    frame = frame.sort_values(["_cut", "_file", "_row"], ascending=[False, False, True], kind="stable", na_position="last")
    again = frame.duplicated(key)
    left_out = [] if faults else _counted(table, frame[again], "the same one in another cut's file")
    return Joined(frame[~again].sort_values(key).reset_index(drop=True), faults, left_out)


def _combined(table: str, frame: pd.DataFrame, parts: list[Part]) -> Joined:
    """Tables of which two files of one return each bring some columns; within one kind of file the later cut stands."""
    keyed = [_keyed(table, rows, parts) for _, rows in frame.groupby("_layout")]
    if len(keyed) == 1:
        return keyed[0]
    frame, key = pd.concat([one.frame for one in keyed], ignore_index=True), list(TABLES[table].key)
    frame = frame.sort_values("_cut", ascending=False, kind="stable", na_position="last")
    rest = [column for column in frame if column not in key]
    frame = frame.groupby(key, dropna=False, sort=True)[rest].first().reset_index()
    return Joined(frame, [fault for one in keyed for fault in one.faults], [row for one in keyed for row in one.left_out])


def _meanings(table: str) -> str:
    """What a table's key means, as a person would say it: "child and day of the review"."""
    return wording.listing(TABLES[table][name].meaning.split(",")[0].removeprefix("the ") for name in TABLES[table].key)


def _people(table: str, frame: pd.DataFrame, parts: list[Part]) -> Joined:
    """One row for each child: of the files that describe children, then of those that mention them, the latest cut stands."""
    key = "pers_person_id"
    frame = frame.assign(_mentioned=frame["_layout"].isin({part.layout.name for part in parts if part.layout.mentions}))
    describing = frame[~frame["_mentioned"]]
    faults = []
    alike = describing.duplicated(["_file", "_sheet", key], keep=False)
    for (file, sheet), rows in describing[alike].groupby(["_file", "_sheet"]):
        what = "the same child stands in more than one row, with different content"
        faults.append(_fault(table, file, sheet, rows, key, what, "Keep the row that is right.", fatal=True))
    order = ["_mentioned", "_cut", "_file", "_row"]
    frame = frame.sort_values(order, ascending=[True, False, False, True], kind="stable", na_position="last")
    for column in ("pers_dob", "pers_sex"):
        known = frame.dropna(subset=[column])
        differing = known[known[column] != known.groupby(key)[column].transform("first")]
        for (file, sheet), rows in differing.groupby(["_file", "_sheet"]):
            what = f"the child's {TABLES[table][column].meaning} is another than elsewhere in these extracts"
            faults.append(_fault(table, file, sheet, rows, key, what, "Find out which is right; the other is used."))
    kept = [column for column in [*_content(frame), *BESIDE] if column != key]
    people = frame.set_index(key)[kept].sort_index() if frame[key].is_unique else frame.groupby(key, sort=True)[kept].first()
    unaccompanied = frame.loc[frame["_layout"] == "ssda903_uasc", key]
    if len(unaccompanied):
        people["pers_uasc"] = among(people.index.to_series(), unaccompanied).to_numpy()
    later = len(describing) - describing[key].nunique()
    left_out = _counted(table, describing[describing.duplicated(key)], "the same child in another file") if later else []
    return Joined(people.reset_index(), faults, left_out)


def _fault(table, file, sheet, rows, column, what, to_do, fatal=False) -> Fault:
    numbers = tuple(int(number) for number in rows["_row"])
    return Fault(
        file, what, to_do, table=table, sheet=sheet, rows=numbers, example=masked(str(rows[column].iloc[0])), fatal=fatal
    )


def _counted(table: str, rows: pd.DataFrame, reason: str) -> list[dict]:
    """Rows left out, by file."""
    counts = rows.groupby("_file").size()
    return [{"path": file, "table": table, "reason": reason, "rows": int(count)} for file, count in counts.items()]
