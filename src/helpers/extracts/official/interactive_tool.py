"""The Local Authority Interactive Tool's parquet and dictionary as tidy figures.

The tool prints percentages, rates and counts alone: no denominator, and "-" for whatever is missing. It lists an authority in
years before it existed; those rows are left out, so that a series begins with the authority's first figure.
"""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.extracts.official import periods, places, symbols, tidy
from helpers.extracts.official.tidy import Figures, Part, Place

COLUMNS = ["Short Desc", "Years", "LA and Regions", "Values", "LA Number", "Region"]
DICTIONARY_COLUMNS = {"Measure_short", "Measure", "Polarity", "y_axis_name", "Year_Type", "Table_status"}
KINDS = {
    "Academic Year": "academic year", "Calendar Year": "calendar year", "Annual (end of Sept)": "year to 30 September",
    "Annual - January": "January", "Financial Year": "year to 31 March", "Annual": "year to 31 March",
}  # fmt: skip
ENGLAND, REGIONS_FROM = "970", 980
KEY = "interactive_tool"


def dictionary(file: Path) -> dict[str, dict[str, str]]:
    """Short name -> its entry; a measure listed under two topics stands once. None of it where the file is no dictionary."""
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = csv.DictReader(stream)
        if not set(rows.fieldnames or ()) >= DICTIONARY_COLUMNS:
            return {}
        entries: dict[str, dict[str, str]] = {}
        for row in rows:
            entries.setdefault(row["Measure_short"], row)
        return entries


def is_tool(file: Path) -> bool:
    """Whether a parquet file is the tool's; ValueError where it is no parquet file at all."""
    return set(pq.read_schema(file).names) >= set(COLUMNS)


def read(file: Path, entries: dict[str, dict[str, str]]) -> Part:
    """The tool's figures; years that name none, and years before a new authority's first figure, are left out."""
    words = [name for name in COLUMNS if name != "LA Number"]
    table = pq.read_table(file, columns=COLUMNS, read_dictionary=words).unify_dictionaries()
    measure, years, printed, number, region = (
        _codes(table[name]) for name in ("Short Desc", "Years", "LA and Regions", "LA Number", "Region")
    )
    at, texts = _codes(table["Values"])
    value, symbol = (each[at] for each in symbols.typed_column(pa.array(texts, pa.string())))
    ends = np.array([found.year if (found := periods.period(text, "year to 31 March")) else 0 for text in years[1]])[years[0]]
    kept = np.flatnonzero((ends > 0) & np.array([bool(code) for code in number[1]])[number[0]])
    kept = kept[_after_first_figure(measure[0][kept], number[0][kept], number[1], ends[kept], symbol[kept] == 0)]
    kept = kept[np.argsort(measure[0][kept], kind="stable")]

    last = np.zeros(len(number[1]), dtype=np.int64)
    last[number[0]] = np.arange(len(number[0]))  # one row of each number, for its name and region
    there = [_place(code, printed[1][printed[0][row]], region[1][region[0][row]])
             for code, row in zip(number[1], last, strict=True)]  # fmt: skip
    kinds = [KINDS.get(entries.get(short, {}).get("Year_Type", ""), "year to 31 March") for short in measure[1]]
    kind = list(dict.fromkeys(kinds))
    kind_of = np.array([kind.index(name) for name in kinds])[measure[0][kept]]
    when = [periods.period(text, name) for name in kind for text in years[1]]
    place, there = tidy.occurring(number[0][kept], there)
    period, when = tidy.occurring(kind_of * len(years[1]) + years[0][kept], when)
    part = Part(KEY, there, place, when, period, [""], np.zeros(len(kept), dtype=int))
    bounds = np.searchsorted(measure[0][kept], np.arange(len(measure[1]) + 1))
    for code, short in enumerate(measure[1]):
        rows = np.arange(bounds[code], bounds[code + 1])
        if short and len(rows):
            unit = entries.get(short, {}).get("y_axis_name", "")
            part.figures.append(Figures(short, unit, rows, value[kept[rows]], symbol[kept[rows]]))
    return part


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """A column as codes and labels, "" where it is empty; the tool's numbers lose their decimal point."""
    column = column.combine_chunks()
    column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    labels = ["" if label is None else str(label).removesuffix(".0") for label in column.dictionary.to_pylist()]
    return pc.fill_null(column.indices, len(labels)).to_numpy(zero_copy_only=False), [*labels, ""]


def _place(code: str, printed: str, region: str) -> Place:
    """The area that one of the tool's numbers means."""
    level = "National" if code == ENGLAND else "Regional" if code and int(code) >= REGIONS_FROM else "Local authority"
    return places.place(level, printed if level == "Regional" else region, code, printed, "") or Place(level, "", "", "", "", "")


def _after_first_figure(measure, number, numbers, ends, there) -> np.ndarray:
    """Rows of each series from its first figure on: a leading "-" may be a year in which the authority was not there.

    Of authorities that have stood throughout, every row.
    """
    young = {code for code, first in places.first_years().items() if first > places.OLDEST}
    is_young = np.array([code in young for code in numbers])[number]
    series = measure.astype(np.int64) * len(numbers) + number
    first = np.full(int(series.max(initial=0)) + 1, 9999)
    np.minimum.at(first, series[is_young & there], ends[is_young & there])
    return ~is_young | (ends >= first[series])
