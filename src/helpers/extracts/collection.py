"""What reading an authority's extracts answers with: the typed tables, whose they are, what was wrong, what went in."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath

import pandas as pd

from helpers import wording
from helpers.extracts.faults import Fault
from helpers.extracts.spans import span, whole_months
from helpers.tables import TABLES


@dataclass(frozen=True)
class About:
    """Whose records these are: about.yml beside the extracts."""

    authority: str
    made_up: bool = False
    extracted_on: date | None = None
    period: tuple[date, date] | None = None  # first and last day that the records cover
    localities: dict[str, tuple[str, ...]] = field(default_factory=dict)  # teams of each locality
    children_aged_0_to_17: dict[str, int] = field(default_factory=dict)  # children of each locality, for rates
    vouched: bool = False  # there is no about.yml: whoever ran this said whose records they are


@dataclass(frozen=True)
class Extracts:
    """One authority's extracts as typed tables by name (`helpers.tables.TABLES`), with everything that was wrong or left aside.

    `about` is None where nothing says whose records these are. `inputs` is a list of {"path" (relative), "sha256", "rows"}.
    `absent` maps table to {column: sentence} for columns that the formats read do not carry. `left_out` counts rows that were
    in the files and are not in the tables: a frame of path, table, reason, rows. `sheets`, what each was read as, is a list of
    {"file", "sheet", "layout", "table", "rows", "not_used" (headers)}. `covers` maps table to a sentence on the time its format
    holds, where that is a part by rule. `stated` is the code of the authority that a return's header names. `why_none`: a
    sentence where there is no table.
    """

    about: About | None = None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    inputs: list[dict] = field(default_factory=list)
    absent: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["path", "table", "reason", "rows"]))
    not_read: dict[str, str] = field(default_factory=dict)  # path -> why it was not read or not used
    sheets: list[dict] = field(default_factory=list)
    formats: dict[str, tuple[str, ...]] = field(default_factory=dict)  # table -> layouts it was read from
    covers: dict[str, str] = field(default_factory=dict)
    stated: str = ""
    why_none: str = ""

    def __contains__(self, name: str) -> bool:
        return name in self.tables

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    @property
    def basis(self) -> str:
        """What a finding on these tables rests on: "synthetic" for made-up records, else "extract"."""
        return "synthetic" if self.about and self.about.made_up else "extract"

    @property
    def fatal(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.fatal]

    def missing(self, names) -> list[str]:
        """Of these tables, those that did not come."""
        return [name for name in names if name not in self.tables]

    def stopped(self, table: str) -> str:
        """The fault that took this table away, as readers may see it; empty where none did."""
        return next((fault.for_readers for fault in self.fatal if fault.table == table and table not in self.tables), "")

    def lacks(self, table: str, column: str) -> str:
        """Why `column` of `table` has no value here, in a sentence; empty where it has one.

        >>> extracts.lacks("missing_episodes", "miss_missing_rhi_offered")
        'The SSDA903 return does not carry return home interviews.'
        """
        if stopped := self.stopped(table):
            return stopped
        if table not in self.tables:
            return f"No extract supplied {TABLES[table].title.lower()}: they come from {TABLES[table].where_from}."
        values, why = self.tables[table][column], self.absent.get(table, {}).get(column, "")
        if values.notna().any() and not (why and values.isin([False]).all()):
            return ""
        why = why or (
            f"The extract has no value in “{TABLES[table][column].meaning}” ({column}), though its layout has a place for one."
        )
        other = next((fault.for_readers for fault in self.fatal if fault.table == table), "")
        return why + (f" Another source of it came, and a fault stopped that: {other}" if other else "")

    def span(self, table: str) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and last day between which a table lists everything that began, not only what lasted."""
        return span(table, self.tables[table])

    def known_to(self, *tables: str, period_end: str) -> pd.Timestamp:
        """The last day of the period up to which all of these tables tell what happened."""
        return min([pd.Timestamp(period_end), *(self.span(table)[1] for table in tables)])

    def whole_months(self, *tables: str, period_start: str, period_end: str) -> pd.PeriodIndex:
        """The whole months of the period in which each of these tables lists everything; NotEnoughData where there is none."""
        spans = pd.DataFrame([(pd.Timestamp(period_start), pd.Timestamp(period_end)), *map(self.span, tables)])
        return whole_months(spans[0].max(skipna=False), spans[1].min(skipna=False))

    def source(self, *names: str) -> str:
        """The line beneath a chart or table made from these tables: layouts, authority, day of extraction."""
        layouts = wording.listing(dict.fromkeys(layout for name in names for layout in self.formats.get(name, ())))
        if self.about is None:
            return sentence(layouts)
        made_up = " (made-up records)" if self.about.made_up else ""
        day = f", extracted {wording.day(self.about.extracted_on)}" if self.about.extracted_on else ""
        return sentence(f"{layouts}, {self.about.authority}{made_up}{day}")


def sentence(text: str) -> str:
    """`text` with a capital and a full stop."""
    return f"{wording.sentence_case(text)}."


def relative(path: PurePath, root: PurePath) -> str:
    """`path` below `root` with forward slashes, or its name alone where it stands elsewhere: never a user's folders."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) and path != root else path.name
