"""How complete the columns are: which are filled in some rows, and which in none."""

import pandas as pd

from helpers import intervals
from helpers.data_quality.arrived import SHOWN, source
from helpers.measures import Measure
from helpers.results import NotEnoughData
from helpers.tables import TABLES, WHILE_OPEN

LEAST_ROWS = 50  # a table with fewer rows has no completeness that could be shown


def due(table: str, frame: pd.DataFrame, column) -> pd.Series:
    """The rows in which `column` should have a value: all, but of what says why something ended those that have ended."""
    ends = TABLES[table].ends
    if WHILE_OPEN in column.meaning and ends and not column.type.startswith("date"):
        return frame[ends].notna()
    return pd.Series(True, frame.index)


def completeness(extracts) -> pd.DataFrame:
    """How many of the rows that should have a value in each column do: table, column, meaning, rows, filled, why not."""
    counted = [
        {"table": name, "column": column.name, "meaning": column.meaning, "rows": int(asked.sum()),
         "filled": int(frame.loc[asked, column.name].notna().sum()), "why": extracts.absent.get(name, {}).get(column.name, "")}
        for name, frame in extracts.tables.items() for column in TABLES[name].columns for asked in [due(name, frame, column)]
    ]  # fmt: skip
    return pd.DataFrame(counted, columns=["table", "column", "meaning", "rows", "filled", "why"])


def _empty_is_a_gap(column) -> bool:
    why_it_ended = WHILE_OPEN in column.meaning and not column.type.startswith("date")
    return why_it_ended or "empty" not in column.meaning


def judged(extracts) -> pd.DataFrame:
    """The columns whose emptiness is a gap: not those whose meaning says what an empty cell is, nor those always there."""
    every = completeness(extracts)
    definitions = [TABLES[table][column] for table, column in zip(every["table"], every["column"], strict=True)]
    optional = pd.Series([not one.required and _empty_is_a_gap(one) for one in definitions], every.index, dtype=bool)
    return every[optional & (every["rows"] >= LEAST_ROWS)].reset_index(drop=True)


def partly_filled(extracts) -> Measure:
    """The share of rows with a value, of each column that has one in some rows and not in others; the emptiest first."""
    every = judged(extracts)
    if every.empty:
        raise NotEnoughData(f"No table has {LEAST_ROWS} rows or more, so no share of filled rows could be shown.")
    found = every.query("0 < filled < rows")
    if found.empty:
        raise NotEnoughData("Every column that came is filled in every row or in none.")
    found = found.assign(table=found["table"].map(lambda name: TABLES[name].title), share=found["filled"] / found["rows"])
    interval = intervals.wilson(found["filled"], found["rows"]).times(100)
    data = found.assign(numerator=found["filled"], denominator=found["rows"], ratio=100 * found["share"],
                        ci_low=interval.low, ci_high=interval.high).sort_values("share").reset_index(drop=True)  # fmt: skip
    data = data.drop(columns="column")
    data = data.rename(columns={"meaning": "column"}).drop(columns="why")
    return Measure("rows with a value", "%", data[["table", "column", *SHOWN]], ("table", "column"), "rows of typed tables",
                   extracts.basis, source(extracts), 100.0, "higher")  # fmt: skip


def never_filled(extracts) -> pd.DataFrame:
    """The columns without one value, in words: table, what it says, why."""
    found = judged(extracts).query("filled == 0")
    why = found["why"].where(found["why"] != "", "The layout has a place for it, and nothing is written there.")
    return pd.DataFrame({"table": [TABLES[name].title for name in found["table"]], "says": found["meaning"], "why": why})
