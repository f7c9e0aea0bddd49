"""Returns written in XML, streamed into records by kind: an element of a kind is a record, what it holds are the columns.

A child is turned into records and dropped before the next is read, and every few thousand records are packed into columns in
which each distinct text stands once: memory holds far less than the file. Nothing is fetched, no entity is expanded, and a file
that declares any is refused.
"""

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

import pyarrow as pa

from helpers.extracts.containers import CannotOpen, File, NotAnExtract
from helpers.extracts.sheets import Records, Sheet

MOST_NAMES = 200  # different elements of one kind of record; no return has half as many
TEXT, LINE, CHILD = pa.large_string(), "line of the file", "number of the child"  # no element's name holds a space
AT_A_TIME = 5_000  # records of one kind packed together


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
    if reader is None and states:
        raise CannotOpen("it has the header of a return and not one child; export it again")
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
    """The records of one kind so far: the last few as they were read, those before them packed into tables of columns."""

    def __init__(self):
        self.names: dict[str, None] = {}
        self.packed: list[pa.Table] = []
        self.latest: list[dict[str, str]] = []
        self.lines: list[int] = []
        self.children: list[int] = []  # the number of the child that each stands in

    def add(self, line: int, child: int, record: dict[str, str]) -> None:
        self.names |= dict.fromkeys(record)
        self.latest.append(record)
        self.lines.append(line)
        self.children.append(child)
        if len(self.lines) == AT_A_TIME:
            self.pack()

    def pack(self) -> None:
        columns = {name: pa.array([record.get(name, "") for record in self.latest], TEXT) for name in self.names}
        encoded = {name: column.dictionary_encode() for name, column in columns.items()}
        self.packed.append(pa.table({LINE: pa.array(self.lines, "int32"), CHILD: pa.array(self.children, "int32"), **encoded}))
        self.latest, self.lines, self.children = [], [], []

    def finished(self) -> pa.Table:
        """All of them; a column has nothing in the records before the first that has it."""
        self.pack()
        return pa.concat_tables(self.packed, promote_options="default")


class _Reader:
    """Turns one child after another into records."""

    def __init__(self, how: XmlReturn):
        self.how = how
        self.kinds: dict[str, _Records] = {}
        self.children = 0
        self.last_line, self.by_line = 0, True  # until two children share a line: then each record is known by its child

    def child(self, element) -> None:
        self.dated: Counter = Counter()
        self.children += 1
        self.by_line &= element.sourceline > self.last_line
        self.last_line = element.sourceline
        self.record(element, {})
        if max(len(self.kinds), *(len(kind.names) for kind in self.kinds.values())) > MOST_NAMES:
            raise CannotOpen("it holds more kinds of element than any return has")

    def record(self, element, around: dict[str, str]) -> None:
        """Add `element` as a record, then the records within it; `around` identifies the records that it stands in."""
        kind, record, within, apart = _name(element), {}, [], {}
        if len(element):
            self.sort(element, record, within, apart)
        else:
            record[kind] = _text(element)
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
                apart.setdefault(self.how.apart[name], {})[name] = _text(inner)
            elif name not in record:
                record[name] = _text(inner)
            elif name not in self.how.several:  # kept aside, and named to the owner as an element that is not read
                self.add(f"{name}, a second one", inner.sourceline, {name: _text(inner)})

    def identify(self, kind: str, around: dict[str, str], record: dict[str, str]) -> str:
        made = f"{around.get(self.how.identifier, '')} {record.get(self.how.dated[kind], '')}"
        self.dated[kind, made] += 1
        again = self.dated[kind, made]
        return f"{made} {again}" if again > 1 else made

    def add(self, kind: str, line: int, record: dict[str, str]) -> None:
        self.kinds.setdefault(kind, _Records()).add(line, self.children, record)

    def finished(self, file: str, states: dict) -> dict[str, Records]:
        """The records of each kind, numbered by line, or by child where children share lines."""
        numbered, counted = (LINE, "line") if self.by_line else (CHILD, f"{self.how.child} element")
        whole = {kind: records.finished() for kind, records in self.kinds.items()}
        return {
            kind: Records(file, kind, list(self.kinds[kind].names), [found[name] for name in self.kinds[kind].names],
                          found[numbered].to_numpy(), by_letter=False, counted=counted, **states)
            for kind, found in whole.items()
        }  # fmt: skip


def _text(element) -> str:
    return (element.text or "").strip()


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
