"""The columns of an Explore education statistics CSV: what the API calls a place or a period, and what the files call it."""

import calendar
import re
from collections.abc import Iterable

from helpers.extracts.values import normalised

# A geographic level's code in the API -> the files' columns for (code, name, old code).
PLACES = {
    "NAT": ("country_code", "country_name", ""),
    "REG": ("region_code", "region_name", ""),
    "LA": ("new_la_code", "la_name", "old_la_code"),
    "LAD": ("lad_code", "lad_name", ""),
    "PCON": ("pcon_code", "pcon_name", ""),
    "PROV": ("provider_ukprn", "provider_name", ""),
    "SCH": ("school_urn", "school_name", "school_laestab"),
}
# What a location's meta calls (code, old code), by level; "code" and "oldCode" elsewhere.
CODES = {"SCH": ("urn", "laEstab"), "PROV": ("ukprn", "")}
YEARS = {"AY": "Academic year", "CY": "Calendar year", "FY": "Financial year", "RY": "Reporting year", "TY": "Tax year"}
IDENTIFIERS = {
    **YEARS,
    **{f"{year}Q{quarter}": f"{name} Q{quarter}" for year, name in YEARS.items() for quarter in range(1, 5)},
    **{f"M{number}": name for number, name in enumerate(calendar.month_name) if number},
    **{f"W{number}": f"Week {number}" for number in range(1, 53)},
    "T1": "Autumn term", "T2": "Spring term", "T3": "Summer term", "T1T2": "Autumn and spring term",
    "P1": "Part 1 (April to September)", "P2": "Part 2 (October to March)",
}  # fmt: skip
# Labels of the columns that every file has, where they are more than the column's own name with spaces.
LABELS = {
    "time_period": ("Time", "Period", "Year"),
    "country_name": ("Country",),
    "region_name": ("Region",),
    "la_name": ("Local authority", "Local authority name", "LA"),
    "new_la_code": ("Local authority code", "New local authority code", "LA code"),
    "old_la_code": ("Old local authority code", "Local authority old code"),
    "lad_name": ("Local authority district", "Local authority district name"),
    "lad_code": ("Local authority district code",),
    "school_name": ("School",),
    "school_urn": ("URN",),
    "school_laestab": ("LAESTAB",),
}


def place_columns(level: str) -> tuple[str, str, str]:
    """The files' columns for a level's code, name and old code; of a level that no family here uses, made from its code."""
    return PLACES.get(level, (f"{level.lower()}_code", f"{level.lower()}_name", ""))


def period(period: str) -> str:
    """ "2023/2024" -> "202324", "2024" -> "2024": the API's period as the files write it."""
    first, _, last = period.partition("/")
    return first + last[-2:]


def named(header: Iterable[str], labels: Iterable[tuple[str, str]]) -> list[str]:
    """The columns that a header of labels stands for; what nothing explains becomes its own words, "Main group" main_group.

    `labels` pairs each label of this data set's filters and indicators with its column. Raises ValueError where two columns
    would have one name: the label alone does not say which is which.
    """
    known = {normalised(name): name for name in ["time_period", "time_identifier", "geographic_level"]}
    known |= {normalised(name): name for place in PLACES.values() for name in place if name}
    known |= {normalised(label): name for name, others in LABELS.items() for label in others}
    own: dict[str, set[str]] = {}
    for label, column in labels:  # the data set's own words outweigh what files usually call a column
        for written in (label, column):
            own.setdefault(normalised(written), set()).add(column)
    several = [text for text in header if len(own.get(normalised(text), ())) > 1]
    known |= {written: next(iter(columns)) for written, columns in own.items()}
    names = [known.get(normalised(text)) or re.sub(r"\W+", "_", text.strip().lower()).strip("_") for text in header]
    twice = sorted({name for name in names if names.count(name) > 1})
    if several or twice:
        raise ValueError(f"columns that cannot be told apart by their labels: {', '.join(several or twice)}")
    return names
