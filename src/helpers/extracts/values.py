"""Cells as authorities write them -> dates, codes and text; what cannot be read with certainty is a fault and never a guess."""

import re

import pandas as pd

BLANKS = {"", "-", "--", "#n/a", "#ref!", "#value!", "null", "nan", "nat"}
MONTHS = {name: number for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)}  # fmt: skip
TIME = r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[aApP]\.?[mM]\.?)?Z?)?"
ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + TIME)
DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})" + TIME)
NAMED = re.compile(r"(?P<day>\d{1,2})[-/ ]?(?P<month>[A-Za-z]{3,9})[-/ ,]*(?P<year>\d{4})" + TIME)
NAMED_ISO = re.compile(r"(?P<year>\d{4})[-/ ](?P<month>[A-Za-z]{3,9})[-/ ](?P<day>\d{1,2})" + TIME)
MONTH_FIRST_SHARE = 0.05  # above this share of dates that can only be month-first, no day-or-month date is certain


def normalised(text: str) -> str:
    """Letters and digits alone, in lower case: how headers and codes are compared."""
    return re.sub(r"[^a-z0-9]+", "", str(text).casefold())


def blank(values: pd.Series) -> pd.Series:
    """Which cells hold nothing: empty, spaces, `-`, `#N/A` and the like."""
    return values.isna() | values.str.strip().str.casefold().isin(BLANKS)


def text(values: pd.Series) -> pd.Series:
    """Text without spaces around it (non-breaking ones too); blank cells are missing."""
    return values.str.replace(" ", " ").str.strip().mask(blank(values))


def coded(values: pd.Series, synonyms: dict[str, str]) -> tuple[pd.Series, pd.Series]:
    """Codes by their normalised `synonyms` (an empty code: known, and counts as no value), and which cells hold none of them."""
    keys = values.map(normalised)
    codes = keys.map(synonyms).astype("str")
    empty = blank(values) & ~keys.isin(synonyms)
    return codes.mask(codes.isna() | (codes == "")), codes.isna() & ~empty


def numbers(values: pd.Series, whole: bool = False) -> tuple[pd.Series, pd.Series]:
    """Numbers ("1,205", "6.5"; `whole` for counts), and which cells hold something that is none."""
    plain = values.str.strip().str.replace(",", "")
    found = pd.to_numeric(plain.where(plain.str.fullmatch(r"[+-]?\d+(\.\d+)?")), errors="coerce").astype("Float64")
    found = found.where(found == found.round()) if whole else found
    return found, found.isna() & ~blank(values)


def academic_years(values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Academic years as "2023/24" ("2023-24", "2023/2024" and "202324" too), and which cells hold no certain one.

    One year alone (2024) is uncertain: some write the year it begins in and some the year it ends in.
    """
    parts = values.str.strip().str.extract(r"^(?P<begins>20\d\d)\s*[-/–]?\s*(?:20)?(?P<ends>\d\d)$")
    right = (parts["begins"].str[2:].astype("Float64") + 1).mod(100).eq(parts["ends"].astype("Float64")).fillna(False)
    years = (parts["begins"] + "/" + parts["ends"]).where(right.astype(bool)).astype("str")
    return years, years.isna() & ~blank(values)


def dates(values: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Dates and times; whether each carries a time of day; and which cells hold no certain date.

    Day first (25/04/2024), ISO (2024-04-25) and named months (25-Apr-2024, 2024-Apr-25), each with or without a time. Where a
    column also holds dates that can only be month-first, the dates that could be read either way are uncertain.
    """
    written = pd.Series(values.dropna().unique(), dtype="str")
    read = {raw: _date(raw) for raw in written}
    day_first = [parts for parts in read.values() if parts and parts["either_way"] is not None]
    month_only = sum(parts["month_first_only"] for parts in day_first)
    decided = month_only + sum(parts["day_first_only"] for parts in day_first)
    uncertain = decided > 0 and month_only > MONTH_FIRST_SHARE * decided
    moments, timed = {}, {}
    for raw, parts in read.items():
        if parts is None or (uncertain and parts["either_way"]):
            continue
        moment = _moment(parts)
        if moment is not None:
            moments[raw], timed[raw] = moment, parts["timed"]
    parsed = pd.to_datetime(values.map(moments)).astype("datetime64[us]")
    midnight = (parsed.dropna() == parsed.dropna().dt.normalize()).all()  # a whole column of 00:00 records no time
    return parsed, values.map(timed).eq(True) & (not midnight), parsed.isna() & ~blank(values)


def _date(raw: str) -> dict | None:
    """The parts of one written date, or None where it has no known form."""
    raw = raw.replace(" ", " ").strip()
    for pattern in (ISO, DAY_FIRST, NAMED, NAMED_ISO):
        found = pattern.fullmatch(raw)
        if found:
            break
    else:
        return None
    parts = found.groupdict()
    month = parts["month"]
    parts["month"] = int(month) if month.isdigit() else MONTHS.get(month[:3].lower(), 0)
    parts["day"], parts["year"] = int(parts["day"]), int(parts["year"])
    numeric = pattern is DAY_FIRST
    parts["month_first_only"] = numeric and parts["month"] > 12 >= parts["day"]
    parts["day_first_only"] = numeric and parts["day"] > 12 >= parts["month"]
    both = parts["day"] <= 12 and parts["month"] <= 12 and parts["day"] != parts["month"]
    parts["either_way"] = both if numeric else None
    return parts


def _moment(parts: dict) -> pd.Timestamp | None:
    """The moment, with `parts["timed"]` set where a time was written; None where there is no such day or time."""
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    parts["timed"] = parts["hour"] is not None
    try:
        return pd.Timestamp(parts["year"], parts["month"], parts["day"], hour, minute, second)
    except ValueError:
        return None
