"""The leak check: whether anything in a folder to be released names, or could name, a child or a member of staff.

It reads everything that `released` can read out of the files and looks for the identifiers of the inputs, for what identifiers
look like, for what runs or loads, and for numbers that disclosure control should not have let through. A leak's detail never
repeats what leaked.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.disclosure import released
from helpers.disclosure.controlled import SYMBOLS
from helpers.disclosure.identifiers import LOOSE_NUMBER, WORD, Identifiers, Row, days_in, is_month_end
from helpers.disclosure.released import Released, Table

UPN = re.compile(r"\b[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]\b")
NHS_NUMBER = re.compile(r"(?<![\w.,−-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w]|[.,]\d)")
POSTCODE = re.compile(r"\b(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?)\s{0,2}\d[ABD-HJLNP-UW-Z]{2}\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
USER_PATH = re.compile(
    r"(?:(?<![\w.])/home/|(?<![\w.])/Users/|\b[A-Za-z]:\\{1,2}Users\\{1,2}|(?<![\w.])/root/|\\\\[\w.-]+\\[\w$.-]+)[\w.-]*",
    re.IGNORECASE,
)
TRACEBACK = re.compile(r"Traceback \(most recent call last\)|^\s*File \".+\", line \d+|Error Traceback\b")
PATTERNS = (
    ("UPN", UPN),
    ("postcode", POSTCODE),
    ("email address", EMAIL),
    ("path with a user's name", USER_PATH),
    ("traceback", TRACEBACK),
)
RELEASED_NUMBER = re.compile(r"^[−-]?[\d,]+(?:\.\d+)?$")
INTERVAL_WORDS = re.compile(r"^(.+) to (.+)$|^(.+) or more$|^(.+) or less$")


@dataclass(frozen=True)
class Leak:
    """Something that must not be released: the file (relative to the folder), what kind of thing, and where to look."""

    file: str
    kind: str
    detail: str

    def __str__(self):
        return f"{self.file}: {self.kind}: {self.detail}"


def check(
    folder: Path, inputs: Mapping[str, pd.DataFrame] | Identifiers | None = None, canaries: Iterable[str] = ()
) -> list[Leak]:
    """Every leak in the files of `folder` and below, in the order of the files; empty where all may be released.

    `inputs` are the run's typed tables by name (or their Identifiers, made once for several folders); `canaries` texts that
    made-up data carry and that nothing but those data can hold.
    """
    identifiers = inputs if isinstance(inputs, Identifiers) else Identifiers.of(inputs or {})
    found, csv_files, offered = [], [], {}  # offered: file name -> the CSVs that pages offer under it
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file() or path.is_symlink()):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found.append(Leak(name, "file", "a link to another file is not released"))
            continue
        contents = released.read(path)
        contents.lines.append(name)
        found += leaks_in(name, contents, identifiers, canaries)
        for file, text in contents.downloads.items():
            offered.setdefault(file, []).append(released.csv_rows(text))
        if path.suffix.lower() == ".csv":
            csv_files.append(path)
    for path in csv_files:
        rows = released.csv_rows(path.read_bytes().decode("utf-8-sig", errors="replace"))
        if path.name in offered and rows not in offered[path.name]:
            found.append(Leak(path.relative_to(folder).as_posix(), "CSV", "differs from what a page offers under the same name"))
    return found


def leaks_in(name: str, contents: Released, identifiers: Identifiers, canaries: Iterable[str] = ()) -> list[Leak]:
    """The leaks of one file that has been read."""
    found = [Leak(name, kind, detail) for kind, detail in contents.faults]
    found += [
        Leak(name, "canary", f"line {at}") for canary in canaries for at, line in enumerate(contents.lines, 1) if canary in line
    ]
    found += [Leak(name, kind, f"line {at}") for at, line in enumerate(contents.lines, 1) for kind in _patterns(line)]
    found += [Leak(name, "identifier", detail) for detail in _identifiers(contents.lines, identifiers)]
    for number, table in enumerate(contents.tables, 1):
        found += [Leak(name, kind, f"table {number}: {detail}") for kind, detail in (*_uncontrolled(table), *_other_csv(table))]
    return list(dict.fromkeys(found))


def _patterns(line: str) -> list[str]:
    kinds = [kind for kind, pattern in PATTERNS if pattern.search(line)]
    return kinds + ["NHS number"] * any(is_nhs_number(match.group()) for match in NHS_NUMBER.finditer(line))


def is_nhs_number(text: str) -> bool:
    """Whether ten digits carry the check digit of an NHS number."""
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    remainder = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return remainder % 11 == digits[9] and remainder != 10


def _identifiers(lines: list[str], identifiers: Identifiers) -> list[str]:
    """Where lines hold an identifier of the inputs, in words that do not repeat it."""
    found = []
    for at, line in enumerate(lines, 1):
        words = WORD.findall(line.casefold())
        distinct = set(words)
        if not distinct.isdisjoint(identifiers.first_words):
            for length in identifiers.lengths:
                for phrase in zip(*(words[i:] for i in range(length)), strict=False):
                    if phrase in identifiers.plain:
                        found.append(f"line {at} holds a value of {identifiers.plain[phrase]}")
        days = days_in(line) if any(map(str.isdigit, line)) else set()
        faint = [word for word in distinct if word in identifiers.faint]
        loose = set(LOOSE_NUMBER.findall(line)) if any(word.isdigit() for word in faint) else set()
        for word in faint:
            if (not word.isdigit() or word in loose) and any(
                _beside(row, word, days, distinct, line) for row in identifiers.faint[word]
            ):
                found.append(f"line {at} holds a number or name beside other fields of its row")
        for day in days & identifiers.births.keys():
            if not is_month_end(day) and any(_born(row, distinct, line) for row in identifiers.births[day]):
                found.append(f"line {at} holds a date of birth beside other fields of its row")
    return found


def _beside(row: Row, word: str, days: set[str], words: set[str], line: str) -> bool:
    """Whether a faint identifier stands with enough of its row to be it.

    A date of birth is enough. A name and another name of the row is enough. Any other date needs a further field. Dates by
    which months and periods are named count for nothing beside a number: every table has them.
    """
    days = days if not word.isdigit() else {day for day in days if not is_month_end(day)}
    if row.births & days:
        return True
    others = {value for value in row.identifiers.values() if value != word and value in words}
    if others and not (word.isdigit() and all(other.isdigit() for other in others)):
        return True
    dates = len(row.dates & days)
    return dates > 1 or (dates == 1 and bool(others or _texts_in(row, words, line)))


def _born(row: Row, words: set[str], line: str) -> bool:
    return len(_texts_in(row, words, line)) + sum(value in words for value in row.identifiers.values()) > 1


def _texts_in(row: Row, words: set[str], line: str) -> set[str]:
    """The row's other texts that the line holds as whole words."""
    folded = line.casefold()
    return {text for text in row.words if text in words or (" " in text and text in folded)}


def _uncontrolled(table: Table) -> list[tuple[str, str]]:
    """Counts that disclosure control would not have shown, in a table marked as made from records.

    The marks: data-basis, data-suppress-up-to and data-round-to on the table, data-count on the heading of a column of counts.
    """
    if table.marks.get("data-basis") not in ("extract", "synthetic"):
        return []
    up_to, round_to = int(table.marks.get("data-suppress-up-to", 7)), int(table.marks.get("data-round-to", 5))
    found = []
    for at, (heading, marks) in enumerate(table.headings):
        for row in table.rows if "data-count" in marks else ():
            text = row[at] if at < len(row) else ""
            if text.split(" ")[0] in SYMBOLS:
                continue
            number = text.replace(",", "").split(" ")[0]
            good = number.isdigit() and (int(number) == 0 or (int(number) > up_to and int(number) % round_to == 0))
            if not good:
                found.append(
                    ("uncontrolled number", f"column '{heading}' shows a count that is not 0, [c] or a multiple of {round_to}")
                )
                break
    return found


def _other_csv(table: Table) -> list[tuple[str, str]]:
    """A CSV that says other than the table it is offered with."""
    if table.csv is None:
        return []
    heads, *rows = released.csv_rows(table.csv) or [[]]
    same = len(rows) == len(table.rows) and all(
        _plain(ours) == _plain(theirs) for ours, theirs in zip(rows, table.rows, strict=True)
    )
    return [] if same and len(heads) >= len(table.headings) else [("CSV", "the CSV offered with it differs from what it shows")]


def _plain(cells: list[str]) -> list[str]:
    """Cells of a table or of its CSV in one form: an interval as its ends, numbers without commas, symbols once."""
    found = []
    for cell in cells:
        match = INTERVAL_WORDS.match(cell)
        ends = [end for end in match.groups() if end] if match else []
        parts = ends if ends and all(RELEASED_NUMBER.match(end) for end in ends) else [cell]
        for part in parts:
            part = " ".join(part.split()).removeprefix("'").replace("−", "-")
            part = part.replace(",", "") if RELEASED_NUMBER.match(part) else part
            # An interval that is not shown is one symbol in the table and two in the CSV.
            if not (part in SYMBOLS and (part == "[z]" or (found and found[-1] == part))):
                found.append(part)
    return found
