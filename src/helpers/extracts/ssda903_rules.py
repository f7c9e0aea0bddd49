"""The department's rules on missing episodes in the SSDA903 return, by number: each a function that marks what breaks it.

Rules on cells get the Missing file as text by header; the others the joined table of incidents, with the episodes of care (sorted
or not) or the children where they need them. Their texts are those of the 2024/25 collection. Days are compared, not times.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from helpers.extracts import values
from helpers.extracts.faults import Fault, masked
from helpers.extracts.parts import Part

CHILD, START, END = "miss_person_id", "miss_missing_episode_start_date", "miss_missing_episode_end_date"
KEPT = "is kept as it is"
MISSING_OR_AWAY = ("m", "a")


@dataclass(frozen=True)
class Rule:
    """One rule: the column to look at, what is wrong in words, and the function that marks the rows that break it."""

    number: str
    column: str
    what: str
    broken: Callable[..., pd.Series]


def start_is_no_date(cells: pd.DataFrame) -> pd.Series:
    return values.dates(cells["MIS_START"])[2]


def end_is_no_date(cells: pd.DataFrame) -> pd.Series:
    return values.dates(cells["MIS_END"])[2]


def type_is_invalid(cells: pd.DataFrame) -> pd.Series:
    return ~values.blank(cells["MISSING"]) & ~cells["MISSING"].str.strip().str.lower().isin(MISSING_OR_AWAY)


def missing_without_a_start(cells: pd.DataFrame) -> pd.Series:
    return ~values.blank(cells["MISSING"]) & values.blank(cells["MIS_START"])


def started_without_a_type(cells: pd.DataFrame) -> pd.Series:
    return ~values.blank(cells["MIS_START"]) & values.blank(cells["MISSING"])


def ended_without_a_type(cells: pd.DataFrame) -> pd.Series:
    return ~values.blank(cells["MIS_END"]) & values.blank(cells["MISSING"])


def ends_before_it_starts(missing: pd.DataFrame) -> pd.Series:
    return missing[END].dt.normalize() < missing[START].dt.normalize()


def starts_after_the_year(missing: pd.DataFrame) -> pd.Series:
    return missing[START].dt.normalize() > _year_end(missing)


def ends_outside_the_year(missing: pd.DataFrame) -> pd.Series:
    ended, last = missing[END].dt.normalize(), _year_end(missing)
    return (ended > last) | (ended <= last - pd.DateOffset(years=1))


def starts_before_the_last_has_ended(missing: pd.DataFrame) -> pd.Series:
    ordered = missing.sort_values([CHILD, START, END], kind="stable")
    same = ordered[CHILD] == ordered[CHILD].shift()
    latest = ordered[END].fillna(pd.Timestamp.max.as_unit("us")).groupby(ordered[CHILD]).cummax().groupby(ordered[CHILD]).shift()
    return (same & (ordered[START] < latest)).reindex(missing.index)


def open_though_the_placement_ended(missing: pd.DataFrame, episodes: pd.DataFrame) -> pd.Series:
    placement = _at_start(missing, _spells(episodes, ends_with_placement=True))
    return missing[END].isna() & placement["ended"].notna() & (missing[START].dt.normalize() <= placement["ended"])


def open_last_year_and_not_in_this(missing: pd.DataFrame) -> pd.Series:
    years = _year_end(missing).dt.year
    return missing[END].isna() & (years + 1).isin(years)


def open_though_care_ended(missing: pd.DataFrame, episodes: pd.DataFrame) -> pd.Series:
    care = _at_start(missing, _spells(episodes))
    return (missing[END].isna() & care["ended"].notna()) | (missing[END].dt.normalize() > care["ended"])


def starts_after_care_ended(missing: pd.DataFrame, episodes: pd.DataFrame) -> pd.Series:
    return missing[START].dt.normalize() > _at_start(missing, _spells(episodes))["ended"]


def care_ended_while_missing_for_another_reason(missing: pd.DataFrame, episodes: pd.DataFrame) -> pd.Series:
    care = _at_start(missing, _spells(episodes))
    away = (missing[START].dt.normalize() <= care["ended"]) & (
        missing[END].isna() | (missing[END].dt.normalize() >= care["ended"])
    )
    return away & (care["reason"].fillna("") != "E8")


def starts_before_care(missing: pd.DataFrame, episodes: pd.DataFrame) -> pd.Series:
    first = episodes.groupby("clae_person_id")["clae_cla_episode_start_date"].min()
    return missing[START].dt.normalize() < missing[CHILD].map(first)


def before_birth(missing: pd.DataFrame, persons: pd.DataFrame) -> pd.Series:
    born = _written(missing).fillna(_born(missing, persons))
    return (missing[START].dt.normalize() < born) | (missing[END].dt.normalize() < born)


def not_in_the_header(missing: pd.DataFrame, persons: pd.DataFrame) -> pd.Series:
    return ~values.among(missing[CHILD], persons["pers_person_id"])


def birth_differs_from_the_header(missing: pd.DataFrame, persons: pd.DataFrame) -> pd.Series:
    written, born = _written(missing), _born(missing, persons)
    return written.notna() & born.notna() & (written != born)


ON_CELLS = (
    Rule("1004", "MIS_START", "the day the child went missing is not a valid date", start_is_no_date),
    Rule("1005", "MIS_END", "the day the child returned is not a valid date", end_is_no_date),
    Rule("1006", "MISSING", "the type is neither M nor A", type_is_invalid),
    Rule("564", "MIS_START", "the child was missing or away and the day it started is blank", missing_without_a_start),
    Rule("565", "MISSING", "there is a day on which it started, and not whether the child was missing or away",
         started_without_a_type),
    Rule("566", "MISSING", "there is a day on which it ended, and not whether the child was missing or away",
         ended_without_a_type),
)  # fmt: skip
OF_INCIDENTS = (
    Rule("567", END, "it ended before it started", ends_before_it_starts),
    Rule("570", START, "it started after the end of the year of the return", starts_after_the_year),
    Rule("571", END, "it ended before or after the year of the return", ends_outside_the_year),
    Rule("574", START, "it started before the same child's one before had ended", starts_before_the_last_has_ended),
    Rule("576", END, "it was open in last year's return and is not in this year's", open_last_year_and_not_in_this),
)  # fmt: skip
AGAINST_EPISODES = (
    Rule("575", END, "the placement has ended and the missing episode has not", open_though_the_placement_ended),
    Rule("577", END, "the child has left care and the missing episode has no end, or a later one", open_though_care_ended),
    Rule("578", START, "it started after the child had left care", starts_after_care_ended),
    Rule("580", END, "the child was missing on leaving care, and the reason for leaving is not E8",
         care_ended_while_missing_for_another_reason),
    Rule("581", START, "it started before the child was looked after", starts_before_care),
)  # fmt: skip
AGAINST_CHILDREN = (
    Rule("586", START, "it is before the child's date of birth", before_birth),
    Rule("INT04", CHILD, "the child is not in the Header file", not_in_the_header),
    Rule("INT13", "_dob", "the date of birth is not the one in the Header file", birth_differs_from_the_header),
)  # fmt: skip


WITHOUT_A_START = {start_is_no_date, missing_without_a_start}


def check_cells(part: Part) -> None:
    """Faults of the Missing file's cells under the rules' numbers, in place of those that say the same without a number."""
    positions = {name.strip().upper(): position for position, name in enumerate(part.records.header)}
    names = [name for name in ("MISSING", "MIS_START", "MIS_END") if name in positions]
    cells = pd.DataFrame({name: part.records.column(positions[name]) for name in names})
    cells = cells.reindex(columns=["MISSING", "MIS_START", "MIS_END"]).astype("str")
    told: dict[str, set[int]] = {}
    own = []
    for rule in ON_CELLS:
        broken_in = rule.broken(cells).to_numpy().nonzero()[0] if rule.column in names else []
        if len(broken_in):
            rows = part.records.numbers[broken_in].tolist()
            told.setdefault(rule.column, set()).update(rows)
            example = cells.loc[broken_in[0], rule.column].strip()[:40]
            where = part.records.where(positions[rule.column])
            then = "is left out" if rule.broken in WITHOUT_A_START else KEPT
            own.append(_fault(rule, part.records.file, part.records.sheet, rows, example, where, then))
    part.faults = own + [fault for fault in part.faults if not set(fault.rows) <= told.get(fault.header.upper(), {None})]


def broken(missing: pd.DataFrame, tables: dict[str, pd.DataFrame], where) -> list[Fault]:
    """The rules that these rows of the return break; `where(file, sheet, column)` names the column as the file does."""
    against = [(rule, ()) for rule in OF_INCIDENTS]
    for table, rules in (("cla_episodes", AGAINST_EPISODES), ("persons", AGAINST_CHILDREN)):
        against += [(rule, (tables[table],)) for rule in rules if table in tables]
    faults = []
    for rule, beside in against:
        rows = missing[rule.broken(missing, *beside)]
        for (file, sheet), found in rows.groupby(["_file", "_sheet"]):
            example = f"child {masked(found[CHILD].iloc[0])}"
            faults.append(_fault(rule, file, sheet, sorted(found["_row"]), example, where(file, sheet, rule.column)))
    return faults


def _fault(rule: Rule, file: str, sheet: str, rows, example: str, where: dict[str, str], then: str = KEPT) -> Fault:
    return Fault(
        file, f"rule {rule.number}: {rule.what}", f"Correct it in the case system; until then the row {then}.",
        table="missing_episodes", sheet=sheet, rows=tuple(map(int, rows)), example=example, **where,
    )  # fmt: skip


def _year_end(missing: pd.DataFrame) -> pd.Series:
    """The last day of the year of the return in which each row stands."""
    years = missing["_cut"].dt.year + (missing["_cut"].dt.month > 3)
    return pd.to_datetime(years.astype("Int64").astype("str") + "-03-31", errors="coerce").astype("datetime64[us]")


def _spells(episodes: pd.DataFrame, *, ends_with_placement: bool = False) -> pd.DataFrame:
    """Unbroken periods of care, or of one placement: child, started, ended (empty while it goes on), reason."""
    ordered = episodes.sort_values(
        ["clae_person_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date"], kind="stable"
    )
    child, reason = ordered["clae_person_id"], ordered["clae_cla_episode_ceased_reason"].fillna("")
    why = ordered["clae_cla_episode_start_reason"]
    gap = ordered["clae_cla_episode_start_date"] > ordered["clae_cla_episode_ceased_date"].shift()
    begins = (child != child.shift()) | (why == "S") | gap | ~reason.shift().isin(["X1", ""])
    if ends_with_placement:
        begins |= why != "L"
    of_spell = ordered.groupby(begins.cumsum().to_numpy())
    last = of_spell.tail(1)
    ended = last["clae_cla_episode_ceased_date"]
    if not ends_with_placement:
        ended = ended.mask(last["clae_cla_episode_ceased_reason"].fillna("X1") == "X1")
    return pd.DataFrame(
        {
            "child": last["clae_person_id"].to_numpy(),
            "started": of_spell["clae_cla_episode_start_date"].first().to_numpy(),
            "ended": ended.to_numpy(),
            "reason": last["clae_cla_episode_ceased_reason"].to_numpy(),
        }
    ).astype({"child": "str", "reason": "str"})


def _at_start(missing: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    """For each incident, the child's spell that was the latest to start by the day of the incident; empty where none had."""
    asked = pd.DataFrame({"child": missing[CHILD].astype("str"), "day": missing[START].dt.normalize(), "index": missing.index})
    found = pd.merge_asof(asked.sort_values("day"), spells.sort_values("started"), left_on="day", right_on="started", by="child")
    return found.set_index("index").reindex(missing.index)


def _written(missing: pd.DataFrame) -> pd.Series:
    """The date of birth in the Missing file itself; the XML form has none."""
    return missing["_dob"] if "_dob" in missing else pd.Series(pd.NaT, missing.index, dtype="datetime64[us]")


def _born(missing: pd.DataFrame, persons: pd.DataFrame) -> pd.Series:
    return missing[CHILD].map(persons.set_index("pers_person_id")["pers_dob"])
