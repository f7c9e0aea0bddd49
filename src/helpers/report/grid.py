"""A controlled measure as the cells of a table: the one place where a released number gets its text."""

import re

import pandas as pd

from helpers import wording
from helpers.disclosure import SYMBOLS, Controlled, Words, require
from helpers.results import NotEnoughData

INTERVAL = "interval"  # the column that joins ci_low and ci_high
COUNTS = ("numerator", "denominator", "at_risk")
VALUES = (*COUNTS, "ratio", INTERVAL)
FLAGS = ("[p]", "[r]", "[u]")  # symbols that stand beside a value rather than in its place
AMOUNT = re.compile(r"(p [<=] )?[−\d,.]+%?( to [−\d,.]+)?$|\[\w+\]$")  # what is set to the right of its column
EXACT_PERCENTAGE_FROM = 100  # below this denominator a controlled percentage is shown in whole numbers


def grid(controlled: Controlled, caption: str, *, columns: dict[str, str] | None = None, across: str | None = None) -> dict:
    """The table of a controlled measure as JSON: caption, columns, rows of texts, symbols that occur.

    `columns` maps dimensions and numerator, denominator, ratio or interval to their headings, in order; without it every
    dimension that varies and every value that exists is shown. `across` spreads the ratio (or the count, where there is no
    ratio) over the values of one dimension. TypeError if `controlled` is not controlled, KeyError for an unknown column.
    """
    if require(controlled).data.empty:
        raise NotEnoughData(f"There is nothing to show of {controlled.name}.")
    if across is not None:
        return _spread(controlled, caption, columns or {}, across)
    shown = columns if columns is not None else _usual_columns(controlled)
    there_are = [*controlled.dimensions, *(name for name in VALUES if name in controlled.data or name == INTERVAL)]
    unknown = [name for name in shown if name not in there_are]
    if unknown:
        raise KeyError(f"no column {unknown[0]!r} to show; there are {', '.join(there_are)}")
    texts = {name: _texts(controlled, name) for name in shown}
    known = {name: cells for name, cells in texts.items() if name not in VALUES or set(cells) != {"[x]"}}
    texts = known if any(name in VALUES for name in known) else texts  # a column of which nothing is known says nothing
    heads = [_heading(name, shown[name]) for name in texts]
    rows = [list(row) for row in zip(*texts.values(), strict=True)]
    return _block(caption, heads, rows, controlled)


def words_grid(words: Words, caption: str, *, columns: dict[str, str] | None = None) -> dict:
    """A table of released words as the same JSON; `columns` maps its columns to headings, in order (default: all of them).

    Raises TypeError for a plain DataFrame, KeyError for an unknown column.
    """
    data = require(words, Words).data
    shown = columns or {name: wording.sentence_case(str(name).replace("_", " ")) for name in data.columns}
    cells = {name: [_word(value, name) for value in data[name]] for name in shown}
    rows = [list(row) for row in zip(*cells.values(), strict=True)]
    heads = [{"label": label, "number": place > 0 and all(map(AMOUNT.match, cells[name]))}
             for place, (name, label) in enumerate(shown.items())]  # fmt: skip
    return {"caption": caption, "columns": heads, "rows": rows, "symbols": symbols_in(rows), "source": words.source,
            "population": "", "basis": ""}  # fmt: skip


def _block(caption: str, heads: list[dict], rows: list[list[str]], controlled: Controlled) -> dict:
    policy = controlled.policy and {name: getattr(controlled.policy, name) for name in ("suppress_up_to", "round_to")}
    return {"caption": caption, "columns": heads, "rows": rows, "symbols": symbols_in(rows), "source": controlled.source,
            "population": controlled.population, "basis": controlled.basis, "policy": policy}  # fmt: skip


def _word(value, name: str) -> str:
    if pd.isna(value):
        return "[z]"
    if "year" in str(name).lower() and isinstance(value, (int, float)):
        return f"{value:.0f}"  # a year has no thousands comma
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):  # periods are named by their first day
        return wording.month(value) if value.day == 1 else wording.day(value)
    if isinstance(value, (int, float)):
        return wording.number(value)
    return str(value).strip() or "[z]"


def symbols_in(rows: list[list[str]]) -> dict[str, str]:
    """The symbols that occur in these cells, with their meanings."""
    found = {symbol for row in rows for cell in row for symbol in re.findall(r"\[\w+\]", cell)}
    return {symbol: meaning for symbol, meaning in SYMBOLS.items() if symbol in found}


def headline(controlled: Controlled) -> str:
    """One controlled row as a card's figure: "12.5%", "45 of 70 children", "1,205 children"."""
    require(controlled)
    if len(controlled.data) != 1:
        raise ValueError(f"a headline is one row of a controlled measure, not {len(controlled.data)}; choose it with .where(...)")
    ratio, count = _texts(controlled, "ratio")[0], _texts(controlled, "numerator")[0]
    if controlled.data["ratio"].notna().all():
        return f"{ratio}%" if controlled.unit == "%" else f"{ratio} {controlled.unit}"
    return f"{count} {controlled.unit}" if controlled.per is None else ratio  # a share that is not shown is its symbol


def _usual_columns(controlled: Controlled) -> dict[str, str]:
    data, unit = controlled.data, controlled.unit
    varying = [name for name in controlled.dimensions if data[name].nunique(dropna=False) > 1] or list(controlled.dimensions[:1])
    shown = {name: wording.sentence_case(name.replace("_", " ")) for name in varying}
    is_count = controlled.per is None and data["ratio"].isna().all()
    exists = {name: data[name].notna().any() for name in ("numerator", "denominator", "ratio", "ci_low")}
    if is_count or exists["numerator"]:
        shown["numerator"] = wording.sentence_case(unit) if is_count else "Number"
    if not is_count and exists["denominator"]:
        shown["denominator"] = "Out of"
    if not is_count:
        shown["ratio"] = "Percentage" if unit == "%" else wording.sentence_case(unit)
    if exists["ci_low"]:
        shown[INTERVAL] = f"95% interval, {unit}" if not is_count else "95% interval"
    return shown


def _heading(name: str, label: str) -> dict:
    head = {"label": label, "number": name in VALUES, "count": name in COUNTS}
    if name == INTERVAL:
        head["ends"] = [f"{label}, low", f"{label}, high"]
    return head


def _texts(controlled: Controlled, name: str) -> list[str]:
    data = controlled.data
    if name not in VALUES:
        return [_dimension(value) for value in data[name]]
    symbols = [str(symbol) if isinstance(symbol, str) else "" for symbol in data["symbol"]]
    decimals = _decimals(controlled)
    if name in COUNTS:
        return [_count(value, symbol) for value, symbol in zip(data[name], symbols, strict=True)]
    if name == "ratio":
        if controlled.policy is None and (data["ratio"].dropna() % 1 == 0).all():  # published in whole numbers
            decimals = [0] * len(data)
        return [_value(value, places, symbol) for value, places, symbol in zip(data["ratio"], decimals, symbols, strict=True)]
    ends = zip(data["ci_low"], data["ci_high"], decimals, symbols, strict=True)
    return [
        _missing(symbol) if pd.isna(low) or pd.isna(high) else wording.interval(float(low), float(high), places)
        for low, high, places, symbol in ends
    ]


def _dimension(value) -> str:
    if pd.isna(value):
        return "Not known"
    if isinstance(value, pd.Timestamp):  # periods are named by their first day
        return wording.month(value) if value.day == 1 else wording.day(value)
    return str(value) or "Not known"


def _count(value, symbol: str) -> str:
    return _value(value, 0 if pd.isna(value) or float(value).is_integer() else 1, symbol)


def _value(value, decimals: int, symbol: str) -> str:
    if pd.isna(value):
        return _missing(symbol)
    text = wording.number(float(value), decimals)
    return f"{text} {symbol}" if symbol in FLAGS else text


def _missing(symbol: str) -> str:
    return symbol if symbol and symbol not in FLAGS else "[x]"


def _decimals(controlled: Controlled) -> list[int]:
    """How many decimals each row's ratio and interval may carry."""
    data = controlled.data
    if controlled.unit == "%":
        if "at_risk" in data:  # a curve, whose percentages disclosure control leaves in whole numbers
            return [0] * len(data)
        is_ours = controlled.policy is not None
        return [0 if is_ours and of < EXACT_PERCENTAGE_FROM else 1 for of in data["denominator"]]
    largest = pd.to_numeric(data["ratio"], errors="coerce").abs().max()
    return [0 if largest >= 100 else 1 if largest >= 3 or pd.isna(largest) else 2] * len(data)


def _spread(controlled: Controlled, caption: str, columns: dict[str, str], across: str) -> dict:
    data = controlled.data
    value = "numerator" if data["ratio"].isna().all() else "ratio"
    down = [name for name in columns if name in controlled.dimensions and name != across]
    down = down or [name for name in controlled.dimensions if name != across and data[name].nunique(dropna=False) > 1]
    texts = pd.DataFrame({name: _texts(controlled, name) for name in [*down, across, value]})
    if texts.duplicated([*down, across]).any():
        raise ValueError(f"more than one row for the same {wording.listing([*down, across])}; choose one with .where(...)")
    spread = texts.pivot(index=down, columns=across, values=value)
    spread = spread.reindex(columns=texts[across].unique(), index=spread.index).fillna("[x]")
    order = texts.drop_duplicates(down).set_index(down).index
    spread = spread.loc[order]
    unit = f"number of {controlled.unit}" if value == "numerator" else controlled.unit
    in_heads = len(unit) <= 3  # a short unit stands in every heading, a long one once in the caption
    caption = caption if in_heads else f"{caption} ({unit})"
    heads = [{"label": columns.get(name, wording.sentence_case(name.replace("_", " "))), "number": False} for name in down]
    heads += [
        {"label": f"{name}, {unit}" if in_heads else str(name), "number": True, "count": value in COUNTS}
        for name in spread.columns
    ]
    labels = [list(key) if isinstance(key, tuple) else [key] for key in spread.index]
    rows = [[*map(str, label), *row] for label, row in zip(labels, spread.to_numpy().tolist(), strict=True)]
    return _block(caption, heads, rows, controlled)
