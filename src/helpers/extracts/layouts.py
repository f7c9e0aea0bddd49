"""What a layout is: which headers, under all their names, supply which column of which typed table; and how one is recognised."""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches

from helpers.extracts.values import normalised
from helpers.tables import TABLES

NEARLY = 0.87  # likeness of two headers, from 0 to 1, above which one is the other misspelt
MOST_FOUND, MOST_SHARE = 4, 0.6  # headers of a layout, and the share of its headers, that make a file one of it without its sign
YES_NO_NA = {
    "Y": "y yes true 1", "N": "n no false 0",
    "NA": "na notrequired notapplicable",
}  # fmt: skip
OFFERED = {"Y": "y yes true 1 offered offeredandaccepted offeredanddeclined offeredanddeclinedbyyp offeredandrefused"
                " offeredandacceptedcypnotpresentrefusedonarrival",
           "N": "n no false 0 notoffered notofferedmissingagain", "U": "u unknown notknown"}  # fmt: skip
ACCEPTED = {"Y": "y yes true 1 accepted offeredandaccepted offeredandacceptedcypnotpresentrefusedonarrival",
            "N": "n no false 0 declined refused notaccepted offeredanddeclined offeredanddeclinedbyyp offeredandrefused",
            "U": "u unknown notknown", "": "notoffered notofferedmissingagain"}  # fmt: skip
NOT_REQUIRED = {"NA": YES_NO_NA["NA"]}
SEXES = {"M": "m male 1", "F": "f female 2", "U": "u unknown notstated 0 9", "I": "i neither indeterminate"}
MISSING_TYPES = {"missing": "missing m", "absent": "absent a away unauthorisedabsence awaywithoutauthorisation absence"}
MISSING_FROM = {
    "home": "home familyhome parents parentalhome", "foster": "foster fostercare fostering fosterplacement fosterhome",
    "residential": "residential childrenshome residentialhome residentialcare residentialchildrenshome",
    "supported": "supported supportedaccommodation supportedliving semiindependent independentliving",
    "other": "other hospital school unknown",
}  # fmt: skip
ABUSE = {
    "NEG": "neg neglect", "PHY": "phy physical physicalabuse", "SAB": "sab sexual sexualabuse",
    "EMO": "emo emotional emotionalabuse", "MUL": "mul multiple multiplenotrecommended",
}  # fmt: skip


def synonyms(spellings: dict[str, str]) -> dict[str, str]:
    """{"Y": "y yes"} -> {"y": "Y", "yes": "Y"}."""
    return {spelling: code for code, listed in spellings.items() for spelling in listed.split()}


@dataclass(frozen=True)
class Supply:
    """One header of a layout: the column it fills and the names it goes by; `spellings` for codes written in other words."""

    column: str
    names: tuple[str, ...]
    spellings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """One kind of file. A sheet is of this kind when it has a `sign` of it and more of its headers than of any other kind.

    `table` is empty for a file that is known but not used. `absent` gives the sentence to say of columns with no place here.
    `also` are other tables that the same sheet supplies: a row that lacks what such a table requires is no row of it.
    """

    name: str
    title: str  # "the SSDA903 return's Missing file"
    table: str
    supplies: tuple[Supply, ...]
    signs: frozenset[str]  # columns of which at least one is found only here
    absent: dict[str, str] = field(default_factory=dict)
    also: tuple["Layout", ...] = ()
    mentions: bool = False  # its rows are about something else and mention a child, who may stand in many
    covers: str = ""  # which time it holds, in a sentence, where it holds a part of it by rule
    may_be_empty: bool = False  # no row means that there was nothing of the kind, not that the export failed
    complete: Callable | None = None  # adds to a Part (parts.py) what only the whole sheet tells, such as its year

    def match(self, header: list[str]) -> dict[str, int]:
        """{column: position} of the headers that this layout knows; the first of two alike."""
        positions: dict[str, int] = {}
        keys = [normalised(cell) for cell in header]
        for supply in self.supplies:
            for name in supply.names:
                if normalised(name) in keys:
                    positions[supply.column] = keys.index(normalised(name))
                    break
        return positions

    def nearly(self, header: list[str], positions: dict[str, int]) -> dict[str, int]:
        """{column: position} of headers that are nearly the name of a column that was not found: misspelt, it seems."""
        unknown = {normalised(cell): index for index, cell in enumerate(header) if index not in positions.values()}
        near: dict[str, int] = {}
        for supply in self.supplies:
            if supply.column not in positions:
                for name in supply.names:
                    for close in get_close_matches(normalised(name), unknown, n=1, cutoff=NEARLY):
                        near.setdefault(supply.column, unknown[close])
        return near

    def supply(self, column: str) -> Supply:
        return next(supply for supply in self.supplies if supply.column == column)

    @property
    def required(self) -> list[str]:
        """The required columns that this layout itself must supply."""
        columns = {supply.column for supply in self.supplies}
        return [column for column in TABLES[self.table].required if column in columns] if self.table else []


def supplies(**columns) -> tuple[Supply, ...]:
    """Supplies from column=names, names separated by |, or column=(names, spellings)."""
    made = []
    for column, names in columns.items():
        names, spellings = names if isinstance(names, tuple) else (names, {})
        made.append(Supply(column, tuple(names.split("|")), synonyms(spellings)))
    return tuple(made)


def itself(table: str, **spelled) -> tuple[Supply, ...]:
    """The national columns of a table under their own names, as the Standard Safeguarding Dataset writes them."""
    return tuple(
        Supply(column.name, (column.name,), synonyms(spelled.get(column.name, {})))
        for column in TABLES[table].columns
        if not column.local
    )


def unused(name: str, title: str, headers: str, sign: str) -> Layout:
    """A file that is known by its headers and not used by any theme here."""
    return Layout(name, title, "", supplies(**{header.lower(): header for header in headers.split()}), frozenset({sign.lower()}))


def recognise(top: list[list[str]], layouts: tuple[Layout, ...], typed: bool = True) -> tuple[Layout, int, dict] | None:
    """Which of `layouts` a sheet has, by its first rows; the index of its header; {column: position}. None where none fits.

    A header that people `typed` may be misspelt, and its layout is known all the same; an element of XML may not.
    """
    best = None
    for index, row in enumerate(top):
        for layout in layouts:
            found = layout.match(row)
            if len(found) < 2 or not layout.signs & found.keys():
                continue
            lacking = sum(column not in found for column in layout.required)
            score = (len(found) - lacking, -lacking, -index)
            if best is None or score > best[0]:
                best = (score, layout, index, found)
    if best or not typed:
        return best[1:] if best else None
    return _nearly_recognised(top, layouts)


def _nearly_recognised(top: list[list[str]], layouts: tuple[Layout, ...]) -> tuple[Layout, int, dict] | None:
    """The layout whose sign is misspelt, or most of which is there: its owner hears of the one header, not of an unknown file."""
    best = None
    for index, row in enumerate(top):
        for layout in layouts:
            found = layout.match(row)
            near = layout.nearly(row, found) if found else {}
            most = len(found) >= MOST_FOUND and len(found) >= MOST_SHARE * len(layout.supplies)
            if (layout.signs & near.keys() or most) and (best is None or len(found) + len(near) > best[0]):
                best = (len(found) + len(near), layout, index, found)
    return best[1:] if best else None
