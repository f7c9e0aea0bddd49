"""Files opened as sheets of text, each cell where its owner sees it: file, sheet, column letter, row number."""

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
TEXTS = {".csv", ".txt", ".tsv"}
LARGEST_CSV_CELL = 10_000_000
MOST_UNPACKED = 2_000_000_000  # bytes of a workbook


class CannotOpen(ValueError):
    """A file that is not what its ending says, is locked, or is cut short; the message says which."""


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet as text; `rows[0]` is row 1 of the file. A CSV is one sheet without a name."""

    file: str
    name: str
    rows: list[list[str]]

    def records(self, header: int) -> "Records":
        """What stands under the header at `rows[header]`, rows with nothing in them left out."""
        width = len(self.rows[header])
        body = [(number, row) for number, row in enumerate(self.rows[header + 1 :], start=header + 2) if any(map(str.strip, row))]
        cells = [[row[position] if position < len(row) else "" for _, row in body] for position in range(width)]
        return Records(self.file, self.name, self.rows[header], cells, [number for number, _ in body])


@dataclass(frozen=True)
class Records:
    """Records by column: `cells[i]` are the texts under `header[i]`, `numbers` the rows (in XML the lines) where they stand."""

    file: str
    sheet: str  # a workbook's sheet, or the kind of record in XML
    header: list[str]
    cells: list[list[str]]
    numbers: list[int]
    by_letter: bool = True  # columns have Excel's letters

    def where(self, position: int) -> dict[str, str]:
        """The column at `position` as a Fault names it."""
        return {"column": column_letter(position) if self.by_letter else "", "header": self.header[position].strip()}


def sha256(path: Path) -> str:
    """The file's SHA-256, by which a typed copy and the record of a run know it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def column_letter(position: int) -> str:
    """Excel's letter of the column at `position` (0 is A)."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def open_sheets(path: Path, file: str) -> list[Sheet]:
    """The sheets of a CSV or workbook; `file` is the name to report. Raises CannotOpen."""
    if path.suffix.lower() in TEXTS:
        return [Sheet(file, "", _csv_rows(path))]
    if path.suffix.lower() in WORKBOOKS:
        return _workbook_sheets(path, file)
    raise CannotOpen("only CSV files and Excel workbooks are read")


def _csv_rows(path: Path) -> list[list[str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CannotOpen("it cannot be opened: you may not have permission, or it may be in use") from error
    if b"\x00" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CannotOpen("it is not a text file, whatever its name ends in")
    for encoding in ("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", "cp1252", "latin-1"):
        try:
            decoded = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    first_lines = decoded[:5000]
    delimiter = max(",;\t|", key=first_lines.count)
    csv.field_size_limit(LARGEST_CSV_CELL)
    try:
        return list(csv.reader(io.StringIO(decoded, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CannotOpen(f"it cannot be read as CSV ({error})") from error


def _workbook_sheets(path: Path, file: str) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook

    if _unpacked(path) > MOST_UNPACKED:
        raise CannotOpen("the workbook unpacks to more than can be read; export the sheet as CSV")
    try:
        workbook = CalamineWorkbook.from_path(path)
        named = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise CannotOpen("the workbook cannot be opened: it may be locked with a password, or damaged") from error
    return [Sheet(file, name, [[_cell(cell) for cell in row] for row in rows]) for name, rows in named.items()]


def _unpacked(path: Path) -> int:
    """The bytes that a zipped workbook says it unpacks to; 0 where it is no zip, which the reader then says."""
    try:
        with zipfile.ZipFile(path) as parts:
            return sum(part.file_size for part in parts.infolist())
    except (OSError, zipfile.BadZipFile):
        return 0


def _cell(value) -> str:
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
