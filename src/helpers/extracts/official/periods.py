"""What a time period of the department's files means: its label, its first and last day, and the year in which it ends."""

import calendar
import re
from datetime import date

from helpers.extracts.official.tidy import Period

# Kind of period: the month with which it ends and how many months it holds. A period is known by the year in which it ends.
KINDS = {
    "year to 31 March": (3, 12),
    "academic year": (8, 12),
    "calendar year": (12, 12),
    "year to 30 September": (9, 12),
    "December to February": (2, 3),
    "January": (1, 1),
    "year to 30 June": (6, 12),
}
IDENTIFIERS = {
    "reporting year": "year to 31 March", "financial year": "year to 31 March", "tax year": "year to 31 March",
    "academic year": "academic year", "calendar year": "calendar year",
}  # fmt: skip
EARLIEST, LATEST = 1990, 2100  # other numbers are no years
STATUS = {"rev": "revised", "revised": "revised", "prov": "provisional", "provisional": "provisional", "final": "final"}
FORMS = re.compile(
    r"(?P<first>\d{4})"
    r"(?:(?P<next>\d\d)|[/-](?P<last>\d{4}|\d\d)(?:-(?P<pooled>\d\d/\d\d))?)?"  # 202425; 2024/25, 2014-16; 2013/14-15/16
    r"(?: \((?P<flag>\w+)\))?"
)


def period(text: str, kind: str, status: str = "") -> Period | None:
    """The period that `text` names: "2025", "202425", "2024/25", "2024-25 (OT)", "2025 (Rev)", "2014-16"; None for any other.

    Its label is "2024/25" for an academic year, "2014 to 2016" for years pooled, else the year in which it ends. `kind` is one
    of KINDS and says what a lone year means; `status` is what a column beside it says. Two consecutive years that a file tags
    as a calendar year are an academic year: some files of attainment and special educational needs are tagged so.
    """
    found = FORMS.fullmatch(text.strip())
    if found is None or kind not in KINDS or not EARLIEST <= (first := int(found["first"])) <= LATEST:
        return None
    last = found["next"] or (found["pooled"] or "")[-2:] or found["last"] or found["first"]
    last = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if last < first:
        return None
    pooled = last - first + (0 if found["pooled"] else 1) if last > first + 1 else 1
    if last == first + 1 and kind == "calendar year":
        kind = "academic year"
    month, months = KINDS[kind]
    before = last * 12 + month - months - 12 * (pooled - 1)  # months since year 0 up to the period
    label = str(last) if kind != "academic year" else f"{last - 1}/{last % 100:02d}"
    return Period(
        label if pooled == 1 else f"{first} to {last}",
        date(before // 12, before % 12 + 1, 1),
        date(last, month, calendar.monthrange(last, month)[1]),
        last,
        STATUS.get((found["flag"] or status).lower(), ""),
    )


def named(year: int, kind: str) -> str:
    """What pages call the period of a kind that ends in `year`: "2025" (to 31 March), "2024/25", "calendar 2024"."""
    forms = {
        "year to 31 March": f"{year}",
        "academic year": f"{year - 1}/{year % 100:02d}",
        "calendar year": f"calendar {year}",
        "year to 30 September": f"September {year}",
        "December to February": f"winter {year - 1}/{year % 100:02d}",
        "January": f"January {year}",
        "year to 30 June": f"June {year}",
    }
    return forms[kind]


PLURALS = {
    "year to 31 March": "years to 31 March", "academic year": "academic years", "calendar year": "calendar years",
    "year to 30 September": "years to 30 September", "December to February": "winters", "January": "the Januaries",
    "year to 30 June": "years to 30 June",
}  # fmt: skip


def within(kind: str, start: str, end: str) -> list[str]:
    """The names of the periods of a kind that lie whole between two ISO dates, in order."""
    years = range(max(EARLIEST, int(start[:4])), min(LATEST, int(end[:4])) + 1)
    found = [(named(year, kind), period(str(year), kind)) for year in years]
    return [name for name, one in found if start <= one.period_start.isoformat() and one.period_end.isoformat() <= end]


def kind_of(name: str) -> str:
    """The kind of period that a name of `named` is."""
    first = name.split()[0]
    words = {"calendar": "calendar year", "September": "year to 30 September", "winter": "December to February",
             "January": "January", "June": "year to 30 June"}  # fmt: skip
    return words.get(first, "academic year" if "/" in first else "year to 31 March")


def year_of(name: str) -> int:
    """The year in which the period of that name ends."""
    digits = name.split()[-1]
    return int(digits[:4]) + (1 if "/" in digits else 0)


def bounds(name: str) -> tuple[date, date]:
    """The first and last day of the period of that name."""
    found = period(str(year_of(name)), kind_of(name))
    return found.period_start, found.period_end


def in_words(name: str) -> str:
    """The period of that name inside a sentence: "the year to March 2025", "the academic year 2024/25"."""
    words = {"year to 31 March": f"the year to March {name}", "academic year": f"the academic year {name}",
             "calendar year": f"the calendar year {year_of(name)}", "December to February": f"the {name}"}  # fmt: skip
    return words.get(kind_of(name), name)
