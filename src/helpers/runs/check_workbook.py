"""What a check found as an accessible workbook for the owner of the data: cover, notes, and one table a sheet."""

import datetime
import os
from pathlib import Path

import pandas as pd

from helpers import page, wording
from helpers.data_quality import completeness, rows_of
from helpers.tables import TABLES

ROWS_NAMED = 20
NOTES = (
    ("Stops its table", "Yes: the table cannot be used until this is put right, and questions that need it are not answered. "
     "No: the rest of the table is used; what is at fault counts as empty or is left out."),
    ("First rows", f"Row numbers as the spreadsheet shows them: the first {ROWS_NAMED}. In XML lines, or the children's numbers "
     "where one line holds several."),
    ("Example", "One value as it stands in the file; of what identifies a child, the first two characters alone."),
    ("Columns not used", "They stay in your file: nothing here reads them. A heading spelled in an unknown way stands here too."),
    ("Filled", "Rows in which the column has a value that could be read."),
    ("[z]", "Not applicable."),
)  # fmt: skip


def write(read, asked: list, path: Path) -> None:
    """Writes the workbook, readable by its owner alone where the system knows owners. Raises OSError."""
    frames = {
        "Faults": (faults(read), "Every fault found, those that stop a table first"),
        "Files": (files(read), "Each sheet and what it was read as"),
        "Tables": (tables(read), "The typed tables that came of it"),
        "Completeness": (filled(read), "How many rows of each table have a value in each column"),
        "Columns not used": (unused(read), "Headings that nothing here reads"),
        "Not read": (not_read(read), "What was not read, and why"),
        "Left out": (left_out(read), "Rows that were in the files and are in no table"),
        "Questions": (questions(read, asked), "What each theme asks, and what these extracts lack for it"),
    }
    empty = [f"{title}: none." for frame, title in frames.values() if frame.empty]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # before anything stands in it
    page.write_workbook(
        path,
        title="What was found in the extracts",
        intro=["For the owner of the data alone: it points at rows of the extracts.", *empty],
        about=[f"Made {wording.day(datetime.date.today())} by python run_all.py check. Nothing was run and nothing was changed."],
        notes=pd.DataFrame(NOTES, columns=["Word", "Meaning"]),
        tables={name: (title, frame) for name, (frame, title) in frames.items() if not frame.empty},
    )


def faults(read) -> pd.DataFrame:
    ordered = sorted(read.faults, key=lambda fault: (not fault.fatal, fault.file, fault.sheet, fault.column))
    return pd.DataFrame([{
        "File": fault.file, "Sheet": fault.sheet, "Column": fault.column, "Heading": fault.header,
        "What is wrong": wording.sentence_case(fault.what), "Rows": len(fault.rows) or "",
        "First rows": ", ".join(map(str, fault.rows[:ROWS_NAMED])) + ", ..." * (len(fault.rows) > ROWS_NAMED),
        "Example": fault.example, "What to do": fault.to_do, "Table": fault.table,
        "Stops its table": "Yes" if fault.fatal else "No",
    } for fault in ordered])  # fmt: skip


def files(read) -> pd.DataFrame:
    return pd.DataFrame([{
        "File": sheet["file"], "Sheet": sheet["sheet"], "Read as": wording.sentence_case(sheet["layout"]),
        "Table": sheet["table"], "Rows": sheet["rows"],
    } for sheet in read.sheets])  # fmt: skip


def tables(read) -> pd.DataFrame:
    return pd.DataFrame([{
        "Table": name, "What it holds": TABLES[name].title, "One row is": TABLES[name].grain, "Rows": len(frame),
        "First day": _day(rows_of(name, frame)["day"].min()), "Last day": _day(rows_of(name, frame)["day"].max()),
        **_outside(read, name, frame), "Columns with a value": int(frame.notna().any().sum()), "Columns": frame.shape[1],
    } for name, frame in read.tables.items()])  # fmt: skip


def _outside(read, name: str, frame: pd.DataFrame) -> dict:
    """Rows dated outside the period that about.yml gives; nothing where it gives none."""
    if not (read.about and read.about.period):
        return {}
    day, (first, last) = rows_of(name, frame)["day"].dropna(), map(pd.Timestamp, read.about.period)
    return {"Rows outside the period of about.yml": int((~day.between(first, last)).sum())}


def filled(read) -> pd.DataFrame:
    of_columns = completeness(read)
    return pd.DataFrame({
        "Table": of_columns["table"], "Column": of_columns["column"], "What it means": of_columns["meaning"],
        "Rows": of_columns["rows"], "Filled": of_columns["filled"],
        "Filled (%)": (100 * of_columns["filled"] / of_columns["rows"]).round(1),
        "Why empty": of_columns["why"].where(of_columns["filled"] == 0, ""),
    })  # fmt: skip


def unused(read) -> pd.DataFrame:
    named = {(sheet["file"], sheet["sheet"], header): None for sheet in read.sheets for header in sheet["not_used"]}
    return pd.DataFrame([{"File": file, "Sheet": sheet, "Heading": header} for file, sheet, header in named])


def not_read(read) -> pd.DataFrame:
    return pd.DataFrame([{"File or sheet": place, "Why": wording.sentence_case(why)} for place, why in read.not_read.items()])


def left_out(read) -> pd.DataFrame:
    return read.left_out.rename(columns={"path": "File", "table": "Table", "reason": "Why", "rows": "Rows"})


def questions(read, asked: list) -> pd.DataFrame:
    return pd.DataFrame([{
        "Theme": question.theme.replace("_", " "), "Question": question.text,
        "Needs": "; ".join(TABLES[name].title for name in question.tables),
        "Lacks": "; ".join(question.lacking(read)),
    } for question in asked])  # fmt: skip


def _day(moment) -> str:
    return "" if pd.isna(moment) else f"{moment:%Y-%m-%d}"
