"""Cells as authorities write them -> dates, codes and text; what cannot be read with certainty is a fault and never a guess.

Each distinct text is read once, however many cells hold it.
"""

import re
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

NOTHING = ["#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "null", "nan", "nat", "none", "n/a", "na"]
MONTHS = {name: number for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)}  # fmt: skip
TIME = r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[aApP]\.?[mM]\.?)?Z?)?"
ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + TIME)
ISO_WITHOUT_MARKS = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})" + TIME)
DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<mark>[-/. ])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})" + TIME)
SHORT_YEAR = re.compile(r"(?P<day>\d{1,2})(?P<mark>[/.])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{2})" + TIME)
NAMED = re.compile(
    r"(?:[A-Za-z]{3,9},? )?(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/ ]?(?P<month>[A-Za-z]{3,9})[-/ ,]*(?P<year>\d{4})" + TIME
)
NAMED_SHORT_YEAR = re.compile(r"(?P<day>\d{1,2})[-/ ](?P<month>[A-Za-z]{3,9})[-/ ](?P<year>\d{2})" + TIME)
NAMED_ISO = re.compile(r"(?P<year>\d{4})[-/ ](?P<month>[A-Za-z]{3,9})[-/ ](?P<day>\d{1,2})" + TIME)
FORMS = (ISO, ISO_WITHOUT_MARKS, DAY_FIRST, SHORT_YEAR, NAMED, NAMED_SHORT_YEAR, NAMED_ISO)
SHORT_FORMS = (SHORT_YEAR, NAMED_SHORT_YEAR)
SERIAL = re.compile(r"\d{5}(\.\d+)?")  # a day as Excel counts them, where a cell was not formatted as a date
FIRST_SERIAL, LAST_SERIAL = 25569, 73050  # 1 January 1970, 31 December 2099
EARLIEST_YEAR, LATEST_YEAR = 1920, 2100  # 01/01/1900 stands for no date
SHORT_YEARS_BACK = 30  # a year in two digits is one of the last 30, or the next
MONTH_FIRST_SHARE = 0.05  # above this share of dates that can only be month-first, no day-or-month date is certain
LETTER = re.compile(r"^[a-zA-Z]{1,2}\d?\)\s*")  # "p1) "
HEAD = re.compile(r"(?P<code>[A-Za-z]{0,4}\d{0,2}[A-Za-z]?)\s*(?::|\s[-–]|[-–]\s)\s*(?P<words>\S.*)")  # "N1 - ", "6: "
SLASHES = r"\d{2}/\d{2}/\d{4}( \d{2}:\d{2}(:\d{2})?)?"  # these two forms are read many at once
HYPHENS = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?"


@lru_cache(maxsize=50_000)
def normalised(text: str) -> str:
    """Letters and digits alone, in lower case: how headers and codes are compared."""
    return re.sub(r"[^a-z0-9]+", "", str(text).casefold())


def blank(values: pd.Series) -> pd.Series:
    """Which cells hold nothing: empty, spaces, `-`, `#N/A` and the like."""
    return values.isna() | _nothing(plain(values))


def _nothing(bare: pd.Series) -> pd.Series:
    return (bare.str.strip("-") == "") | bare.str.lower().isin(NOTHING)


def text(values: pd.Series) -> pd.Series:
    """Text without spaces around it (non-breaking ones too); blank cells are missing."""
    bare = plain(values)
    return bare.mask(_nothing(bare))


def plain(values: pd.Series) -> pd.Series:
    """The texts without spaces around them, and with ordinary ones for those that do not break."""
    hard = values.str.contains("\N{NO-BREAK SPACE}", regex=False)
    return (values.str.replace("\N{NO-BREAK SPACE}", " ") if hard.any() else values).str.strip()


def distinct(values: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """For each cell the position of its text among the distinct ones, and those."""
    positions, texts = pd.factorize(values.fillna(""))
    return positions, pd.Series(texts, dtype="str")


def among(values: pd.Series, known: pd.Series) -> pd.Series:
    """Which texts are among `known`; a missing one is not. Many times as fast as pandas, which makes each of `known` anew."""
    found = compute.is_in(pa.array(values.array), value_set=pa.array(known.array), skip_nulls=True)
    return pd.Series(found.to_numpy(zero_copy_only=False), values.index)


def spread(found: pd.Series, positions: np.ndarray, like: pd.Series) -> pd.Series:
    """What was found for each distinct text, for each cell of `like`."""
    return found.take(positions).set_axis(like.index)


def coded(values: pd.Series, synonyms: dict[str, str]) -> tuple[pd.Series, pd.Series]:
    """Codes by their normalised `synonyms` (an empty code: known, and counts as no value), and which cells hold none of them.

    A code may stand alone, behind a template's letter ("q) 6: Police") and before its words ("6: Police", "N1 - Abuse or
    neglect"), unless those are the words of another code.
    """
    positions, texts = distinct(values)
    codes = pd.Series([_code(text, synonyms) for text in texts], dtype="str")
    wrong = codes.isna() & ~blank(texts)
    return spread(codes.mask(codes == ""), positions, values), spread(wrong, positions, values)


def _code(text: str, synonyms: dict[str, str]) -> str | None:
    bare = LETTER.sub("", text.strip())
    for written in (text, bare):
        if normalised(written) in synonyms:
            return synonyms[normalised(written)]
    head = HEAD.fullmatch(bare)
    if not head:
        return None
    code, words = (synonyms.get(normalised(part)) for part in head.group("code", "words"))
    return code if words in (None, code) else None


def free_code(values: pd.Series) -> pd.Series:
    """Codes of lists that change from year to year, in capitals: "f) U6: Foster placement" is U6."""
    positions, texts = distinct(values)
    bare = [LETTER.sub("", one) for one in plain(texts)]
    found = pd.Series([head.group("code") if (head := HEAD.fullmatch(one)) else one for one in bare], dtype="str")
    return spread(text(found).str.upper(), positions, values)


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


def dates(values: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    """Dates and times; whether each carries a time of day; which cells hold no certain date; which a year in two digits.

    Day first (25/04/2024), ISO (2024-04-25), named months (25-Apr-2024, 2024-Apr-25) and days as Excel counts them (45407), each
    with or without a time. A year in two digits, after / or . or a named month, is the one among the last 30 years and the next:
    25/04/24 is 2024 and 25/04/99 is 1999; 25/04/61 is uncertain, since nobody served as a child was born then or soon will be.
    Where a column also holds dates that can only be month-first, the dates that could be read either way are uncertain.
    """
    positions, texts = distinct(values)
    written = plain(texts)
    slashes = written.str.fullmatch(SLASHES)
    turned = written.str[6:10] + "-" + written.str[3:5] + "-" + written.str[:2] + written.str[10:]
    iso = written.mask(slashes, turned)
    moments = pd.to_datetime(iso.where(iso.str.fullmatch(HYPHENS)), format="ISO8601", errors="coerce").astype("datetime64[us]")
    timed = moments.notna() & (iso.str.len() > 10)
    either_way = moments.notna() & slashes & (moments.dt.day <= 12) & (moments.dt.day != moments.dt.month)
    day_first = moments.notna() & slashes & (moments.dt.day > 12)
    month_first, short = pd.Series(False, written.index), pd.Series(False, written.index)
    for index, raw in written[moments.isna() & ~blank(written)].items():
        parts = _date(raw)
        if parts is None:
            continue
        month_first[index], day_first[index], either_way[index] = parts["month_first"], parts["day_first"], parts["either_way"]
        moment = _moment(parts)
        if moment is not None:
            moments[index], timed[index], short[index] = moment, parts["timed"], parts["short"]
    uncertain = month_first.sum() > MONTH_FIRST_SHARE * (month_first.sum() + day_first.sum())
    moments = moments.mask((uncertain & either_way) | ~moments.dt.year.between(EARLIEST_YEAR, LATEST_YEAR - 1))
    midnight = (moments.dropna() == moments.dropna().dt.normalize()).all()  # a whole column of 00:00 records no time
    timed &= moments.notna() & (not midnight)
    wrong = moments.isna() & ~blank(written)
    return tuple(spread(found, positions, values) for found in (moments, timed, wrong, short & ~wrong))


def _date(raw: str) -> dict | None:
    """The parts of one written date, or None where it has no known form."""
    if SERIAL.fullmatch(raw) and FIRST_SERIAL <= float(raw) < LAST_SERIAL:
        moment = pd.Timestamp("1899-12-30") + pd.Timedelta(round(float(raw) * 86400), "s")
        return {
            "moment": moment,
            "timed": "." in raw,
            "short": False,
            "month_first": False,
            "day_first": False,
            "either_way": False,
        }
    form, found = next(((form, found) for form in FORMS if (found := form.fullmatch(raw))), (None, None))
    if found is None:
        return None
    parts = found.groupdict()
    month = parts["month"]
    parts["month"] = int(month) if month.isdigit() else MONTHS.get(month[:3].lower(), 0)
    parts["day"], parts["year"] = int(parts["day"]), _year(parts["year"])
    parts["short"] = form in SHORT_FORMS
    numeric = form in (DAY_FIRST, SHORT_YEAR)
    parts["month_first"] = numeric and parts["month"] > 12 >= parts["day"]
    parts["day_first"] = numeric and parts["day"] > 12 >= parts["month"]
    parts["either_way"] = numeric and parts["day"] <= 12 and parts["month"] <= 12 and parts["day"] != parts["month"]
    parts["timed"] = parts["hour"] is not None
    return parts


def _year(written: str) -> int:
    """A year from four digits, or from two where it is certain; 0 where it is not."""
    if len(written) == 4:
        return int(written)
    latest = date.today().year + 1
    year = latest - (latest - int(written)) % 100
    return year if year > latest - SHORT_YEARS_BACK else 0


def _moment(parts: dict) -> pd.Timestamp | None:
    """The moment; None where there is no such day or time."""
    if "moment" in parts:
        return parts["moment"]
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    try:
        return pd.Timestamp(
            parts["year"], parts["month"], parts["day"], hour, int(parts["minute"] or 0), int(parts["second"] or 0)
        )
    except ValueError:
        return None
