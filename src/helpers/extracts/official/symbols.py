"""The symbols of official statistics for what is missing, what each means, and cells as numbers with a symbol beside."""

import pandas as pd

MEANINGS = {
    "c": "confidential: a small number, or one from which a small number could be worked out",
    "z": "not applicable: a percentage of nobody, or an authority that did not exist",
    "x": "not available",
    "u": "low reliability: the authority's return is known to be faulty",
    "low": "rounds to zero but is not zero",
    "-": "missing: confidential, not applicable and not available cannot be told apart (the Interactive Tool's one symbol)",
}
# Every way a symbol was seen written in the department's files of 2013 to 2026, capitals aside -> its key in MEANINGS.
WRITTEN = {"c": "c", "z": "z", "x": "x", "u": "u", "k": "low", "~": "low", "low": "low", "na": "x", "": "x", "-": "-"}
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


def typed(cells: pd.Series) -> pd.DataFrame:
    """Text cells as `value` (a number or missing) and `symbol` (a key of MEANINGS, "" where a number stands).

    A cell that is neither a number nor a known symbol (a word of a text indicator) has no value and an empty symbol."""
    text = cells.astype("str").fillna("").str.strip()
    number = text.str.fullmatch(NUMBER)
    value = pd.to_numeric(text.where(number)).astype("float64")
    symbol = text.where(~number, "0").str.casefold().map(WRITTEN).fillna("").astype("str")
    return pd.DataFrame({"value": value, "symbol": symbol}, index=cells.index)
