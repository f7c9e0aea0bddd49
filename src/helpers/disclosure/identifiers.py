"""The identifiers in a run's inputs, ready to be looked for in what the run releases.

A *plain* identifier (letters and digits together, or nine digits and more, or several words) is looked for anywhere as whole
words. A *faint* one (a short number, a single name, which may be any count or any word) is looked for only beside other fields
of its row, and so are dates of birth: with thousands of children nearly every date is someone's birthday.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

import pandas as pd

WORD = re.compile(r"\w+")
LOOSE_NUMBER = re.compile(r"(?<![\d.,/:−-])\d+(?![\d.,/:-]*\d)")
MONTHS = {f"{date(2000, month, 1):%b}".casefold(): month for month in range(1, 13)}
DATES = (
    re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})(?!\d)"),
    re.compile(
        r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?P<y>\d{4})",
        re.I,
    ),
    re.compile(r"(?<![\w.])(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\w.])"),
)
NOBODY = {"not known", "not recorded", "not applicable", "not available", "no fixed abode", "to be confirmed"}
BIRTH = re.compile(r"(^|_)(dob|birth|date_of_birth)($|_)", re.I)


@dataclass(frozen=True)
class Row:
    """One row of an input beside which a faint identifier is looked for: values as words, dates as ISO text."""

    identifiers: dict[str, str]  # column -> value
    births: frozenset[str]
    dates: frozenset[str]
    words: frozenset[str]


@dataclass
class Identifiers:
    """Plain identifiers (as tuples of words) with the column they come from; faint ones and births with their rows."""

    plain: dict[tuple[str, ...], str] = field(default_factory=dict)
    faint: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    births: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame], identifying: Mapping[str, Iterable[str]] | None = None) -> "Identifiers":
        """The identifiers of typed tables by name; `identifying` names each table's identifying columns, for others than ours."""
        found, split = cls(), cache(_split)  # the same children stand in most tables
        for name, frame in tables.items():
            found._add(frame, list((identifying or {}).get(name, _identifying(name, frame))), split)
        return found

    @cached_property
    def lengths(self) -> list[int]:
        """How many words plain identifiers have."""
        return sorted({len(words) for words in self.plain})

    @cached_property
    def first_words(self) -> set[str]:
        return {words[0] for words in self.plain}

    def _add(self, frame: pd.DataFrame, columns: list[str], split: Callable) -> None:
        columns = [column for column in columns if column in frame]
        dated = [c for c in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[c])]
        births = [c for c in frame.columns if BIRTH.search(c)]
        named = [c for c in columns if c not in births and c not in dated]
        other = [c for c in frame.columns if c not in named and c not in dated and c not in births and frame[c].dtype != bool]
        faint = {}
        for column in named:
            words = {value: split(value) for value in frame[column].dropna().unique()}
            self.plain = dict.fromkeys((text for text, plain in words.values() if plain), column) | self.plain
            single = {value: text[0] for value, (text, plain) in words.items() if text and not plain}
            if single:
                faint[column] = _listed(frame[column].map(single))
        if not faint and not births:
            return
        born, seen = (
            [_listed(_as_days(frame[c])) for c in columns] for columns in (births, [c for c in dated if c not in births])
        )
        texts = [_listed(frame[c].astype("str").str.strip().str.casefold()) for c in other]
        for at in range(len(frame)):
            identifiers = {column: values[at] for column, values in faint.items() if values[at]}
            row = Row(identifiers, _present(born, at), _present(seen, at), _present(texts, at))
            for value in identifiers.values():
                self.faint[value].append(row)
            for day in row.births:
                self.births[day].append(row)


def _split(value) -> tuple[tuple[str, ...], bool]:
    """The words of a value, and whether they are a plain identifier."""
    words = tuple(WORD.findall(str(value).casefold()))
    return words, is_plain(words)


def _listed(values: pd.Series) -> list:
    return values.astype(object).where(values.notna(), None).tolist()


def _present(columns: list[list], at: int) -> frozenset[str]:
    return frozenset(values[at] for values in columns if values[at])


def _as_days(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%d")
    return values.map({value: next(iter(days_in(str(value))), None) for value in values.dropna().unique()})


def is_plain(words: tuple[str, ...]) -> bool:
    """Whether these words, as an identifier, cannot well be anything else: a short number or one word of letters can."""
    text = "".join(words)
    if " ".join(words) in NOBODY:
        return False
    has_digit, has_letter = any(map(str.isdigit, text)), any(map(str.isalpha, text))
    if has_digit and has_letter:
        return len(text) >= 5
    if has_digit:
        return len(text) >= 9
    return len(words) > 1 and len(text) >= 7


def days_in(line: str) -> set[str]:
    """The full dates in a line of text, as ISO text."""
    found = set()
    for pattern in DATES:
        for match in pattern.finditer(line):
            month = match["m"] if match["m"].isdigit() else MONTHS[match["m"][:3].casefold()]
            if 1 <= int(month) <= 12 and 1 <= int(match["d"]) <= 31:
                found.add(f"{match['y']}-{int(month):02}-{int(match['d']):02}")
    return found


def is_month_end(day: str) -> bool:
    """Whether a date is the first or one of the last days of a month, by which periods are named."""
    return day[-2:] in ("01", "28", "29", "30", "31")


def _identifying(name: str, frame: pd.DataFrame) -> list[str]:
    from helpers.tables import TABLES

    if name in TABLES:
        return TABLES[name].identifiers
    tail = re.compile(r"(^|_)(id|upn|uln|urn|name|forename|surname|postcode|address|email|nhs_number|child|family)$", re.I)
    return [column for column in frame.columns if tail.search(str(column))]
