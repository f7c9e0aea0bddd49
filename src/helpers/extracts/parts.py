"""The records of one recognised sheet -> typed columns, with every fault found on the way and every row that was left out."""

from dataclasses import dataclass, field, replace

import pandas as pd

from helpers import wording
from helpers.extracts import values
from helpers.extracts.faults import Fault, masked, number_of
from helpers.extracts.layouts import Layout
from helpers.extracts.sheets import Records, column_letter
from helpers.tables import DTYPES, TABLES, Column

OTHER_DAYS = ["pers_dob", "pers_expected_dob", "pers_death_date", "pers_uasc_ceased_date", "_dob"]  # not of what one went through
# What files say beside what they supply: repeated from another table (the rules hold it against that), or of the file itself.
REPEATED = {
    "_dob": Column("_dob", "date of birth in this file", "date", identifier=True),
    "_text": Column("_text", "what other columns are read from"),
    "_year": Column("_year", "year of the return", "whole number"),
}
TWO_DIGITS = "the year is written in two digits, and is taken for one of the last 30 years or the next"
MONTH_FIRST = " Others in the column can only be month first, so those that could be either are not certain."
TO_DO = {
    "date": "Write dates as DD/MM/YYYY or YYYY-MM-DD.",
    "date and time": "Write dates and times as DD/MM/YYYY HH:MM or YYYY-MM-DD HH:MM.",
    "whole number": "Write a whole number in figures.",
    "number": "Write a number in figures.",
    "academic year": "Write academic years as 2023/24.",
}


@dataclass
class Part:
    """What one sheet supplies: a typed frame with `_row`, its row number in the file; `left_out` maps reason to rows."""

    layout: Layout
    records: Records
    frame: pd.DataFrame
    rows: int  # rows with anything in them
    faults: list[Fault] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()  # columns that the sheet has
    cut: pd.Timestamp = pd.NaT  # the day to which its file goes, once all files are read
    beside: bool = False  # of a table that the sheet supplies beside its own

    @property
    def fatal(self) -> bool:
        """Whether a fault takes its table away."""
        return any(fault.fatal for fault in self.faults)

    @property
    def days(self) -> pd.Series:
        """Every day on which anything in it started or ended, or the one day to which the file itself says it goes."""
        if self.records.as_of:
            return pd.Series([self.records.as_of], dtype="datetime64[us]")
        moments = self.frame.select_dtypes("datetime").drop(columns=OTHER_DAYS, errors="ignore")
        return pd.Series(moments.to_numpy().ravel(), dtype="datetime64[us]").dropna()


def year_of(day: pd.Timestamp) -> int:
    """The year, to 31 March, that a day falls in."""
    return day.year + (day.month > 3)


def read_part(records: Records, layout: Layout, positions: dict[str, int], beside: bool = False) -> Part:
    """The records as typed columns of the layout's table; those without a required value are left out and counted.

    Of a table that the sheet supplies `beside` its own, a record without what is required is no row, and nothing is wrong.
    """
    frame = pd.DataFrame({"_row": records.numbers}, dtype="int64")
    part = Part(layout, records, frame, len(frame), columns=tuple(positions), beside=beside)
    for what, to_do, rows in records.doubts if not beside else ():
        part.faults.append(_fault(part, what=what, to_do=to_do, rows=rows))
    table, near = TABLES[layout.table], layout.nearly(records.header, positions) if records.by_letter else {}
    lacking = [column for column in layout.required if column not in positions]
    for column in lacking if not beside else ():
        names = " or ".join(f"“{name}”" for name in layout.supply(column).names[:3])
        other = f"“{records.header[near[column]]}”" if column in near else "the one that holds it"
        to_do = f"Add a column headed {names}, or rename {other}."
        part.faults.append(_fault(part, what=f"there is no column for {table[column].meaning}", to_do=to_do, fatal=True))
    for column in near.keys() - set(lacking):
        what = f"the header is not known; did you mean “{layout.supply(column).names[0]}”?"
        to_do = "Until it is renamed the column is not used."
        part.faults.append(_fault(part, what=what, to_do=to_do, **records.where(near[column])))
    for position in positions.values() if records.by_letter and not beside else ():
        again = [column_letter(at) for at in records.same_header(position)]
        if again:
            what = f"column {' and '.join(again)} has the same header, and is not used"
            part.faults.append(
                _fault(part, what=what, to_do="Remove or rename the one that is wrong.", **records.where(position))
            )
    if lacking or not len(records.numbers):
        part.frame = frame[:0]
        return part
    short: list[Fault] = []
    leave_out, no_row = pd.Series("", index=part.frame.index, dtype="str"), pd.Series(False, index=part.frame.index)
    for name, position in positions.items():
        cells, column = records.column(position), REPEATED.get(name) or table[name]
        typed, wrong, what, to_do, *in_two_digits = _typed(cells, column, layout)
        part.frame[name] = typed
        if name == "miss_missing_episode_start_date":
            part.frame["miss_time_recorded"] = values.dates(cells)[1].astype("boolean")
        findings = [(wrong, what, to_do)]
        if column.required and beside:
            no_row |= typed.isna() & ~wrong
        elif column.required:
            findings.append((typed.isna() & ~wrong, "nothing is written", f"Fill in {column.meaning}."))
        for faulty, why, do in findings:
            if faulty.any():
                consequence = " The rows are left out." if column.required else ""
                part.faults.append(_in_cells(part, faulty, cells, column, position, why, do + consequence))
                if column.required:
                    leave_out = leave_out.mask(faulty & (leave_out == "") & ~no_row, f"{column.meaning}: {why}")
        for these in in_two_digits:
            if these.any():
                short.append(_in_cells(part, these, cells, column, position, TWO_DIGITS, "Write years in four digits."))
    part.faults += _together(short)
    part.left_out = {reason: int(count) for reason, count in leave_out[leave_out != ""].value_counts().items()}
    part.frame = part.frame[(leave_out == "") & ~no_row].reset_index(drop=True)
    if layout.complete:
        layout.complete(part)
    return _without_repeats(part)


def tell_of_empty(parts: list[Part]) -> None:
    """A fault for each part with its headers and not one row: fatal unless another file of its kind has rows, or it may be empty.

    Where no file at all has a row, what came is an empty template, and nothing in it may be empty.
    """
    filled = {part.layout.name for part in parts if part.rows and not part.beside}
    for part in parts:
        if part.rows or part.beside or part.fatal:
            continue
        what = "it has the right headers and not one row under them"
        if part.layout.name in filled:
            fault = _fault(part, what=what, to_do="That is right if there was nothing of the kind; the other files are used.")
        elif part.layout.may_be_empty and filled:
            fault = _fault(part, what=what, to_do="That is right if there was nothing of the kind.")
        else:
            fault = _fault(part, what=f"{what}, as an empty template has", to_do="Export the rows too.", fatal=True)
        part.faults.append(fault)


def _typed(cells: pd.Series, column: Column, layout: Layout) -> tuple:
    """The cells by the column's type; which are wrong, what is wrong, what to do; of dates, which have a year in two digits."""
    if column.type in ("date", "date and time"):
        moments, _, wrong, short = values.dates(cells)
        moments = moments.dt.normalize() if column.type == "date" else moments
        days = pd.to_datetime(cells[wrong].str.strip().str[:10], format="%d/%m/%Y", errors="coerce")
        either = (days.dt.year >= values.EARLIEST_YEAR).any()
        what, to_do = "the date is impossible, ambiguous or not a date", TO_DO[column.type] + MONTH_FIRST * bool(either)
        return moments.astype(DTYPES[column.type]), wrong, what, to_do, short
    if column.allowed:
        known = {values.normalised(meaning): code for code, meaning in column.allowed.items()}
        known |= {values.normalised(code): code for code in column.allowed}
        known |= {
            spelling: code for spelling, code in layout.supply(column.name).spellings.items() if code in ("", *column.allowed)
        }
        codes, wrong = values.coded(cells, known)
        listed = ", ".join(column.allowed)
        return codes, wrong, "the value is not in the code list", f"Use one of {listed}. Until then the cell counts as empty."
    if column.type in ("whole number", "number"):
        numbers, wrong = values.numbers(cells, whole=column.type == "whole number")
        return numbers.astype(DTYPES[column.type]), wrong, f"it is not a {column.type}", TO_DO[column.type]
    if column.type == "academic year":
        return *values.academic_years(cells), "the academic year is impossible or uncertain", TO_DO[column.type]
    text = values.free_code(cells) if column.type == "code" else values.text(cells)
    return text, pd.Series(False, index=cells.index), "", ""


def _together(found: list[Fault]) -> list[Fault]:
    """The same remark on several columns of a sheet as one, so that it does not bury what else is wrong."""
    if len(found) < 2:
        return found
    columns = wording.listing(f"{one.column} ({one.header}), {number_of(one)}" for one in found)
    rows = tuple(sorted({row for one in found for row in one.rows}))
    return [replace(found[0], what=f"{found[0].what}: columns {columns}", column="", header="", rows=rows)]


def _without_repeats(part: Part) -> Part:
    """Rows that repeat another of the same sheet in everything are left out, counted and reported.

    Where nothing in a row says whom or what it is about (an answer to a survey), two alike are two.
    """
    table = TABLES[part.layout.table]
    if not {*table.identifiers, *table.key} & set(part.frame.columns):
        return part
    repeated = part.frame.duplicated([column for column in part.frame.columns if column != "_row"])
    if repeated.any() and not part.layout.mentions:
        rows = tuple(part.frame.loc[repeated, "_row"].tolist())
        what = "the row repeats another of this file in everything"
        part.faults.append(_fault(part, what=what, to_do="One of them is kept; remove the others.", rows=rows))
        part.left_out[what] = int(repeated.sum())
    part.frame = part.frame[~repeated].reset_index(drop=True)
    return part


def _in_cells(part: Part, faulty: pd.Series, cells: pd.Series, column: Column, position: int, what: str, to_do: str) -> Fault:
    """What is wrong in some cells of a column; the example is masked where it identifies somebody, and none where it is empty."""
    written = cells[faulty].iloc[0].strip()
    blank = bool(values.blank(pd.Series([written], dtype="str"))[0])
    return _fault(
        part, what=what, to_do=to_do, rows=tuple(part.frame.loc[faulty, "_row"].tolist()),
        example=masked(written) if column.identifier and not blank else written[:40], **part.records.where(position),
    )  # fmt: skip


def _fault(part: Part, *, what: str, to_do: str, fatal: bool = False, **where) -> Fault:
    return Fault(
        file=part.records.file, sheet=part.records.sheet, table=part.layout.table, what=what, to_do=to_do, fatal=fatal, **where
    )
