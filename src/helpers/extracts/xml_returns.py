"""Returns written in XML, streamed into records by kind: an element of a kind is a record, what it holds are the columns.

A child is turned into records and dropped before the next is read, so that memory holds the columns and one child. Nothing is
fetched, no entity is expanded, and a file that declares any is refused.
"""

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from helpers.extracts.containers import CannotOpen, File, NotAnExtract
from helpers.extracts.sheets import Records, Sheet

MOST_NAMES = 200  # different elements of one kind of record; no return has half as many
SHORT = 10  # a text this long or shorter is a code or a date: they repeat, and each is held once


@dataclass(frozen=True)
class XmlReturn:
    """How one return is written: `child` is the element that is one child, `identifier` the one that identifies the child.

    `groups` only hold other elements. `records` are records even where they hold one value. Those that `dated` maps to the
    element that dates them get an identifier: the child's and that date (then 2, 3 where the child has another of that date);
    it stands in a column of their own name, and in the records within them. `apart` maps elements that stand in another record
    to the kind of record that they make, with their `companions`, which make none by themselves.
    """

    child: str
    identifier: str
    groups: frozenset[str]
    records: frozenset[str]
    dated: Mapping[str, str] = field(default_factory=dict)
    apart: Mapping[str, str] = field(default_factory=dict)
    companions: frozenset[str] = frozenset()
    several: frozenset[str] = frozenset()  # may stand more than once in a record: the first counts


@dataclass(frozen=True)
class XmlSheet(Sheet):
    """Records of one kind, handed on as a sheet whose one row is their header."""

    found: Records

    def records(self, header: int) -> Records:
        return self.found


def open_xml(file: File, returns: tuple[XmlReturn, ...]) -> list[XmlSheet]:
    """The kinds of record in an XML file of one of `returns`. Raises CannotOpen, which says at what line, or NotAnExtract."""
    from lxml import etree

    try:
        with file.open() as source:
            reader, states = _read(source, returns)
    except etree.XMLSyntaxError as error:
        line = f" at line {error.position[0]:,}" if error.position and error.position[0] else ""
        raise CannotOpen(f"the XML is broken or cut short{line}, so none of it is used; export it again") from error
    except (etree.LxmlError, LookupError, UnicodeError) as error:
        raise CannotOpen("the XML cannot be read; export it again") from error
    if reader is None:
        raise NotAnExtract("its elements are those of no return that is read")
    return [XmlSheet(file.name, kind, [found.header], found) for kind, found in reader.finished(file.name, states).items()]


def _read(source: BinaryIO, returns: tuple[XmlReturn, ...]) -> tuple["_Reader | None", dict]:
    """All children of a file, and what its header states of it."""
    from lxml import etree

    reader, states = None, {}
    by_child = {how.child: how for how in returns}
    events = etree.iterparse(
        source, events=("end",), tag=[f"{{*}}{name}" for name in ("Header", *by_child)], resolve_entities=False,
        load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for _, element in events:
        _refuse_declarations(element)
        if _name(element) == "Header":
            states = _stated(element)
            continue
        reader = reader or _Reader(by_child[_name(element)])
        reader.child(element)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    if events.root is not None:
        _refuse_declarations(events.root)
    return reader, states


class _Records:
    """The records of one kind so far, by column; a column that the latest records lack is shorter than the others."""

    def __init__(self):
        self.columns: dict[str, list[str]] = {}
        self.lines: list[int] = []
        self.children: list[int] = []  # the number of the child that each stands in

    def add(self, line: int, child: int, record: dict[str, str]) -> None:
        for name, text in record.items():
            column = self.columns.setdefault(name, [])
            column.extend([""] * (len(self.lines) - len(column)))
            column.append(text)
        self.lines.append(line)
        self.children.append(child)


class _Reader:
    """Turns one child after another into records."""

    def __init__(self, how: XmlReturn):
        self.how = how
        self.kinds: dict[str, _Records] = {}
        self.once: dict[str, str] = {}
        self.children = 0

    def child(self, element) -> None:
        self.dated: Counter = Counter()
        self.children += 1
        self.record(element, {})
        if max(len(self.kinds), *(len(kind.columns) for kind in self.kinds.values())) > MOST_NAMES:
            raise CannotOpen("it holds more kinds of element than any return has")

    def record(self, element, around: dict[str, str]) -> None:
        """Add `element` as a record, then the records within it; `around` identifies the records that it stands in."""
        kind, record, within, apart = _name(element), {}, [], {}
        if len(element):
            self.sort(element, record, within, apart)
        else:
            record[kind] = self.text(element)
        if kind == self.how.child:
            around = {self.how.identifier: record.pop(self.how.identifier, "")}
        elif kind in self.how.dated:
            around = around | {kind: self.identify(kind, around, record)}
        self.add(kind, element.sourceline, around | record)
        for other, loose in apart.items():
            if any(text for name, text in loose.items() if name not in self.how.companions):
                self.add(other, element.sourceline, around | loose)
        for inner in within:
            self.record(inner, around)

    def sort(self, element, record: dict[str, str], within: list, apart: dict[str, dict[str, str]]) -> None:
        """What stands in `element`: columns of its own record, records within it, and columns of a record apart."""
        for inner in element:
            name = _name(inner)
            if name in self.how.groups:
                self.sort(inner, record, within, apart)
            elif name in self.how.records or len(inner):
                within.append(inner)
            elif name in self.how.apart:
                apart.setdefault(self.how.apart[name], {})[name] = self.text(inner)
            elif name not in record:
                record[name] = self.text(inner)
            elif name not in self.how.several:  # kept aside, and named to the owner as an element that is not read
                self.add(f"{name}, a second one", inner.sourceline, {name: self.text(inner)})

    def identify(self, kind: str, around: dict[str, str], record: dict[str, str]) -> str:
        made = f"{around.get(self.how.identifier, '')} {record.get(self.how.dated[kind], '')}"
        self.dated[kind, made] += 1
        again = self.dated[kind, made]
        return f"{made} {again}" if again > 1 else made

    def text(self, element) -> str:
        text = (element.text or "").strip()
        return self.once.setdefault(text, text) if len(text) <= SHORT else text

    def add(self, kind: str, line: int, record: dict[str, str]) -> None:
        self.kinds.setdefault(kind, _Records()).add(line, self.children, record)

    def finished(self, file: str, states: dict) -> dict[str, Records]:
        """The records of each kind, every column as long as its kind; where children share lines they are known by number."""
        for kind in self.kinds.values():
            for column in kind.columns.values():
                column.extend([""] * (len(kind.lines) - len(column)))
        by_line = len(set(self.kinds[self.how.child].lines)) == self.children
        counted = "line" if by_line else f"{self.how.child} element"
        return {
            name: Records(file, name, list(kind.columns), list(kind.columns.values()), kind.lines if by_line else kind.children,
                          by_letter=False, counted=counted, **states)
            for name, kind in self.kinds.items()
        }  # fmt: skip


def _name(element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _refuse_declarations(element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise CannotOpen("it declares a document type, which no return does and which may hold a trap; export it again")


def _stated(header) -> dict:
    """What a return's header says of it, as Records hold it: its reference date (None where it is none), its authority's code."""
    written = {_name(element): (element.text or "").strip() for element in header.iter("{*}ReferenceDate", "{*}LEA")}
    as_of = None
    with contextlib.suppress(ValueError):
        as_of = date.fromisoformat(written.get("ReferenceDate", ""))
    return {"as_of": as_of, "authority": written.get("LEA", "")}
