"""Cells of official statistics: numbers, and the symbols that stand for missing ones."""

import pandas as pd

from helpers.extracts.official import symbols


def test_every_way_of_writing_a_symbol_has_one_meaning_and_no_value():
    written = ["c", "z", "x", "u", "k", "~", "low", "Low", "LOW", " ", "", "NA", "b", ":", "-", None]
    read = symbols.typed(pd.Series(written))
    assert read["symbol"].tolist() == ["c", "z", "x", "u", *["low"] * 5, *["x"] * 5, "-", "x"]
    assert read["value"].isna().all() and set(read["symbol"]) <= set(symbols.MEANINGS)


def test_numbers_keep_their_value_and_words_that_are_no_symbol_become_neither():
    read = symbols.typed(pd.Series(["0", "326.2", "-3", "1e3", "Good", "1e400", "inf", "nan", "1_000"]))
    assert read["value"].tolist()[:4] == [0.0, 326.2, -3.0, 1000.0]
    assert read["value"][4:].isna().all() and read["symbol"].eq("").all()
