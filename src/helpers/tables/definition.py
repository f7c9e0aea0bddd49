"""The shape of a typed table: its columns, its key, and the schema that is made from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

DTYPES = {
    "text": "str", "code": "str", "date": "datetime64[us]", "date and time": "datetime64[us]", "true or false": "boolean",
    "whole number": "Int64", "number": "Float64", "academic year": "str",
}  # fmt: skip

WHILE_OPEN = "empty while"  # in the meaning of a column that has a value only once something has ended


@dataclass(frozen=True)
class Column:
    """One column: `type` is a key of `DTYPES`; `allowed` maps each code to its meaning (empty: any value)."""

    name: str
    meaning: str
    type: str = "text"
    unit: str = ""
    allowed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    required: bool = False  # a row without it is left out and counted
    identifier: bool = False  # points at a person, family or address: never shown, looked for by the leak check
    local: bool = False  # not a field of the Standard Safeguarding Dataset
    refers_to: str = ""  # the table whose key this points at: a value that is not there is a fault
    not_before: str = ""  # a date of the same row that this one may not precede
    before_birth: bool = False  # may precede the child's birth: things done for an unborn child
    future: bool = False  # may be later than the day of extraction: a target, an expected birth


@dataclass(frozen=True)
class Table:
    """One typed table; `grain` completes "one row is ..."; `where_from` says in plain words which extract supplies it."""

    name: str
    title: str
    grain: str
    where_from: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if column.required]

    @property
    def day(self) -> str:
        """The column that dates a row: the first required date; empty where a row has none."""
        return next((column.name for column in self.columns if column.required and column.type.startswith("date")), "")

    @property
    def ends(self) -> str:
        """The column with the day on which what a row tells of ended; empty where the table has none."""
        dates = (column for column in self.columns if column.type.startswith("date"))
        return next((column.name for column in dates if WHILE_OPEN in column.meaning), "")

    @property
    def identifiers(self) -> list[str]:
        return [column.name for column in self.columns if column.identifier]

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with exactly this table's columns in order, each of its type; a column it lacks is added empty."""
        types = {column.name: DTYPES[column.type] for column in self.columns}
        if list(frame.columns) != self.column_names or frame.dtypes.astype(str).tolist() != list(types.values()):
            frame = frame.reindex(columns=self.column_names).astype(types)
        return frame.reset_index(drop=True)

    def empty(self) -> pd.DataFrame:
        """The table without rows."""
        return self.typed(pd.DataFrame())

    def schema(self):
        """The pandera schema: types, required values, allowed codes, the key; `validate(frame, lazy=True)` tells all at once."""
        import pandera.pandas as pandera

        columns = {
            column.name: pandera.Column(
                DTYPES[column.type],
                checks=[pandera.Check.isin(list(column.allowed))] if column.allowed else [],
                nullable=not column.required,
                description=column.meaning,
            )
            for column in self.columns
        }
        return pandera.DataFrameSchema(columns, unique=list(self.key), strict=True, ordered=True, name=self.name)


def codes(**meanings: str) -> Mapping[str, str]:
    """Allowed codes with their meanings, read-only."""
    return MappingProxyType(meanings)


def table(name: str, title: str, grain: str, where_from: str, key: str | tuple[str, ...], *columns: Column) -> Table:
    """A Table, its key given as one name or several."""
    return Table(name, title, grain, where_from, (key,) if isinstance(key, str) else key, columns)
