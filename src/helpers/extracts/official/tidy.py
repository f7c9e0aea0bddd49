"""The one shape of every official figure: what a file gives, and what a row of the tidy table says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np

COLUMNS = {
    "data_set": "the key of a family of files, or interactive_tool",
    "measure": "the newest name of a column or item; the tool's short name",
    "unit": "number, %, per 10,000, full-time equivalents, other, or as the tool prints it",
    "breakdown": "of whom, labels joined by “ | ”; empty for everyone",
    "level": "National, Regional or Local authority",
    "area": "the present name",
    "printed_area": "the name as the file prints it",
    "old_code": "what an authority is known by; “314 / 318” for a row of two, empty for a region or England",
    "new_code": "the code of the area as it was bounded",
    "region": "the region it is in",
    "period": "2024/25 for an academic year, else the year in which it ends",
    "period_start": "its first day",
    "period_end": "its last day",
    "year": "the year in which it ends",
    "status": "provisional, revised, final or empty",
    "numerator": "a count, of a share or rate the one above the line",
    "denominator": "what a share, rate or mean is out of; missing where it is not published",
    "value": "as published",
    "symbol": "why there is no value (helpers.extracts.official.symbols); empty where there is one",
    "rounded": "whether the count, or the counts that it divides, are known to be rounded to 10 by their publisher",
    "file": "which file it stands in",
}


class Place(NamedTuple):
    """Where a figure is of."""

    level: str
    area: str
    old_code: str
    new_code: str
    region: str
    printed_area: str


class Period(NamedTuple):
    """When a figure is of; see helpers.extracts.official.periods."""

    period: str
    period_start: date
    period_end: date
    year: int
    status: str


@dataclass(frozen=True)
class Figures:
    """One measure in some of a file's rows: values with their symbols, and for a share or a mean what it divides."""

    measure: str
    unit: str
    rows: np.ndarray  # positions among the part's rows
    value: np.ndarray
    symbol: np.ndarray  # positions in helpers.extracts.official.symbols.SYMBOLS
    numerator: np.ndarray | None = None
    denominator: np.ndarray | None = None
    rounded: bool = False  # where the area is a region or England


@dataclass(frozen=True)
class Part:
    """What one file gives. A row of it is a place, a period and a breakdown, each a code into its list; none twice."""

    data_set: str
    places: list[Place]
    place: np.ndarray
    periods: list[Period]
    period: np.ndarray
    breakdowns: list[str]
    breakdown: np.ndarray
    figures: list[Figures] = field(default_factory=list)


def relabelled(codes: np.ndarray, labels: list, name: Callable) -> tuple[np.ndarray, list]:
    """Codes and labels after each label was renamed; labels that have become the same share a code."""
    renamed = [name(label) for label in labels]
    position = {label: at for at, label in enumerate(dict.fromkeys(renamed))}
    return np.array([position[label] for label in renamed], dtype=np.int32)[codes], list(position)


def occurring(codes: np.ndarray, labels: list) -> tuple[np.ndarray, list]:
    """Codes and labels without the labels that no code has."""
    there = np.bincount(codes, minlength=len(labels)) > 0
    return (np.cumsum(there) - 1)[codes], [label for label, has in zip(labels, there, strict=True) if has]


def combined(*columns: tuple[np.ndarray, list]) -> np.ndarray:
    """One whole number for each combination of coded columns (codes, labels)."""
    key = np.zeros(len(columns[0][0]), dtype=np.int64)
    for codes, labels in columns:
        key = key * max(1, len(labels)) + codes
    return key


def different(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each different key, and each row's place among them."""
    _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
    return first, codes
