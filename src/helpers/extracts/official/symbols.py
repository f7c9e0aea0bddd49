"""The symbols of official statistics for what is missing, what each means, and cells as numbers with a symbol beside."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MEANINGS = {
    "c": "confidential: a small number, or one from which a small number could be worked out",
    "z": "not applicable: a percentage of nobody, or an authority that did not exist",
    "x": "not available",
    "u": "low reliability: the authority's return is known to be faulty",
    "low": "rounds to zero but is not zero",
    "-": "missing: confidential, not applicable and not available cannot be told apart (the Interactive Tool's one symbol)",
}
# Every way a symbol was seen in the department's files of 2013 to 2026 or is told in their guidance, capitals aside -> its key
# in MEANINGS. ":" is of children in need 2020 and 2021; "b", a break in the series, of whole years of the early years profile.
WRITTEN = {
    "c": "c", "*": "c", "z": "z", "x": "x", ":": "x", "..": "x", "b": "x", "na": "x", "": "x", "u": "u",
    "k": "low", "~": "low", "low": "low", "-": "-",
}  # fmt: skip
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?"


def typed(cells: pd.Series) -> pd.DataFrame:
    """Text cells as `value` (a number or missing) and `symbol` (a key of MEANINGS, "" where a number stands).

    A cell that is neither a number nor a known symbol (a word of a text indicator) has no value and an empty symbol."""
    text = cells.astype("str").fillna("").str.strip()
    number = text.str.fullmatch(NUMBER)
    value = pd.to_numeric(text.where(number)).astype("float64")
    symbol = text.where(~number, "0").str.casefold().map(WRITTEN).fillna("").astype("str")
    return pd.DataFrame({"value": value, "symbol": symbol}, index=cells.index)


SYMBOLS = ("", *MEANINGS)  # codes of a column's symbols are positions here; "" where a number stands
_CODES = np.array([*(SYMBOLS.index(symbol) for symbol in WRITTEN.values()), 0], dtype=np.int8)


class NotNumbers(ValueError):
    """A column holds text that is neither a number nor a symbol; the message says how often and gives one."""


def typed_column(column: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """A whole column of text as numbers (NaN where a symbol stands) and the codes of its symbols; raises NotNumbers."""
    text = pc.utf8_trim_whitespace(column)
    symbol = pc.index_in(pc.utf8_lower(text), value_set=pa.array(list(WRITTEN)))
    numbers = pc.if_else(pc.is_valid(symbol), pa.scalar(None, pa.string()), text)
    try:
        values = numbers.cast(pa.float64())
        readable = pc.all(pc.is_finite(values)).as_py() is not False  # "nan" and "inf" pass as numbers
    except pa.ArrowInvalid:
        readable = False
    if not readable:
        wrong = numbers.filter(pc.invert(pc.match_substring_regex(numbers, f"^{NUMBER}$")))
        raise NotNumbers(f"{len(wrong)} cells are neither a number nor a symbol, for example “{wrong[0]}”")
    codes = _CODES[pc.fill_null(symbol, len(WRITTEN)).to_numpy(zero_copy_only=False)]
    return pc.fill_null(values, np.nan).to_numpy(zero_copy_only=False), codes
