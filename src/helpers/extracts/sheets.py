"""Files opened as sheets of text, each cell where its owner sees it: file, sheet, column letter, row number."""

import csv
import io
import re
import warnings
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.extracts.containers import BOMS, CUT_SHORT, LOCKED, CannotOpen, File

HEADER_ROWS = 15  # how far down a header may stand
EXACT = 2**53  # whole numbers below this are exact in a workbook
LARGEST_CSV_CELL = 10_000_000
MOST_CELLS = 50_000_000  # of one sheet, from its first to its last cell with anything in it
FILLED_CELLS = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=\"([A-Z]+)(?=\d+\"(?:[^>]*[^/>])?>)")  # the letters of their columns
DIGITS = re.compile(rb"\d+")
TOO_WIDE = (
    "a stray cell far to the right or far down stretches a sheet to more cells than can be read: delete what stands beyond the "
    "list (in Excel, Ctrl+End goes there) and save it again"
)
TO_COMPARE = "Compare it with the system that it came from; if the file was cut short, export it again."
LEAST_ALIKE, A_DATE = 10, 8  # cells of one length, as long as a date or an identifier: a shorter last one is seldom meant
NOTE = (
    "under the last full row stands a cell alone, which is taken for a note",
    "If it is a record, fill in the rest of its row; if not, nothing need be done.",
)


@dataclass(frozen=True)
class Sheet(ABC):
    """One sheet: `top` holds its first rows as text, in which a header is looked for. A CSV is one sheet without a name."""

    file: str
    name: str
    top: list[list[str]]

    @abstractmethod
    def records(self, header: int) -> "Records":
        """What stands under the header at `top[header]`, rows with nothing in them left out."""


@dataclass(frozen=True)
class Records:
    """Records by column: `cells[i]` are the texts under `header[i]`, `numbers` say in which rows (in XML, lines) they stand."""

    file: str
    sheet: str  # a workbook's sheet, or the kind of record in XML
    header: list[str]
    cells: list  # a Series of text or, of XML, an Arrow array for each column
    numbers: np.ndarray
    by_letter: bool = True  # columns have Excel's letters
    doubts: tuple[tuple[str, str, tuple[int, ...]], ...] = ()  # what is odd in the file's own form, what to do, in which rows
    counted: str = "row"  # what `numbers` count
    as_of: date | None = None  # the day to which the file itself says its records go
    authority: str = ""  # the code of the authority whose the file itself says it is

    def column(self, position: int) -> pd.Series:
        """The texts at `position`; empty where there is none."""
        cells = self.cells[position]
        return cells if isinstance(cells, pd.Series) else pd.Series(cells.cast(pa.large_string()), dtype="str").fillna("")

    def where(self, position: int) -> dict[str, str]:
        """The column at `position` as a Fault names it."""
        return {"column": column_letter(position) if self.by_letter else "", "header": self.header[position].strip()}

    def same_header(self, position: int) -> list[int]:
        """The later columns that are headed as the one at `position` is, in which something stands."""
        header = [name.strip().casefold() for name in self.header]
        return [
            at
            for at, name in enumerate(header)
            if at > position and name == header[position] and any(cell.strip() for cell in self.cells[at])
        ]


@dataclass(frozen=True)
class RowsOfCells(Sheet):
    """A workbook's sheet, its rows as lists of whatever the cells hold."""

    rows: list[list] = field(repr=False)

    def records(self, header: int) -> Records:
        columns = [as_text(column) for column in zip(*self.rows[header + 1 :], strict=True)]
        return _records(self, header, columns)


@dataclass(frozen=True)
class Text(Sheet):
    """A CSV, its content as UTF-8."""

    content: bytes = field(repr=False)
    delimiter: str

    def records(self, header: int) -> Records:
        body = io.BytesIO(self.content)
        _skip(body, header + 1, self.delimiter)
        begins, width = body.tell(), len(self.top[header])
        try:
            try:
                cells = self._cells(body, width + 1)
            except (pd.errors.ParserError, pd.errors.ParserWarning) as error:  # a row has more cells than there are headers
                if "EOF" in str(error):
                    raise
                body.seek(begins)
                lines = io.TextIOWrapper(body, encoding="utf-8", newline="")
                width = max(map(len, csv.reader(lines, delimiter=self.delimiter)))
                cells = self._cells(io.BytesIO(self.content[begins:]), width)
        except pd.errors.EmptyDataError:
            cells = pd.DataFrame(columns=range(width), dtype="str")
        except (pd.errors.ParserError, csv.Error) as error:
            raise CannotOpen("a quotation mark is opened and never closed: the file may be cut short; export it again") from error
        found = _records(self, header, [cells[position] for position in cells.columns])
        return replace(found, doubts=(*found.doubts, *self._doubts(cells, header, begins)))

    def _doubts(self, cells: pd.DataFrame, header: int, begins: int) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        """Signs that the file was cut short or has lost a quotation mark: nothing else in a CSV would tell of either."""
        last = self.content[self.content.rfind(b"\n") + 1 :].decode(errors="replace")
        if last.strip() and len(next(csv.reader([last], delimiter=self.delimiter))) < len(self.top[header]):
            yield "the file ends in the middle of a row", TO_COMPARE, (header + 1 + len(cells),)
        elif last.strip() and len(cells) > LEAST_ALIKE:
            lengths = cells.iloc[:, len(self.top[header]) - 1].str.len()
            others = lengths.iloc[:-1][lengths.iloc[:-1] > 0]
            if len(others) >= LEAST_ALIKE and others.nunique() == 1 and 0 < lengths.iloc[-1] < others.iloc[0] >= A_DATE:
                yield "the file ends in a cell shorter than every other of its column", TO_COMPARE, (header + 1 + len(cells),)
        if self.content.count(b"\n", begins) > len(cells) + 1:  # some cell goes over lines
            rows = np.zeros(len(cells), dtype=bool)
            for column in cells:
                over_lines = cells[column].str.contains("\n", regex=False)
                rows |= (
                    over_lines & (cells[column].str.count(re.escape(self.delimiter)) >= len(self.top[header]) - 1)
                ).to_numpy()
            if rows.any():
                to_do = "Look whether a quotation mark is missing there: the rows within the cell are not read."
                yield "a cell holds what looks like whole rows", to_do, tuple((np.flatnonzero(rows) + header + 2).tolist())

    def _cells(self, body: io.BytesIO, width: int) -> pd.DataFrame:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            return pd.read_csv(body, sep=self.delimiter, header=None, names=range(width), index_col=False, dtype="str",
                               na_filter=False, skip_blank_lines=False)  # fmt: skip


def _records(sheet: Sheet, header: int, columns: list[pd.Series]) -> Records:
    """Records without the rows in which nothing stands and the notes below them; cells beyond the header's last have none."""
    names = sheet.top[header]
    if not columns:
        return Records(sheet.file, sheet.name, names, [pd.Series([], dtype="str") for _ in names], np.array([], dtype=int))
    holds = [column.str.strip() != "" for column in columns]
    while len(columns) > len(names) and not holds[len(columns) - 1].any():
        columns = columns[:-1]
    names = names + [""] * (len(columns) - len(names))
    filled = np.add.reduce([one.to_numpy(int) for one in holds])
    notes = np.zeros(len(filled), dtype=bool)
    if len(names) > 2 and (filled > 1).any():
        notes[np.flatnonzero(filled > 1)[-1] :] = True
        notes &= filled == 1
    kept = (filled > 0) & ~notes
    numbers = np.flatnonzero(kept) + header + 2
    cells = [column if kept.all() else column[kept].reset_index(drop=True) for column in columns]
    doubts = ((*NOTE, tuple((np.flatnonzero(notes) + header + 2).tolist())),) if notes.any() else ()
    return Records(sheet.file, sheet.name, names, cells, numbers, doubts=doubts)


def as_text(column: tuple) -> pd.Series:
    """A workbook's column as text, each distinct value written once."""
    kinds = set(map(type, column))
    if kinds <= {str}:
        return pd.Series(column, dtype="str")
    if kinds == {float}:
        numbers = np.array(column)
        if (numbers == np.floor(numbers)).all() and (np.abs(numbers) < EXACT).all():
            return pd.Series(numbers.astype("int64")).astype("str")
    if bool in kinds and kinds & {int, float}:  # True and 1 are one value to Python, and not to the owner of a column
        column = [_text(value) if isinstance(value, bool) else value for value in column]
    codes, distinct = pd.factorize(np.array(column, dtype=object))
    return pd.Series(np.array([_text(value) for value in distinct], dtype=object)[codes], dtype="str")


@lru_cache(maxsize=50_000, typed=True)
def _text(value) -> str:
    """A workbook's cell as text: dates in ISO, whole numbers without a decimal point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def column_letter(position: int) -> str:
    """Excel's letter of the column at `position` (0 is A)."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of the column that Excel calls by these letters (A is 1)."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def open_sheets(file: File, kind: str) -> list[Sheet]:
    """The sheets of a file of this kind ("workbook", "text" or "web page"). Raises CannotOpen."""
    if kind == "workbook":
        return _workbook(file)
    return _web_page(file) if kind == "web page" else [_text_sheet(file)]


def _text_sheet(file: File) -> Text:
    content = file.read()
    if content.startswith(BOMS):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeDecodeError as error:
            raise CannotOpen(CUT_SHORT) from error
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        content = content.decode("cp1252", errors="replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in content:
        raise CannotOpen(CUT_SHORT)
    if b"\n" not in content:  # as old Macintoshes wrote
        content = content.replace(b"\r", b"\n")
    csv.field_size_limit(LARGEST_CSV_CELL)
    delimiter = max(",;\t|", key=content[:5000].decode(errors="replace").count)
    try:
        top = _skip(io.BytesIO(content), HEADER_ROWS, delimiter)
    except csv.Error as error:
        raise CannotOpen(f"it cannot be read as CSV ({error})") from error
    return Text(file.name, "", top, content, delimiter)


def _skip(body: io.BytesIO, rows: int, delimiter: str) -> list[list[str]]:
    """The next `rows` rows, `body` left where the one after them begins."""
    lines = (line.decode("utf-8") for line in iter(body.readline, b""))
    return list(islice(csv.reader(lines, delimiter=delimiter), rows))


def _web_page(file: File) -> list[Sheet]:
    """The tables of a web page that was saved as .xls, as reporting systems do."""
    from lxml import etree, html

    try:
        page = html.fromstring(file.read(), parser=html.HTMLParser(no_network=True))
    except (etree.LxmlError, ValueError) as error:
        raise CannotOpen(CUT_SHORT) from error
    sheets = []
    for number, table in enumerate(page.iter("table"), start=1):
        rows = [[" ".join(cell.text_content().split()) for cell in row.iter("td", "th")] for row in table.iter("tr")]
        sheets.append(_rows_of_cells(file.name, f"table {number}", rows))
    return sheets


def _workbook(file: File) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, PasswordError

    content = file.read()
    if content.startswith(b"PK"):
        _check_workbook(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            _rows_of_cells(file.name, name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in workbook.sheet_names
        ]
    except PasswordError as error:
        raise CannotOpen(LOCKED) from error
    except BaseException as error:  # the reader's own panics are no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise CannotOpen(CUT_SHORT) from error


def _rows_of_cells(file: str, name: str, rows: list[list]) -> RowsOfCells:
    width = max(map(len, rows), default=0)
    if any(len(row) < width for row in rows):
        rows = [row + [""] * (width - len(row)) for row in rows]
    return RowsOfCells(file, name, [[_text(cell) for cell in row] for row in rows[:HEADER_ROWS]], rows)


def _check_workbook(content: bytes) -> None:
    """Refuse a workbook whose parts fail their checksums, or with a sheet whose extent the reader would fill with empty cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.infolist():
                with parts.open(part) as stream:
                    if re.match(r"xl/worksheets/[^/]+\.xml$", part.filename):
                        _check_extent(stream)
                    elif part.filename == "content.xml":
                        _check_extent_of_open_document(stream)
                    while stream.read(1 << 20):  # to the end, where the checksum is compared
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise CannotOpen(CUT_SHORT) from error


def _check_extent(stream) -> None:
    last_row, letters, left = 0, set(), b""
    while chunk := stream.read(1 << 24):
        chunk = left + chunk
        found = FILLED_CELLS.findall(chunk)
        if found:
            letters.update(found)
            last_row = int(DIGITS.search(chunk, chunk.rfind(b'"' + found[-1])).group())
        left = chunk[chunk.rfind(b"<") :] if b"<" in chunk else b""
    last_column = max((column_number(column.decode()) for column in letters), default=0)
    if last_row * last_column > MOST_CELLS:
        raise CannotOpen(TOO_WIDE)


def _check_extent_of_open_document(stream) -> None:
    from lxml import etree

    table, office = (f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}" for part in ("table", "office"))
    kinds = [f"{table}{kind}" for kind in ("table", "table-row", "table-cell", "covered-table-cell")]
    rows = last_column = column = 0
    try:
        for _, element in etree.iterparse(
            stream, tag=kinds, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True
        ):
            if element.tag == f"{table}table":
                rows = last_column = 0
            elif element.tag == f"{table}table-row":
                rows, column = rows + int(element.get(f"{table}number-rows-repeated", 1)), 0
                if any(cell.get(f"{office}value-type") for cell in element) and rows * last_column > MOST_CELLS:
                    raise CannotOpen(TOO_WIDE)
                element.clear()
            else:
                column += int(element.get(f"{table}number-columns-repeated", 1))
                last_column = max(last_column, column) if element.get(f"{office}value-type") else last_column
    except (etree.LxmlError, ValueError) as error:
        raise error if isinstance(error, CannotOpen) else CannotOpen(CUT_SHORT) from error
