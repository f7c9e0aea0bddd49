"""Sheets as extracts have them, and how they become files: CSV, Excel workbooks, zips of either."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

CSV_ROWS = 100_000  # written at a time


@dataclass(frozen=True)
class Sheet:
    """One sheet before it is written: `frame` has the file's own headers as columns, its own words as cells.

    `path` is below the folder of extracts; `inside` names a file in the zip that stands there; `title` stands above the headers
    of a workbook's sheet; `dates` says how a date is written in a CSV.
    """

    path: str
    frame: pd.DataFrame
    name: str = ""
    inside: str = ""
    title: str = ""
    dates: str = "%d/%m/%Y"


def letter(position: int) -> str:
    """Excel's name of a column by its position: 0 is A, 26 is AA."""
    return (letter(position // 26 - 1) if position >= 26 else "") + chr(ord("A") + position % 26)


def save(folder: Path, sheets: Iterable[Sheet]) -> None:
    """Write the sheets below `folder`, one after another; those of one workbook or zip must follow one another."""
    together: list[Sheet] = []
    for sheet in sheets:
        if together and together[0].path != sheet.path:
            _save(folder, together)
            together = []
        together.append(sheet)
    if together:
        _save(folder, together)


def _save(folder: Path, sheets: list[Sheet]) -> None:
    path = folder / sheets[0].path
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".xlsx":
        _workbook(path, sheets)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for sheet in sheets:
                raw = packed.open(_member(sheet.inside), "w", force_zip64=True)
                with io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
                    _csv(text, sheet)
    else:
        with path.open("w", encoding="utf-8", newline="") as text:
            _csv(text, sheets[0])


def _member(name: str) -> zipfile.ZipInfo:
    """A zip's member without the time of day, so that the same records make the same file."""
    member = zipfile.ZipInfo(name, date_time=(2025, 4, 11, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _csv(text, sheet: Sheet) -> None:
    sheet.frame.to_csv(text, index=False, date_format=sheet.dates, lineterminator="\n", chunksize=CSV_ROWS)


def _workbook(path: Path, sheets: list[Sheet]) -> None:
    """Rows go to disk as they come (constant memory); dates are Excel's, text stays text."""
    import xlsxwriter

    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, settings) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            first = 1 if sheet.title else 0
            if sheet.title:
                page.write_string(0, 0, sheet.title, bold)
            for column, header in enumerate(sheet.frame.columns):
                page.write_string(first, column, header, bold)
            columns = [_cells(sheet.frame.iloc[:, at]) for at in range(sheet.frame.shape[1])]
            for row, cells in enumerate(zip(*columns, strict=True), start=first + 1):
                for column, cell in enumerate(cells):
                    if cell is None:
                        continue
                    if isinstance(cell, str):
                        page.write_string(row, column, cell)
                    elif isinstance(cell, int | float):
                        page.write_number(row, column, cell)
                    else:
                        page.write_datetime(row, column, cell, day)


def _cells(column: pd.Series) -> list:
    """A column's cells as Python's own values, None where there is none."""
    return column.astype(object).where(column.notna(), None).tolist()


def pack(path: Path, name: str, pieces: Iterable[str]) -> None:
    """A zip with one document, written as its pieces come."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open(_member(name), "w", force_zip64=True) as raw:
        for piece in pieces:
            raw.write(piece.encode("utf-8"))
