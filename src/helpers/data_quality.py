"""What came in and how far it can be trusted: coverage, completeness, steps in recording, what can be answered."""

import pandas as pd

from helpers.tables import TABLES


def day_column(table: str) -> str:
    """The column that dates a row of `table`: the first required date; empty where a row has none."""
    dated = [column.name for column in TABLES[table].columns if column.required and column.type.startswith("date")]
    return dated[0] if dated else ""


def rows_of(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `table` with `day`, the day that dates each, and `locality`; missing where the table has no such column."""
    locality = next((column for column in frame if column.endswith("_locality")), None)
    day = day_column(table)
    return frame.assign(
        day=frame[day].dt.normalize() if day else pd.Series(pd.NaT, frame.index, dtype="datetime64[us]"),
        locality=frame[locality] if locality else pd.Series(pd.NA, frame.index, dtype="str"),
    )


def completeness(extracts) -> pd.DataFrame:
    """How many rows of each table have a value in each column: table, column, meaning, rows, filled, why (a layout lacks it)."""
    counted = [
        {"table": name, "column": column.name, "meaning": column.meaning, "rows": len(frame),
         "filled": int(frame[column.name].notna().sum()), "why": extracts.absent.get(name, {}).get(column.name, "")}
        for name, frame in extracts.tables.items() for column in TABLES[name].columns
    ]  # fmt: skip
    return pd.DataFrame(counted, columns=["table", "column", "meaning", "rows", "filled", "why"])
